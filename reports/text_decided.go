package reports

import (
	"github.com/routeproof/routeproof/internal/finding"
)

// decided writes what people decided about findings, and what was fixed.
func (t *terminal) decided() {
	t.waivers()
	t.brief("Failures of policies that do not count yet", t.advisories(), func(f finding.Finding) string { return f.Policy + " " + brief(f) })
	t.brief("Fixed since the baseline", t.fixed(), func(f finding.Finding) string { return f.Policy + " " + brief(f) })
	if n := len(t.r.Disabled); n > 0 {
		t.heading("Policies that are switched off")
		for _, d := range t.r.Disabled[:t.limit(20, n)] {
			t.item(d.Policy + ": " + d.Reason)
		}
		t.more(n-t.limit(20, n), "policy")
	}
}

func (t *terminal) waivers() {
	all := t.rulings()
	if len(all) == 0 {
		return
	}
	t.heading("Waivers")
	for i, d := range all[:t.limit(20, len(all))] {
		if i > 0 {
			t.print()
		}
		st := map[string]style{"bad": boldRed, "warn": yellow}[d.class]
		t.print(span{plain, "  "}, span{st, d.word + "  "}, span{bold, cut(clean(d.rule), 20)})
		t.field("what", plain, t.text(d.about))
		t.field("why", plain, t.text(d.reason))
		t.field("who", plain, t.text(d.who))
		label := "hides"
		for _, f := range d.hides[:t.limit(4, len(d.hides))] {
			t.field(label, plain, t.text(hidden(f)))
			label = ""
		}
		t.more(len(d.hides)-t.limit(4, len(d.hides)), "failure")
	}
	t.more(len(all)-t.limit(20, len(all)), "waiver")
}

// brief lists findings, a paragraph each.
func (t *terminal) brief(title string, fs []finding.Finding, say func(finding.Finding) string) {
	if len(fs) == 0 {
		return
	}
	t.heading(title)
	shown := t.limit(12, len(fs))
	for _, f := range fs[:shown] {
		t.item(say(f))
	}
	t.more(len(fs)-shown, "finding")
}

func (t *terminal) item(text string) {
	t.para([]span{{dim, "  - "}}, []span{{plain, "    "}}, plain, t.text(text))
}
