package graph

import (
	"encoding/binary"
	"fmt"
	"iter"
	"net/netip"
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

// keyAt returns the function that makes the keys of atoms for packets from
// source, or from any router when source is nil.
func (g *Graph) keyAt(source *subnet) func(netip.Addr) string {
	tables := g.transit()
	if source != nil {
		tables = append(tables, source)
	}
	return func(addr netip.Addr) string {
		host := netip.PrefixFrom(addr, addr.BitLen())
		var key []byte
		for _, r := range g.routers {
			for _, v := range r.vrfs {
				key = appendContents(key, v.table.Supernets(host), g.slotContent)
			}
		}
		for _, p := range g.peerings {
			key = appendContents(key, p.rows.Supernets(host), g.mseeContent)
		}
		for _, s := range tables {
			key = appendContents(key, s.table.Supernets(host), g.azContent)
		}
		if addr.IsPrivate() {
			key = append(key, 1)
		}
		return string(key)
	}
}

// appendContents appends the contents of a table's entries, and an end mark.
func appendContents[E any](key []byte, entries iter.Seq2[netip.Prefix, E], content func(E) uint64) []byte {
	for _, e := range entries {
		key = binary.AppendUvarint(key, content(e))
	}
	return append(key, 0)
}

func (g *Graph) mseeContent(s *mseeSlot) uint64 {
	if s.content == 0 {
		s.content = g.number("msee " + s.row.NextHop.String())
	}
	return s.content
}

// transit are the subnets whose routes a packet on its way can meet: those of
// gateways and firewalls.
func (g *Graph) transit() []*subnet {
	var out []*subnet
	for _, s := range g.subnets {
		at := g.isGatewaySubnet(s)
		for _, f := range g.snap.Azure.Firewalls {
			at = at || f.Subnet == s.ID
		}
		if at {
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
		fmt.Fprintf(&b, "a %d %s %s %v", r.source, r.kind, r.hop, r.special)
		if r.gw != nil {
			b.WriteString(" " + r.gw.id)
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
