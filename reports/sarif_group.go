package reports

import (
	"compress/gzip"
	"fmt"
	"io"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// results are the findings that a log has, those of a policy and a path together,
// in the order of the report: what does not count in the verdict, and what was
// fixed, comes last.
func (l *sarif) results() []group {
	var counting, waived []finding.Finding
	for _, f := range l.r.Findings {
		switch {
		case f.Outcome != finding.Fail && f.Outcome != finding.Open:
		case f.Waiver == nil:
			counting = append(counting, f)
		case l.full():
			waived = append(waived, f)
		}
	}
	out := append(byPath(counting), byPath(waived)...)
	if l.full() {
		out = append(out, byPath(l.fixed())...)
	}
	return out
}

// fixed are the failures of the baseline that are none any more.
func (l *sarif) fixed() []finding.Finding {
	out := sorted(finding.Report{Findings: l.r.Fixed}).Findings
	for i := range out {
		out[i].Baseline = finding.Absent
	}
	return out
}

// byPath groups the findings of one policy that take the same path, in the order
// in which they come. A finding without a path is on its own.
func byPath(fs []finding.Finding) []group {
	var out []group
	at := make(map[string]int)
	for _, f := range fs {
		digest := f.PathDigest()
		var waiver finding.Ref
		if f.Waiver != nil {
			waiver = f.Waiver.Place
		}
		key := fmt.Sprintf("%q %q %q %q %q %q %q %q", f.Policy, f.Outcome, f.Severity, f.Direction, f.Advisory, f.Baseline, waiver, digest)
		if i, ok := at[key]; ok && digest != "" {
			out[i].others = append(out[i].others, f)
			continue
		}
		at[key] = len(out)
		out = append(out, group{first: f})
	}
	return out
}

// alikeText names the findings that a result stands for beside the first.
func alikeText(g group) string {
	n := len(g.others)
	if n == 0 {
		return ""
	}
	names := make([]string, 0, maxAlike)
	for _, f := range g.others[:min(maxAlike, n)] {
		text := where(f, 2)
		if len(f.Down) > 0 {
			text += " with " + down(f)
		}
		names = append(names, text)
	}
	text := " By the same path, " + more(n, "finding") + ": " + strings.Join(names, "; ")
	if n > maxAlike {
		text += fmt.Sprintf("; and %d more", n-maxAlike)
	}
	return sentence(cut(plainText(text), maxMessage))
}

// room measures a log as GitHub does: as gzip writes it. Fast compression makes it
// a little larger than what is uploaded. A nil writer measures nothing.
type room struct {
	gzip *gzip.Writer
	used byteCount
}

func newRoom(limited bool) *room {
	r := &room{}
	if limited {
		r.gzip, _ = gzip.NewWriterLevel(&r.used, gzip.BestSpeed) // the level is a valid one
	}
	return r
}

// Write never fails.
func (r *room) Write(p []byte) (int, error) {
	if r.gzip == nil {
		return len(p), nil
	}
	return r.gzip.Write(p)
}

// full reports whether there is no room for another result.
func (r *room) full() bool { return r.used > maxUpload-uploadTail }

// byteCount counts bytes and keeps none.
type byteCount int

var _ io.Writer = (*byteCount)(nil)

func (n *byteCount) Write(p []byte) (int, error) {
	*n += byteCount(len(p))
	return len(p), nil
}
