package frr

import (
	"cmp"
	"encoding/json"
	"net/netip"

	"github.com/routeproof/routeproof/collectors/router/jsontable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readPortsJSON reads `show interface json` and its brief form: an object with a
// member for each interface.
func readPortsJSON(words []string, in *lines.Reader, out *snapshot.Ports) {
	o := jsontable.Read(in, append(Refusals(), "% "), func(o *jsontable.Output) error {
		return o.Documents(o.Found, func(name string) error { return port(o, name, out) })
	})
	slice := ribtable.PortSlice(words)
	if why := twice(out.Interfaces); why != "" {
		o.Lack("%s", why)
	}
	o.Close(&out.Read, len(out.Interfaces), slice)
}

func port(o *jsontable.Output, name string, out *snapshot.Ports) error {
	raw, first, err := o.Raw()
	if err != nil {
		return err
	}
	var v struct {
		Status, OperationalStatus, AdministrativeStatus, VRFName string
		Addresses                                                []string
		IPAddresses                                              []struct{ Address string }
	}
	if raw[0] != '{' {
		var words string
		if json.Unmarshal(raw, &words) == nil {
			o.Says(words)
			return nil
		}
	}
	status := ""
	if json.Unmarshal(raw, &v) == nil {
		status = cmp.Or(v.Status, v.OperationalStatus, v.AdministrativeStatus) // one that is set down has no other
	}
	if status != "up" && status != "down" {
		o.MissAt(first, raw)
		return nil
	}
	i := snapshot.Interface{Name: name, VRF: vrfName(v.VRFName), Up: status == "up", Line: first}
	for _, a := range v.IPAddresses {
		v.Addresses = append(v.Addresses, a.Address)
	}
	for _, text := range v.Addresses {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			o.MissAt(first, raw)
			continue
		}
		i.Addrs = append(i.Addrs, p)
	}
	out.Interfaces = append(out.Interfaces, i)
	return nil
}
