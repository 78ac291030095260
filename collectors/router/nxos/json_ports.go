package nxos

import (
	"encoding/json"
	"net/netip"

	"github.com/routeproof/routeproof/collectors/router/jsontable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readPortsJSON reads `show ip interface vrf all | json` and its brief form. Its
// rows of VRFs and of interfaces stand beside each other, in this order.
func readPortsJSON(words []string, in *lines.Reader, out *snapshot.Ports) {
	vrf := ""
	o := jsontable.Read(in, append(Refusals(), "% "), func(o *jsontable.Output) error {
		t := tree{Output: o, rows: func() int { return len(out.Interfaces) }}
		t.leaf = func(_ *scope, table string) bool { return table == "intf" }
		t.row = func(s *scope, _ string, raw []byte, first int) {
			if !addPort(out, either(vrf, s.vrf), raw, first) {
				o.MissAt(first, raw)
			}
		}
		t.field = func(s *scope, _, _ string) { vrf = s.vrf }
		t.ended = func(*scope) {}
		return t.read()
	})
	if twice := ribtable.Twice(out.Interfaces); twice != "" {
		o.Lack("%s", twice)
	}
	o.Close(&out.Read, len(out.Interfaces), ribtable.PortSlice(words))
}

func addPort(out *snapshot.Ports, vrf string, raw []byte, first int) bool {
	var v struct {
		Name      string           `json:"intf-name"`
		VRF       string           `json:"vrf-name-out"`
		Prefix    string           `json:"prefix"`
		Masklen   jsontable.Number `json:"masklen"`
		Proto     string           `json:"proto-state"`
		Link      string           `json:"link-state"`
		Secondary struct {
			Row jsontable.List[struct {
				Prefix  string           `json:"prefix1"`
				Masklen jsontable.Number `json:"masklen1"`
			}] `json:"ROW_secondary_address"`
		} `json:"TABLE_secondary_address"`
	}
	if json.Unmarshal(raw, &v) != nil || v.Name == "" || v.Proto == "" {
		return false
	}
	i := snapshot.Interface{Name: fullPort(v.Name), VRF: either(v.VRF, vrf), Up: v.Proto == "up", Line: first}
	add := func(text string, n jsontable.Number) bool {
		if text == "" || text == "none" || text == "0.0.0.0" {
			return true
		}
		a, err := netip.ParseAddr(text)
		if err != nil {
			return false
		}
		p := netip.PrefixFrom(a, a.BitLen())
		if n.N != nil {
			p = netip.PrefixFrom(a, int(min(*n.N, 129)))
		}
		i.Addrs = append(i.Addrs, p)
		return p.IsValid()
	}
	ok := add(v.Prefix, v.Masklen)
	for _, s := range v.Secondary.Row {
		ok = add(s.Prefix, s.Masklen) && ok
	}
	out.Interfaces = append(out.Interfaces, i)
	return ok
}
