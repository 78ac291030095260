package graph

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// demand is what the operator demands of a flow.
type demand struct {
	snapshot.Flow
	required Required
}

// demands are those of the scope, the one that counts first. Every exemption is noted.
// One that has expired when the evidence was taken, that is over-broad, or of evidence
// that does not say when it was taken, is none.
func (g *Graph) demands() []demand {
	var out []demand
	for _, p := range g.snap.Scope.Protected {
		out = append(out, demand{p.Flow, Required{Protection: p.Require}})
	}
	for _, e := range g.snap.Scope.Exempt {
		day := e.Expires.Format(time.DateOnly)
		switch {
		case g.snap.At.IsZero():
			g.note("the exemption of %s is not applied: the evidence does not say when it was taken, and the exemption ends on %s", flowText(e.Flow), day)
		case !g.snap.At.Before(e.Expires):
			g.note("the exemption of %s ended on %s and is not applied", flowText(e.Flow), day)
		case e.TooBroad(g.snap.At) != "":
			g.note("the exemption of %s is not applied: %s", flowText(e.Flow), e.TooBroad(g.snap.At))
		default:
			g.note("%s are exempt until %s: %s", flowText(e.Flow), day, e.Reason)
			out = append(out, demand{e.Flow, Required{
				Protection: []string{"none", "ipsec", "macsec", "unknown"}, Exempt: e.Reason + " (until " + day + ")",
			}})
		}
	}
	slices.SortStableFunc(out, func(a, b demand) int {
		return cmp.Or(cmp.Compare(length(b.Flow), length(a.Flow)), cmp.Compare(len(a.required.Protection), len(b.required.Protection)))
	})
	return out
}

// idleExemptions notes the exemptions that no class is of.
func (g *Graph) idleExemptions(classes []Class) {
	for _, d := range g.demanded {
		if d.required.Exempt != "" && !slices.ContainsFunc(classes, func(c Class) bool {
			return c.Required.Exempt == d.required.Exempt && touches(d.OnPrem, c.OnPrem) && touches(d.Azure, c.Azure)
		}) {
			g.note("the exemption of %s exempts nothing: no address pair is in it that is not in a narrower one", flowText(d.Flow))
		}
	}
}

// touches reports whether a side has addresses of p.
func touches(p netip.Prefix, s finding.Side) bool {
	return !p.IsValid() || slices.ContainsFunc(s.Prefixes, func(t string) bool {
		q, err := netip.ParsePrefix(t)
		return err == nil && p.Overlaps(q)
	})
}

// length is how specific a flow is.
func length(f snapshot.Flow) int { return max(f.OnPrem.Bits(), 0) + max(f.Azure.Bits(), 0) }

func flowText(f snapshot.Flow) string {
	side := func(p netip.Prefix, all string) string {
		if p.IsValid() {
			return p.String()
		}
		return all
	}
	return side(f.OnPrem, "everything on premises") + " and " + side(f.Azure, "everything in Azure")
}

// demandsOf adds to the keys of atoms which demands they are in, on the side that
// of picks, so that all addresses of an atom's group have the same.
func (g *Graph) demandsOf(atoms []atom, of func(snapshot.Flow) netip.Prefix) []atom {
	if len(g.demanded) == 0 {
		return atoms
	}
	out := make([]atom, len(atoms))
	for i, a := range atoms {
		in := a.in[:0:0]
		for d := range g.demanded {
			if p := of(g.demanded[d].Flow); !p.IsValid() || p.Contains(a.lo) {
				in = append(in, d)
			}
		}
		key := append([]byte(a.key), 0)
		for _, d := range in {
			key = binary.AppendUvarint(key, uint64(d)) //nolint:gosec // an index
		}
		out[i] = atom{a.span, string(key), in}
	}
	return out
}

func onPremOf(f snapshot.Flow) netip.Prefix { return f.OnPrem }

func azureOf(f snapshot.Flow) netip.Prefix { return f.Azure }

// requiredOf is what is demanded of pairs of addresses that are in these demands:
// of the first that both are in.
func (g *Graph) requiredOf(onprem, azure []int) Required {
	for _, d := range onprem {
		if slices.Contains(azure, d) {
			return g.demanded[d].required
		}
	}
	return g.required()
}

// demandBorders are the prefixes that demands name.
func (g *Graph) demandBorders() []netip.Prefix {
	var out []netip.Prefix
	for _, d := range g.demanded {
		for _, p := range []netip.Prefix{d.OnPrem, d.Azure} {
			if p.IsValid() {
				out = append(out, p)
			}
		}
	}
	return out
}
