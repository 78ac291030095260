package reports

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/routeproof/routeproof/internal/finding"
)

const (
	// oscalVersion is that of NIST's schema beside this file,
	// schema/oscal_assessment-results_schema.json: a work of the United States
	// Government without copyright, as released with OSCAL 1.2.1
	// (https://github.com/usnistgov/OSCAL/releases/tag/v1.2.1).
	oscalVersion = "1.2.1"
	// oscalNS is the name space of the properties that OSCAL does not know.
	oscalNS = informationURI + "/ns/oscal"
	// maxSubjects bounds the subjects and the places of one observation.
	maxSubjects = 100
)

// OSCAL writes the report as assessment results of NIST's Open Security Controls
// Assessment Language, in JSON.
//
// A policy is an assessment objective of the controls that it bears on, and a
// finding says whether it is met: by passing everywhere, and not by being waived
// or left open. That a control is met as a whole is never said. What fails, or is
// open, by the same path is one observation, and so is all that a policy passes;
// observations name the lines of the evidence, whose items are resources with
// their SHA-256. Each failure is a risk: open, or approved as a deviation by its
// waiver; what was fixed since the baseline is a closed one. Risks and findings
// keep their UUIDs from one run to the next.
func OSCAL(w io.Writer, r finding.Report) error {
	o := newOSCAL(r)
	j := newJSON(w)
	j.object(func() {
		j.name("assessment-results")
		j.object(func() { o.write(j) })
	})
	if err := j.flush(); err != nil {
		return fmt.Errorf("write OSCAL report: %w", err)
	}
	return nil
}

// oscal is a report on its way to assessment results.
type oscal struct {
	view
	id     string // what tells this run from others
	at     string
	asked  []finding.Policy // the policies, each once
	groups []group
	items  map[string]bool
}

func newOSCAL(r finding.Report) *oscal {
	o := &oscal{view: newView(r), items: make(map[string]bool, len(r.Evidence)), at: oscalTime(r.TakenAt)}
	parts := []string{r.Tool, r.PolicyDigest, o.at}
	for _, it := range r.Evidence {
		o.items[it.Path] = true
		parts = append(parts, it.Path, it.SHA256)
	}
	o.id = uuidOf(append([]string{"run"}, parts...)...)
	seen := make(map[string]bool)
	for _, p := range sortedPolicies(r) {
		if !seen[p.ID] {
			seen[p.ID] = true
			o.asked = append(o.asked, p)
		}
	}
	failing := o.with(finding.Fail)
	o.groups = append(byPath(failing), byPath(o.with(finding.Open))...)
	o.groups = append(o.groups, byPolicy(o.with(finding.Pass))...)
	return o
}

// byPolicy groups what passes.
func byPolicy(fs []finding.Finding) []group {
	var out []group
	at := make(map[string]int)
	for _, f := range fs {
		if i, ok := at[f.Policy]; ok {
			out[i].others = append(out[i].others, f)
			continue
		}
		at[f.Policy] = len(out)
		out = append(out, group{first: f})
	}
	return out
}

func (o *oscal) write(j *jsonWriter) {
	j.field("uuid", uuidOf("assessment-results", o.id))
	j.field("metadata", map[string]any{
		"title": "What routeproof concluded about the encryption of traffic over ExpressRoute", "last-modified": o.at,
		"version": o.at, "oscal-version": oscalVersion,
	})
	j.field("import-ap", oscalLink{Href: "#" + o.plan()})
	j.field("local-definitions", map[string]any{"objectives-and-methods": o.objectives()})
	j.name("results")
	j.list(func() {
		j.next()
		j.object(func() { o.result(j) })
	})
	j.name("back-matter")
	j.object(func() {
		j.name("resources")
		j.list(func() { o.resources(j) })
	})
}

