package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/routeproof/routeproof/internal/config"
	"github.com/routeproof/routeproof/internal/finding"
)

const (
	// toldAge is the age from which evidence is said to be old without --max-age.
	toldAge = 24 * time.Hour
	// clockSkew is how far ahead the collecting machine's clock may be.
	clockSkew = 5 * time.Minute
)

// maxAgeUsage documents --max-age.
const maxAgeUsage = `    --max-age AGE      how long ago (36h, 7d, 2w) the evidence may have been collected.
                       What is older, or does not say when, proves nothing of today:
                       exit code 3. The reports stay the same. Without it, more than
                       a day is only told
`

// ageFlag is an age; zero when it was not given.
type ageFlag time.Duration

func (a *ageFlag) String() string { return "" }

// Set accepts what retention.keepFor does.
func (a *ageFlag) Set(v string) error {
	hours, err := config.ParseAge(v)
	if err != nil {
		return errors.New("want an age like 36h, 7d or 2w")
	}
	*a = ageFlag(time.Duration(hours) * time.Hour)
	return nil
}

// aged says why the evidence of a report taken at that time is no proof of now;
// empty when it is. Reports do not say it: they are the same on every day.
func (a ageFlag) aged(taken, now time.Time) string {
	most, lead := toldAge, ""
	if a > 0 {
		most, lead = time.Duration(a), "not proven of today: "
	}
	at, age := taken.UTC().Format("2006-01-02 15:04 UTC"), now.Sub(taken)
	switch {
	case taken.IsZero() && a == 0:
		return "" // the report says that it is unattested
	case taken.IsZero():
		return lead + "the evidence does not say when it was collected; collect it with routeproof collect"
	case age < -clockSkew:
		return lead + fmt.Sprintf("the evidence was collected at %s, which is still to come: set the clock of this machine or of the collecting one", at)
	case age > most:
		return lead + fmt.Sprintf("the evidence was collected at %s, %s ago, and tells of the network of then; collect it again for today's", at, days(age))
	}
	return ""
}

// days is an age in words.
func days(age time.Duration) string {
	if age < 48*time.Hour {
		return fmt.Sprintf("%d hours", age/time.Hour)
	}
	return fmt.Sprintf("%d days", age/(24*time.Hour))
}

// dated turns the verdict v into one that is not proven where --max-age was given
// and the evidence is aged. Its words have been told.
func (a ageFlag) dated(v error, aged string) error {
	if a == 0 || aged == "" || exitCode(v) == exitViolated || exitCode(v) == exitFailed {
		return v
	}
	return verdictError{code: exitOpen}
}

// tellAge says on stderr what is to be known about the age of the evidence.
func (p program) tellAge(r finding.Report, o output) (aged string) {
	aged = o.maxAge.aged(r.TakenAt, p.now())
	if aged != "" {
		_, _ = io.WriteString(p.stderr, "routeproof: "+aged+"\n")
	}
	return aged
}
