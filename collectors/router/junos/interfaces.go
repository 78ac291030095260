package junos

import (
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// interfacesCommand reports whether a command lists interfaces with their
// addresses, also `show interfaces terse routing-instance all`.
func interfacesCommand(command string) bool {
	typed, _, _ := strings.Cut(command, "|")
	f := strings.Fields(typed)
	return strings.HasPrefix(typed, "get-interface-information") ||
		len(f) > 2 && f[0] == "show" && strings.HasPrefix(f[1], "interface") && strings.Contains(typed, " terse")
}

// interfaces collects the logical interfaces of a listing, in any form. Only the
// listing by routing instance names a VRF; in the others an interface is taken to
// be of the default one, where Junos puts it unless it is configured elsewhere.
// Tunnel interfaces are also listed as tunnels.
type interfaces struct {
	in       *lines.Reader
	o        *outcome
	r        *snapshot.Router
	instance bool // the listing has a column for it
	i        *snapshot.Interface
}

func readInterfaces(command string, in *lines.Reader, r *snapshot.Router) {
	t := &interfaces{in: in, o: &outcome{}, r: r}
	if f := formOf(command, in, func(string) {}); f != textForm {
		t.o.cut = visit(f, in, t.o, visitor{keep: t.keep, enter: t.enter, take: t.take})
	} else {
		t.text()
	}
	t.o.status(&r.Ports.Read, in, len(r.Ports.Interfaces))
	t.o.status(&r.Tunnels.Read, in, len(r.Tunnels.Tunnels))
}

func (t *interfaces) keep(name string) bool {
	return name == "physical-interface" || name == "logical-interface" || isMessage(name)
}

func (t *interfaces) enter(name string, _ int) {
	t.o.seen = t.o.seen || name == "interface-information"
}

func (t *interfaces) take(e *element) {
	switch {
	case isMessage(e.name):
		t.o.message(e)
	case e.name == "physical-interface":
		for _, l := range e.all("logical-interface") {
			t.logical(l)
		}
	case e.name == "logical-interface":
		t.logical(e)
	}
}

func (t *interfaces) logical(e *element) {
	i := snapshot.Interface{
		Name: strings.TrimSpace(e.val("name")), VRF: "default", Line: e.line,
		Up: strings.TrimSpace(e.val("admin-status")) == "up" && strings.TrimSpace(e.val("oper-status")) == "up",
	}
	for _, name := range []string{"routing-instance", "logical-interface-routing-instance", "instance-name"} {
		if v := strings.TrimSpace(e.val(name)); v != "" && v != "master" {
			i.VRF = v
		}
	}
	for _, family := range e.all("address-family") {
		name := strings.TrimSpace(family.val("address-family-name"))
		for _, a := range family.all("interface-address") {
			if name != "inet" && name != "inet6" {
				continue
			}
			if !address(&i, strings.TrimSpace(a.val("ifa-local"))) {
				t.in.MissAt(a.line, []byte(i.Name+" "+a.val("ifa-local")))
			}
		}
	}
	if i.Name == "" {
		t.in.MissAt(e.line, []byte("logical-interface"))
		return
	}
	t.add(i)
}

// address adds an address to an interface; one without a length is a host's.
func address(i *snapshot.Interface, s string) bool {
	if s == "" {
		return true
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		i.Addrs = append(i.Addrs, p)
		return true
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return false
	}
	i.Addrs = append(i.Addrs, netip.PrefixFrom(a, a.BitLen()))
	return true
}

// add adds an interface, and the tunnel that it is.
func (t *interfaces) add(i snapshot.Interface) {
	t.r.Ports.Interfaces = append(t.r.Ports.Interfaces, i)
	mode := tunnelMode(i.Name)
	if mode == "" {
		return
	}
	t.r.Tunnels.Tunnels = append(t.r.Tunnels.Tunnels, snapshot.Tunnel{
		Name: i.Name, VRF: i.VRF, Up: i.Up, Addrs: i.Addrs, Mode: mode, Line: i.Line, LastLine: t.in.Number(),
	})
}

// tunnelMode is what a tunnel interface of a name encapsulates in, "" when it is
// no tunnel. A secure tunnel (st0) is always IPsec: it takes packets only when a
// VPN is bound to it.
func tunnelMode(name string) string {
	kind, unit, ok := strings.Cut(name, ".")
	switch {
	case !ok || unit == "":
		return ""
	case kind == "st0":
		return "IPSEC/IP"
	case strings.HasPrefix(kind, "gr-"):
		return "GRE/IP"
	case strings.HasPrefix(kind, "ip-"):
		return "IP/IP"
	}
	return ""
}

// text reads `show interfaces terse`.
func (t *interfaces) text() {
	each(t.in, t.line)
	t.flush()
}

func (t *interfaces) line(l string) bool {
	f := strings.Fields(l)
	if len(f) > 2 && f[0] == "Interface" && f[1] == "Admin" && f[2] == "Link" {
		t.o.seen = true
		t.instance = f[len(f)-1] == "Instance"
		return true
	}
	return t.o.known([]byte(l)) || t.o.seen && t.row(f)
}

// row reads a row: an interface, or a further family or address of the one above.
func (t *interfaces) row(f []string) bool {
	if len(f) >= 3 && isState(f[1]) && isState(f[2]) {
		t.flush()
		t.i = &snapshot.Interface{Name: f[0], VRF: "default", Up: f[1] == "up" && f[2] == "up", Line: t.in.Number()}
		f = f[3:]
	}
	if t.i == nil {
		return false
	}
	return t.family(f)
}

func isState(s string) bool { return s == "up" || s == "down" }

// family reads what follows the state: family, local address, remote address,
// instance, each of which may be absent.
func (t *interfaces) family(f []string) bool {
	inet := true
	if len(f) > 0 && !strings.ContainsAny(f[0], ".:") {
		switch f[0] {
		case "inet", "inet6":
		case "multiservice", "iso", "mpls", "ccc", "vpls", "eth-switch", "aenet", "tnp", "bridge", "ethernet-switching", "any", "tcc", "mlfr-end-to-end", "mlppp", "ethernet":
			inet = false
		default:
			return t.named(f)
		}
		f = f[1:]
	}
	if len(f) > 0 && inet && strings.ContainsAny(f[0], ".:") {
		if !address(t.i, f[0]) {
			return false
		}
		f = f[1:]
	} else if !inet && len(f) > 0 && (strings.ContainsAny(f[0], ".:") || strings.HasPrefix(f[0], "0x") || f[0] == "-->") {
		f = f[1:] // an address of a family that is not IP
	}
	if len(f) > 1 && f[0] == "-->" {
		f = f[2:]
	}
	return t.named(f)
}

// named reads the rest of a row: the instance, where the listing has the column.
func (t *interfaces) named(f []string) bool {
	if len(f) == 0 {
		return true
	}
	if !t.instance || len(f) > 1 {
		return false
	}
	if f[0] != "master" && f[0] != "default" {
		t.i.VRF = f[0]
	}
	return true
}

// flush hands over the interface that is complete. Those that hold no addresses
// themselves, the physical ones, are left out.
func (t *interfaces) flush() {
	if t.i != nil && strings.Contains(t.i.Name, ".") {
		t.add(*t.i)
	}
	t.i = nil
}
