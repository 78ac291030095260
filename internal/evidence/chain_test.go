package evidence_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/evidence"
)

// runAt is run n of a chain, an hour after run n-1, with a stand-in for the sum of
// its manifest.
func runAt(n int, m evidence.Manifest) evidence.ChainedRun {
	m.Finished = time.Date(2026, 1, 1, n, 0, 0, 0, time.UTC)
	name := fmt.Sprintf("run%d", n)
	return evidence.ChainedRun{Name: name, Manifest: m, SHA256: sumOf(name)}
}

func sumOf(name string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(name))) }

func link(r evidence.ChainedRun) *evidence.Link {
	return &evidence.Link{Run: r.Name, SHA256: r.SHA256, Finished: r.Manifest.Finished}
}

// chainOf is runs 1 to n.
func chainOf(n int, r evidence.Retention) []evidence.ChainedRun {
	var runs []evidence.ChainedRun
	for i := 1; i <= n; i++ {
		m := evidence.Manifest{Retention: r}
		if i > 1 {
			m.Previous = link(runs[i-2])
		}
		runs = append(runs, runAt(i, m))
	}
	return runs
}

func TestAChainOfRunsShowsWhatWasDone(t *testing.T) {
	drop := func(runs []evidence.ChainedRun, numbers ...int) []evidence.ChainedRun {
		return slices.DeleteFunc(runs, func(r evidence.ChainedRun) bool {
			return slices.ContainsFunc(numbers, func(n int) bool { return r.Name == fmt.Sprintf("run%d", n) })
		})
	}
	three := evidence.Retention{KeepLast: 3}
	tests := []struct {
		name     string
		runs     func() []evidence.ChainedRun
		newest   string
		problems []string
		story    string // a part of it
	}{
		{name: "whole", runs: func() []evidence.ChainedRun { return chainOf(4, evidence.Retention{}) }, newest: "run4", story: "4 runs"},
		{
			name: "in any order of listing", newest: "run4", story: "from run1 to run4",
			runs: func() []evidence.ChainedRun {
				runs := chainOf(4, evidence.Retention{})
				slices.Reverse(runs)
				return runs
			},
		},
		{
			name: "a run dropped in the middle", newest: "run4",
			runs:     func() []evidence.ChainedRun { return drop(chainOf(4, evidence.Retention{}), 2) },
			problems: []string{"run2 is missing: run3 follows it, and no run's retention allowed that it be removed"},
		},
		{
			name: "the first run dropped, and no retention", newest: "run4",
			runs:     func() []evidence.ChainedRun { return drop(chainOf(4, evidence.Retention{}), 1) },
			problems: []string{"run1 is missing: run2 follows it, and no run's retention allowed that it be removed"},
		},
		{
			name: "the newest run dropped", newest: "run4",
			runs:     func() []evidence.ChainedRun { return drop(chainOf(4, evidence.Retention{}), 4) },
			problems: []string{"latest is run4, and the newest run here is run3: a run was removed or put in, or an audit was killed before it had set latest"},
		},
		{
			name: "the start removed by retention", newest: "run6", story: "the runs before run4 were removed, as the retention allowed",
			runs: func() []evidence.ChainedRun { return drop(chainOf(6, three), 1, 2, 3) },
		},
		{
			name: "more removed at the start than retention does", newest: "run6",
			runs:     func() []evidence.ChainedRun { return drop(chainOf(6, three), 1, 2, 3, 4) },
			problems: []string{"run4 is missing: run5 follows it, and no run's retention allowed that it be removed"},
		},
		{
			name: "too young to be removed", newest: "run6",
			runs: func() []evidence.ChainedRun {
				return drop(chainOf(6, evidence.Retention{KeepLast: 3, KeepHours: 48}), 1, 2, 3)
			},
			problems: []string{"run3 is missing: run4 follows it, and no run's retention allowed that it be removed"},
		},
		{
			name: "old enough to be removed", newest: "run6", story: "the runs before run4 were removed",
			runs: func() []evidence.ChainedRun {
				return drop(chainOf(6, evidence.Retention{KeepHours: 2}), 1, 2, 3)
			},
		},
		{
			name: "a run dropped in the middle, of more than retention keeps", newest: "run6",
			runs:     func() []evidence.ChainedRun { return drop(chainOf(6, three), 2) },
			problems: []string{"run2 is missing, and so is what links run1 with run3: retention removes runs only from the start"},
		},
		{
			name: "the last good run spared", newest: "run6", story: "the runs before run4 were removed, as the retention allowed, but for run1, the last good one then",
			runs: func() []evidence.ChainedRun {
				runs := chainOf(6, three)
				for i := 2; i < len(runs); i++ {
					runs[i].Manifest.LastGood = link(runs[0])
				}
				return drop(runs, 2, 3)
			},
		},
		{
			name: "the last good run dropped", newest: "run6",
			runs: func() []evidence.ChainedRun {
				runs := chainOf(6, three)
				for i := 2; i < len(runs); i++ {
					runs[i].Manifest.LastGood = link(runs[0])
				}
				return drop(runs, 1, 2, 3)
			},
			problems: []string{"run1 is missing: it is the last run in which every source answered, which retention never removes"},
		},
		{
			name: "a run beside the good one that retention spared", newest: "run6",
			runs: func() []evidence.ChainedRun {
				runs := chainOf(6, three)
				for i := 2; i < len(runs); i++ {
					runs[i].Manifest.LastGood = link(runs[0])
				}
				stray := runAt(0, evidence.Manifest{})
				runs[0].Manifest.Previous = link(stray)
				return append(drop(runs, 2, 3), stray)
			},
			problems: []string{"run3 is missing, and so is what links run0 with run4: retention removes runs only from the start"},
		},
		{
			name: "a manifest rewritten", newest: "run3",
			runs: func() []evidence.ChainedRun {
				runs := chainOf(3, evidence.Retention{})
				runs[1].SHA256 = sumOf("other")
				return runs
			},
			problems: []string{"run3 follows run2 as it was with manifest.json of SHA-256 " + sumOf("run2") + ": that manifest.json was rewritten, it has " + sumOf("other") + " now"},
		},
		{
			name: "two runs' names exchanged", newest: "run4",
			runs: func() []evidence.ChainedRun {
				runs := chainOf(4, evidence.Retention{})
				runs[1].Name, runs[2].Name = runs[2].Name, runs[1].Name
				return runs
			},
			problems: []string{
				"run2 follows run2, which is called run3 now: runs were renamed",
				"run4 follows run3, which is called run2 now: runs were renamed",
			},
		},
		{
			name: "a fork", newest: "run3",
			runs: func() []evidence.ChainedRun {
				runs := chainOf(3, evidence.Retention{})
				runs[2].Manifest.Previous = link(runs[0])
				return runs
			},
			problems: []string{"run2 and run3 both follow run1: the chain forks"},
		},
		{
			name: "begun again", newest: "run3",
			runs: func() []evidence.ChainedRun {
				runs := chainOf(3, evidence.Retention{})
				runs[2].Manifest.Previous = nil
				return runs
			},
			problems: []string{"run3 says that it is the first run, and run2 is older: a run was put in, or the chain was begun again"},
		},
		{
			name: "an old run copied over a newer one", newest: "run3",
			runs: func() []evidence.ChainedRun {
				runs := chainOf(3, evidence.Retention{})
				runs[2] = runs[1]
				runs[2].Name = "run3"
				return runs
			},
			problems: []string{"run3 is a copy of run2"},
		},
		{name: "no run", newest: "", runs: func() []evidence.ChainedRun { return nil }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := evidence.VerifyChain(tt.runs(), tt.newest)
			if diff := cmp.Diff(tt.problems, got.Problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			want := evidence.Holds
			switch {
			case len(tt.problems) > 0:
				want = evidence.Broken
			case len(tt.runs()) == 0:
				want = evidence.Unchecked
			}
			if got.State != want || !strings.Contains(got.Detail, tt.story) {
				t.Errorf("%s: %s, want %s: %s", got.State, got.Detail, want, tt.story)
			}
		})
	}
}
