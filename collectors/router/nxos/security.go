package nxos

import (
	"slices"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/mka"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/collectors/router/tunnels"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readSecurity reads MACsec, tunnels and the version. Nexus switches have no
// IPsec.
func readSecurity(command string, in *lines.Reader, r *snapshot.Router) bool {
	words := strings.Fields(command)
	is := func(pattern string) bool { return show.Matches(words, pattern) }
	detailed := slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, "detail") })
	p := show.Open(in, Refusals())
	switch {
	case strings.Contains(command, "|"):
		return false
	case is("show macsec mka session") && detailed:
		mka.Details(p, r)
	case is("show macsec mka session"):
		mka.Sessions(p, r)
	case is("show macsec mka summary"):
		mka.Summary(p, r)
	case is("show interface") && (len(words) == 2 || strings.HasPrefix(strings.ToLower(words[2]), "tu")):
		tunnels.Read(p, r)
	case is("show version"), is("show hostname"), is("show switchname"):
		readName(p, r)
	default:
		return false
	}
	return true
}

// readName takes the router's name from `show version`, or from `show hostname`,
// which prints nothing else.
func readName(p *show.Page, r *snapshot.Router) {
	for p.Next() {
		l := p.Text()
		if name, ok := strings.CutPrefix(l, "Device name: "); ok {
			r.Host = name
			return
		}
		if r.Host == "" && !strings.ContainsAny(l, " :%") {
			r.Host = l
		}
	}
}
