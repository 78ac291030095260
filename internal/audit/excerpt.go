package audit

import (
	"bytes"
	"cmp"
	"maps"
	"slices"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/finding"
)

// Limits of what a report quotes: lines longer than maxExcerpt bytes are cut,
// and no fact is quoted over more than maxLines lines.
const (
	maxExcerpt = 240
	maxLines   = 4
)

// excerpts takes the lines out of the evidence that the findings point at, each
// once, in order of item and line.
func excerpts(d *evidence.Dir, fs []finding.Finding) []finding.Excerpt {
	want := make(map[string]map[int]bool)
	for _, f := range fs {
		if f.Outcome != finding.Fail && f.Outcome != finding.Open {
			continue
		}
		eachRef(f, func(r finding.Ref) {
			if r.Line == 0 {
				return
			}
			if want[r.Item] == nil {
				want[r.Item] = make(map[int]bool)
			}
			for line := r.Line; line <= max(r.Line, r.LastLine) && line < r.Line+maxLines; line++ {
				want[r.Item][line] = true
			}
		})
	}
	var out []finding.Excerpt
	for _, item := range slices.Sorted(maps.Keys(want)) {
		data, err := d.Bytes(item)
		if err != nil {
			continue // the item's status says so already
		}
		out = append(out, lines(item, data, want[item])...)
	}
	return out
}

// eachRef visits every place that a finding points at.
func eachRef(f finding.Finding, visit func(finding.Ref)) {
	all := func(rs []finding.Ref) {
		for _, r := range rs {
			visit(r)
		}
	}
	all(f.Evidence)
	for _, h := range hops(f) {
		all(h.Evidence)
		for _, c := range h.Lost {
			all(c.Evidence)
		}
	}
}

// hops are all hops of a finding's two paths.
func hops(f finding.Finding) []finding.Hop {
	var out []finding.Hop
	for _, p := range []*finding.Path{f.Forward, f.Return} {
		if p == nil {
			continue
		}
		for _, b := range p.Branches() {
			out = append(out, b.Hops...)
		}
	}
	return out
}

func lines(item string, data []byte, want map[int]bool) []finding.Excerpt {
	var out []finding.Excerpt
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if !want[n] {
			continue
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) > maxExcerpt {
			line = line[:maxExcerpt]
		}
		out = append(out, finding.Excerpt{Item: item, Line: n, Text: string(bytes.ToValidUTF8(line, []byte("\uFFFD")))})
	}
	slices.SortFunc(out, func(a, b finding.Excerpt) int { return cmp.Compare(a.Line, b.Line) })
	return out
}
