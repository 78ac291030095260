package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// A subject is what a finding is about, but for addresses. Direction and failure
// are empty for what is asked of all of them, as an open question is.
type subject struct {
	policy, resource, site, router string
	direction, down                string
}

// A place is a subject with the addresses and subnets of a claim, spelled out.
type place struct {
	subject
	addresses string
}

// any is the subject in every direction and under every failure.
func (s subject) any() subject {
	s.direction, s.down = "", ""
	return s
}

// A claim is a finding with its subject. A finding about address pairs claims an
// area; the number of its class and the subnet that stands for the class are no
// part of the subject, because they change with the classes beside it.
type claim struct {
	*finding.Finding
	subject
	area    area
	wide    bool     // it claims an area
	subnets []string // in order
	digest  string
}

// exactly is the place of a claim: that of most is the same in both reports, and
// then needs no arithmetic.
func (c claim) exactly() place {
	return place{c.subject, fmt.Sprint(texts(c.area.onprem), texts(c.area.azure), c.subnets)}
}

func claimOf(f *finding.Finding) (claim, error) {
	c := claim{
		Finding: f, digest: f.PathDigest(),
		subject: subject{policy: f.Policy, resource: f.Resource, direction: f.Direction, down: down(f.Down)},
	}
	if f.OnPrem == nil || f.Azure == nil {
		return c, nil
	}
	var err error
	if c.area, err = areaOf(f.OnPrem, f.Azure); err != nil || c.area.empty() {
		return c, err
	}
	c.wide = true
	c.site, c.router = f.OnPrem.Site, f.OnPrem.Router
	if strings.HasPrefix(f.Resource, "pair/") {
		c.resource = ""
	}
	c.subnets = append([]string{f.Azure.Subnet}, f.Azure.Alike...)
	slices.Sort(c.subnets)
	return c, nil
}

func down(parts []string) string { return strings.Join(slices.Sorted(slices.Values(parts)), "\x00") }

// A book is a report's claims by subject: failures by their direction and
// failure and also by neither, open questions, and all that was judged.
type book struct {
	claims  []claim // as the report's findings are
	exact   map[place][]claim
	fails   map[subject][]claim
	failed  map[subject][]claim
	opens   map[subject][]claim
	judged  map[subject][]claim
	asked   map[string]bool // the policies that there are
	certain bool            // nothing is open
}

func newBook(r finding.Report) (book, error) {
	b := book{
		exact: make(map[place][]claim), fails: make(map[subject][]claim), failed: make(map[subject][]claim),
		opens: make(map[subject][]claim), judged: make(map[subject][]claim),
		asked: make(map[string]bool), certain: true,
	}
	for _, p := range r.Policies {
		b.asked[p.ID] = true
	}
	for i := range r.Findings {
		c, err := claimOf(&r.Findings[i])
		if err != nil {
			return book{}, err
		}
		b.claims = append(b.claims, c)
		wide := c.any()
		switch c.Outcome {
		case finding.Fail:
			if c.wide {
				b.exact[c.exactly()] = append(b.exact[c.exactly()], c)
			}
			b.fails[c.subject] = append(b.fails[c.subject], c)
			b.failed[wide] = append(b.failed[wide], c)
			b.judged[wide] = append(b.judged[wide], c)
		case finding.Open:
			b.certain = false
			b.opens[wide] = append(b.opens[wide], c)
		case finding.Pass:
			b.judged[wide] = append(b.judged[wide], c)
		case finding.NotApplicable:
		}
	}
	return b, nil
}

// otherwise are the claims of a book that differ from c in the failed parts only.
// There are none in steady state.
func (c claim) otherwise(b book) []claim {
	var out []claim
	for _, o := range b.failed[c.any()] {
		if c.down != "" && o.down != "" && o.down != c.down && o.direction == c.direction {
			out = append(out, o)
		}
	}
	return out
}

// beyond is what of the claim's area none of others claims.
func (c claim) beyond(others []claim) []area {
	rest := []area{c.area}
	for _, o := range others {
		if o.wide && c.shares(o) {
			rest = without(rest, o.area)
		}
		if len(rest) == 0 {
			break
		}
	}
	return rest
}

// shares reports whether two claims have a subnet in common: equal addresses of
// other subnets are other addresses.
func (c claim) shares(o claim) bool {
	return slices.ContainsFunc(c.subnets, func(s string) bool { return slices.Contains(o.subnets, s) })
}

// touches reports whether two claims have an address pair in common.
func (c claim) touches(o claim) bool { return o.wide && c.shares(o) && c.area.overlaps(o.area) }

// touching are the claims that have address pairs in common with c.
func (c claim) touching(others []claim) []claim {
	var out []claim
	for _, o := range others {
		if c.touches(o) {
			out = append(out, o)
		}
	}
	return out
}

// strangers are the claim's subnets that none of others has.
func (c claim) strangers(others []claim) []string {
	var out []string
	for _, s := range c.subnets {
		if !slices.ContainsFunc(others, func(o claim) bool { return slices.Contains(o.subnets, s) }) {
			out = append(out, s)
		}
	}
	return out
}
