package reports_test

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

// plainRunes are characters of which every terminal knows the width, and those
// that must not get there.
func plainRunes() *rapid.Generator[string] {
	return rapid.StringOf(rapid.OneOf(
		rapid.RuneFrom([]rune("abcXYZ019 /.:-日本語한국カナ，é")), rapid.RuneFrom(nil, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp),
	))
}

// fill replaces a quarter of the strings in v, but not the words that decide on
// the layout, by some of texts.
func fill(t *rapid.T, v reflect.Value, texts *rapid.Generator[string]) {
	pool := rapid.SliceOfN(rapid.OneOf(
		texts, rapid.SampledFrom([]string{"", hostileText(), "\x1b[31m", "\u202e", strings.Repeat("long ", 60), strings.Repeat("longer", 60), "a\u0301\u0301", "x\ty\r\n"}),
	), 1, 6).Draw(t, "pool")
	replace(v, pool, rand.New(rand.NewPCG(1, rapid.Uint64().Draw(t, "seed"))))
}

func replace(v reflect.Value, pool []string, rng *rand.Rand) {
	switch v.Kind() { //nolint:exhaustive // a report has no other kinds with text in them
	case reflect.Pointer:
		if !v.IsNil() {
			replace(v.Elem(), pool, rng)
		}
	case reflect.Slice:
		for i := range v.Len() {
			replace(v.Index(i), pool, rng)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for _, field := range v.Fields() {
			replace(field, pool, rng)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && rng.IntN(4) == 0 {
			v.SetString(pool[rng.IntN(len(pool))])
		}
		v.SetString(strings.ToValidUTF8(v.String(), "?")) // JSON has no other text
	}
}

func hostileText() string { return strings.ToValidUTF8(hostile, "") }

type failer interface {
	Fatalf(format string, args ...any)
}

// printable fails unless s is lines of characters that a terminal only shows.
func printable(t failer, s string) {
	if !utf8.ValidString(s) {
		t.Fatalf("not UTF-8: %q", s)
	}
	for i, r := range s {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("%U at %d is not printable: %q", r, i, s[max(0, i-40):i+1])
		}
	}
}

// columns counts as a terminal does, for the scripts that the tests use.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) && r < 0xFF61:
			n += 2
		default:
			n++
		}
	}
	return n
}

func TestNoTextReachesTheTerminalRaw(t *testing.T) {
	sgr := regexp.MustCompile("\x1b\\[[0-9;]*m")
	rapid.Check(t, func(t *rapid.T) {
		r := sample()
		fill(t, reflect.ValueOf(&r).Elem(), rapid.String())
		o := options(t)
		var plain, colored bytes.Buffer
		if err := reports.Text(&plain, r, o); err != nil {
			t.Fatal(err)
		}
		o.Color = true
		if err := reports.Text(&colored, r, o); err != nil {
			t.Fatal(err)
		}
		printable(t, plain.String())
		if got := sgr.ReplaceAllString(colored.String(), ""); got != plain.String() {
			t.Fatalf("colours change the text:\n%s\n%s", plain.String(), got)
		}
	})
}

func TestNoLineIsWiderThanAsked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := sample()
		fill(t, reflect.ValueOf(&r).Elem(), plainRunes())
		o := options(t)
		var b bytes.Buffer
		if err := reports.Text(&b, r, o); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if n := columns(strings.TrimSuffix(line, "\n")); n > o.Width {
				t.Fatalf("a line has %d columns, want at most %d: %q", n, o.Width, line)
			}
		}
	})
}

func options(t *rapid.T) reports.TextOptions {
	return reports.TextOptions{
		Width: rapid.IntRange(60, 220).Draw(t, "width"), Quiet: rapid.Bool().Draw(t, "quiet"), Verbose: rapid.Bool().Draw(t, "verbose"),
	}
}

