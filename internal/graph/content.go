package graph

import (
	"encoding/binary"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strings"
)

// Table entries that differ only in their prefix lead packets the same way, now
// and under every failure. Their content, everything of an entry but the prefix
// and the place it was read from, is numbered; an atom's key is the contents of
// all entries that cover it, in every table that its packets can meet, longest
// first. Atoms with equal keys have equal outcomes and are walked to once.

// number numbers distinct contents, from 1.
func (g *Graph) number(content string) uint64 {
	n, ok := g.contents[content]
	if !ok {
		n = uint64(len(g.contents)) + 1
		g.contents[content] = n
	}
	return n
}

// atom is a range of addresses that no table's prefix divides, and its key.
type atom struct {
	span
	key string
	in  []int // the demands that it is in
}

// atomsOf cuts a set of addresses into atoms, with the keys of packets to them
// from any router, or from any subnet but for its own routes.
func (g *Graph) atomsOf(set []span, at borders) []atom {
	tables, treated := g.transit(), g.treatedInTunnels()
	spans := cut(set, at)
	out := make([]atom, len(spans))
	var key []byte
	for i, sp := range spans {
		key = g.appendTables(key[:0], sp.lo, tables)
		for _, s := range tables {
			if d := s.doubtful(sp.lo); d != nil {
				key = append(key, d.why...)
			}
		}
		if sp.lo.IsPrivate() {
			key = append(key, 1)
		}
		if sp.lo.Is6() {
			key = append(key, 6) // no packet has addresses of both families
		}
		for i, p := range treated {
			if p.Contains(sp.lo) {
				key = binary.AppendUvarint(key, uint64(i))
			}
		}
		out[i] = atom{span: sp, key: string(key)}
	}
	return out
}

// appendTables appends the contents of what covers an address in every table that
// packets to it can meet.
func (g *Graph) appendTables(key []byte, addr netip.Addr, tables []*subnet) []byte {
	host := netip.PrefixFrom(addr, addr.BitLen())
	for _, r := range g.routers {
		for _, v := range r.vrfs {
			key = appendContents(key, v.table.Supernets(host), g.slotContent)
		}
	}
	for _, p := range g.peerings {
		key = appendContents(key, p.rows.Supernets(host), g.mseeContent)
	}
	for _, gw := range g.gateways {
		key = appendLengths(key, gw.offers.Supernets(host), g.azContent)
	}
	for _, s := range tables {
		key = appendLengths(key, s.table.Supernets(host), g.azContent)
	}
	return key
}

// seenFrom adds what a subnet's own routes say to the keys of atoms. The subnets
// whose own routes there are alike, and that get the same gateways' routes, see
// the same: as identifies them.
func (g *Graph) seenFrom(s *subnet, atoms []atom, set []span) (as string, refine func() []atom) {
	var b strings.Builder
	for _, gw := range s.from {
		b.WriteString(gw.id + " ")
	}
	fmt.Fprintf(&b, "%q ", s.blind)
	for _, d := range s.doubts {
		fmt.Fprintf(&b, "%s %q ", d.prefix, d.why)
	}
	for _, r := range s.routes {
		if overlaps(set, spanOf(r.prefix)) {
			slot, _ := s.table.Get(r.prefix)
			fmt.Fprintf(&b, "%s %d ", r.prefix, g.azContent(slot))
		}
	}
	return b.String(), func() []atom {
		out := make([]atom, len(atoms))
		var key []byte
		for i, a := range atoms {
			key = append(key[:0], a.key...)
			key = appendLengths(key, s.table.Supernets(netip.PrefixFrom(a.lo, a.lo.BitLen())), g.azContent)
			if d := s.doubtful(a.lo); d != nil {
				key = append(key, d.why...)
			}
			out[i] = atom{a.span, string(key), a.in}
		}
		return out
	}
}

