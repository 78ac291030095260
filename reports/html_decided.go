package reports

import (
	"github.com/routeproof/routeproof/internal/finding"
)

// pageWaivers is how many waivers, fixed failures and the like a page shows.
const pageWaivers = 100

// htmlDecided is what people decided about findings, and what was fixed.
type htmlDecided struct {
	Waivers                      []htmlWaiver
	Summary, Left                string
	Advisories, Fixed, Disabled  []htmlNamed
	AdvisoryLeft, FixedLeft, Off string
}

// htmlWaiver is one waiver, and the failures that it hides.
type htmlWaiver struct {
	Word, Class, Rule, About, Reason, Who, Count, Left string
	Hides                                              []string
}

// htmlNamed is a policy and a line about it.
type htmlNamed struct{ Policy, Text string }

func (v view) decidedPage() htmlDecided {
	var out htmlDecided
	all := v.rulings()
	ended, idle := 0, 0
	for i, d := range all {
		switch d.class {
		case "bad":
			ended++
		case "warn":
			idle++
		}
		if i >= pageWaivers {
			continue
		}
		w := htmlWaiver{Word: d.word, Class: d.class, Rule: cut(clean(d.rule), 20), About: say(d.about), Reason: say(d.reason), Who: say(d.who)}
		if n := len(d.hides); n > 0 {
			w.Count = count(n, "failure") + " that it hides"
		}
		for k, f := range d.hides {
			if k == pageAlike {
				w.Left = leftOut(len(d.hides)-k, "failure")
				break
			}
			w.Hides = append(w.Hides, say(hidden(f)))
		}
		out.Waivers = append(out.Waivers, w)
	}
	out.Summary = count(len(all), "waiver")
	if ended > 0 {
		out.Summary += ", " + grouped(uint64(ended)) + " ended"
	}
	if idle > 0 {
		out.Summary += ", " + grouped(uint64(idle)) + " without effect"
	}
	if n := len(all) - len(out.Waivers); n > 0 {
		out.Left = leftOut(n, "waiver")
	}
	out.Advisories, out.AdvisoryLeft = named(v.advisories())
	out.Fixed, out.FixedLeft = named(v.fixed())
	for i, d := range v.r.Disabled {
		if i == pageWaivers {
			out.Off = leftOut(len(v.r.Disabled)-i, "policy")
			break
		}
		out.Disabled = append(out.Disabled, htmlNamed{cut(clean(d.Policy), 20), say(d.Reason)})
	}
	return out
}

// named lists findings in a line each.
func named(fs []finding.Finding) (out []htmlNamed, left string) {
	for i, f := range fs {
		if i == pageWaivers {
			return out, leftOut(len(fs)-i, "finding")
		}
		out = append(out, htmlNamed{cut(clean(f.Policy), 20), say(brief(f))})
	}
	return out, ""
}
