package ribtable

import (
	"slices"
	"strings"
)

// Query is what a show command asks of the routing tables.
type Query struct {
	VRF   string // the one named, "" when none was or all were
	Slice string // why the command lists less than the tables hold, "" when it does not
}

// Ask reads the words of a command behind those that name the tables, such as
// "vrf X bgp". It returns false for a command that does not list routes as text.
// Where blanks stand for the underscores of a VRF's name, as in the names of
// evidence files, they are taken back.
func Ask(words []string) (Query, bool) {
	var q Query
	if i := slices.Index(words, "|"); i >= 0 {
		filter := strings.Join(words[i+1:], " ")
		words = words[:i]
		switch {
		case strings.HasPrefix(filter, "json"), strings.HasPrefix(filter, "xml"), strings.HasPrefix(filter, "count"):
			return q, false
		case filter != "no-more" && filter != "nomore" && filter != "no more":
			q.Slice = "the command lists the lines of the table that pass a filter only"
		}
	}
	var only []string
	for i := 0; i < len(words); i++ {
		w := words[i]
		switch {
		case w == "json", strings.HasPrefix("summary", w) && len(w) > 2, w == "nexthop-group":
			return q, false
		case w == "vrf" && i+1 < len(words):
			from := i + 1
			for i++; i+1 < len(words) && !argument(words[i+1]); i++ {
				continue
			}
			q.VRF = strings.Join(words[from:i+1], "_")
		case strings.Contains("detail unicast ipv4 ipv6 afi-all safi-all", w):
		default:
			only = append(only, w)
		}
	}
	if q.VRF == "*" || q.VRF == "all" {
		q.VRF = ""
	}
	if len(only) > 0 && q.Slice == "" {
		q.Slice = "the command lists the routes of " + strings.Join(only, " ") + " only"
	}
	return q, true
}

// argument reports whether a word may follow the name of a VRF.
func argument(w string) bool {
	switch w {
	case "bgp", "static", "connected", "local", "ospf", "ospfv3", "eigrp", "isis", "rip", "kernel", "direct", "summary", "detail",
		"longer-prefixes", "unicast", "ipv4", "ipv6", "afi-all", "safi-all", "updated", "json", "supernets-only", "interface", "next-hop", "host", "aggregate":
		return true
	}
	return strings.ContainsAny(w, "./:")
}
