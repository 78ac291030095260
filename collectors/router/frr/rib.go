package frr

import (
	"net/netip"
	"regexp"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// routes reads `show ip route`. A route's further next hops stand on lines of
// their own, without code and prefix.
func (p *page) routes(out *snapshot.RIB) {
	vrf, legend, codes := "default", false, false
	head := regexp.MustCompile(`^([A-Za-z])([> ])([* ])([qrbto ]*)\s*(\S+/\d+) (.*)$`)
	for i, l := range p.lines {
		text := strings.TrimSpace(l)
		m := head.FindStringSubmatch(l)
		switch {
		case text == "":
			legend = false
		case strings.HasPrefix(l, "Codes:"):
			legend, codes = true, true
		case legend && strings.HasPrefix(l, "      "):
		case strings.HasPrefix(l, "VRF ") && strings.HasSuffix(l, ":"):
			vrf = strings.TrimSuffix(strings.TrimPrefix(l, "VRF "), ":")
		case strings.HasPrefix(text, "% "):
		case m != nil:
			if !route(m, vrf, i, out) {
				p.miss(i)
			}
		case strings.HasPrefix(l, " ") && len(out.Routes) > 0:
			if !further(text, i, &out.Routes[len(out.Routes)-1]) {
				p.miss(i)
			}
		default:
			p.miss(i)
		}
	}
	p.status(&out.Read, codes, "the legend at the start of the table is missing: the output was cut off")
}

func protocol(code string) (string, bool) {
	name, ok := map[string]string{
		"K": snapshot.Kernel, "C": snapshot.Connected, "L": snapshot.Local, "S": snapshot.Static, "R": snapshot.RIP, "O": snapshot.OSPF,
		"I": snapshot.ISIS, "B": snapshot.BGPProto, "E": snapshot.EIGRP, "N": "nhrp", "T": "table", "v": "vnc", "V": "vnc-direct",
		"A": "babel", "D": "sharp", "F": "pbr", "f": "openfabric", "t": "table-direct",
	}[code]
	return name, ok
}

func route(m []string, vrf string, line int, out *snapshot.RIB) bool {
	proto, ok := protocol(m[1])
	pfx, err := netip.ParsePrefix(m[5])
	if !ok || err != nil {
		return false
	}
	r := snapshot.Route{VRF: vrf, Prefix: pfx, Protocol: proto, Selected: m[2] == ">", Line: line + 1, LastLine: line + 1}
	rest := m[6]
	if strings.HasPrefix(rest, "[") {
		pair, tail, ok := strings.Cut(rest[1:], "] ")
		d, metric, ok2 := strings.Cut(pair, "/")
		distance, ok3 := number(d)
		cost, ok4 := number(metric)
		if !ok || !ok2 || !ok3 || !ok4 {
			return false
		}
		r.Distance, r.Metric, rest = distance, cost, tail
	}
	n, ok := nextHop(rest, line)
	if !ok {
		return false
	}
	// A queued or rejected route is not in the FIB, whatever else is marked.
	r.Installed = m[3] == "*" && !strings.ContainsAny(m[4], "qr")
	n.Inactive = n.Inactive || r.Selected && m[3] != "*" && !n.Recursive
	r.NextHops = []snapshot.NextHop{n}
	out.Routes = append(out.Routes, r)
	return true
}

// further reads a line with one more next hop of the route above.
func further(text string, line int, r *snapshot.Route) bool {
	installed := strings.HasPrefix(text, "*")
	text = strings.TrimSpace(strings.TrimLeft(text, "*qrbto "))
	if strings.HasPrefix(text, "ia ") {
		return false
	}
	n, ok := nextHop(text, line)
	if !ok {
		return false
	}
	n.Inactive = n.Inactive || r.Selected && !installed && !n.Recursive
	r.Installed = r.Installed || installed
	r.NextHops = append(r.NextHops, n)
	r.LastLine = line + 1
	return true
}

// nextHop reads "via 10.0.0.1, er0, weight 1, 00:00:05" and its kin.
func nextHop(text string, line int) (snapshot.NextHop, bool) {
	n := snapshot.NextHop{Line: line + 1}
	fields := strings.Split(text, ", ")
	first := fields[0]
	switch {
	case strings.HasPrefix(first, "via "):
		name, mark, _ := strings.Cut(strings.TrimPrefix(first, "via "), " ")
		a, err := netip.ParseAddr(name)
		if err != nil {
			return n, false
		}
		n.Addr = a
		n.Recursive = mark == "(recursive)"
	case strings.HasPrefix(first, "is directly connected"):
	case strings.HasPrefix(first, "unreachable"):
		n.Blackhole = true
	default:
		return n, false
	}
	for _, f := range fields[1:] {
		switch {
		case f == "inactive" || strings.HasSuffix(f, " inactive"):
			n.Inactive = true
		case strings.HasPrefix(f, "weight "), strings.HasPrefix(f, "label "), strings.HasPrefix(f, "src "), strings.HasPrefix(f, "rmapsrc "), isAge(f):
		case n.Interface == "":
			n.Interface, _, _ = strings.Cut(f, " ")
		}
	}
	n.Blackhole = n.Blackhole || n.Interface == "Null0" || strings.Contains(text, "(blackhole)")
	return n, n.Blackhole || n.Addr.IsValid() || n.Interface != ""
}

// isAge reports whether a field is a route's age, such as 00:00:05 or 1d02h or 02w3d04h.
func isAge(f string) bool {
	return f != "" && strings.Trim(f, "0123456789:dhwmy") == "" && strings.ContainsAny(f, ":dhw")
}

// brief reads `show interface brief`.
func (p *page) brief(out *snapshot.Ports) {
	head := false
	for i, l := range p.lines {
		f := strings.Fields(l)
		switch {
		case len(f) == 0, strings.HasPrefix(l, "---"), strings.HasPrefix(l, "% "):
		case f[0] == "Interface" && len(f) > 2:
			head = true
		case strings.HasPrefix(l, " ") && len(out.Interfaces) > 0:
			last := &out.Interfaces[len(out.Interfaces)-1]
			if !addresses(f, last) {
				p.miss(i)
			}
		case len(f) >= 3 && (f[1] == "up" || f[1] == "down"):
			port := snapshot.Interface{Name: f[0], Up: f[1] == "up", VRF: f[2], Line: i + 1}
			if !addresses(f[3:], &port) {
				p.miss(i)
				continue
			}
			out.Interfaces = append(out.Interfaces, port)
		default:
			p.miss(i)
		}
	}
	p.status(&out.Read, head, "the header of the list is missing: the output was cut off")
}

func addresses(fields []string, port *snapshot.Interface) bool {
	for _, f := range fields {
		f = strings.TrimPrefix(f, "+")
		if f == "" {
			continue
		}
		a, err := netip.ParsePrefix(f)
		if err != nil {
			return false
		}
		port.Addrs = append(port.Addrs, a)
	}
	return true
}
