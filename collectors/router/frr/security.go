package frr

import (
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readSecurity reads the version, and what strongSwan lists on the same host.
// FRR's shell itself has no command for IPsec.
func readSecurity(command string, in *lines.Reader, r *snapshot.Router) bool {
	words := strings.Fields(command)
	for len(words) > 0 && words[0] == "sudo" {
		words = words[1:]
	}
	switch {
	case len(words) == 2 && words[0] == "swanctl" && (words[1] == "--list-sas" || words[1] == "-l"):
		readSwanctl(show.Open(in, Refusals()), r)
	case show.Matches(words, "show version"):
		readVersion(show.Open(in, Refusals()), r)
	default:
		return false
	}
	return true
}

// readVersion takes the router's name from "FRRouting 8.4.4 (edge1) on Linux(6.1)."
func readVersion(p *show.Page, r *snapshot.Router) {
	for p.Next() {
		rest, ok := strings.CutPrefix(p.Text(), "FRRouting ")
		if !ok || r.Host != "" {
			continue
		}
		_, rest, _ = strings.Cut(rest, "(")
		r.Host, _, _ = strings.Cut(rest, ")")
	}
}
