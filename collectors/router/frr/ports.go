package frr

import (
	"bytes"
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readPorts reads `show interface brief`: name, status, VRF and addresses, with
// more addresses on lines of their own.
func readPorts(words []string, in *lines.Reader, out *snapshot.Ports) {
	p := show.Open(in, append(Refusals(), "% "))
	lack := ribtable.Headless
	for p.Next() {
		switch words := bytes.Fields([]byte(p.Text())); {
		case string(words[0]) == "Interface" && len(words) > 2:
			lack = ""
		case len(bytes.Trim(words[0], "-")) == 0:
		case p.Indent() > 0 && len(out.Interfaces) > 0:
			if !addresses(words, &out.Interfaces[len(out.Interfaces)-1]) {
				p.Miss()
			}
		case len(words) >= 3 && (string(words[1]) == "up" || string(words[1]) == "down"):
			port := snapshot.Interface{Name: string(words[0]), Up: string(words[1]) == "up", VRF: string(words[2]), Line: p.Number()}
			if !addresses(words[3:], &port) {
				p.Miss()
				continue
			}
			out.Interfaces = append(out.Interfaces, port)
		default:
			p.Miss()
		}
	}
	p.Close(&out.Read, cmp.Or(lack, twice(out.Interfaces), ribtable.PortSlice(words)))
}

// twice is which interface of a VRF is listed twice; empty for none. A VRF may be a
// namespace of Linux, and then has an interface lo of its own.
func twice(ports []snapshot.Interface) string {
	byVRF := make(map[string][]snapshot.Interface)
	for _, i := range ports {
		byVRF[i.VRF] = append(byVRF[i.VRF], i)
	}
	for _, vrf := range slices.Sorted(maps.Keys(byVRF)) {
		if why := ribtable.Twice(byVRF[vrf]); why != "" {
			return why
		}
	}
	return ""
}

// addresses reads addresses with their lengths. A plus marks that there are more
// of another family, which are not always listed.
func addresses(words [][]byte, port *snapshot.Interface) bool {
	for _, w := range words {
		w = bytes.TrimPrefix(w, []byte("+"))
		if len(w) == 0 {
			continue
		}
		a, err := netip.ParsePrefix(string(w))
		if err != nil {
			return false
		}
		port.Addrs = append(port.Addrs, a)
	}
	return true
}
