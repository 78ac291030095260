package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// Findings says which failures and open questions of two reports are new, worse
// or on another path, and which are gone, in the order of [finding.Sort].
//
// A failure is new when nothing of its subject failed or was open before in any
// of its address pairs; unchanged when all of its pairs failed before on the same
// path, at least as severely; and updated otherwise, with the pairs that are new.
// One that was there with other parts down is updated as well: which of several
// failures with the same effect a policy names may change.
func Findings(before, after finding.Report) ([]finding.Change, error) {
	changes, _, err := compareFindings(before, after)
	return changes, err
}

// compareFindings also returns the state of each of after's findings, in their
// order.
func compareFindings(before, after finding.Report) ([]finding.Change, []finding.Baseline, error) {
	was, err := newBook(before)
	if err != nil {
		return nil, nil, fmt.Errorf("earlier report: %w", err)
	}
	is, err := newBook(after)
	if err != nil {
		return nil, nil, err
	}
	partner := partners(was, is)
	states := make([]finding.Baseline, len(is.claims))
	var here []finding.Change
	for i, c := range is.claims {
		var ch finding.Change
		switch {
		case c.Outcome == finding.Open:
			ch = open(c, was)
		case c.Outcome == finding.Fail && c.wide:
			ch = wideFailure(c, was)
		case c.Outcome == finding.Fail:
			ch = failure(c, partner[c.Finding], was)
		default:
			continue
		}
		states[i] = ch.State
		if ch.State != finding.Unchanged {
			ch.After = c.Finding
			here = append(here, ch)
		}
	}
	taken := make(map[*finding.Finding]bool, len(partner))
	for _, p := range partner {
		taken[p.Finding] = true
	}
	var gone []finding.Change
	for _, c := range was.claims {
		if ch, ok := absent(c, is, taken[c.Finding]); ok {
			gone = append(gone, ch)
		}
	}
	slices.SortStableFunc(here, func(a, b finding.Change) int { return finding.Compare(*a.After, *b.After) })
	slices.SortStableFunc(gone, func(a, b finding.Change) int { return finding.Compare(*a.Before, *b.Before) })
	return append(here, gone...), states, nil
}

// wideFailure compares a failure about address pairs.
func wideFailure(c claim, was book) finding.Change {
	notWorse := func(o claim) bool { return !new(reasons).worse(o, c) }
	if slices.ContainsFunc(was.exact[c.exactly()], notWorse) {
		return finding.Change{State: finding.Unchanged}
	}
	same := c.touching(was.fails[c.subject])
	opens := c.touching(was.opens[c.any()])
	var alike []claim
	why := &reasons{}
	for _, o := range same {
		worse := why.worse(o, c)
		if !worse {
			alike = append(alike, o)
		}
	}
	if len(c.beyond(alike)) == 0 && len(c.strangers(alike)) == 0 {
		return finding.Change{State: finding.Unchanged}
	}
	if len(same)+len(opens) == 0 {
		return elsewhere(c, c.touching(c.otherwise(was)))
	}
	ch := finding.Change{State: finding.Updated, Before: append(same, opens...)[0].Finding}
	rest := c.beyond(same)
	if grown := without(rest, areas(opens)...); len(grown) > 0 {
		why.add("address pairs that are new: " + named(grown))
	}
	if len(opens) > 0 {
		why.add("of some of its address pairs it was not known before")
	}
	for _, s := range c.strangers(append(same, opens...)) {
		why.add("new subnet: " + s)
	}
	ch.Why = why.list
	return ch
}

func areas(cs []claim) []area {
	var out []area
	for _, c := range cs {
		out = append(out, c.area)
	}
	return out
}

// failure compares a failure of one resource with the one it stands for.
func failure(c claim, partner claim, was book) finding.Change {
	why := &reasons{list: []string{}}
	switch {
	case partner.Finding != nil:
		if !why.worse(partner, c) {
			return finding.Change{State: finding.Unchanged}
		}
		return finding.Change{State: finding.Updated, Why: why.list, Before: partner.Finding}
	case len(was.opens[c.any()]) > 0:
		return finding.Change{State: finding.Updated, Why: []string{"it was not known before"}, Before: was.opens[c.any()][0].Finding}
	}
	return elsewhere(c, c.otherwise(was))
}

// elsewhere compares a failure of which nothing was known before but perhaps the
// same under other failed parts: a policy may name one of several that have the
// same effect.
func elsewhere(c claim, others []claim) finding.Change {
	if len(others) == 0 {
		return finding.Change{State: finding.New, Why: []string{}}
	}
	return finding.Change{
		State: finding.Updated, Before: others[0].Finding,
		Why: []string{fmt.Sprintf("with %s down; before, with %s down", said(c.Down), said(others[0].Down))},
	}
}

