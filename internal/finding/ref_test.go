package finding_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/finding"
)

func TestARefReadsAsItemAndLines(t *testing.T) {
	for _, c := range []struct {
		ref  finding.Ref
		want string
	}{
		{finding.Ref{Item: "a.txt"}, "a.txt"},
		{finding.Ref{Item: "a.txt", Line: 3}, "a.txt:3"},
		{finding.Ref{Item: "a.txt", Line: 3, LastLine: 3}, "a.txt:3"},
		{finding.Ref{Item: "a.txt", Line: 3, LastLine: 5}, "a.txt:3-5"},
		{finding.Ref{Item: "a.txt", Line: 3, LastLine: 2}, "a.txt:3"},
		{finding.Ref{Item: "a.txt", LastLine: 5}, "a.txt"},
	} {
		if got := c.ref.String(); got != c.want {
			t.Errorf("%#v.String() = %q, want %q", c.ref, got, c.want)
		}
	}
}

func TestSortingDoesNotDependOnTheOrderOfArrival(t *testing.T) {
	want := []finding.Finding{
		{Policy: "B", Outcome: finding.Fail, Severity: finding.Critical},
		{Policy: "A", Outcome: finding.Fail, Severity: finding.High, Resource: "r"},
		{Policy: "A", Outcome: finding.Fail, Severity: finding.High, Resource: "r", Down: []string{"t"}},
		{Policy: "A", Outcome: finding.Fail, Severity: finding.High, Resource: "r", Down: []string{"t"}, Fingerprint: "1"},
		{Policy: "A", Outcome: finding.Fail, Severity: finding.High, Resource: "r", Down: []string{"t"}, Fingerprint: "2"},
		{Policy: "A", Outcome: finding.Open, Severity: finding.Critical},
		{Policy: "A", Outcome: finding.Pass, Severity: finding.Critical},
		{Policy: "A", Outcome: finding.NotApplicable, Severity: finding.Critical},
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		got := append([]finding.Finding{}, want...)
		rng.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		finding.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("Sort (-want +got):\n%s", diff)
		}
	}
}
