package reports

import (
	"path"
)

// htmlDirection is the branches of a direction that a page shows, and what it says
// of the others.
type htmlDirection struct {
	Lanes []htmlLane
	Left  string
}

// htmlLane is one branch of a direction, from node to node.
type htmlLane struct {
	Title, Word, Class string
	Steps              []htmlStep
	End                htmlStepLine
}

// htmlStep is a node, what is said of it, and the look of the link that leaves it.
type htmlStep struct {
	Node, Prefix, Rail string
	Leaves             bool
	Lines              []htmlStepLine
}

// htmlStepLine is a line beneath a node. At is where the page quotes the evidence
// that the line names, if it does.
type htmlStepLine struct{ Class, Text, At string }

func (p *htmlPage) direction(d direction) htmlDirection {
	var out htmlDirection
	branches := d.branches()
	for i, b := range branches {
		if i == pageBranches {
			out.Left = leftOut(len(branches)-i, "branch")
			break
		}
		word, _ := state(b.Path, d.underlay)
		hops, end := steps(b.Path, d.underlay)
		l := htmlLane{Title: say(b.title), Word: word, Class: stateClass(b.Path, d.underlay), End: p.stepLine(end)}
		for _, s := range hops {
			step := htmlStep{Node: say(s.Node), Prefix: say(s.Prefix), Rail: s.Rail, Leaves: s.Leaves}
			for _, line := range s.Lines {
				step.Lines = append(step.Lines, p.stepLine(line))
			}
			l.Steps = append(l.Steps, step)
		}
		out.Lanes = append(out.Lanes, l)
	}
	return out
}

// stepLine names a place in the evidence that the page quotes in short, by the
// end of its path: the link leads to all of it.
func (p *htmlPage) stepLine(l stepLine) htmlStepLine {
	out := htmlStepLine{Class: l.Class, Text: say(l.Text)}
	if at := p.quoted[l.Place.Item]; at != "" && l.Place.Line > 0 {
		dir, name := path.Split(l.Place.Item)
		short := l.Place
		short.Item = path.Join(path.Base(dir), name)
		out.Text, out.At = say(seenIn(short)), at
	}
	return out
}
