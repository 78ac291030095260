package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/finding"
)

func TestTheTrendOfFamiliesIsThatOfTheNewestTwoRunsThatCanBeRead(t *testing.T) {
	family := func(fail, open, pass int) []finding.Family {
		return []finding.Family{{Name: "symmetry", Title: "Firewall symmetry", Fail: fail, Open: open, Pass: pass}}
	}
	got := familyTrend([]trendPoint{
		{Run: "a", Families: family(9, 9, 9)},
		{Run: "b", Families: family(0, 1, 12)},
		{Run: "broken", Problem: "not a report"},
		{Run: "c", Families: append(family(2, 1, 10), finding.Family{Name: "bgp", Title: "BGP \x1b[31m", Pass: 3})},
	})
	want := "\nChecks of c, by family:\n" +
		"Firewall symmetry  2 (0) fail  1 open  10 (12) pass\n" +
		"BGP \\u001b[31m     0 fail      0 open  3 pass\n"
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got := familyTrend([]trendPoint{{Run: "broken", Problem: "not a report"}}); got != "" {
		t.Errorf("%q of nothing", got)
	}
}
