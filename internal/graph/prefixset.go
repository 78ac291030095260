package graph

import (
	"encoding/binary"
	"net/netip"
	"slices"
)

// span is the closed range of addresses lo to hi, of one family.
type span struct{ lo, hi netip.Addr }

func spanOf(p netip.Prefix) span {
	p = p.Masked()
	b := p.Addr().As16()
	bits := p.Bits()
	if p.Addr().Is4() {
		bits += 96
	}
	for i := bits; i < 128; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	hi := netip.AddrFrom16(b)
	if p.Addr().Is4() {
		hi = hi.Unmap()
	}
	return span{p.Addr(), hi}
}

// merge sorts spans and joins those that touch or overlap.
func merge(ss []span) []span {
	ss = slices.Clone(ss)
	slices.SortFunc(ss, func(a, b span) int { return a.lo.Compare(b.lo) })
	var out []span
	for _, s := range ss {
		if n := len(out); n > 0 && out[n-1].lo.Is4() == s.lo.Is4() {
			next := out[n-1].hi.Next()
			if !next.IsValid() || s.lo.Compare(next) <= 0 {
				if out[n-1].hi.Less(s.hi) {
					out[n-1].hi = s.hi
				}
				continue
			}
		}
		out = append(out, s)
	}
	return out
}

// subtract returns what of ss is in none of holes.
func subtract(ss, holes []span) []span {
	var out []span
	holes = merge(holes)
	for _, s := range merge(ss) {
		for len(holes) > 0 && holes[0].hi.Less(s.lo) { // IPv4 is less than IPv6
			holes = holes[1:]
		}
		rest, left := s, true
		for _, h := range holes {
			if s.hi.Less(h.lo) {
				break
			}
			if rest.lo.Less(h.lo) {
				out = append(out, span{rest.lo, h.lo.Prev()})
			}
			if left = h.hi.Less(s.hi); !left {
				break
			}
			rest.lo = h.hi.Next()
		}
		if left {
			out = append(out, rest)
		}
	}
	return out
}

// overlaps reports whether a span has an address in a merged set.
func overlaps(set []span, s span) bool {
	i, _ := slices.BinarySearchFunc(set, s, func(e, s span) int { return e.hi.Compare(s.lo) })
	return i < len(set) && !s.hi.Less(set[i].lo)
}

// borders are the addresses at which some prefix starts, or has just ended, in
// order.
type borders []netip.Addr

func newBorders(prefixes []netip.Prefix) borders {
	starts := make([]netip.Addr, 0, 2*len(prefixes))
	for _, p := range prefixes {
		s := spanOf(p)
		starts = append(starts, s.lo)
		if next := s.hi.Next(); next.IsValid() {
			starts = append(starts, next)
		}
	}
	slices.SortFunc(starts, netip.Addr.Compare)
	return slices.Compact(starts)
}

// cut splits base at the borders, so that no prefix covers only a part of a
// resulting span. The spans come in order.
func cut(base []span, starts borders) []span {
	var out []span
	for _, b := range merge(base) {
		lo := b.lo
		i, _ := slices.BinarySearchFunc(starts, lo, netip.Addr.Compare)
		for ; i < len(starts) && !b.hi.Less(starts[i]); i++ {
			if starts[i].Is4() != lo.Is4() || !lo.Less(starts[i]) {
				continue
			}
			out = append(out, span{lo, starts[i].Prev()})
			lo = starts[i]
		}
		out = append(out, span{lo, b.hi})
	}
	return out
}

// prefixes is the minimal CIDR cover of a span.
func (s span) prefixes() []netip.Prefix {
	var out []netip.Prefix
	lo := s.lo
	for {
		bits := lo.BitLen()
		for bits > 0 {
			p := netip.PrefixFrom(lo, bits-1)
			if p.Masked().Addr() != lo || s.hi.Less(spanOf(p).hi) {
				break
			}
			bits--
		}
		p := netip.PrefixFrom(lo, bits)
		out = append(out, p)
		end := spanOf(p).hi
		if !end.Less(s.hi) {
			return out
		}
		lo = end.Next()
	}
}

// cover is the minimal CIDR cover of a set of prefixes.
func cover(ps []netip.Prefix) []netip.Prefix {
	spans := make([]span, 0, len(ps))
	for _, p := range ps {
		spans = append(spans, spanOf(p))
	}
	return coverSpans(spans)
}

func coverSpans(ss []span) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range merge(ss) {
		out = append(out, s.prefixes()...)
	}
	return out
}

// describe names a set of addresses that lies within whole: as prefixes, or,
// where that is shorter, as the prefixes of whole except some.
func describe(set, whole []span) (prefixes, except []netip.Prefix) {
	plain := coverSpans(set)
	var touched []span
	for _, p := range coverSpans(whole) {
		w := spanOf(p)
		if len(subtract([]span{w}, set)) != 1 || subtract([]span{w}, set)[0] != w {
			touched = append(touched, w)
		}
	}
	all := coverSpans(touched)
	holes := coverSpans(subtract(touched, set))
	if len(all)+len(holes) < len(plain) {
		return all, holes
	}
	return plain, nil
}

// maxPairs is the largest count that JSON numbers carry exactly.
const maxPairs = 1<<53 - 1

// size counts the addresses of a set, saturated at [maxPairs].
func size(ss []span) uint64 {
	var n uint64
	for _, s := range merge(ss) {
		n = min(n+count(s), maxPairs)
	}
	return n
}

// count is the number of addresses of a span, saturated at [maxPairs].
func count(s span) uint64 {
	lo, hi := s.lo.As16(), s.hi.As16()
	if high := binary.BigEndian.Uint64(hi[:8]) - binary.BigEndian.Uint64(lo[:8]); high > 0 {
		return maxPairs
	}
	n := binary.BigEndian.Uint64(hi[8:]) - binary.BigEndian.Uint64(lo[8:])
	return min(n, maxPairs-1) + 1
}

func product(a, b uint64) uint64 {
	if a != 0 && b > maxPairs/a {
		return maxPairs
	}
	return a * b
}
