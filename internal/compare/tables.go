package compare

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// A shelf is all tables by name, as "router/R1 BGP". Listed says of which kinds
// of resources all are known.
type shelf struct {
	tables map[string]*table
	listed map[string]bool
}

func tables(s snapshot.Snapshot) shelf {
	sh := shelf{make(map[string]*table), map[string]bool{
		"routetable": listed(s, "routetables"),
		"gateway":    listed(s, "virtualnetworkgateways"),
	}}
	for _, r := range s.Routers {
		sh.bgp(r)
		sh.rib(r)
	}
	for _, g := range s.Azure.Gateways {
		sh.learned(g)
	}
	for _, t := range s.Azure.RouteTables {
		sh.userRoutes(t)
	}
	for _, n := range s.Azure.NICs {
		sh.effective(n)
	}
	return sh
}

func listed(s snapshot.Snapshot, kind string) bool {
	known := false
	for _, l := range s.Azure.Lists {
		if strings.HasSuffix(l.Type, kind) {
			if !l.Whole() {
				return false
			}
			known = true
		}
	}
	return known
}

// add puts entries into a table; read says how it was read. Two resources of one
// name share a table, which is as whole as the worse of them.
func (sh shelf) add(name string, read snapshot.Read, es ...entry) {
	t := sh.tables[name]
	if t == nil {
		t = &table{read: read}
		sh.tables[name] = t
	}
	if !read.Whole() {
		t.read = read
	}
	t.entries = append(t.entries, es...)
}

func (sh shelf) bgp(r snapshot.Router) {
	table := "router/" + r.Name + " BGP"
	sh.add(table, r.BGP.Read)
	for _, p := range r.BGP.Paths {
		sh.add(table, r.BGP.Read, entry{vrf: p.VRF, prefix: p.Prefix, text: bgpText(p)})
	}
}

func bgpText(p snapshot.Path) string {
	var b strings.Builder
	fmt.Fprintf(&b, "via %s", p.NextHop)
	for _, n := range []struct {
		name  string
		value *uint32
	}{{"local preference", p.LocalPref}, {"weight", p.Weight}, {"MED", p.Metric}} {
		if n.value != nil {
			fmt.Fprintf(&b, ", %s %d", n.name, *n.value)
		}
	}
	if p.ASPath != "" {
		b.WriteString(", AS path " + p.ASPath)
	}
	if p.Origin != "" {
		b.WriteString(", origin " + p.Origin)
	}
	for _, m := range []struct {
		set  bool
		name string
	}{
		{!p.Valid, "not valid"},
		{p.Best, "best"},
		{p.Multipath, "multipath"},
		{p.Internal, "internal"},
		{p.RIBFailure, "RIB failure"},
		{p.Suppressed, "suppressed"},
		{p.Damped, "damped"},
		{p.History, "history"},
		{p.Stale, "stale"},
	} {
		if m.set {
			b.WriteString(", " + m.name)
		}
	}
	return b.String()
}

func (sh shelf) rib(r snapshot.Router) {
	table := "router/" + r.Name + " routing table"
	sh.add(table, r.RIB.Read)
	for _, rt := range r.RIB.Routes {
		sh.add(table, r.RIB.Read, entry{vrf: rt.VRF, prefix: rt.Prefix, text: ribText(rt)})
	}
}

func ribText(r snapshot.Route) string {
	var b strings.Builder
	b.WriteString(r.Protocol)
	if r.Distance != nil {
		fmt.Fprintf(&b, ", distance %d", *r.Distance)
	}
	if r.Metric != nil {
		fmt.Fprintf(&b, ", metric %d", *r.Metric)
	}
	for _, h := range r.NextHops {
		b.WriteString(", " + hopText(h))
	}
	if !r.Selected {
		b.WriteString(", not selected")
	}
	if !r.Installed {
		b.WriteString(", not in the FIB")
	}
	return b.String()
}

func hopText(h snapshot.NextHop) string {
	var b strings.Builder
	switch {
	case h.Blackhole:
		b.WriteString("discarded")
	case h.Addr.IsValid():
		b.WriteString("via " + h.Addr.String())
	default:
		b.WriteString("connected")
	}
	if h.Interface != "" {
		b.WriteString(" on " + h.Interface)
	}
	if h.VRF != "" {
		b.WriteString(" in vrf " + h.VRF)
	}
	if h.Recursive {
		b.WriteString(" (recursive)")
	}
	if h.Inactive {
		b.WriteString(" (inactive)")
	}
	return b.String()
}

func (sh shelf) learned(g snapshot.Gateway) {
	table := "gateway/" + g.Name + " learned routes"
	sh.add(table, g.Learned.Read)
	for _, r := range g.Learned.Routes {
		text := fmt.Sprintf("at %s, via %s, from %s, origin %s, AS path %s, weight %d",
			addr(r.Local), addr(r.NextHop), addr(r.Peer), r.Origin, r.ASPath, r.Weight)
		sh.add(table, g.Learned.Read, entry{prefix: r.Prefix, text: text})
	}
}

// addr is an address, or what stands for none.
func addr(a netip.Addr) string {
	if !a.IsValid() {
		return "itself"
	}
	return a.String()
}

// userRoutes adds a route table. ARM lists it whole or not at all.
func (sh shelf) userRoutes(t snapshot.RouteTable) {
	table, read := "routetable/"+t.Name, snapshot.Read{Status: snapshot.OK}
	sh.add(table, read)
	for _, r := range t.Routes {
		text := r.Type
		if r.NextHop.IsValid() {
			text += " " + r.NextHop.String()
		}
		if r.OverBGP {
			text += ", over longer BGP routes"
		}
		sh.add(table, read, entry{prefix: r.Prefix, tag: r.Tag, text: text})
	}
}

func (sh shelf) effective(n snapshot.NIC) {
	if n.Effective.Status == snapshot.Missing {
		return // of most interfaces they are not asked for
	}
	table := "nic/" + n.Name + " effective routes"
	sh.add(table, n.Effective.Read)
	for _, r := range n.Effective.Routes {
		var hops []string
		for _, h := range r.NextHops {
			hops = append(hops, h.String())
		}
		text := strings.TrimSpace(strings.Join([]string{r.Source, r.State, r.Type, strings.Join(hops, " ")}, " "))
		for _, p := range r.Prefixes {
			sh.add(table, n.Effective.Read, entry{prefix: p, text: text})
		}
		for _, tag := range r.Tags {
			sh.add(table, n.Effective.Read, entry{tag: tag, text: text})
		}
	}
}
