package finding_test

import (
	"testing"

	"github.com/routeproof/routeproof/internal/finding"
)

func TestAPathsDigestIsOfItsWayOnly(t *testing.T) {
	path := func(links ...string) finding.Path {
		p := finding.Path{Outcome: finding.Delivered}
		for _, l := range links {
			p.Hops = append(p.Hops, finding.Hop{Node: "router/R1", Link: l, LinkKind: "ipsec", Protection: "ipsec", Why: "longest match"})
		}
		return p
	}
	changed := func(change func(*finding.Path)) finding.Path {
		p := path("a", "b")
		change(&p)
		return p
	}
	forked := func(branches ...finding.Path) finding.Path {
		p := branches[0]
		p.Others = branches[1:]
		return p
	}
	tests := []struct {
		name string
		a, b finding.Path
		same bool
	}{
		{"another reason, table entry and place", path("a", "b"), changed(func(p *finding.Path) {
			p.Hops[0].Why, p.Hops[0].Prefix, p.Hops[0].Rule = "local preference", "10.0.0.0/8", "x"
			p.Hops[0].Evidence = []finding.Ref{{Item: "x", Line: 1}}
			p.Hops[0].Lost = []finding.Candidate{{Prefix: "10.0.0.0/8"}}
		}), true},
		{"the order of branches", forked(path("a"), path("b")), forked(path("b"), path("a")), true},
		{"another link", path("a", "b"), path("a", "c"), false},
		{"the order of links", path("a", "b"), path("b", "a"), false},
		{"another protection", path("a", "b"), changed(func(p *finding.Path) { p.Hops[1].Protection = "none" }), false},
		{"another outcome", path("a", "b"), changed(func(p *finding.Path) { p.Outcome = finding.Dropped }), false},
		{"another firewall", path("a", "b"), changed(func(p *finding.Path) { p.Firewalls = []string{"firewall/f"} }), false},
		{"a branch more", path("a"), forked(path("a"), path("b")), false},
		{"a link that holds another's end", path("a b"), path("a", "b"), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if same := tt.a.Digest() == tt.b.Digest(); same != tt.same {
				t.Errorf("same digest: %v, want %v", same, tt.same)
			}
		})
	}
}

func TestAFindingsDigestIsOfItsDirection(t *testing.T) {
	a := finding.Path{Outcome: finding.Delivered, Hops: []finding.Hop{{Node: "a"}}}
	b := finding.Path{Outcome: finding.Dropped}
	forward := finding.Finding{Direction: "forward", Forward: &a, Return: &b}
	other := finding.Finding{Direction: "forward", Forward: &a, Return: &a}
	if forward.PathDigest() != other.PathDigest() {
		t.Error("the return path counts in a finding about the forward path")
	}
	forward.Direction, other.Direction = "", ""
	if forward.PathDigest() == other.PathDigest() {
		t.Error("the return path does not count in a finding about both")
	}
	if got := (finding.Finding{}).PathDigest(); got != "" {
		t.Errorf("digest %q of no path", got)
	}
}
