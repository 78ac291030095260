package junos

import (
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// via reads a line that says where an entry goes, such as
// `> to 10.0.0.1 via ge-0/0/0.0`, and reports whether it is one. The mark only
// says which of several the router would take for a single packet flow.
func (e *entry) via(l string, line int) bool {
	l = strings.TrimSpace(strings.TrimPrefix(l, ">"))
	switch l {
	case "Reject", "Discard", "Receive", "MultiRecv", "Unusable", "Indirect", "Local", "Multicast", "Unilist", "Deny", "(hidden)":
		e.kind, e.last = l, line
		e.hidden = e.hidden || l == "Unusable" || l == "(hidden)"
		return true
	}
	l = strings.TrimPrefix(l, "Local ")
	l, _, _ = strings.Cut(l, ", ") // labels and the like
	f := strings.Fields(l)
	h := snapshot.NextHop{Line: line}
	for len(f) > 1 {
		switch {
		case f[0] == "to" && f[1] == "table" && len(f) == 3:
			h.Interface, f = f[2], nil
			continue
		case f[0] == "to":
			a, err := netip.ParseAddr(f[1])
			if err != nil {
				return false
			}
			h.Addr = a
		case f[0] == "via":
			h.Interface = f[1]
		default:
			return false
		}
		f = f[2:]
	}
	if len(f) > 0 || h.Interface == "" {
		return false
	}
	e.hops = append(e.hops, h)
	e.last = line
	return true
}
