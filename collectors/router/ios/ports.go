package ios

import (
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readPorts reads `show ip interface`, and its brief form, which shows neither
// prefix lengths nor VRFs: its interfaces have length 32, and no VRF.
func readPorts(words []string, in *lines.Reader, out *snapshot.Ports) {
	p := show.Open(in, append(Refusals(), "% "))
	slice := ribtable.PortSlice(words)
	if ribtable.Brief(words) {
		readBrief(p, slice, out)
		return
	}
	ribtable.ReadPorts(p, ribtable.Paragraphs{Protocol: ", line protocol is ", VRF: portVRF, NoVRF: "default", End: "Router Discovery is "}, slice, out)
}

// portVRF reads `VPN Routing/Forwarding "red"`.
func portVRF(line string) (string, bool) {
	name, ok := strings.CutPrefix(line, "VPN Routing/Forwarding ")
	return strings.Trim(name, `"`), ok
}

// readBrief reads rows such as `Loopback0  10.0.0.1  YES NVRAM  up  up`.
func readBrief(p *show.Page, slice string, out *snapshot.Ports) {
	lack := ribtable.Headless
	for p.Next() {
		f := strings.Fields(p.Text())
		switch {
		case len(f) > 4 && f[0] == "Interface" && f[1] == "IP-Address":
			lack = ""
		case strings.HasPrefix(p.Text(), "Any interface listed with OK? value"):
		case !briefRow(f, p.Number(), out):
			p.Miss()
		}
	}
	ribtable.Conclude(p, out, lack, slice)
}

func briefRow(f []string, line int, out *snapshot.Ports) bool {
	if len(f) < 6 || f[2] != "YES" && f[2] != "NO" || !ribtable.Numbered([]byte(f[0])) {
		return false
	}
	i := snapshot.Interface{Name: f[0], Up: f[len(f)-1] == "up", Line: line}
	if last := f[len(f)-1]; last != "up" && last != "down" {
		return false
	}
	if f[1] != "unassigned" {
		a, ok := ribtable.Single(f[1])
		if !ok {
			return false
		}
		i.Addrs = []netip.Prefix{a}
	}
	out.Interfaces = append(out.Interfaces, i)
	return true
}
