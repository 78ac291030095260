package reports

import (
	"fmt"
	"io"
	"reflect"
	"slices"

	"github.com/routeproof/routeproof/internal/finding"
)

// JSON writes the report as indented JSON. Its shape is published as
// schema/report.json beside this file; lists that the schema requires are never
// null. Text keeps its value: JSON's own escapes make hostile characters harmless.
// Findings are written one by one.
func JSON(w io.Writer, r finding.Report) error {
	j := newJSON(w)
	j.object(func() {
		j.fields(reflect.ValueOf(sorted(r)), func(v any) any {
			if f, ok := v.(finding.Finding); ok {
				return complete(f)
			}
			return v
		})
	})
	if err := j.flush(); err != nil {
		return fmt.Errorf("write JSON report: %w", err)
	}
	return nil
}

// complete returns the finding with an empty list wherever a required one is nil.
func complete(f finding.Finding) finding.Finding {
	f.OnPrem, f.Azure = completeSide(f.OnPrem), completeSide(f.Azure)
	f.Forward, f.Return = completePath(f.Forward), completePath(f.Return)
	return f
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
