package frr

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/jsontable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readRoutesJSON reads `show ip route json`: an object with a member for each
// prefix, for all VRFs in an object of their own, or in documents behind each
// other. Old releases do not say of which VRF a document is.
func readRoutesJSON(q ribtable.Query, in *lines.Reader, out *snapshot.RIB) {
	t := &routes{out: out, seen: map[string]bool{}}
	number := 0
	o := jsontable.Read(in, Refusals(), func(o *jsontable.Output) error {
		number++
		t.document = document{Output: o, asked: q.VRF, strict: true, member: t.member, ended: t.end, rows: func() int { return len(out.Routes) }}
		t.number = number
		o.Found()
		return t.read()
	})
	if number > 1 && t.nameless > 0 {
		o.Lack("the router lists the tables of %d VRFs without saying which is whose", number)
		for i := range out.Routes {
			out.Routes[i].VRF = fmt.Sprintf("unnamed %d", slices.IndexFunc(t.starts, func(at int) bool { return at > i })+1)
		}
	}
	o.Close(&out.Read, len(out.Routes), q.Slice)
}

// routes reads the documents of a routing table.
type routes struct {
	document
	out      *snapshot.RIB
	seen     map[string]bool
	number   int // of the document
	nameless int // rows without a VRF
	starts   []int
}

// entry is one protocol's offer for a prefix.
type entry struct {
	Prefix, Protocol, VRFName           string
	Selected, Installed, Queued, Failed jsontable.Flag
	Offloaded, Trapped                  jsontable.Flag
	Distance, Metric                    jsontable.Number
	InternalNextHopNum                  jsontable.Number
	Nexthops                            []way
}

// way is one of its next hops.
type way struct {
	Fib, Active, Recursive, DirectlyConnected jsontable.Flag
	Unreachable, Blackhole, Reject            jsontable.Flag
	AdminProhibited                           jsontable.Flag `json:"admin-prohibited"`
	IP, InterfaceName, VRF                    string
}

// network is the prefix that a member is named by. An IPv4 address without a
// length is a classful network.
func network(key string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(key); err == nil {
		return p, true
	}
	if a, err := netip.ParseAddr(key); err != nil || a.Is6() {
		return netip.Prefix{}, false
	}
	p, _ := natural(key)
	return p, true
}

func (t *routes) member(s *scope, key string) (bool, error) {
	key = unescape(key)
	prefix, ok := network(key)
	if !ok {
		return false, nil
	}
	if k := s.vrf + " " + key; s.named || t.number == 1 {
		if t.seen[k] {
			t.Lack("%s is listed twice in one table: a part of the output was repeated", key)
		}
		t.seen[k] = true
	}
	raw, first, err := t.Raw()
	if err != nil {
		return true, err
	}
	jsontable.Each(raw, first, func(raw []byte, first, last int) {
		var e entry
		if json.Unmarshal(raw, &e) != nil || !t.add(prefix, &e, first, last) {
			t.MissAt(first, raw)
		}
	})
	return true, nil
}

// end gives the routes of a scope its VRF.
func (t *routes) end(s *scope) {
	rows := t.out.Routes[s.from:]
	for i := range rows {
		if rows[i].VRF != "" {
			continue
		}
		if rows[i].VRF = s.vrf; !s.named {
			t.nameless++
		}
	}
	for i := range rows {
		for j := range rows[i].NextHops {
			if h := &rows[i].NextHops[j]; h.VRF == rows[i].VRF {
				h.VRF = ""
			}
		}
	}
	t.starts = append(t.starts, len(t.out.Routes))
}

// add adds an offer.
func (t *routes) add(prefix netip.Prefix, e *entry, first, last int) bool {
	if own, err := netip.ParsePrefix(unescape(e.Prefix)); err == nil {
		prefix = own
	}
	protocol, ok := protocolName(e.Protocol)
	if !ok || !prefix.IsValid() || len(e.Nexthops) == 0 {
		return false
	}
	r := snapshot.Route{
		VRF: vrfName(e.VRFName), Prefix: prefix, Protocol: protocol, Distance: e.Distance.N, Metric: e.Metric.N,
		Selected: bool(e.Selected), Installed: bool(e.Installed), Line: first, LastLine: last,
	}
	if n := e.InternalNextHopNum.N; n != nil && int(*n) != len(e.Nexthops) {
		t.Lack("the router counts %d next hops of %s; %d were read", *n, prefix, len(e.Nexthops))
	}
	for i := range e.Nexthops {
		w := &e.Nexthops[i]
		h := snapshot.NextHop{
			Interface: w.InterfaceName, VRF: vrfName(w.VRF), Recursive: bool(w.Recursive), Line: first,
			Blackhole: bool(w.Unreachable || w.Blackhole || w.Reject || w.AdminProhibited) || w.InterfaceName == "Null0",
		}
		h.Inactive = !bool(w.Active) || r.Selected && !bool(w.Fib) && !h.Recursive && !bool(e.Installed)
		if w.IP != "" {
			a, err := netip.ParseAddr(w.IP)
			if err != nil {
				return false
			}
			h.Addr = a
		}
		if !h.Addr.IsValid() && h.Interface == "" && !h.Blackhole {
			return false
		}
		r.Installed = r.Installed || bool(w.Fib)
		r.NextHops = append(r.NextHops, h)
	}
	r.Installed = r.Installed && !bool(e.Queued) && !bool(e.Failed)
	t.out.Routes = append(t.out.Routes, r)
	return true
}

// unescape takes the backslash out of "10.0.0.0\/8", which is left where the text
// of a document was taken for the document.
func unescape(s string) string { return strings.ReplaceAll(s, `\/`, "/") }

// protocolName names a protocol that is called so in full.
func protocolName(name string) (string, bool) {
	switch name {
	case "connected", "local", "kernel", "static", "bgp", "ospf", "eigrp", "isis", "rip":
		return name, true // the spelling of all platforms is FRR's
	case "ospf6":
		return snapshot.OSPF, true
	case "ripng":
		return snapshot.RIP, true
	case "nhrp", "table", "table-direct", "vnc", "vnc-direct", "vpn", "babel", "sharp", "pbr", "openfabric", "system", "direct", "frr", "bfd", "pim", "import", "srte":
		return name, true
	}
	return "", false
}
