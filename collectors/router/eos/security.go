package eos

import (
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/collectors/router/tunnels"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readSecurity reads IPsec, tunnels, MACsec and the version.
func readSecurity(command string, in *lines.Reader, r *snapshot.Router) bool {
	bare, pipe, _ := strings.Cut(command, "|")
	words := strings.Fields(bare)
	is := func(pattern string) bool { return show.Matches(words, pattern) }
	structured := strings.HasPrefix(strings.TrimSpace(pipe), "json")
	if structured {
		switch {
		case is("show ip security connection"):
			readConnectionsJSON(in, r)
		case is("show mac security interface"):
			readMACsecJSON(in, r)
		case is("show hostname"), is("show version"):
			readHostJSON(in, r)
		default:
			return false
		}
		return true
	}
	p := show.Open(in, Refusals())
	switch {
	case is("show ip security connection"):
		readConnections(p, r)
	case is("show mac security interface"):
		readMACsec(p, r)
	case is("show mac security participants"):
		readParticipants(p, r)
	case is("show interfaces") && (len(words) == 2 || strings.HasPrefix(strings.ToLower(words[2]), "tu")):
		tunnels.Read(p, r)
	case is("show hostname"), is("show version"):
		readHost(p, r)
	default:
		return false
	}
	return true
}

// readHost takes the name from `show hostname`; `show version` prints none.
func readHost(p *show.Page, r *snapshot.Router) {
	for p.Next() {
		if name, ok := strings.CutPrefix(p.Text(), "Hostname: "); ok {
			r.Host = strings.TrimSpace(name)
		}
	}
}
