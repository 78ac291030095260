package reports

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/routeproof/routeproof/internal/finding"
)

// htmlEvidence is what was collected, what is not whole first.
type htmlEvidence struct {
	Summary, GoodSummary, BadLeft, GoodLeft string
	Bad, Good                               []htmlItem
}

// htmlItem is one item of the evidence.
type htmlItem struct{ Status, Class, Path, Detail, Sum string }

func (v view) evidence() htmlEvidence {
	bad := v.incomplete()
	e := htmlEvidence{Summary: fmt.Sprintf("%s, %d not whole", count(len(v.r.Evidence), "item"), len(bad))}
	good := len(v.r.Evidence) - len(bad)
	e.GoodSummary = count(good, "item") + " collected whole"
	for _, it := range v.r.Evidence {
		row := htmlItem{Status: cut(clean(it.Status), 20), Class: "warn", Path: say(it.Path), Detail: say(it.Detail), Sum: cut(clean(it.SHA256), 64)}
		switch {
		case it.Status == "ok":
			if len(e.Good) < pageItems {
				e.Good = append(e.Good, row)
			}
		case len(e.Bad) < pageBad:
			if it.Status == "denied" || it.Status == "error" {
				row.Class = "bad"
			}
			e.Bad = append(e.Bad, row)
		}
	}
	if n := len(bad) - len(e.Bad); n > 0 {
		e.BadLeft = leftOut(n, "item")
	}
	if n := good - len(e.Good); n > 0 {
		e.GoodLeft = leftOut(n, "item")
	}
	return e
}

// htmlCited is the evidence lines that findings point at.
type htmlCited struct {
	Items []htmlCitedItem
	Left  string
}

// htmlCitedItem is the lines of one item. Those open at first have marks.
type htmlCitedItem struct {
	ID, Path, Left string
	Open           bool
	Lines          []htmlLine

	item string
}

// cited quotes the excerpts by item, those with decisive lines first.
func (v view) cited() *htmlCited {
	if len(v.r.Excerpts) == 0 {
		return nil
	}
	decisive := v.decisive()
	at := make(map[string]int)
	var items []htmlCitedItem
	left := make(map[string]int)
	for _, e := range v.r.Excerpts {
		i, ok := at[e.Item]
		if !ok {
			i = len(items)
			at[e.Item] = i
			items = append(items, htmlCitedItem{Path: say(e.Item), item: e.Item})
		}
		marked := decisive[finding.Ref{Item: e.Item, Line: e.Line}]
		items[i].Open = items[i].Open || marked
		if len(items[i].Lines) == pageLines {
			left[e.Item]++
			items[i].Left = leftOut(left[e.Item], "line")
			continue
		}
		items[i].Lines = append(items[i].Lines, htmlLine{Number: e.Line, Text: say(e.Text), Marked: marked})
	}
	slices.SortStableFunc(items, func(a, b htmlCitedItem) int { return cmp.Compare(rankOf(a.Open), rankOf(b.Open)) })
	out := &htmlCited{Items: items[:min(pageCited, len(items))]}
	for i := range out.Items {
		out.Items[i].ID = fmt.Sprintf("e%d", i+1)
	}
	if n := len(items) - len(out.Items); n > 0 {
		out.Left = leftOut(n, "item")
	}
	return out
}

// at is where each item is quoted.
func (c *htmlCited) at() map[string]string {
	out := make(map[string]string)
	if c != nil {
		for _, it := range c.Items {
			out[it.item] = it.ID
		}
	}
	return out
}

// decisive are the lines that findings themselves point at, and not only a hop
// of their paths.
func (v view) decisive() map[finding.Ref]bool {
	out := make(map[finding.Ref]bool)
	for _, f := range v.r.Findings {
		if f.Outcome != finding.Fail && f.Outcome != finding.Open {
			continue
		}
		for _, ref := range f.Evidence {
			for line := ref.Line; line > 0 && line <= max(ref.Line, min(ref.LastLine, ref.Line+3)); line++ {
				out[finding.Ref{Item: ref.Item, Line: line}] = true
			}
		}
	}
	return out
}

// htmlUnread is the lines that no reader understood.
type htmlUnread struct {
	Count, Left string
	Items       []htmlCitedItem
}

func (v view) unreadLines() *htmlUnread {
	n := len(v.r.Unread)
	if n == 0 {
		return nil
	}
	out := &htmlUnread{Count: count(n, "line")}
	for i, u := range v.r.Unread {
		if i == pageLines {
			out.Left = leftOut(n-i, "line")
			break
		}
		if path := say(u.Item); len(out.Items) == 0 || out.Items[len(out.Items)-1].Path != path {
			out.Items = append(out.Items, htmlCitedItem{Path: path})
		}
		last := &out.Items[len(out.Items)-1]
		last.Lines = append(last.Lines, htmlLine{Number: u.Line, Text: say(u.Text)})
	}
	return out
}
