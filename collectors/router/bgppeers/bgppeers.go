// Package bgppeers reads the lists of BGP neighbours that routers print for
// people: the summaries with a line a neighbour, and the paragraphs that
// `show ip bgp neighbors` prints. The platforms print the same in their own
// words.
package bgppeers

import (
	"slices"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Answer reads what a command printed into r, and reports whether it lists
// neighbours as text. refusals are the texts with which the platform refuses a
// command.
func Answer(command string, in *lines.Reader, r *snapshot.Router, refusals []string) bool {
	words := strings.Fields(strings.ReplaceAll(command, "|", " | "))
	kind, vrf := ask(words)
	if kind == nil {
		return false
	}
	l := &list{in: in, out: r, vrf: vrf, family: family(words), refusals: refusals}
	kind(l)
	l.close()
	return true
}

// family is the address family that a command names; empty for none.
func family(words []string) string {
	afi, safi := "", "unicast"
	for _, w := range words {
		switch w {
		case "ipv4", "ipv6", "vpnv4", "vpnv6", "l2vpn":
			afi = w
		case "multicast", "evpn", "vpls", "mdt", "mvpn", "labeled-unicast", "flowspec", "tunnel":
			safi = w
		}
	}
	if afi == "" || afi == "ipv4" && safi == "unicast" {
		return ""
	}
	return afi + " " + safi
}

// ask finds out what a command lists, nil for anything else, and the VRF that it
// names.
func ask(words []string) (kind func(*list), vrf string) {
	if len(words) < 2 || len(words[0]) < 2 || !strings.HasPrefix("show", words[0]) {
		return nil, ""
	}
	if i := slices.Index(words, "|"); i >= 0 {
		if i+1 < len(words) && !strings.HasPrefix("begin", words[i+1]) && !strings.HasPrefix(words[i+1], "no") {
			return nil, "" // json, or a part of the lines
		}
		words = words[:i]
	}
	bgp, neighbors := false, false
	for _, w := range words[1:] {
		switch {
		case w == "json", strings.HasPrefix(w, "advertised"), strings.HasPrefix(w, "received"), w == "routes", w == "policy":
			return nil, ""
		case w == "bgp":
			bgp = true
		case bgp && len(w) > 2 && strings.HasPrefix("summary", w):
			kind = (*list).summary
		case bgp && len(w) > 2 && strings.HasPrefix("neighbors", w):
			neighbors = true
		}
	}
	if neighbors && kind == nil {
		kind = (*list).paragraphs
	}
	if !bgp {
		return nil, ""
	}
	return kind, vrfOf(words)
}

// vrfOf is the VRF that a command names, the default one where it names none. It
// is empty for those of all VRFs where their names are not listed.
func vrfOf(words []string) string {
	if i := slices.Index(words, "vrf"); i >= 0 && i+1 < len(words) && words[i+1] != "all" && words[i+1] != "*" {
		return words[i+1]
	}
	if slices.Contains(words, "all") && (slices.Contains(words, "vpnv4") || slices.Contains(words, "vpnv6")) {
		return ""
	}
	return "default"
}

// list is the reading of one output.
type list struct {
	in       *lines.Reader
	out      *snapshot.Router
	refusals []string

	vrf, family string // the VRF is empty where it is not said
	head        bool   // a header or a neighbour was seen
	refused     string
	empty       string
	counted     int // neighbours, by the device's own count; -1 when it differs
	torn        bool
}

func (l *list) close() {
	read := &l.out.Sessions.Read
	*read = snapshot.Read{Status: snapshot.OK}
	switch {
	case l.refused != "":
		*read = snapshot.Read{Status: snapshot.Error, Detail: "the router answered " + strconv.Quote(l.refused)}
	case l.in.Missed() > 0:
		*read = snapshot.Read{Status: snapshot.Partial, Detail: strconv.Itoa(l.in.Missed()) + " line(s) of the list were not understood"}
	case l.torn, l.counted < 0:
		*read = snapshot.Read{Status: snapshot.Partial, Detail: "the list of neighbours was cut off"}
	case l.empty != "" && len(l.out.Sessions.Peers) == 0:
		*read = snapshot.Read{Status: snapshot.Empty, Detail: "the router answered " + strconv.Quote(l.empty)}
	case !l.head:
		*read = snapshot.Read{Status: snapshot.Partial, Detail: "the header of the list is missing: the output was cut off, or is not this list"}
	}
}

// around recognises what stands around neighbours: sections, the router's own
// identity, refusals, prompts.
func (l *list) around(text string) bool {
	if l.section(text) || l.identity(text) {
		return true
	}
	for _, r := range l.refusals {
		if strings.HasPrefix(text, r) {
			l.refused = text
			return true
		}
	}
	lower := strings.ToLower(text)
	for _, words := range []string{
		"% bgp not active", "% no bgp neighbors found", "no ipv4", "no ipv6", "% bgp instance not running", "% none of the requested address families",
		"% bgp inactive", "% no such neighbor", "% bgp instance '", "no bgp neighbors found", "% no bgp process", "% no neighbor",
	} {
		if strings.HasPrefix(lower, words) {
			l.empty = text
			return true
		}
	}
	if strings.HasPrefix(text, "% ") || strings.HasPrefix(text, "Command authorization failed") {
		l.refused = text
		return true
	}
	return prompt(text) && !l.another(text)
}

// section recognises where another VRF's or family's neighbours begin.
func (l *list) section(text string) bool {
	for _, start := range []string{"For address family: ", "Address Family: ", "BGP summary information for VRF ", "BGP VRF ", "VRF: ", "Instance ", "BGP instance "} {
		rest, ok := strings.CutPrefix(text, start)
		if !ok {
			continue
		}
		switch {
		case strings.HasSuffix(start, "amily: "):
			l.setFamily(rest)
			if start == "For address family: " { // IOS, which does not say of which VRF the neighbours are
				l.vrf = "default"
				if strings.HasPrefix(l.family, "vpn") {
					l.vrf = ""
				}
			}
		case start == "BGP instance ":
		default:
			name, family, _ := strings.Cut(rest, ", ")
			l.vrf = strings.TrimSuffix(strings.Fields(name + " ?")[0], ":")
			if f, ok := strings.CutPrefix(family, "address family "); ok {
				l.setFamily(f)
			}
		}
		return true
	}
	// FRR: "IPv4 Unicast Summary (VRF default):", "IPv4 Unicast Summary:".
	if family, rest, ok := strings.Cut(text, " Summary"); ok && strings.HasSuffix(text, ":") {
		l.setFamily(family)
		if _, name, ok := strings.Cut(rest, "(VRF "); ok {
			l.vrf, _, _ = strings.Cut(name, ")")
		}
		return true
	}
	return false
}

func (l *list) setFamily(name string) {
	l.family = strings.ToLower(strings.TrimSpace(name))
}

// identity reads the router's own ID and AS number.
func (l *list) identity(text string) bool {
	known := false
	for _, words := range []string{"BGP router identifier ", "Router identifier ", "BGP Router identifier "} {
		rest, ok := strings.CutPrefix(text, words)
		if !ok {
			continue
		}
		known = true
		id, _, _ := strings.Cut(rest, ",")
		if a, ok := addr(strings.TrimSpace(id)); ok && !l.out.BGP.RouterID.IsValid() {
			l.out.BGP.RouterID = a
		}
	}
	if _, rest, ok := strings.Cut(text, "local AS number "); ok {
		known = true
		if as, ok := asNumber(strings.TrimRight(strings.Fields(rest + " ?")[0], ",.")); ok && l.out.BGP.LocalAS == 0 {
			l.out.BGP.LocalAS = as
		}
	}
	return known
}

// prompt recognises the prompt and the command, pasted along with the output.
func prompt(text string) bool {
	if strings.HasPrefix(text, "show ") || strings.HasPrefix(text, "sh ") {
		return true
	}
	i := strings.IndexAny(text, "#>")
	if i < 1 || strings.ContainsAny(text[:i], " *") && !strings.HasPrefix(text, "RP/") {
		return false
	}
	rest := strings.TrimSpace(text[i+1:])
	return rest == "" || strings.HasPrefix(rest, "sh")
}

// another reports whether a line is the echo of a further command, below what
// the first one listed.
func (l *list) another(text string) bool {
	typed, ok := show.Prompt(text)
	return ok && typed != "" && l.head && strings.HasPrefix(typed, "sh")
}
