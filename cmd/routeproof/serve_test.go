package main

import (
	"context"
	"testing"
	"time"
)

func TestWaitEndsWhenTheClockWasSetForward(t *testing.T) {
	due := time.Date(2026, 1, 1, 5, 30, 0, 0, time.UTC)
	looks := 0
	s := server{runner: runner{now: func() time.Time {
		looks++
		if looks == 1 {
			return due.Add(-time.Millisecond)
		}
		return due.Add(time.Hour)
	}}}
	if !s.wait(t.Context(), due) {
		t.Error("wait() = false, want true: the time has come")
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := server{runner: runner{now: func() time.Time { return time.Time{} }}}
	if s.wait(ctx, time.Time{}.Add(time.Hour)) {
		t.Error("wait() = true, want false: the context is done")
	}
}
