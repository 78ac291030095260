package nxos

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readPorts reads `show ip interface vrf all`, and its brief form, which shows
// no prefix lengths: its interfaces have length 32.
func readPorts(words []string, in *lines.Reader, out *snapshot.Ports) {
	r := portReader{out: out}
	p := show.Open(in, append(Refusals(), "% "))
	for p.Next() {
		if !r.line(p) {
			p.Miss()
			r.open = false // the line may have begun another interface
		}
	}
	r.close()
	if r.vrf == "" {
		r.lack = "the name of the VRF is missing: the output was cut off, or is another command's"
	}
	ribtable.Conclude(p, out, r.lack, ribtable.PortSlice(words))
}

type portReader struct {
	out   *snapshot.Ports
	vrf   string
	brief bool
	open  bool // an interface with its addresses below it
	ended bool // and its last lines were seen
	lack  string
}

func (r *portReader) line(p *show.Page) bool {
	text := p.Text()
	if head, ok := strings.CutPrefix(text, "IP Interface Status for VRF "); ok {
		r.close()
		r.vrf, _, _ = strings.Cut(strings.TrimPrefix(head, `"`), `"`)
		r.brief = false
		return r.vrf != ""
	}
	f := strings.Fields(text)
	switch {
	case r.vrf == "":
		return false
	case len(f) > 3 && f[0] == "Interface" && f[1] == "IP" && f[2] == "Address":
		r.brief = true
		return true
	case r.brief:
		return r.row(f, p.Number())
	}
	if name, status, ok := strings.Cut(text, ", Interface status: "); ok {
		r.close()
		r.open, r.ended = r.add(name, status, p.Number()), false
		return r.open
	}
	if !r.open || p.Indent() == 0 && !strings.HasPrefix(text, "IP ") || strings.Contains(text, "%") {
		return false
	}
	return r.attribute(text)
}

// add adds an interface with the status "protocol-up/link-up/admin-up".
func (r *portReader) add(name, status string, line int) bool {
	name = fullPort(name)
	if !ribtable.Numbered([]byte(name)) || !strings.HasPrefix(status, "protocol-") {
		return false
	}
	r.out.Interfaces = append(r.out.Interfaces, snapshot.Interface{Name: name, VRF: r.vrf, Up: strings.HasPrefix(status, "protocol-up/"), Line: line})
	return true
}

// close ends an interface. Its statistics stand behind its addresses.
func (r *portReader) close() {
	if r.open && !r.ended && r.lack == "" {
		r.lack = fmt.Sprintf("the last lines of interface %s are missing", r.out.Interfaces[len(r.out.Interfaces)-1].Name)
	}
	r.open = false
}

// attribute reads a line below an interface's: `IP address: 10.0.0.1, IP subnet:
// 10.0.0.0/24 secondary`.
func (r *portReader) attribute(text string) bool {
	i := &r.out.Interfaces[len(r.out.Interfaces)-1]
	rest, ok := strings.CutPrefix(text, "IP address: ")
	if !ok {
		r.ended = r.ended || strings.HasPrefix(text, "IP MTU: ") || strings.HasPrefix(text, "IP Interface Statistics")
		return true
	}
	if strings.HasPrefix(rest, "none") {
		return true
	}
	plain, subnet, ok := strings.Cut(rest, ", IP subnet: ")
	subnet, _, _ = strings.Cut(subnet, " ")
	a, err := netip.ParseAddr(plain)
	net, err2 := netip.ParsePrefix(strings.TrimSuffix(subnet, ","))
	if !ok || err != nil || err2 != nil || !net.Contains(a) {
		return false
	}
	i.Addrs = append(i.Addrs, netip.PrefixFrom(a, net.Bits()))
	return true
}

// row reads `Vlan10  10.0.0.1  protocol-up/link-up/admin-up` of the brief form.
func (r *portReader) row(f []string, line int) bool {
	if len(f) != 3 || !strings.Contains(f[2], "/admin-") {
		return false
	}
	var addrs []netip.Prefix
	if f[1] != "none" && f[1] != "unassigned" && !strings.HasPrefix(f[1], "forward-enabled") {
		a, ok := ribtable.Single(f[1])
		if !ok {
			return false
		}
		addrs = []netip.Prefix{a}
	}
	if !r.add(f[0], f[2], line) {
		return false
	}
	r.out.Interfaces[len(r.out.Interfaces)-1].Addrs = addrs
	return true
}
