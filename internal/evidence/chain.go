package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// A ChainedRun is a run of a history as [VerifyChain] needs it.
type ChainedRun struct {
	Name     string
	Manifest Manifest
	// SHA256 is that of its manifest.json.
	SHA256 string
}

// VerifyChain holds the runs of one history against what their manifests say of
// the runs before them. newest is the run that the history itself says is the
// newest, or empty. What a manifest says of a run can be trusted as far as the
// seal of that manifest.
//
// Runs may be missing at the start, if the retention of a later run allowed their
// removal, and nowhere else. The last good run is never removed: where it is not
// next to the others, it is linked by the LastGood of a later one.
func VerifyChain(runs []ChainedRun, newest string) Check {
	c := chain{runs: slices.Clone(runs), byName: make(map[string]ChainedRun), bySum: make(map[string]ChainedRun)}
	slices.SortFunc(c.runs, func(a, b ChainedRun) int {
		return cmp.Or(a.Manifest.Finished.Compare(b.Manifest.Finished), cmp.Compare(a.Name, b.Name))
	})
	for _, r := range c.runs {
		c.byName[r.Name] = r
		if twin, ok := c.bySum[r.SHA256]; ok {
			c.problem("%s is a copy of %s", r.Name, twin.Name)
			continue
		}
		c.bySum[r.SHA256] = r
	}
	c.links()
	c.forks()
	c.lastGood()
	check := Check{Name: "chain", Detail: c.story()}.with(c.problems)
	last := ""
	if len(c.runs) > 0 {
		last = c.runs[len(c.runs)-1].Name
	}
	if newest != "" && newest != last {
		check = check.with(append(check.Problems, fmt.Sprintf("latest is %s, and the newest run here is %s: a run was removed or put in, or an audit was killed before it had set latest", newest, cmp.Or(last, "none"))))
	}
	if len(runs) == 0 && check.State == Holds {
		check.State, check.Detail = Unchecked, "there is no run"
	}
	return check
}

type chain struct {
	runs          []ChainedRun // the oldest first
	byName, bySum map[string]ChainedRun
	// start is the run before which others were removed by retention, and spared
	// are those before it that are still there.
	start    *ChainedRun
	spared   []string
	problems []string
}

func (c *chain) problem(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// links checks what each run says of the one before it.
func (c *chain) links() {
	for i, r := range c.runs {
		previous := r.Manifest.Previous
		if previous == nil {
			if i > 0 {
				c.problem("%s says that it is the first run, and %s is older: a run was put in, or the chain was begun again", r.Name, c.runs[i-1].Name)
			}
			continue
		}
		if before, ok := c.bySum[previous.SHA256]; ok {
			c.followed(i, before)
			continue
		}
		if before, ok := c.byName[previous.Run]; ok {
			c.problem("%s follows %s as it was with manifest.json of SHA-256 %s: that manifest.json was rewritten, it has %s now", r.Name, before.Name, previous.SHA256, before.SHA256)
			continue
		}
		c.gap(i)
	}
}

// followed checks the run at i, which follows before.
func (c *chain) followed(i int, before ChainedRun) {
	r := c.runs[i]
	if before.Name != r.Manifest.Previous.Run {
		c.problem("%s follows %s, which is called %s now: runs were renamed", r.Name, r.Manifest.Previous.Run, before.Name)
	}
	if before.Manifest.Finished.After(r.Manifest.Finished) {
		c.problem("%s follows %s, and is older: one of their times was changed", r.Name, before.Name)
	}
}

// gap judges that the run which the run at i follows is not there.
func (c *chain) gap(i int) {
	r := c.runs[i]
	missing := *r.Manifest.Previous
	allowed := func(j int) bool {
		return c.runs[j].Manifest.Retention.Allows(missing, j-i+1, c.runs[j].Manifest.Finished)
	}
	later := make([]int, 0, len(c.runs)-i)
	for j := i; j < len(c.runs); j++ {
		later = append(later, j)
	}
	if !slices.ContainsFunc(later, allowed) {
		c.problem("%s is missing: %s follows it, and no run's retention allowed that it be removed", missing.Run, r.Name)
		return
	}
	if i == 0 {
		c.start = &c.runs[i]
		return
	}
	for _, before := range c.runs[:i] {
		vouched := slices.ContainsFunc(later, func(j int) bool {
			good := c.runs[j].Manifest.LastGood
			return good != nil && good.SHA256 == before.SHA256
		})
		if !vouched {
			c.problem("%s is missing, and so is what links %s with %s: retention removes runs only from the start", missing.Run, before.Name, r.Name)
			return
		}
		c.spared = append(c.spared, before.Name)
	}
	c.start = &c.runs[i]
}

// lastGood makes sure that the last good run is there.
func (c *chain) lastGood() {
	if len(c.runs) == 0 {
		return
	}
	newest := c.runs[len(c.runs)-1].Manifest
	if newest.LastGood == nil || newest.Answered() {
		return
	}
	if _, ok := c.bySum[newest.LastGood.SHA256]; !ok {
		c.problem("%s is missing: it is the last run in which every source answered, which retention never removes", newest.LastGood.Run)
	}
}

// Allows reports whether a run may be removed once there are as many later runs
// as given, the last of which was finished at the given time.
func (r Retention) Allows(run Link, later int, at time.Time) bool {
	if r == (Retention{}) {
		return false
	}
	tooMany := r.KeepLast == 0 || later >= r.KeepLast
	tooOld := r.KeepHours == 0 || at.Sub(run.Finished) > time.Duration(r.KeepHours)*time.Hour
	return tooMany && tooOld
}

// forks finds runs that follow the same one.
func (c *chain) forks() {
	followers := make(map[string]string)
	for _, r := range c.runs {
		if r.Manifest.Previous == nil || c.bySum[r.SHA256].Name != r.Name {
			continue
		}
		before := r.Manifest.Previous.SHA256
		if other, ok := followers[before]; ok {
			c.problem("%s and %s both follow %s: the chain forks", other, r.Name, r.Manifest.Previous.Run)
			continue
		}
		followers[before] = r.Name
	}
}

// story says what the chain looks like.
func (c *chain) story() string {
	if len(c.runs) == 0 {
		return "no run"
	}
	first, last := c.runs[0], c.runs[len(c.runs)-1]
	text := fmt.Sprintf("%d runs, each against the one before it, from %s to %s", len(c.runs), first.Name, last.Name)
	if len(c.runs) == 1 {
		text = "one run, " + last.Name
	}
	text += fmt.Sprintf(" (manifest.json %s)", last.SHA256)
	if c.start != nil {
		text += fmt.Sprintf("; the runs before %s were removed, as the retention allowed", c.start.Name)
		if len(c.spared) > 0 {
			text += fmt.Sprintf(", but for %s, the last good one then", c.spared[len(c.spared)-1])
		}
	}
	return text
}
