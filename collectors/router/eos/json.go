package eos

import (
	"cmp"
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/bgptable"
	"github.com/routeproof/routeproof/collectors/router/jsontable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readJSON reads the tables of routing and interfaces that are printed for
// commands with "| json".
func readJSON(command string, in *lines.Reader, r *snapshot.Router) bool {
	bare, pipe, _ := strings.Cut(command, "|")
	if !strings.HasPrefix(strings.TrimSpace(pipe), "json") {
		return false
	}
	words := strings.Fields(bare)
	is := func(pattern string) bool { return show.Matches(words, pattern) }
	switch {
	case is("show ip route"), is("show ipv6 route"):
		q, ok := ribtable.Ask(words[3:])
		if ok {
			readRoutesJSON(q, in, &r.RIB)
		}
		return ok
	case is("show ip interface"):
		readPortsJSON(words[3:], in, &r.Ports)
		return true
	case is("show interfaces"):
		readPortsJSON(words[2:], in, &r.Ports)
		return true
	}
	bgp := -1
	for i, w := range words {
		if w == "bgp" && i <= 2 {
			bgp = i + 1
		}
	}
	if bgp < 0 || len(words[0]) < 2 || !strings.HasPrefix("show", words[0]) {
		return false
	}
	q, ok := bgptable.Ask(strings.Join(words, " "))
	switch {
	case isWord(words[bgp:], "summary"):
		readSummaryJSON(words, in, r)
	case ok && !q.Other:
		readPathsJSON(q, in, r)
	case !ok && (isWord(words[bgp:], "neighbors") || isWord(words[bgp:], "peers")) && !isWord(words, "routes"):
		readNeighborsJSON(in, r)
	default:
		return false
	}
	return true
}

// isWord reports whether one of words is word, or it shortened.
func isWord(words []string, word string) bool {
	for _, w := range words {
		if len(w) > 2 && strings.HasPrefix(word, w) {
			return true
		}
	}
	return false
}

// vrfs reads documents with a member for each VRF: of its members, member reads
// the value, and reports false, having read nothing, for one it does not know.
// ended is called behind each VRF.
func vrfs(in *lines.Reader, member func(o *jsontable.Output, vrf, key string) (bool, error), ended func(o *jsontable.Output, vrf string)) *jsontable.Output {
	seen := map[string]bool{}
	return jsontable.Read(in, append(Refusals(), "% "), func(o *jsontable.Output) error {
		commands := 0
		return o.Documents(func() {
			if commands++; commands > 1 { // the API's answer to several commands is an array
				seen = map[string]bool{}
			}
		}, func(key string) error {
			switch key {
			case "errors":
				return o.Words()
			case "vrfs":
				o.Found()
				return o.Object(func(vrf string) error {
					if seen[vrf] {
						o.Lack("VRF %s is listed twice: a part of the output was repeated", vrf)
					}
					seen[vrf] = true
					err := o.Object(func(key string) error {
						if done, err := member(o, vrf, key); done || err != nil {
							return err
						}
						return o.Skip()
					})
					ended(o, vrf)
					return err
				})
			}
			return o.Skip()
		})
	})
}

// identity takes the router's own numbers. Those of its global table are those
// of the router.
func identity(o *jsontable.Output, vrf, key string, r *snapshot.Router) (bool, error) {
	switch key {
	case "routerId":
		text, err := o.Text()
		if a, bad := netip.ParseAddr(text); bad == nil && (vrf == "default" || !r.BGP.RouterID.IsValid()) {
			r.BGP.RouterID = a
		}
		return true, err
	case "asn":
		text, err := o.Text()
		if as, ok := jsontable.ParseAS(text); ok && (vrf == "default" || r.BGP.LocalAS == 0) {
			r.BGP.LocalAS = as
		}
		return true, err
	}
	return false, nil
}

// defaulted is the name of a VRF that may be left out.
func defaulted(vrf string) string { return cmp.Or(vrf, "default") }
