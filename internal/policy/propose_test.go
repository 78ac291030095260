package policy_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/policy"
)

func TestAProposalIsComparedWithWhatIs(t *testing.T) {
	rule := func(id, pkg, message string) string {
		return strings.NewReplacer("TST-01", id, "test.sample", pkg).Replace(complete) + `
applicable := {"x"}

violations contains {"resource": "x", "message": "` + message + `"}

undetermined := {x | some x in []}
`
	}
	now := files(t, map[string]string{
		"test/a/a.rego": rule("TST-01", "test.a", "a"), "test/b/b.rego": rule("TST-02", "test.b", "b"), "test/c/c.rego": rule("TST-03", "test.c", "c"),
	})
	proposed := fstest.MapFS{
		"test/a/a.rego":   {Data: []byte(rule("TST-01", "test.a", "changed"))},
		"x/b.rego":        {Data: []byte(rule("TST-02", "test.moved", "moved"))},
		"x/d.rego":        {Data: []byte(rule("TST-04", "test.d", "added"))},
		"x/ignored.txt":   {Data: []byte("text")},
		"x/d_test.rego":   {Data: []byte("not read")},
		".git/other.rego": {Data: []byte("not read")},
	}
	then, before, err := policy.Propose(t.Context(), proposed, now)
	if err != nil {
		t.Fatal(err)
	}
	said := func(e *policy.Engine) string {
		var out []string
		for _, f := range evaluate(t, e, network()) {
			out = append(out, f.Policy+" "+f.Message)
		}
		return strings.Join(out, ", ")
	}
	if diff := cmp.Diff([]string{"TST-01 a, TST-02 b", "TST-01 changed, TST-02 moved, TST-04 added"}, []string{said(before), said(then)}); diff != "" {
		t.Errorf("findings now and then (-want +got):\n%s", diff)
	}
}

func TestAPolicyIsAdvisoryUntilItsDay(t *testing.T) {
	withDay := func(day string) string {
		return strings.Replace(complete, "#   severity:", "#   effective_on: "+day+"\n#   severity:", 1) + attack("1 == 1")
	}
	for _, tc := range []struct {
		day, advisory string
		at            time.Time
	}{
		{"2026-09-02", "2026-09-02", at()},
		{`"2026-09-02"`, "2026-09-02", at()},
		{"2026-09-01", "", at()},
		{"2027-01-01", "", time.Time{}}, // nobody knows that it is earlier
	} {
		e := load(t, one(t, withDay(tc.day)))
		found, err := e.Evaluate(t.Context(), network(), tc.at)
		if err != nil {
			t.Fatal(err)
		}
		if f := found[0]; f.Outcome != finding.Fail || f.Advisory != tc.advisory || f.Counts() != (tc.advisory == "") {
			t.Errorf("effective on %s, at %s: %s, advisory %q, counts %v", tc.day, tc.at, f.Outcome, f.Advisory, f.Counts())
		}
	}
	if _, err := policy.Load(t.Context(), one(t, withDay("soon"))); err == nil || !strings.Contains(err.Error(), "custom.effective_on is soon: want the day") {
		t.Errorf("error %v, want one that names custom.effective_on", err)
	}
}
