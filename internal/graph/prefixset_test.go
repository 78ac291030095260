package graph //nolint:testpackage // sets of addresses are not exported

import (
	"net/netip"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// genPrefix draws from 10.0.0.0/28, small enough to check address by address.
func genPrefix(t *rapid.T, label string) netip.Prefix {
	bits := rapid.IntRange(28, 32).Draw(t, label+" bits")
	host := rapid.ByteRange(0, 15).Draw(t, label+" host")
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 0, host}), bits).Masked()
}

func universe() []netip.Addr {
	var out []netip.Addr
	for i := range byte(16) {
		out = append(out, netip.AddrFrom4([4]byte{10, 0, 0, i}))
	}
	return out
}

func inSpans(ss []span, a netip.Addr) bool {
	return slices.ContainsFunc(ss, func(s span) bool { return !a.Less(s.lo) && !s.hi.Less(a) })
}

func TestSetsHoldExactlyTheirAddresses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ps, holes []netip.Prefix
		for range rapid.IntRange(1, 5).Draw(t, "n") {
			ps = append(ps, genPrefix(t, "p"))
		}
		for range rapid.IntRange(0, 4).Draw(t, "m") {
			holes = append(holes, genPrefix(t, "h"))
		}
		left := subtract(spans(ps), spans(holes))
		plain, except := describe(left, spans(ps))
		for _, a := range universe() {
			want := contains(ps, a) && !contains(holes, a)
			if got := inSpans(left, a); got != want {
				t.Fatalf("subtract: %s in set = %v, want %v", a, got, want)
			}
			if got := contains(plain, a) && !contains(except, a); got != want {
				t.Fatalf("describe: %s in %v except %v = %v, want %v", a, plain, except, got, want)
			}
			if got := contains(coverSpans(left), a); got != want {
				t.Fatalf("cover: %s = %v, want %v", a, got, want)
			}
		}
		n := uint64(0)
		for _, a := range universe() {
			if inSpans(left, a) {
				n++
			}
		}
		if got := size(left); got != n {
			t.Fatalf("size = %d, want %d", got, n)
		}
	})
}

// Atoms tile the space, and no prefix covers only a part of one.
func TestAtomsAreCutAtEveryPrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ps []netip.Prefix
		for range rapid.IntRange(0, 6).Draw(t, "n") {
			ps = append(ps, genPrefix(t, "p"))
		}
		base := spans([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/28")})
		atoms := cut(base, newBorders(ps))
		if got := merge(atoms); len(got) != 1 || got[0] != base[0] {
			t.Fatalf("atoms cover %v, want %v", got, base)
		}
		for i, a := range atoms {
			if i > 0 && atoms[i-1].hi.Next() != a.lo {
				t.Fatalf("atoms %v and %v do not touch", atoms[i-1], a)
			}
			for _, p := range ps {
				if p.Contains(a.lo) != p.Contains(a.hi) {
					t.Fatalf("prefix %s covers a part of %v", p, a)
				}
			}
		}
	})
}

func TestDescribePrefersExcept(t *testing.T) {
	whole := spans([]netip.Prefix{netip.MustParsePrefix("10.10.0.0/16")})
	hole := spans([]netip.Prefix{netip.MustParsePrefix("10.10.4.0/22")})
	ps, except := describe(subtract(whole, hole), whole)
	if joinPrefixes(ps) != "10.10.0.0/16" || joinPrefixes(except) != "10.10.4.0/22" {
		t.Errorf("describe = %v except %v, want 10.10.0.0/16 except 10.10.4.0/22", ps, except)
	}
}