func said(down []string) string { return strings.Join(down, " and ") }

// open compares an open question.
func open(c claim, was book) finding.Change {
	opens, fails := was.opens[c.any()], was.failed[c.any()]
	if c.wide {
		opens, fails = c.touching(opens), c.touching(fails)
	}
	ch := finding.Change{State: finding.Updated, Why: []string{}}
	switch {
	case len(opens)+len(fails) == 0:
		ch.State = finding.New
	case len(opens) == 0:
		ch.Before, ch.Why = fails[0].Finding, []string{"it failed before, and is not known now"}
	case !c.wide:
		ch.State = finding.Unchanged
	case len(c.beyond(opens)) == 0 && len(c.strangers(opens)) == 0:
		ch.State = finding.Unchanged
	default:
		ch.Before, ch.Why = opens[0].Finding, []string{"address pairs that were known before: " + named(c.beyond(opens))}
	}
	return ch
}

// absent compares a finding of the earlier report; ok is false when it is still
// there. A failure that is now open is not gone, nor one that is there with
// another part down. It is fixed when what it was
// about was judged again, or its policy was asked and nothing at all is open.
func absent(c claim, is book, taken bool) (ch finding.Change, ok bool) {
	var still []claim
	switch c.Outcome {
	case finding.Fail:
		if c.wide && len(is.exact[c.exactly()]) > 0 {
			return ch, false
		}
		still = slices.Concat(is.fails[c.subject], is.opens[c.any()], c.otherwise(is))
	case finding.Open:
		still = slices.Concat(is.opens[c.any()], is.failed[c.any()])
	default:
		return ch, false
	}
	judged := is.judged[c.any()]
	known := len(judged) > 0
	ch = finding.Change{State: finding.Absent, Why: []string{}, Before: c.Finding}
	if c.wide {
		still = c.touching(still)
		rest := c.beyond(still)
		if len(rest) == 0 {
			return ch, false
		}
		if len(still) > 0 {
			ch.Why = append(ch.Why, "only of these address pairs: "+named(rest))
		}
		known = len(c.beyond(append(judged, still...))) == 0
	} else if taken || c.Outcome == finding.Open && len(still) > 0 || len(is.opens[c.any()])+len(c.otherwise(is)) > 0 {
		return ch, false
	}
	switch {
	case known:
	case !is.asked[c.policy]:
		ch.Why = append(ch.Why, "its policy was not asked again: it may still be there")
	case !is.certain:
		ch.Why = append(ch.Why, "it was not judged again, and something is open: it may still be there")
	default:
		known = true
	}
	ch.Fixed = c.Outcome == finding.Fail && known && (!c.wide || len(still) == 0)
	return ch, true
}

// partners finds for each failure of one resource the earlier one that it stands
// for. Of several with one subject, those with the same path go together first,
// and of these the ones that say the same.
func partners(was, is book) map[*finding.Finding]claim {
	out := make(map[*finding.Finding]claim)
	for s, now := range is.fails {
		then := slices.Clone(was.fails[s])
		for _, fits := range []func(a, b claim) bool{
			func(a, b claim) bool { return a.digest == b.digest && a.Message == b.Message },
			func(a, b claim) bool { return a.digest == b.digest },
			func(_, _ claim) bool { return true },
		} {
			for _, c := range now {
				if c.wide || out[c.Finding].Finding != nil {
					continue
				}
				i := slices.IndexFunc(then, func(o claim) bool { return !o.wide && fits(o, c) })
				if i >= 0 {
					out[c.Finding] = then[i]
					then = slices.Delete(then, i, i+1)
				}
			}
		}
	}
	return out
}

// reasons collects why a finding is worse than it was, each once.
type reasons struct{ list []string }

func (r *reasons) add(text string) {
	if !slices.Contains(r.list, text) {
		r.list = append(r.list, text)
	}
}

// worse adds why b, which has the subject of a, is worse or on another path.
func (r *reasons) worse(a, b claim) bool {
	worse := false
	add := func(ok bool, text string) {
		if ok {
			worse = true
			r.add(text)
		}
	}
	add(a.digest != b.digest, "the path is another")
	add(b.Severity.Rank() < a.Severity.Rank(), fmt.Sprintf("the severity was %s", cmp.Or(string(a.Severity), "not given")))
	add(b.Counts() && a.Waiver != nil, "it was waived")
	add(b.Counts() && a.Waiver == nil && a.Advisory != "", "its policy was not in effect before "+strings.TrimSpace(a.Advisory))
	return worse
}
