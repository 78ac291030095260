package iosxr

import (
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readPorts reads `show ipv4 vrf all interface`, and its brief form, which shows
// no prefix lengths: its interfaces have length 32.
func readPorts(words []string, in *lines.Reader, out *snapshot.Ports) {
	p := show.Open(in, append(Refusals(), "% "))
	slice := ribtable.PortSlice(words)
	if ribtable.Brief(words) {
		readBrief(p, slice, out)
		return
	}
	ribtable.ReadPorts(p, ribtable.Paragraphs{Protocol: ", ipv4 protocol is ", VRF: portVRF, End: "Table Id is "}, slice, out)
}

// portsCommand reports whether a command lists interfaces with their addresses:
// `show ipv4 interface`, `show ipv4 vrf red interface brief`, `show ip interface`.
// It returns the words behind.
func portsCommand(words []string) (more []string, ok bool) {
	if !show.Matches(words, "show ipv4") && !show.Matches(words, "show ip") {
		return nil, false
	}
	words = words[2:]
	if len(words) > 2 && words[0] == "vrf" {
		words = words[2:]
	}
	if len(words) == 0 || len(words[0]) < 3 || !strings.HasPrefix("interface", words[0]) {
		return nil, false
	}
	return words[1:], words[len(words)-1] != "summary"
}

// portVRF reads "Vrf is red (vrfid 0x60000001)".
func portVRF(line string) (string, bool) {
	name, ok := strings.CutPrefix(line, "Vrf is ")
	name, _, whole := strings.Cut(name, " (vrfid ")
	if !whole {
		name = ""
	}
	return name, ok
}

// readBrief reads rows such as `Loopback0  10.0.0.1  Up  Up  default`.
func readBrief(p *show.Page, slice string, out *snapshot.Ports) {
	lack, columns := ribtable.Headless, 0
	for p.Next() {
		f := strings.Fields(p.Text())
		switch {
		case len(f) > 3 && f[0] == "Interface" && f[1] == "IP-Address":
			lack, columns = "", len(f)
		case len(f) != columns || !briefRow(f, p.Number(), out):
			p.Miss()
		}
	}
	ribtable.Conclude(p, out, lack, slice)
}

func briefRow(f []string, line int, out *snapshot.Ports) bool {
	if len(f) < 4 || len(f) > 5 || f[3] != "Up" && f[3] != "Down" || !ribtable.Numbered([]byte(f[0])) {
		return false
	}
	i := snapshot.Interface{Name: f[0], Up: f[3] == "Up", Line: line}
	if len(f) == 5 {
		i.VRF = f[4]
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
