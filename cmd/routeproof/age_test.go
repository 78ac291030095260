package main

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestOldEvidenceIsNoProofOfToday(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		flag  string
		taken time.Time
		want  string // part of what is told; empty: nothing
		code  int    // of a verdict that is compliant
	}{
		"fresh":                        {"", now.Add(-23 * time.Hour), "", 0},
		"fresh enough":                 {"7d", now.Add(-7 * 24 * time.Hour), "", 0},
		"old, and nobody asked":        {"", now.Add(-25 * time.Hour), "2026-11-22 11:00 UTC, 25 hours ago", 0},
		"old":                          {"2w", now.Add(-21 * 24 * time.Hour), "not proven of today: the evidence was collected at 2026-11-02 12:00 UTC, 21 days ago", 3},
		"of a clock that is ahead":     {"24h", now.Add(time.Minute), "", 0},
		"of tomorrow":                  {"24h", now.Add(24 * time.Hour), "which is still to come", 3},
		"of tomorrow, nobody asked":    {"", now.Add(24 * time.Hour), "which is still to come", 0},
		"without a date":               {"1d", time.Time{}, "does not say when it was collected", 3},
		"without a date, nobody asked": {"", time.Time{}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			var a ageFlag
			if tt.flag != "" {
				if err := a.Set(tt.flag); err != nil {
					t.Fatal(err)
				}
			}
			got := a.aged(tt.taken, now)
			if !strings.Contains(got, tt.want) || (got == "") != (tt.want == "") {
				t.Errorf("told %q, want %q", got, tt.want)
			}
			if code := exitCode(a.dated(nil, got)); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			if code := exitCode(a.dated(verdictError{code: exitViolated}, got)); code != exitViolated {
				t.Errorf("exit code %d with violations, want %d", code, exitViolated)
			}
		})
	}
	for _, bad := range []string{"", "0d", "-1h", "24", "1.5h", "1y", "999999999d"} {
		var a ageFlag
		if err := a.Set(bad); err == nil {
			t.Errorf("--max-age %q is accepted", bad)
		}
	}
}

// A run that failed has failed, however old its evidence is.
func TestOldEvidenceHidesNoFailure(t *testing.T) {
	a := ageFlag(time.Hour)
	if code := exitCode(a.dated(errors.New("disk full"), "old")); code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
}
