package graph

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// frontend is a load balancer's front end and what stands behind it.
func (g *Graph) frontend(l *snapshot.LoadBalancer, f *snapshot.Frontend) *appliance {
	var ids []string
	for _, o := range g.snap.Azure.LoadBalancers {
		ids = append(ids, o.ID)
	}
	out := &appliance{id: "appliance/" + distinct(l.ID, l.Name, ids) + "/" + f.Name, refs: []finding.Ref{ref(f.Ref)}}
	what := "front end " + f.Name + " of load balancer " + l.Name
	pools, all := passedTo(l, f)
	b := behind{g: g, out: out, seen: make(map[string]bool)}
	for _, p := range l.Pools {
		if slices.Contains(pools, p.ID) {
			b.pool(&p)
		}
	}
	slices.SortFunc(out.subnets, func(a, b *subnet) int { return strings.Compare(a.id, b.id) })
	switch {
	case len(pools) == 0:
		return &appliance{refs: out.refs, stale: what + " has the address, and no rule of it passes anything on"}
	case len(b.seen) == 0:
		return &appliance{refs: out.refs, stale: what + " has the address, and nothing is in its pool"}
	case b.passing == 0 && len(out.doubts) == 0:
		return &appliance{refs: out.refs, stale: what + " has the address, and nothing behind it forwards: " + strings.Join(out.faults, "; ")}
	case !all:
		out.faults = append(out.faults, what+" has no rule for all protocols and ports (high-availability ports), so that only some packets pass")
	}
	return out
}

// passedTo are the pools that a front end's rules pass packets to, and whether one
// of the rules is for all protocols and ports.
func passedTo(l *snapshot.LoadBalancer, f *snapshot.Frontend) (pools []string, all bool) {
	for _, r := range l.Rules {
		if r.Frontend == f.ID {
			pools = append(pools, r.Pools...)
			all = all || strings.EqualFold(r.Protocol, "All") && r.Port == 0
		}
	}
	return pools, all
}

// behind collects the members of pools for an appliance, and counts those that
// forward.
type behind struct {
	g       *Graph
	out     *appliance
	seen    map[string]bool
	passing int
}

func (b *behind) pool(p *snapshot.BackendPool) {
	for _, id := range p.Configs {
		b.member(id, b.g.interfaceOf(func(c *snapshot.NICConfig) bool { return strings.EqualFold(c.ID, id) }))
	}
	for _, a := range p.Addrs {
		b.member(a.String(), b.g.interfaceOf(func(c *snapshot.NICConfig) bool { return hasAddr(c, a) }))
	}
}

// member adds one, by its IP configuration or address. n is its interface, nil
// where that was not read.
func (b *behind) member(name string, n *snapshot.NIC) {
	key := name
	if n != nil {
		key = n.ID
	}
	if b.seen[key] {
		return
	}
	b.seen[key] = true
	switch {
	case n == nil:
		what := strings.Join(lastWords(name, 3), "/")
		b.out.doubts = append(b.out.doubts, what+" in the pool was not read")
		if s := b.g.holderOf(name); s != nil {
			b.out.at(b.g, s.ID, what)
		} else {
			b.out.unknown = what + ", which stands behind " + b.out.id + ", was not read"
		}
	case !n.Forwarding:
		b.out.faults = append(b.out.faults, "network interface "+n.Name+" in the pool does not forward (enableIPForwarding is false)")
		b.out.refs = append(b.out.refs, ref(n.Ref))
	default:
		b.passing++
		b.out.refs = append(b.out.refs, ref(n.Ref))
		b.out.sendsFrom(b.g, n)
	}
}

func hasAddr(c *snapshot.NICConfig, a netip.Addr) bool { return c.Addr == a || c.Block.Contains(a) }

func (g *Graph) interfaceOf(is func(*snapshot.NICConfig) bool) *snapshot.NIC {
	for i := range g.snap.Azure.NICs {
		n := &g.snap.Azure.NICs[i]
		for j := range n.Configs {
			if is(&n.Configs[j]) {
				return n
			}
		}
	}
	return nil
}

// holderOf is the subnet that says it holds an IP configuration.
func (g *Graph) holderOf(config string) *subnet {
	for _, s := range g.subnets {
		if slices.ContainsFunc(s.Configs, func(id string) bool { return strings.EqualFold(id, config) }) {
			return s
		}
	}
	return nil
}