func (o *oscal) result(j *jsonWriter) {
	word, text := o.headline()
	j.field("uuid", uuidOf("result", o.id))
	j.field("title", word)
	j.field("description", oscalText(text+" "+o.about()))
	j.field("start", o.at)
	j.field("end", o.at)
	j.field("props", o.props())
	j.field("local-definitions", o.local())
	j.field("reviewed-controls", o.reviewed())
	if len(o.groups) > 0 {
		j.name("observations")
		j.list(func() {
			for _, g := range o.groups {
				j.element(o.observation(g))
			}
		})
	}
	o.risks(j)
	if fs := o.conclusions(); len(fs) > 0 {
		j.field("findings", fs)
	}
	if text := o.remarks(); text != "" {
		j.field("remarks", text)
	}
}

// props are the verdict and the coverage.
func (o *oscal) props() []oscalProp {
	c := o.r.Coverage
	number := func(n uint64) string { return fmt.Sprint(n) }
	out := oscalProps(
		"verdict", string(o.r.Verdict), "attested", fmt.Sprint(o.r.Attested), "policy-digest", o.r.PolicyDigest,
		"address-pairs", number(c.Pairs), "address-pairs-encrypted", number(c.Encrypted), "address-pairs-in-clear", number(c.Clear),
		"address-pairs-dropped", number(c.Dropped), "address-pairs-open", number(c.Open), "address-pairs-exempt", number(c.Exempt),
	)
	if c.Unsized > 0 {
		out = append(out, oscalProps("open-parts-of-unknown-size", fmt.Sprint(c.Unsized))...)
	}
	return out
}

// remarks are what limits the results: policies that were switched off, and what
// was derived or assumed.
func (o *oscal) remarks() string {
	var parts []string
	if o.r.TakenAt.IsZero() {
		parts = append(parts, "When the evidence was collected is not known: every time in this document is 1970-01-01.")
	}
	for _, d := range o.r.Disabled {
		parts = append(parts, sentence("Switched off: "+d.Policy+", because "+d.Reason))
	}
	if n := len(o.r.Unread); n > 0 {
		parts = append(parts, count(n, "line")+" of the evidence "+isAre(n)+" not understood.")
	}
	for _, note := range o.r.Notes {
		parts = append(parts, sentence(note))
	}
	return oscalText(strings.Join(parts, "\n"))
}

// resources are the plan, which is the policies, and each item of the evidence
// with its digest.
func (o *oscal) resources(j *jsonWriter) {
	j.element(oscalResource{
		UUID: o.plan(), Title: "The policies that judged",
		Description: oscalText("Each is an objective of this document. Their digest is " + orElse(o.r.PolicyDigest, "not known") + "."),
	})
	for _, it := range o.r.Evidence {
		res := oscalResource{
			UUID: o.resource(it.Path), Title: oscalLine(it.Path), Description: oscalText(strings.TrimSpace(it.Source + ": " + it.What)),
			Props: oscalProps("status", it.Status, "detail", it.Detail, "collected", oscalMaybe(it.At)),
		}
		link := oscalRLink{Href: uri(it.Path)}
		if it.SHA256 != "" {
			link.Hashes = []oscalHash{{"SHA-256", oscalLine(it.SHA256)}}
		}
		if at := uri(it.Path); at != "" && !strings.HasPrefix(at, "/") {
			res.Links = []oscalRLink{link}
		}
		j.element(res)
	}
}

func (o *oscal) plan() string { return uuidOf("policies", o.r.PolicyDigest) }

func (o *oscal) resource(path string) string { return uuidOf("evidence", o.id, path) }

// oscalTime writes a time as OSCAL takes it; one that is not known is the epoch.
func oscalTime(t time.Time) string {
	if t.Year() < 1900 || t.Year() > 2999 {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format(time.RFC3339)
}

func oscalMaybe(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return oscalTime(t)
}

// oscalLine is text for a field of one line, which is never empty.
func oscalLine(s string) string {
	if s = strings.TrimSpace(cut(clean(s), maxMessage)); s != "" {
		return s
	}
	return "none"
}

// oscalText is text for a field of Markdown, where it means itself.
func oscalText(s string) string { return markdown(cut(cleanLines(s), 4*maxMessage)) }