func text(t *testing.T, r finding.Report, o reports.TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := reports.Text(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// squeeze makes text comparable however it was wrapped.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestTheTerminalReportSays(t *testing.T) {
	pass := sample()
	pass.Verdict, pass.Findings, pass.Coverage = finding.Pass, pass.Findings[9:10], finding.Coverage{Pairs: 65536, Encrypted: 65536}
	nothing := finding.Report{Version: 1, Verdict: finding.Open}
	strange := finding.Report{
		Verdict: finding.Open, Unread: []finding.Unread{{Item: "routers/R1/show_ip_bpg.txt", Text: "nothing of frr is read from a file of this name"}},
		Findings: []finding.Finding{{Policy: "EVI-01", Outcome: finding.Open, Evidence: []finding.Ref{{Item: "routers/R1/show_ip_bpg.txt"}}}},
	}
	advisory := finding.Report{
		Verdict: finding.Pass, Policies: []finding.Policy{{ID: "OWN-01", Family: "own"}},
		Families: []finding.Family{{Name: "own", Title: "Own", Outcome: finding.NotApplicable}, {Name: "bgp", Title: "BGP", Outcome: finding.NotApplicable}},
		Findings: []finding.Finding{{Policy: "OWN-01", Outcome: finding.Fail, Advisory: "2999-01-31", Severity: finding.Low}},
	}
	tiny := sample()
	tiny.Coverage = finding.Coverage{Pairs: 1 << 52, Encrypted: 1<<52 - 1, Clear: 1}
	open := sample()
	open.Verdict, open.Findings = finding.Open, []finding.Finding{openFinding()}
	cut := sample()
	cut.Coverage = finding.Coverage{Pairs: 4, Dropped: 1, Encrypted: 3}
	plainText := reports.TextOptions{Width: 110}

	for name, c := range map[string]struct {
		report finding.Report
		opt    reports.TextOptions
		want   []string
		not    []string
	}{
		"the verdict and what was in clear": {sample(), plainText, []string{
			"NOT COMPLIANT 50.0 % of all address pairs cross ExpressRoute in clear. 6 violations: 3 critical, 1 high, 1 medium, 1 low.",
			"FAIL Encryption coverage 5 fail, 1 open, 3 pass", "33.3 % encrypted", "16.5 % open", "of 50,331,648 address pairs",
		}, nil},
		"that all is well only when all is": {pass, plainText, []string{"COMPLIANT Every policy that applies holds for all of 65,536 address pairs.", "100 % encrypted"}, []string{"NOT COMPLIANT"}},
		"that nothing was proved":           {nothing, plainText, []string{"NOT PROVEN No policy applied", "unattested"}, []string{"COMPLIANT"}},
		"a share that is not quite all":     {tiny, plainText, []string{"under 0.1 % in clear", "99.9 % encrypted"}, []string{"100 %"}},
		"that an open question is no pass":  {open, plainText, []string{"NOT PROVEN Nothing was found to violate a policy, but 1 question could not be answered."}, []string{"PASS Encryption"}},
		"that pairs are cut off":            {cut, plainText, []string{"25.0 % of all address pairs are cut off."}, nil},
		"which failure a path belongs to":   {sample(), plainText, []string{"HIGH ━━ ENC-07 ━━ with tunnel/R1/vpngw-0 down"}, nil},
		"the path of a tunnel as a circle": {sample(), plainText, []string{
			"╭─> ● router/R1", "╰───╜ LOOP: tunnel/R1/vpngw-0 ends at 10.64.0.4, and 10.64.0.4 is reached through tunnel/R1/vpngw-0",
			"The tunnel's own packets, Azure -> on-premises DELIVERED", "carries ESP",
		}, nil},
		"where a longer circle begins": {sample(), plainText, []string{"● router/R1 172.16.0.0/16 lan/core LAN", "╭─> ● router/R2 172.16.0.0/16 lan/core LAN", "│ ● router/R2"}, []string{"╭─> ● router/R3"}},
		"each branch":                  {sample(), plainText, []string{"equal-cost branch 1 of 2", "equal-cost branch 2 of 2"}, nil},
		"like findings once":           {sample(), plainText, []string{"and 1 more pair like this: - 10.20.0.0/16 (dc2, router/R2) -> 172.16.1.0/24"}, []string{"R2 sends 172.16.1.0/24"}},
		"like findings in full when verbose": {sample(), reports.TextOptions{Width: 110, Verbose: true}, []string{
			"R2 sends 172.16.1.0/24", "seen in routers/R1/show_ip_bgp.txt:15", "10.14.0.0/16, 10.15.0.0/16 except 10.10.10.1/32",
		}, []string{"like this"}},
		"the lines of the evidence": {sample(), plainText, []string{"evidence routers/R1/show_ip_bgp.txt:15-16", "15 │ * 192.168.100.2 100 0 12076 i 16 │ *> 172.16.0.0/16 192.168.100.2"}, nil},
		"what an open question needs": {sample(), plainText, []string{
			"needs collect azure/sub/virtualNetworkGateways/rg-hub/ergw.getLearnedRoutes.json again: it is denied (403 AuthorizationFailed",
			"routeproof did not understand routers/R2/show_ip_bgp.txt:19",
		}, nil},
		"that failures of a family do not count": {advisory, plainText, []string{"n/a Own 1 waived or advisory", "n/a BGP nothing in scope"}, nil},
		"what is to be done about a file that nothing reads": {strange, plainText, []string{
			"needs put routers/R1/show_ip_bpg.txt right, or take it away: nothing of frr is read from a file of this name",
		}, nil},
		"firewalls where they differ": {sample(), plainText, []string{"On-premises -> Azure, through no firewall IN CLEAR", "Azure -> on-premises, through firewall/azfw ENCRYPTED"}, nil},
		"one line a finding when quiet": {sample(), reports.TextOptions{Width: 110, Quiet: true}, []string{
			"FAIL critical ENC-05 R2 sends 172.16.1.0/24", "FAIL high ENC-07 with tunnel/R1/vpngw-0 down:", "OPEN high EVI-01 routers/R2/show_ip_bgp.txt: 1 line was not understood",
		}, []string{"●", "fix"}},
		"the totals": {sample(), plainText, []string{"6 failed, 3 open, 1 passed, 1 not applicable. 8 policies, 6 evidence items (2 not whole, 1 line not understood)."}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := squeeze(text(t, c.report, c.opt))
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("the report lacks %q:\n%s", want, text(t, c.report, c.opt))
				}
			}
			for _, not := range c.not {
				if strings.Contains(got, not) {
					t.Errorf("the report has %q:\n%s", not, text(t, c.report, c.opt))
				}
			}
		})
	}
}

