package eos

import (
	"net/netip"

	"github.com/routeproof/routeproof/collectors/router/jsontable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readPortsJSON reads `show ip interface | json`, its brief form, and `show
// interfaces | json`: an object with a member for each interface.
func readPortsJSON(words []string, in *lines.Reader, out *snapshot.Ports) {
	o := jsontable.Read(in, append(Refusals(), "% "), func(o *jsontable.Output) error {
		return o.Documents(func() {}, func(key string) error {
			switch key {
			case "errors":
				return o.Words()
			case "interfaces":
				o.Found()
				return o.Object(func(name string) error { return port(o, name, out) })
			}
			return o.Skip()
		})
	})
	if twice := ribtable.Twice(out.Interfaces); twice != "" {
		o.Lack("%s", twice)
	}
	o.Close(&out.Read, len(out.Interfaces), ribtable.PortSlice(words))
}

// ipAddress is an address with its length. Without one it is 0.0.0.0/0.
type ipAddress struct {
	Address string
	MaskLen int
}

// ipAddresses are an interface's.
type ipAddresses struct {
	PrimaryIP               ipAddress
	IPAddr                  *ipAddress
	SecondaryIPsOrderedList []ipAddress
}

func port(o *jsontable.Output, name string, out *snapshot.Ports) error {
	raw, first, err := o.Raw()
	if err != nil {
		return err
	}
	var v struct {
		VRF, LineProtocolStatus, InterfaceStatus string
		InterfaceAddress                         jsontable.List[ipAddresses]
	}
	i := snapshot.Interface{Name: name, Line: first}
	if !jsontable.Fits(raw, &v) || v.LineProtocolStatus == "" {
		o.MissAt(first, raw)
		return nil
	}
	i.VRF, i.Up = v.VRF, v.LineProtocolStatus == "up"
	for _, all := range v.InterfaceAddress {
		list := append([]ipAddress{all.PrimaryIP}, all.SecondaryIPsOrderedList...)
		if all.IPAddr != nil {
			list = append(list, *all.IPAddr) // of the brief form
		}
		for _, a := range list {
			p, ok := a.prefix()
			if !ok {
				o.MissAt(first, raw)
			} else if p.IsValid() {
				i.Addrs = append(i.Addrs, p)
			}
		}
	}
	out.Interfaces = append(out.Interfaces, i)
	return nil
}

func (a ipAddress) prefix() (netip.Prefix, bool) {
	if a.Address == "" || a.Address == "0.0.0.0" {
		return netip.Prefix{}, true
	}
	addr, err := netip.ParseAddr(a.Address)
	if err != nil {
		return netip.Prefix{}, false
	}
	p := netip.PrefixFrom(addr, a.MaskLen)
	return p, p.IsValid()
}
