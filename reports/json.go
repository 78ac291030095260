package reports

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/routeproof/routeproof/internal/finding"
)

// JSON writes the report as indented JSON. Its shape is published as
// schema/report.json beside this file; lists that the schema requires are never
// null. Text keeps its value: JSON's own escapes make hostile characters harmless.
func JSON(w io.Writer, r finding.Report) error {
	if err := encode(w, complete(sorted(r))); err != nil {
		return fmt.Errorf("write JSON report: %w", err)
	}
	return nil
}

// encode writes v as JSON in which every character that does not print is
// escaped. Such characters can only be inside strings, so this changes the
// spelling and not the value.
func encode(w io.Writer, v any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	data := buf.Bytes()
	for len(data) > 0 {
		n := bytes.IndexFunc(data, func(r rune) bool { return r != '\n' && hostile(r) })
		if n < 0 {
			n = len(data)
		}
		_, _ = out.Write(data[:n]) // the error stays in out until Flush
		data = data[n:]
		if len(data) > 0 {
			r, size := utf8.DecodeRune(data)
			_, _ = out.WriteString(escape(r))
			data = data[size:]
		}
	}
	return out.Flush()
}

func escape(r rune) string {
	if r <= 0xFFFF {
		return fmt.Sprintf(`\u%04x`, r)
	}
	high, low := utf16.EncodeRune(r)
	return fmt.Sprintf(`\u%04x\u%04x`, high, low)
}

// complete returns the report with an empty list wherever a required one is nil.
func complete(r finding.Report) finding.Report {
	r.Families = listed(r.Families)
	r.Findings = listed(r.Findings)
	r.Policies = listed(r.Policies)
	r.Evidence = listed(r.Evidence)
	for i := range r.Findings { // sorted has cloned the slice
		f := &r.Findings[i]
		f.OnPrem, f.Azure = completeSide(f.OnPrem), completeSide(f.Azure)
		f.Forward, f.Return = completePath(f.Forward), completePath(f.Return)
	}
	return r
}

func completeSide(s *finding.Side) *finding.Side {
	if s == nil {
		return nil
	}
	out := *s
	out.Prefixes = listed(s.Prefixes)
	return &out
}

func completePath(p *finding.Path) *finding.Path {
	if p == nil {
		return nil
	}
	out := *p
	out.Firewalls, out.Hops, out.Others = listed(p.Firewalls), listed(p.Hops), slices.Clone(p.Others)
	for i := range out.Others {
		out.Others[i] = *completePath(&out.Others[i])
	}
	return &out
}

func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
