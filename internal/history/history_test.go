package history_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/history"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// add makes the next run of a history, as an audit does, and returns its name.
func add(t rapid.TB, output string, at time.Time, answers bool, r evidence.Retention) string {
	t.Helper()
	m := evidence.Manifest{Tool: "test", Started: at, Finished: at, Retention: r}
	var err error
	if m.Previous, m.LastGood, err = history.Next(output); err != nil {
		t.Fatal(err)
	}
	name := history.Name(at)
	w, err := evidence.Create(filepath.Join(output, "runs", name, "evidence"))
	if err != nil {
		t.Fatal(err)
	}
	status := snapshot.OK
	if !answers {
		status = snapshot.Timeout
	}
	for _, source := range []string{"R1", "R2"} {
		item := evidence.Item{Path: "routers/" + source + "/show.txt", Source: "router/" + source, Status: status}
		if err := w.Add(item, []byte(name)); err != nil {
			t.Fatal(err)
		}
		status = snapshot.OK
	}
	if err := w.Close(m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(output, "runs", name, "report.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(filepath.Join(output, "latest"))
	if err := os.Symlink(filepath.Join("runs", name), filepath.Join(output, "latest")); err != nil {
		t.Fatal(err)
	}
	return name
}

// chain verifies the chain of a history.
func chain(t rapid.TB, output string, without ...string) evidence.Check {
	t.Helper()
	names, err := history.Names(output)
	if err != nil {
		t.Fatal(err)
	}
	var runs []evidence.ChainedRun
	for _, name := range names {
		if slices.Contains(without, name) {
			continue
		}
		r, err := history.Read(output, name)
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, evidence.ChainedRun{Name: name, Manifest: r.Manifest, SHA256: r.SHA256})
	}
	return evidence.VerifyChain(runs, history.Latest(output))
}

// Whatever runs come, and however retention is changed between them: the chain
// holds, the newest and the last good run stay, and nobody can take away another
// run unnoticed than what the retention of then would have.
func TestRetentionLeavesAChainThatHolds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		output, err := os.MkdirTemp(t.TempDir(), "") //nolint:usetesting // one for each draw
		if err != nil {
			rt.Fatal(err)
		}
		at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		var good string
		for range rapid.IntRange(1, 12).Draw(rt, "runs") {
			at = at.Add(time.Duration(rapid.IntRange(1, 50).Draw(rt, "hours")) * time.Hour)
			r := evidence.Retention{KeepLast: rapid.IntRange(0, 5).Draw(rt, "last"), KeepHours: rapid.IntRange(0, 100).Draw(rt, "keep hours")}
			answers := rapid.Bool().Draw(rt, "answers")
			name := add(rt, output, at, answers, r)
			if answers {
				good = name
			}
			removed, err := history.Retain(output)
			if err != nil {
				rt.Fatal(err)
			}
			names, _ := history.Names(output)
			if slices.ContainsFunc(removed, func(n string) bool { return slices.Contains(names, n) }) {
				rt.Fatalf("removed %v, and there are %v", removed, names)
			}
			if !slices.Contains(names, name) || good != "" && !slices.Contains(names, good) {
				rt.Fatalf("of %v, one of the newest run %s and the last good one %s is gone", names, name, good)
			}
			if got := chain(rt, output); got.State != evidence.Holds {
				rt.Fatalf("%s: %v", got.Detail, got.Problems)
			}
		}
		names, _ := history.Names(output)
		for i, name := range names {
			first := i < 2 // the oldest, and the one after a spared one: retention might have removed them
			if got := chain(rt, output, name); got.State == evidence.Holds && !first {
				rt.Fatalf("of %v, %s is dropped: %s", names, name, got.Detail)
			}
		}
	})
}

func TestRetentionRemovesTheOldestBeyondBothBounds(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 1, n, 5, 30, 0, 0, time.UTC) }
	name := func(n int) string { return history.Name(day(n)) }
	tests := []struct {
		about   string
		r       evidence.Retention
		fails   []int
		removed []int
	}{
		{"keeps all without bounds", evidence.Retention{}, nil, nil},
		{"keeps the last", evidence.Retention{KeepLast: 2}, nil, []int{1, 2, 3, 4}},
		{"keeps the young", evidence.Retention{KeepHours: 48}, nil, []int{1, 2, 3}},
		{"keeps what either keeps", evidence.Retention{KeepLast: 4, KeepHours: 48}, nil, []int{1, 2}},
		{"keeps the last good one", evidence.Retention{KeepLast: 2}, []int{3, 4, 5, 6}, []int{1, 3, 4}},
		{"keeps the last when none is good", evidence.Retention{KeepLast: 2}, []int{1, 2, 3, 4, 5, 6}, []int{1, 2, 3, 4}},
	}
	for _, tt := range tests {
		t.Run(tt.about, func(t *testing.T) {
			output := t.TempDir()
			for n := 1; n <= 6; n++ {
				add(t, output, day(n), !slices.Contains(tt.fails, n), tt.r)
			}
			got, err := history.Retain(output)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, n := range tt.removed {
				want = append(want, name(n))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("removed (-want +got):\n%s", diff)
			}
			if again, err := history.Retain(output); err != nil || len(again) > 0 {
				t.Errorf("a second time it removes %v, %v", again, err)
			}
		})
	}
}