func TestRedIsForWhatIsInClear(t *testing.T) {
	got := text(t, sample(), reports.TextOptions{Width: 120, Color: true})
	for _, want := range []string{"\x1b[1;31m  IN CLEAR\x1b[0m", "\x1b[32m  IPsec\x1b[0m", "\x1b[2mlost: 172.16.0.0/16 via 169.254.21.2", "\x1b[1;33mOPEN"} {
		if !strings.Contains(got, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	if text := text(t, sample(), reports.TextOptions{Width: 120}); strings.Contains(text, "\x1b") {
		t.Error("the report without colours has an escape character")
	}
}

func TestHostileCharactersAreSeen(t *testing.T) {
	for in, want := range map[string]string{
		"plain text, 10.0.0.0/8 → ok": "plain text, 10.0.0.0/8 → ok",
		"bell\a, escape\x1b[31m":      `bell\x07, escape\x1b[31m`,
		"two\r\nlines":                `two\x0d\x0alines`,
		"right\u202eto left":          `right\u202eto left`,
		"C1 \u009b31m":                `C1 \u009b31m`,
		"not UTF-8 \xff\xfe":          `not UTF-8 \xff\xfe`,
		"zero\u200bwidth\ufeff":       `zero\u200bwidth\ufeff`,
		"line\u2028separator":         `line\u2028separator`,
		"tag \U000E0041":              `tag \U000e0041`,
		"filler \u3164\uffa0":         `filler \u3164\uffa0`,
		"a\ttab":                      "a tab",
		"replaced \uFFFD":             "replaced \uFFFD",
	} {
		r := finding.Report{Verdict: finding.Fail, Findings: []finding.Finding{{Policy: "P-1", Outcome: finding.Fail, Severity: finding.High, Message: in}}}
		if got := text(t, r, reports.TextOptions{Quiet: true}); !strings.Contains(got, "P-1     "+want+"\n") {
			t.Errorf("%q is written as\n%s\nwant %s", in, got, want)
		}
	}
}

func TestALargeTextIsBoundedAndSaysWhatItLeftOut(t *testing.T) {
	var out strings.Builder
	if err := reports.Text(&out, large(20_000), reports.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 256<<10 {
		t.Errorf("%d bytes for 20,000 findings", out.Len())
	}
	for _, want := range []string{"30 of 20000", "19,970 more kinds of finding, in a line each", "and 19,870 more findings, in the JSON report", "20000 failed"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in the text", want)
		}
	}
	if strings.Contains(out.String(), "31 of 20000") {
		t.Error("more than 30 findings are drawn")
	}
}
