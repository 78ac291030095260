package bgptable

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// query is what a command asks for.
type query struct {
	vrf       string     // the one it names; empty for none, and for all
	neighbor  netip.Addr // whose table it lists
	direction string     // which one of it; empty for the router's own table
	prefix    bool       // it looks up one prefix
	other     bool       // it asks for a family that is not IP unicast
	slice     string     // why it lists less than the table; empty when it does not
}

// ask takes a command apart, in all the spellings that the platforms have. ok is
// false for a command that lists no paths as text.
func ask(command string) (q query, ok bool) {
	f := strings.Fields(strings.ReplaceAll(command, "|", " | "))
	if len(f) > 0 && f[0] == "sudo" {
		f = f[1:]
	}
	if len(f) > 2 && f[0] == "vtysh" && f[1] == "-c" {
		f = strings.Fields(strings.Trim(strings.Join(f[2:], " "), `"'`))
	}
	if len(f) > 0 && f[0] == "net" {
		f = f[1:]
	}
	f, ok = afterTable(f)
	if !ok {
		return q, false
	}
	if i := slices.Index(f, "|"); i >= 0 {
		if !q.filter(f[i+1:]) {
			return q, false
		}
		f = f[:i]
	}
	for len(f) > 0 && !q.other {
		n, ok := q.word(f)
		if !ok {
			return q, false
		}
		f = f[n:]
	}
	return q, true
}

// afterTable takes the words off that name BGP's table.
func afterTable(f []string) ([]string, bool) {
	if len(f) < 2 || len(f[0]) < 2 || !strings.HasPrefix("show", f[0]) {
		return nil, false
	}
	f = f[1:]
	if f[0] == "ip" || f[0] == "ipv6" {
		f = f[1:]
	}
	if len(f) == 0 || f[0] != "bgp" {
		return nil, false
	}
	return f[1:], true
}

// filter takes what is typed behind a bar. Where the output is let through from
// some line on, the whole table still follows.
func (q *query) filter(f []string) bool {
	if len(f) == 0 {
		return true
	}
	switch {
	case strings.HasPrefix(f[0], "json"), strings.HasPrefix(f[0], "xml"), strings.HasPrefix(f[0], "count"), f[0] == "display":
		return false
	case f[0] == "no-more", f[0] == "nomore", f[0] == "no", strings.HasPrefix("begin", f[0]):
		return true
	}
	q.cut("the command lists the lines that pass a filter only")
	return true
}

func (q *query) cut(why string) {
	if q.slice == "" {
		q.slice = why
	}
}

// word takes the first word of what is left of a command, with its arguments,
// and says how many those are.
func (q *query) word(f []string) (int, bool) {
	switch w := f[0]; {
	case w == "vrf" || w == "view":
		return q.inVRF(f), true
	case w == "all" || w == "unicast" || w == "ipv4" || w == "ipv6" || w == "vpnv4" || w == "vpnv6" || w == "detail" || w == "det" || w == "wide" || w == "vpn" || w == "-all":
		return 1, true
	case w == "instance" && len(f) > 1:
		return 2, true
	case w == "l2vpn" || w == "evpn" || w == "vpls" || w == "multicast" || w == "mdt" || w == "mvpn" || w == "flowspec" || w == "rtfilter" || w == "link-state" || w == "labeled-unicast":
		q.other = true
		return 1, true
	case w == "rd" && len(f) > 1:
		q.cut("the command lists the routes of the route distinguisher " + f[1] + " only")
		return 2, true
	case strings.HasPrefix("neighbors", w) && len(w) > 3:
		return q.of(f)
	case w == "rib-failure":
		q.cut("the command lists the routes only that the routing table did not take")
		return 1, true
	case isFilter(w):
		q.cut("the command lists the routes with " + strings.Join(f, " ") + " only")
		return len(f), true
	case strings.Contains(w, "/") || isAddr(w) || strings.Trim(w, "0123456789x") == "":
		q.prefix = true
		q.cut("the command lists the routes of " + strings.Join(f, " ") + " only")
		return 1, true
	case w == "P":
		q.prefix = true
		q.cut("the command lists the routes of one prefix only")
		return 1, true
	case isPlaceholder(w):
		return 1, true
	case q.prefix && (w == "longer-prefixes" || w == "longer" || w == "prefixes" || w == "bestpath" || w == "multipath" || w == "subnets"):
		q.cut("the command lists the routes of " + w + " only")
		return 1, true
	}
	return 0, false
}

// inVRF takes the name of a VRF. In the names of evidence files blanks stand for
// underscores.
func (q *query) inVRF(f []string) int {
	if len(f) < 2 {
		return 1
	}
	if f[1] != "all" && f[1] != "*" && !isPlaceholder(f[1]) {
		q.vrf = f[1]
	}
	return 2
}

// of takes a neighbour and which of its tables is listed: those it sent, before
// and after policy, and that it was sent.
func (q *query) of(f []string) (int, bool) {
	f = f[1:]
	n := 1
	for len(f) > 0 {
		n++
		switch w := f[0]; {
		case w == "routes":
			q.direction = snapshot.Accepted
		case strings.HasPrefix(w, "received-routes"), w == "received" && len(f) > 1 && f[1] == "routes":
			q.direction = snapshot.Received
			if w == "received" {
				n++
			}
		case strings.HasPrefix("advertised-routes", w) && len(w) > 2:
			q.direction = snapshot.Advertised
		default:
			a, err := netip.ParseAddr(w)
			if err == nil {
				q.neighbor = a
			} else if q.direction != "" || strings.HasPrefix("received prefix-filter policy flap-statistics dampened-routes", w) || w == "|" {
				return 0, false
			}
			f = f[1:]
			continue
		}
		return n, true
	}
	return 0, false
}

// isFilter reports whether a word selects among a table's routes.
func isFilter(w string) bool {
	switch w {
	case "regexp", "community", "community-list", "large-community", "large-community-list", "extcommunity", "extcommunity-list", "filter-list", "prefix-list", "route-map", "access-list",
		"cidr-only", "inconsistent-as", "quote-regexp", "regex", "as-path-access-list", "rpki", "next-hop", "nexthop", "truncated", "accept-own", "bestpath", "oor", "longer-prefixes":
		return true
	}
	return strings.HasSuffix(w, "$") || strings.HasPrefix(w, "^")
}

func isAddr(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// isPlaceholder reports whether a word stands for an argument, as in a manual.
func isPlaceholder(w string) bool {
	return w == "X" || strings.HasPrefix(w, "{") || strings.HasPrefix(w, "<")
}
