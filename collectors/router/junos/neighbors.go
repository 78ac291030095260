package junos

import (
	"strings"
)

// neighborText reads `show bgp neighbor` as text.
type neighborText struct {
	*sessions
	n *neighbour
}

func (t *neighborText) read() {
	each(t.in, t.line)
	t.flush()
}

func (t *neighborText) line(l string) bool {
	if strings.HasPrefix(l, "Peer: ") {
		t.flush()
		t.o.seen = true
		return t.peer(l)
	}
	if t.n == nil {
		return t.o.known([]byte(l))
	}
	if noise([]byte(l)) {
		return true
	}
	if !t.value(l) && !t.plain(l) {
		return false
	}
	t.n.last = t.in.Number()
	return true
}

// peer reads `Peer: 10.0.0.1+179 AS 65001  Local: 10.0.0.2+50000 AS 65002`.
func (t *neighborText) peer(l string) bool {
	f := strings.Fields(l)
	n := &neighbour{line: t.in.Number(), last: t.in.Number()}
	for i := 0; i+1 < len(f); i += 2 {
		switch f[i] {
		case "Peer:":
			n.address = f[i+1]
		case "Local:":
			n.local = f[i+1]
		case "AS":
			if n.local == "" {
				n.as = f[i+1]
			} else {
				n.localAS = f[i+1]
			}
		default:
			return false
		}
	}
	t.n = n
	return n.address != "" && n.as != ""
}

// value takes from a line what is kept of it. It reports whether the line is one
// of those.
func (t *neighborText) value(l string) bool {
	switch {
	case strings.HasPrefix(l, "Type: "):
		t.n.state = after(l, "State:")
	case strings.HasPrefix(l, "Group: "):
		t.n.instance = after(l, "Routing-Instance:")
	case strings.HasPrefix(l, "Export: ") || strings.HasPrefix(l, "Import: "):
		t.n.out, t.n.in = brackets(l, "Export:"), brackets(l, "Import:")
	case strings.HasPrefix(l, "Options: "):
		t.n.options += " " + l
		t.n.detailed = true
	case strings.HasPrefix(l, "Authentication key is configured"), strings.HasPrefix(l, "Authentication key chain"):
		t.n.options += " AuthKey"
		t.n.detailed = true
	case strings.HasPrefix(l, "Peer ID:"):
		t.n.id = after(l, "Local ID:")
	case strings.HasPrefix(l, "Table "):
		name, _, ok := strings.Cut(strings.TrimPrefix(l, "Table "), " ")
		t.n.tables = append(t.n.tables, tableCount{name: name})
		return ok
	case strings.HasPrefix(l, "Received prefixes:"):
		if len(t.n.tables) == 0 {
			return false
		}
		t.n.tables[len(t.n.tables)-1].received = after(l, "prefixes:")
	default:
		return false
	}
	return true
}

// after is the word that follows a label.
func after(l, label string) string {
	_, rest, _ := strings.Cut(l, label)
	f := strings.Fields(rest)
	if len(f) == 0 {
		return ""
	}
	return f[0]
}

// brackets is what stands in brackets behind a label: a policy, or an expression
// of several, as written.
func brackets(l, label string) string {
	_, rest, ok := strings.Cut(l, label)
	if !ok {
		return ""
	}
	if next := strings.Index(rest, " Import:"); next >= 0 {
		rest = rest[:next]
	}
	rest = strings.TrimPrefix(strings.TrimSpace(rest), "[")
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "]"))
}

// plain reports whether a line is one of the many that say nothing that is kept.
func (t *neighborText) plain(l string) bool {
	for _, start := range []string{
		"Description:", "Forwarding routing-instance:", "Last State:", "Last Error:", "Holdtime:", "Number of flaps:", "Keepalive Interval:", "BFD:",
		"Local Interface:", "NLRI", "Peer ", "Stale routes", "Restart ", "RIB State:", "Send state:", "Active prefixes:", "Accepted prefixes:",
		"Suppressed due to damping:", "Advertised prefixes:", "Last traffic", "Input messages:", "Output messages:", "Output Queue", "Address families configured:",
		"Local Address:", "Graceful Shutdown", "Last flap event:", "Error:", "I/O Session Thread:", "Entropy label", "Local entropy label", "Trace ", "Authentication ",
		"Path-attributes dropped:", "Family:", "No ", "Cluster ID:", "Malformed ", "Time until", "Session ", "NSR ", "Received and dropped", "AS loop check:", "EBGP ",
		"Last resolve", "LLGR", "Long-lived", "Message ", "Configured ", "Idle hold", "Outbound Timer", "Inbound Timer", "Confederation", "MSS", "TCP ", "Unconfigured",
		"VPN ", "Import ", "Replication", "Send ", "Receive", "External", "Nexthop", "Route ", "Attr ", "Reset ", "Flap ", "Secure ", "Damping", "Threshold", "Maximum",
		"Prefix", "Hold", "Attribute", "Backup", "Tcp", "Egress", "Peering", "Multi", "Remove", "Local",
	} {
		if strings.HasPrefix(l, start) {
			return true
		}
	}
	return strings.Contains(l, " RIB State:")
}

// flush hands over the neighbour that is complete.
func (t *neighborText) flush() {
	if t.n != nil && !t.add(t.n) {
		t.in.MissAt(t.n.line, []byte(t.n.address))
	}
	t.n = nil
}
