package ribtable

import (
	"bytes"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// Entry reads a line of `show ip route P`, which tells all about one destination.
// It returns false for a line that is none of an entry's, or a field of it that
// does not fit.
func (t *Table) Entry(s *Style, line []byte) bool {
	if rest, ok := After(line, "Routing entry for "); ok {
		return t.entry(rest)
	}
	r := t.Open()
	if r == nil || !t.detail {
		return false
	}
	if rest, ok := After(line, "Known via "); ok {
		return t.known(r, rest)
	}
	for _, start := range entryLines() {
		if bytes.HasPrefix(line, []byte(start)) {
			return true
		}
	}
	if vrf, ok := After(line, `Nexthop in Vrf: "`); ok && len(r.NextHops) > 0 {
		name, _, _ := bytes.Cut(vrf, []byte(`"`))
		return t.Elsewhere(&r.NextHops[len(r.NextHops)-1], name)
	}
	return r.Protocol != "" && t.descriptor(s, line)
}

// entryLines are the starts of an entry's lines that say nothing of where
// packets go.
func entryLines() []string {
	return []string{
		"Tag ", "Last update ", "Last updated ", "Redistributing via ", "Advertised by ", "Routing Descriptor Blocks", "Routing paths:", "Route metric is ",
		"Route tag ", "AS Hops ", "MPLS label", "MPLS Flags", "Repair Path", "SR Incoming Label", "Total delay is ", "Reliability ", "Loading ",
		"Route count is ", "From ", "Installed ", "No advertising protos", "Redist Advertisers", "Label: ", "Tunnel ID: ", "Binding Label: ",
		"Extended communities ", "NHID:", "Path Grouping ID", "SRv6 Headend", "Route version is ", "No local label", "Local Label: ", "IP Precedence: ",
		"QoS Group ID: ", "Flow-tag: ", "Fwd-class: ", "Route Priority: ", "Download Priority ", "opaque_ptr", "Backup path", "Minimum MTU", "Hops ",
		"Opaque data", "Protecting path", "Path id:", "Path ref count:", "Backup path id:", "Remote Label", "Route count", "Number of pic", "EIGRP ",
	}
}

// entry starts an entry: `10.0.0.0/8, supernet`.
func (t *Table) entry(rest []byte) bool {
	t.Close()
	t.head, t.legend = true, false
	if t.query.Slice == "" {
		t.query.Slice = "the command lists one destination only"
	}
	word, _ := Item(rest)
	if name, after := Word(word); len(after) > 0 {
		word = name // behind it stands the mask once more
	}
	p, ok := Prefix(word)
	if !ok {
		return false
	}
	t.Route(snapshot.Route{Prefix: p})
	t.detail = true
	return true
}

// known reads `"bgp 65105", distance 20, metric 0, candidate default path`.
func (t *Table) known(r *snapshot.Route, rest []byte) bool {
	quoted, ok := strings.CutPrefix(string(rest), `"`)
	name, attributes, ok2 := strings.Cut(quoted, `"`)
	protocol, _, _ := strings.Cut(name, " ")
	if !ok || !ok2 || !Port([]byte(protocol)) {
		return false
	}
	r.Protocol, r.Selected, r.Installed = t.Name([]byte(protocol)), true, true
	if strings.HasPrefix(protocol, "ospf") {
		r.Protocol = snapshot.OSPF
	}
	for a := range strings.SplitSeq(attributes, ", ") {
		key, value, _ := strings.Cut(strings.TrimSpace(a), " ")
		value, _, _ = strings.Cut(value, " ")
		switch key {
		case "distance", "metric":
			n, ok := Number([]byte(value))
			if !ok {
				return false
			}
			if key == "distance" {
				r.Distance = t.Num(n)
			} else {
				r.Metric = t.Num(n)
			}
		}
	}
	return true
}

// descriptor reads a way out: `* 10.0.0.1 (red), from 10.0.0.9, 1d21h ago, via
// GigabitEthernet1`, or `directly connected, via Loopback0`.
func (t *Table) descriptor(s *Style, line []byte) bool {
	line = Trim(bytes.TrimPrefix(line, []byte("*")))
	first, rest := Item(line)
	var h snapshot.NextHop
	word, vrf := Word(first)
	switch {
	case string(first) == "directly connected", string(first) == "receive":
	case bytes.HasPrefix(first, []byte("directly connected via ")), bytes.HasPrefix(first, []byte("receive via ")):
		port := first[bytes.LastIndexByte(first, ' ')+1:]
		if !s.Port(port) {
			return false
		}
		h.Interface = t.Name(port)
	default:
		name, zone, _ := bytes.Cut(word, []byte("%"))
		var ok bool
		if h.Addr, ok = Addr(name); !ok {
			return false
		}
		if len(zone) > 0 && !t.Elsewhere(&h, zone) {
			return false
		}
		if len(vrf) > 2 && vrf[0] == '(' && !t.Elsewhere(&h, bytes.Trim(vrf, "()")) {
			return false
		}
	}
	for len(rest) > 0 {
		var item []byte
		item, rest = Item(rest)
		port := bytes.TrimPrefix(item, []byte("via "))
		if h.Interface == "" && s.Port(port) && (len(port) < len(item) || Numbered(port)) {
			h.Interface = t.Name(port)
		}
	}
	h.Blackhole = h.Interface == "Null0"
	if h.Interface == "" && !h.Addr.IsValid() {
		return false
	}
	return t.Hop(h)
}