// Nothing outside of runs/ is removed, no link is followed, and what is not called
// like a run is left alone; what a killed audit left is removed.
func TestRetentionTouchesRunsOnly(t *testing.T) {
	output, elsewhere := t.TempDir(), t.TempDir()
	precious := filepath.Join(elsewhere, "precious")
	if err := os.WriteFile(precious, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 3; n++ {
		add(t, output, time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC), true, evidence.Retention{KeepLast: 1})
	}
	runs := filepath.Join(output, "runs")
	for link, target := range map[string]string{
		"2025-01-01T000000Z":                    elsewhere, // a link that is called like a run
		"2026-01-01T000000Z/evidence/elsewhere": elsewhere, // a link inside of a run
		".removing-2025-01-02T000000Z":          elsewhere,
	} {
		if err := os.Symlink(target, filepath.Join(runs, link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{
		"notes", ".removing-notes", ".2026-01-01.5", // what others made
		".removing-2025-01-03T000000Z/half", ".2026-01-09T000000Z.1234/.evidence.5/routers", // what was left behind
	} {
		if err := os.MkdirAll(filepath.Join(runs, dir), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	if err := history.Sweep(output); err != nil {
		t.Fatal(err)
	}
	if _, err := history.Retain(output); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir(runs)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	want := []string{".2026-01-01.5", ".removing-2025-01-02T000000Z", ".removing-notes", "2025-01-01T000000Z", "2026-01-03T000000Z", "notes"}
	if diff := cmp.Diff(want, left); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

// A run whose manifest is gone must not become the unnoticed end of the chain.
func TestNextNeedsTheNewestManifest(t *testing.T) {
	output := t.TempDir()
	if previous, good, err := history.Next(output); previous != nil || good != nil || err != nil {
		t.Fatalf("a new history begins after %v, %v, %v", previous, good, err)
	}
	name := add(t, output, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), true, evidence.Retention{})
	if previous, good, err := history.Next(output); err != nil || previous.Run != name || good.Run != name {
		t.Fatalf("the second run follows %v, %v, %v", previous, good, err)
	}
	if err := os.Remove(filepath.Join(output, "runs", name, "evidence", "manifest.json")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := history.Next(output); err == nil || !strings.Contains(err.Error(), "put the run's evidence back") {
		t.Errorf("error = %v", err)
	}
}

// An audit that was killed before it had set latest leaves a run that the next one
// must follow; a clock that was set back gives a run a name before that of others.
func TestNextFollowsTheRunThatNoneFollows(t *testing.T) {
	output := t.TempDir()
	at := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	first := add(t, output, at, true, evidence.Retention{})
	second := add(t, output, at.Add(time.Hour), true, evidence.Retention{})
	latest := filepath.Join(output, "latest")
	for target, want := range map[string]string{first: second, second: second, "2020-01-01T000000Z": second} {
		_ = os.Remove(latest)
		if err := os.Symlink("runs/"+target, latest); err != nil {
			t.Fatal(err)
		}
		if previous, _, err := history.Next(output); err != nil || previous.Run != want {
			t.Errorf("with latest at %s the next run follows %v, %v, want %s", target, previous, err, want)
		}
	}
	_ = os.Remove(latest)
	if err := os.Symlink("runs/"+second, latest); err != nil {
		t.Fatal(err)
	}
	back := add(t, output, at.Add(-24*time.Hour), true, evidence.Retention{})
	if previous, _, err := history.Next(output); err != nil || previous.Run != back {
		t.Errorf("after the clock was set back the next run follows %v, %v, want %s", previous, err, back)
	}
}

func TestRunsAreOrderedByTimeAndNumber(t *testing.T) {
	output := t.TempDir()
	want := []string{"2026-01-01T000000Z", "2026-01-01T000000Z-2", "2026-01-01T000000Z-10", "2026-01-02T000000Z"}
	for _, name := range append([]string{"other", "2026-01-03"}, want...) {
		if err := os.MkdirAll(filepath.Join(output, "runs", name), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	got, err := history.Names(output)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	for target, want := range map[string]string{"runs/" + want[2]: want[2], "../elsewhere/" + want[2]: "", "runs/other": ""} {
		link := filepath.Join(output, "latest")
		_ = os.Remove(link)
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
		if got := history.Latest(output); got != want {
			t.Errorf("latest of %s = %q, want %q", target, got, want)
		}
	}
}
