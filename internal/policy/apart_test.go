package policy_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/policy"
	"github.com/routeproof/routeproof/policies"
)

// judge is the argument with which this test's program judges a policy.
const judge = "judge-apart"

func TestMain(m *testing.M) {
	if len(os.Args) != 2 || os.Args[1] != judge {
		m.Run()
		return
	}
	end := func() { os.Exit(0) } //nolint:forbidigo // this is the main of the process apart
	if err := policy.Judge(context.Background(), os.Stdin, os.Stdout, end); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// apart evaluates users' policies in processes of their own, with small limits.
func apart(t *testing.T, e *policy.Engine) *policy.Engine {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return e.Limit(20*time.Second, 64<<20, 1<<20).Apart(func(ctx context.Context) *exec.Cmd {
		return exec.CommandContext(ctx, program, judge)
	})
}

// attack is a user's policy with one violation of this body.
func attack(body string) string {
	return `
applicable := {"a"}

violations contains {"resource": "a", "message": "m"} if {
	` + body + `
}

undetermined := {x | some x in []}
`
}

func TestAnAttackMakesItsOwnOutcomeOpenAndTheOthersStand(t *testing.T) {
	t.Parallel()
	builtin := evaluate(t, load(t, policies.FS), network())
	for name, tc := range map[string]struct {
		rules, want string
		time        time.Duration
	}{
		"a range without end":         {attack("count(numbers.range(1, 1000000000)) > 0"), "it needs more than 64 MiB of memory", 0},
		"a huge comprehension":        {attack("xs := numbers.range(1, 3000)\ncount([[a, b, c] | some a in xs; some b in xs; some c in xs]) > 0"), "it needs more than 64 MiB of memory", 0},
		"a text that doubles":         {attack(doubling(40)), "it needs more than 64 MiB of memory", 0},
		"a text in pieces":            {attack(doubling(22) + "\ncount(split(s22, \"\")) > 0"), "it needs more than 64 MiB of memory", 0},
		"a loop":                      {attack("xs := numbers.range(1, 3000)\nsome a in xs\nsome b in xs\nsome c in xs\na + b + c < 0"), "it took longer than 500ms", 500 * time.Millisecond},
		"a number that squares":       {attack(`n0 := to_number("12345678901234567890123")` + squaring(40)), "it ", 3 * time.Second},
		"an answer that is too large": {"\napplicable := {sprintf(\"%d\", [x]) | some x in numbers.range(1, 300000)}\nviolations := {x | some x in []}\nundetermined := {x | some x in []}\n", "its answer is larger than 1048576 bytes", 0},
		"nonsense":                    {"\napplicable := 7\nviolations := {x | some x in []}\nundetermined := {x | some x in []}\n", "applicable is number: want a set", 0},
		"an error":                    {attack(`to_number("x") == 1`), "invalid", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := apart(t, load(t, policies.FS, with(t, tc.rules)))
			if tc.time > 0 {
				e = e.Limit(tc.time, 64<<20, 1<<20)
			}
			found := evaluate(t, e, network())
			var others []finding.Finding
			for _, f := range found {
				if f.Policy != "TST-01" {
					others = append(others, f)
					continue
				}
				if f.Outcome != finding.Open || f.Resource != "policy/TST-01" || !strings.Contains(f.Message, tc.want) {
					t.Errorf("%s of %s: %s; want open, as %s", f.Outcome, f.Resource, f.Message, tc.want)
				}
			}
			if len(found)-len(others) != 1 {
				t.Errorf("%d findings of the attack, want one", len(found)-len(others))
			}
			if diff := cmp.Diff(builtin, others); diff != "" {
				t.Errorf("findings of the others (-alone +beside):\n%s", diff)
			}
		})
	}
}

// doubling makes s1 to sn, each twice as long as the one before.
func doubling(n int) string {
	lines := []string{`s0 := "abcdefgh"`}
	for i := range n {
		lines = append(lines, fmt.Sprintf(`s%d := concat("", [s%d, s%d])`, i+1, i, i))
	}
	return strings.Join(append(lines, fmt.Sprintf("count(s%d) > 0", n)), "\n\t")
}

// squaring makes n1 to nn, each the square of the one before.
func squaring(n int) string {
	var lines strings.Builder
	for i := range n {
		fmt.Fprintf(&lines, "\n\tn%d := n%d * n%d", i+1, i, i)
	}
	fmt.Fprintf(&lines, "\n\tn%d > 0", n)
	return lines.String()
}

func TestAPolicyApartAnswersAsOneBeside(t *testing.T) {
	t.Parallel()
	e := load(t, policies.FS, with(t, `
applicable contains class.id if some class in input.classes

violations contains {
	"resource": class.id, "message": sprintf("%d pairs <b>", [class.pairs]),
	"path": {"class": class.id, "direction": "return", "down": failure.down}, "evidence": [{"item": "x", "line": 3}],
} if {
	some class in input.classes
	some failure in class.failures
	time.now_ns() > 0
}

undetermined contains {"resource": class.id, "message": "not read"} if {
	some class in input.classes
	count(class.failures) == 0
	input.parameters.evidence_max_age_hours > 0
}
`))
	if diff := cmp.Diff(evaluate(t, e, network()), evaluate(t, apart(t, e), network())); diff != "" {
		t.Errorf("findings (-beside +apart):\n%s", diff)
	}
}

func TestAProcessThatIsNoJudgeIsNamed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ program, want string }{
		"missing":  {"/nonexistent/program", "no such file or directory"},
		"mute":     {"true", "EOF"},
		"babbling": {"echo", "EOF"},
	} {
		e := load(t, policies.FS, with(t, attack("1 == 1"))).Apart(func(ctx context.Context) *exec.Cmd {
			return exec.CommandContext(ctx, tc.program)
		})
		for _, f := range evaluate(t, e, network()) {
			if f.Policy == "TST-01" && (f.Outcome != finding.Open || !strings.Contains(f.Message, "its process gave no answer") || !strings.Contains(f.Message, tc.want)) {
				t.Errorf("%s: %s, %s; want open, as %s", name, f.Outcome, f.Message, tc.want)
			}
		}
	}
}
