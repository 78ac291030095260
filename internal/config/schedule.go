package config

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// A Schedule says when audits run. The zero Schedule never does.
type Schedule struct {
	// Text is the schedule as written.
	Text string
	// AtStart asks for a run before the first one that is due.
	AtStart bool

	next cron.Schedule
}

// Next is the first time after t that an audit is due; zero means never.
func (s Schedule) Next(t time.Time) time.Time {
	if s.next == nil {
		return time.Time{}
	}
	return s.next.Next(t)
}

// parseSchedule reads a cron expression with five fields, or a descriptor such
// as @hourly or "@every 6h". A zone may stand before the fields, as in
// "CRON_TZ=Europe/Amsterdam 30 5 * * *"; without one it is the local zone.
func parseSchedule(text string) (Schedule, error) {
	const accepted = `want five cron fields, like "30 5 * * *", or @hourly, @daily, @weekly, @monthly, "@every 6h"`
	bad := func(err error) (Schedule, error) {
		return Schedule{}, fmt.Errorf("%q: %w: %s", text, err, accepted)
	}
	if zone, rest, _ := strings.Cut(text, " "); strings.Contains(zone, "TZ=") && strings.TrimSpace(rest) == "" {
		return bad(errors.New("a time zone and no fields")) // the library panics on it
	}
	next, err := cron.ParseStandard(text)
	if err != nil {
		return bad(err)
	}
	return Schedule{Text: text, next: next}, nil
}
