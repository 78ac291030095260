package eos

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readPorts reads `show ip interface` and its brief form as text, neither of
// which shows VRFs: the interfaces have none.
func readPorts(words []string, in *lines.Reader, out *snapshot.Ports) {
	p := show.Open(in, append(Refusals(), "% "))
	slice := ribtable.PortSlice(words)
	if !ribtable.Brief(words) {
		ribtable.ReadPorts(p, ribtable.Paragraphs{Protocol: ", line protocol is ", VRF: portVRF, End: "IP MTU "}, slice, out)
		return
	}
	lack := ribtable.Headless
	for p.Next() {
		f := strings.Fields(p.Text())
		switch {
		case len(f) > 3 && f[0] == "Interface" && f[1] == "IP":
			lack = ""
		case p.Text() == "Address", strings.Trim(p.Text(), "- ") == "":
		case !briefRow(f, p.Number(), out):
			p.Miss()
		}
	}
	ribtable.Conclude(p, out, lack, slice)
}

// portVRF reads "VRF red" and `VPN Routing/Forwarding "red"`.
func portVRF(line string) (string, bool) {
	for _, key := range []string{"VRF: ", "VRF ", "VPN Routing/Forwarding "} {
		if name, ok := strings.CutPrefix(line, key); ok {
			return strings.Trim(name, `"`), true
		}
	}
	return "", false
}

// briefRow reads `Ethernet1  10.0.0.1/24  up  up  1500`. A status may have two
// words.
func briefRow(f []string, line int, out *snapshot.Ports) bool {
	if len(f) < 5 || !ribtable.Numbered([]byte(f[0])) {
		return false
	}
	_, last := strconv.Atoi(f[len(f)-1])
	if _, owner := strconv.Atoi(f[len(f)-2]); last != nil && owner != nil {
		return false // the MTU is missing: the row was cut off
	}
	i := snapshot.Interface{Name: f[0], Up: f[2] == "up" && f[3] == "up", Line: line}
	if f[1] != "unassigned" {
		a, err := netip.ParsePrefix(f[1])
		if err != nil {
			return false
		}
		i.Addrs = []netip.Prefix{a}
	}
	out.Interfaces = append(out.Interfaces, i)
	return true
}