// appendLengths appends the contents of entries that compete with those of other
// tables, so that it matters how long each prefix is.
func appendLengths(key []byte, entries iter.Seq2[netip.Prefix, *azSlot], content func(*azSlot) uint64) []byte {
	for p, e := range entries {
		key = binary.AppendUvarint(binary.AppendUvarint(key, uint64(p.Bits()+1)), content(e)) //nolint:gosec // a valid prefix has 0 to 128 bits
	}
	return append(key, 0)
}

// appendContents appends the contents of a table's entries, and an end mark.
func appendContents[E any](key []byte, entries iter.Seq2[netip.Prefix, E], content func(E) uint64) []byte {
	for _, e := range entries {
		key = binary.AppendUvarint(key, content(e))
	}
	return append(key, 0)
}

// treatedInTunnels are the prefixes that packets in tunnels are told apart by: those
// that NAT rules rewrite, or rewrite to, and those that associations are for.
func (g *Graph) treatedInTunnels() []netip.Prefix {
	var out []netip.Prefix
	for _, gw := range g.gateways {
		for _, rule := range gw.NAT.Rules {
			for _, m := range slices.Concat(rule.Internal, rule.External) {
				if m.Prefix.IsValid() {
					out = append(out, m.Prefix)
				}
			}
		}
	}
	for _, t := range g.tunnels {
		for _, f := range t.flows {
			for _, p := range []netip.Prefix{f.local, f.remote} {
				if p.IsValid() {
					out = append(out, p)
				}
			}
		}
	}
	return out
}

func (g *Graph) mseeContent(s *mseeSlot) uint64 {
	if s.content == 0 {
		s.content = g.number("msee " + s.row.NextHop.String())
	}
	return s.content
}

// transit are the subnets whose routes a packet on its way can meet: those of
// gateways, firewalls and the appliances that user-defined routes lead to.
func (g *Graph) transit() []*subnet {
	at := make(map[*subnet]bool)
	for _, hop := range g.hops {
		for _, s := range hop.subnets {
			at[s] = true
		}
	}
	var out []*subnet
	for _, s := range g.subnets {
		if at[s] || g.isGatewaySubnet(s) {
			out = append(out, s)
		}
	}
	return out
}

func (g *Graph) slotContent(s *slot) uint64 {
	if s.content != 0 {
		return s.content
	}
	var b strings.Builder
	for _, r := range s.routes {
		fmt.Fprintf(&b, "r %s %d %v %v", r.Protocol, value(r.Distance, -1), r.Selected, r.Installed)
		for _, n := range r.NextHops {
			fmt.Fprintf(&b, " %s %s %v %v %v", n.Addr, n.Interface, n.Recursive, n.Inactive, n.Blackhole)
		}
		b.WriteByte('\n')
	}
	for _, c := range s.paths {
		fmt.Fprintf(&b, "p %s %v %v %v %v %v %v %d %d %d %q %s\n", c.NextHop, c.Valid, c.Best, c.Multipath, c.Internal, c.Damped, c.History,
			value(c.Metric, -1), value(c.LocalPref, -1), value(c.Weight, -1), c.ASPath, c.Origin)
	}
	s.content = g.number(b.String())
	return s.content
}

func (g *Graph) azContent(s *azSlot) uint64 {
	if s.content != 0 {
		return s.content
	}
	var b strings.Builder
	for _, r := range s.routes {
		fmt.Fprintf(&b, "a %d %s %s %v %v %q", r.source, r.kind, r.hop, r.special, r.overBGP, r.open)
		if r.gw != nil {
			b.WriteString(" " + r.gw.id)
		}
		if r.to != nil {
			fmt.Fprintf(&b, " %q %v %v", r.to.id, r.to.stale != "", r.to.unknown != "")
		}
		for _, row := range r.rows {
			fmt.Fprintf(&b, " %s %s %s %s %q", row.Local, row.NextHop, row.Peer, row.Origin, row.ASPath)
		}
		for _, t := range r.static {
			b.WriteString(" " + t.id)
		}
		b.WriteByte('\n')
	}
	s.content = g.number(b.String())
	return s.content
}
