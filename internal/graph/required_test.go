package graph_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func noon() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

// demanded is what the classes demand of a pair of addresses.
func demanded(t rapid.TB, cs []graph.Class, onprem, azure netip.Addr) graph.Required {
	t.Helper()
	in := func(ps, except []string, a netip.Addr) bool {
		has := func(p string) bool { return pfx(p).Contains(a) }
		return slices.ContainsFunc(ps, has) && !slices.ContainsFunc(except, has)
	}
	for _, c := range cs {
		if in(c.OnPrem.Prefixes, c.OnPrem.Except, onprem) && in(c.Azure.Prefixes, c.Azure.Except, azure) {
			return c.Required
		}
	}
	t.Fatalf("no class has %s and %s", onprem, azure)
	return graph.Required{}
}

// What is demanded of each pair of addresses is what a linear search finds: the
// flow with the longest prefixes, and of equal ones the one that accepts less.
func TestEachPairNeedsWhatTheMostSpecificFlowSays(t *testing.T) {
	sides := map[string][]string{
		"onprem": {"", "10.0.0.0/8", "10.10.0.0/16", "10.10.4.0/22", "10.10.4.7/32", "10.20.0.0/16"},
		"azure":  {"", "172.16.0.0/12", "172.16.1.0/24", "172.16.1.0/25", "172.16.1.4/32", "192.0.2.0/24"},
	}
	draw := func(t *rapid.T, side string) netip.Prefix {
		p, err := netip.ParsePrefix(rapid.SampledFrom(sides[side]).Draw(t, side))
		if err != nil {
			return netip.Prefix{}
		}
		return p
	}
	rapid.Check(t, func(t *rapid.T) {
		n := guideline()
		n.At = noon()
		for range rapid.IntRange(0, 4).Draw(t, "flows") {
			f := snapshot.Flow{OnPrem: draw(t, "onprem"), Azure: draw(t, "azure")}
			if rapid.Bool().Draw(t, "exempt") {
				n.Scope.Exempt = append(n.Scope.Exempt, snapshot.Exempt{Flow: f, Reason: "because", Expires: noon().AddDate(0, 1, 0)})
			} else {
				n.Scope.Protected = append(n.Scope.Protected, snapshot.Protected{Flow: f, Require: []string{rapid.SampledFrom([]string{"ipsec", "macsec"}).Draw(t, "require")}})
			}
		}
		classes := graph.Build(n.Snapshot).Model().Classes
		for _, onprem := range []string{"10.10.0.1", "10.10.4.6", "10.10.4.7", "10.20.1.1"} {
			for _, azure := range []string{"172.16.1.3", "172.16.1.4", "172.16.1.200"} {
				got := demanded(t, classes, addr(onprem), addr(azure))
				if want := obvious(n.Scope, addr(onprem), addr(azure)); want != word(got) {
					t.Fatalf("%s and %s need %s, want %s", onprem, azure, word(got), want)
				}
			}
		}
	})
}

func word(r graph.Required) string {
	if r.Exempt != "" {
		return "nothing"
	}
	return strings.Join(r.Protection, " or ")
}

func obvious(s snapshot.Scope, onprem, azure netip.Addr) string {
	best, said := -1, "ipsec or macsec"
	try := func(f snapshot.Flow, word string, beats func(best int, length int) bool) {
		for side, p := range map[netip.Addr]netip.Prefix{onprem: f.OnPrem, azure: f.Azure} {
			if p.IsValid() && !p.Contains(side) {
				return
			}
		}
		if n := max(f.OnPrem.Bits(), 0) + max(f.Azure.Bits(), 0); beats(best, n) {
			best, said = n, word
		}
	}
	for _, p := range s.Protected {
		try(p.Flow, p.Require[0], func(best, n int) bool { return n > best })
	}
	for _, e := range s.Exempt {
		if e.TooBroad(noon()) != "" {
			continue // and is not applied
		}
		try(e.Flow, "nothing", func(best, n int) bool { return n > best })
	}
	return said
}

func TestAnExemptionEndsOnItsDay(t *testing.T) {
	for _, c := range []struct {
		at   time.Time
		want string
		note string
	}{
		{noon(), "nothing", "everything on premises and 172.16.1.0/24 are exempt until 2026-11-21: a lab"},
		{noon().AddDate(-2, 0, 0), "ipsec or macsec", "is not applied: it ends on 2026-11-21, more than 366 days"},
		{noon().AddDate(0, 0, 10), "ipsec or macsec", "the exemption of everything on premises and 172.16.1.0/24 ended on 2026-11-21 and is not applied"},
		{time.Time{}, "ipsec or macsec", "does not say when it was taken"},
	} {
		n := guideline()
		n.At = c.at
		n.Scope.Exempt = []snapshot.Exempt{{
			Flow: snapshot.Flow{Azure: pfx("172.16.1.0/24")}, Reason: "a lab", Expires: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC),
		}}
		m := graph.Build(n.Snapshot).Model()
		if diff := cmp.Diff(c.want, word(demanded(t, m.Classes, addr("10.10.0.1"), addr("172.16.1.4")))); diff != "" {
			t.Errorf("%s: %s", c.at, diff)
		}
		if got := fmt.Sprint(m.Notes); !strings.Contains(got, c.note) {
			t.Errorf("%s: notes %s, want %q", c.at, got, c.note)
		}
	}
}

func TestAnExemptionOfNothingIsNoted(t *testing.T) {
	n := guideline()
	n.At = noon()
	for _, p := range []string{"10.99.0.0/16", "10.10.0.0/16"} {
		n.Scope.Exempt = append(n.Scope.Exempt, snapshot.Exempt{Flow: snapshot.Flow{OnPrem: pfx(p)}, Reason: "a lab", Expires: noon().AddDate(0, 1, 0)})
	}
	notes := fmt.Sprint(graph.Build(n.Snapshot).Model().Notes)
	if !strings.Contains(notes, "the exemption of 10.99.0.0/16 and everything in Azure exempts nothing") || strings.Contains(notes, "the exemption of 10.10.0.0/16") {
		t.Errorf("notes %s, want that of 10.99.0.0/16 only to exempt nothing", notes)
	}
}
