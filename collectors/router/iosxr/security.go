package iosxr

import (
	"slices"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/mka"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/collectors/router/tunnels"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readSecurity reads MACsec, tunnels and the version. IPsec is on few of its
// platforms, and not read.
func readSecurity(command string, in *lines.Reader, r *snapshot.Router) bool {
	words := strings.Fields(command)
	is := func(pattern string) bool { return show.Matches(words, pattern) }
	detailed := slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, "detail") })
	p := show.Open(in, Refusals())
	switch {
	case is("show macsec mka session") && detailed:
		mka.Details(p, r)
	case is("show macsec mka session"):
		mka.Sessions(p, r)
	case is("show interfaces") && (len(words) == 2 || strings.HasPrefix(strings.ToLower(words[2]), "tu")):
		tunnels.Read(p, r)
	case is("show version"):
		readVersion(p, r)
	default:
		return false
	}
	return true
}

// readVersion takes the router's name from "edge1 uptime is 2 weeks".
func readVersion(p *show.Page, r *snapshot.Router) {
	for p.Next() {
		if name, _, ok := strings.Cut(p.Text(), " uptime is "); ok && !strings.Contains(name, " ") && r.Host == "" {
			r.Host = name
		}
	}
}
