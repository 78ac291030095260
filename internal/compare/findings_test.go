package compare_test

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/internal/compare"
	"github.com/routeproof/routeproof/internal/finding"
)

var digest = strings.Repeat("ab", 32)

func report(fs ...finding.Finding) finding.Report {
	return finding.Report{
		Version: 1, Tool: "routeproof 0.1.0", PolicyDigest: digest, Findings: fs,
		Policies: []finding.Policy{{ID: "ENC-01"}, {ID: "GWS-10"}},
		Evidence: []finding.Item{{Path: "routers/R1/show_ip_bgp.txt", Source: "router/R1"}},
	}
}

// pairs is a failure of address pairs, forward over the links given.
func pairs(onprem, azure string, links ...string) finding.Finding {
	return finding.Finding{
		Policy: "ENC-01", Outcome: finding.Fail, Severity: finding.High, Resource: "pair/dc1/v/s", Direction: "forward",
		Message: onprem + " -> " + azure + " goes in clear",
		OnPrem:  &finding.Side{Site: "dc1", Router: "router/R1", Prefixes: strings.Fields(onprem)},
		Azure:   &finding.Side{Subnet: "subnet/v/s", Prefixes: strings.Fields(azure)},
		Forward: way(links...),
	}
}

func way(links ...string) *finding.Path {
	p := finding.Path{Outcome: finding.Delivered}
	for _, l := range links {
		p.Hops = append(p.Hops, finding.Hop{Node: "router/R1", Link: l, Protection: "none", Why: "longest match", LeavesPremises: true})
	}
	return &p
}

func resource(id, message string) finding.Finding {
	return finding.Finding{Policy: "GWS-10", Outcome: finding.Fail, Severity: finding.Medium, Resource: id, Message: message}
}

func with(f finding.Finding, change func(*finding.Finding)) finding.Finding {
	change(&f)
	return f
}

func TestFailuresAreMatchedByWhatTheyAreAbout(t *testing.T) {
	clear1 := pairs("10.1.0.0/16", "172.16.0.0/24", "peering/a")
	waived := with(clear1, func(f *finding.Finding) { f.Waiver = &finding.Waiver{Owner: "x"} })
	open := with(clear1, func(f *finding.Finding) {
		f.Outcome, f.Direction, f.Forward, f.Message = finding.Open, "", nil, "no table"
	})
	pass := with(open, func(f *finding.Finding) { f.Outcome = finding.Pass })
	tests := []struct {
		name          string
		before, after []finding.Finding
		want          []string // state: why, of the changes
		fixed         int
	}{
		{"the same failure is unchanged", all(clear1), all(clear1), nil, 0},
		{
			"another class number, message, line and reason of a hop are no difference",
			all(clear1),
			all(with(clear1, func(f *finding.Finding) {
				f.Resource, f.Message, f.Fingerprint = "pair/dc1/v/s#7", "other words", "other"
				f.Evidence = []finding.Ref{{Item: "routers/R1/show_ip_bgp.txt", Line: 99}}
				f.Forward = way("peering/a")
				f.Forward.Hops[0].Why = "local preference 200 over 100"
			})),
			nil, 0,
		},
		{"a failure where nothing failed is new", nil, all(clear1), []string{"new: "}, 0},
		{"another direction is new", all(clear1), all(clear1, with(clear1, func(f *finding.Finding) { f.Direction = "return"; f.Return = f.Forward })), []string{"new: "}, 0},
		{"another failed part is new", all(clear1), all(clear1, with(clear1, func(f *finding.Finding) { f.Down = []string{"tunnel/R1/x"} })), []string{"new: "}, 0},
		{
			"a failure that is named with another part down is worse, and not fixed",
			all(with(clear1, func(f *finding.Finding) { f.Down = []string{"gateway/g"} })), all(with(clear1, func(f *finding.Finding) { f.Down = []string{"tunnel/R1/x", "a"} })),
			[]string{"updated: with tunnel/R1/x and a down; before, with gateway/g down"},
			0,
		},
		{"another router is new", all(clear1), all(clear1, with(clear1, func(f *finding.Finding) {
			f.OnPrem = &finding.Side{Site: "dc1", Router: "router/R2", Prefixes: f.OnPrem.Prefixes}
		})), []string{"new: "}, 0},
		{"equal addresses of another subnet are new", all(clear1), all(clear1, with(clear1, func(f *finding.Finding) {
			f.Azure = &finding.Side{Subnet: "subnet/w/s", Prefixes: f.Azure.Prefixes}
		})), []string{"new: "}, 0},
		{
			"a set that split is unchanged", all(clear1),
			all(pairs("10.1.0.0/17", "172.16.0.0/24", "peering/a"), pairs("10.1.128.0/17", "172.16.0.0/24", "peering/a")), nil, 0,
		},
		{
			"sets that merged are unchanged",
			all(pairs("10.1.0.0/17", "172.16.0.0/24", "peering/a"), pairs("10.1.128.0/17", "172.16.0.0/24", "peering/a")), all(clear1), nil, 0,
		},
		{
			"a set that grew is worse by exactly what it grew by", all(clear1), all(pairs("10.0.0.0/15", "172.16.0.0/24", "peering/a")),
			[]string{"updated: address pairs that are new: 10.0.0.0/16 -> 172.16.0.0/24"},
			0,
		},
		{
			"a set that grew on both sides names each new pair once", all(clear1), all(pairs("10.0.0.0/15", "172.16.0.0/23", "peering/a")),
			[]string{"updated: address pairs that are new: 10.0.0.0/16 -> 172.16.0.0/23; 10.1.0.0/16 -> 172.16.1.0/24"},
			0,
		},
		{
			"a set that shrank is unchanged, and what is gone is named", all(clear1), all(pairs("10.1.0.0/17", "172.16.0.0/24", "peering/a"), pass),
			[]string{"absent: only of these address pairs: 10.1.128.0/17 -> 172.16.0.0/24"},
			0,
		},
		{"another path is worse", all(clear1), all(pairs("10.1.0.0/16", "172.16.0.0/24", "peering/b")), []string{"updated: the path is another"}, 0},
		{"a higher severity is worse", all(clear1), all(with(clear1, func(f *finding.Finding) { f.Severity = finding.Critical })), []string{"updated: the severity was high"}, 0},
		{"a lower severity is not", all(clear1), all(with(clear1, func(f *finding.Finding) { f.Severity = finding.Low })), nil, 0},
		{"a waiver that ended makes it worse", all(waived), all(clear1), []string{"updated: it was waived"}, 0},
		{"a waiver that began does not", all(clear1), all(waived), nil, 0},
		{"an open question that became a failure is worse", all(open), all(clear1), []string{"updated: of some of its address pairs it was not known before"}, 0},
		{"a failure that became open is not fixed", all(clear1), all(open), []string{"updated: it failed before, and is not known now"}, 0},
		{"an open question stays one", all(open), all(open), nil, 0},
		{"an open question is new where there was an answer", all(pass), all(open), []string{"new: "}, 0},
		{"a failure that passes now is fixed", all(clear1), all(pass), []string{"absent: "}, 1},
		{
			"a failure that nobody judged is not known to be fixed while something is open", all(clear1),
			all(with(resource("evidence", "denied"), func(f *finding.Finding) { f.Outcome = finding.Open })),
			[]string{"new: ", "absent: it was not judged again, and something is open: it may still be there"},
			0,
		},
		{"a failure whose subject is gone is fixed when nothing is open", all(clear1), nil, []string{"absent: "}, 1},
		{
			"a failure of a policy that is no more is not fixed", all(with(clear1, func(f *finding.Finding) { f.Policy = "ENC-99" })), nil,
			[]string{"absent: its policy was not asked again: it may still be there"},
			0,
		},
		{"a resource's failure is the same with other words", all(resource("subnet/a", "one")), all(resource("subnet/a", "two")), nil, 0},
		{"a second failure of a resource is new", all(resource("subnet/a", "one")), all(resource("subnet/a", "one"), resource("subnet/a", "two")), []string{"new: "}, 0},
		{"one of two failures of a resource is gone", all(resource("subnet/a", "one"), resource("subnet/a", "two")), all(resource("subnet/a", "two")), []string{"absent: "}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			changes, err := compare.Findings(report(tt.before...), report(tt.after...))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			fixed := 0
			for _, c := range changes {
				got = append(got, fmt.Sprintf("%s: %s", c.State, strings.Join(c.Why, " | ")))
				if c.Fixed {
					fixed++
				}
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("changes (-want +got):\n%s", d)
			}
			if fixed != tt.fixed {
				t.Errorf("%d fixed, want %d", fixed, tt.fixed)
			}
		})
	}
}

func all(fs ...finding.Finding) []finding.Finding { return fs }

func TestBaselineMarksTheReportAndLeavesTheOriginalsAlone(t *testing.T) {
	gone, kept := resource("subnet/b", "gone"), resource("subnet/a", "kept")
	now := report(kept, resource("subnet/c", "came"), with(gone, func(f *finding.Finding) { f.Outcome = finding.Pass }))
	base := report(kept, gone)
	got, err := compare.Baseline(now, base)
	if err != nil {
		t.Fatal(err)
	}
	var states []finding.Baseline
	for _, f := range got.Findings {
		states = append(states, f.Baseline)
	}
	if d := cmp.Diff([]finding.Baseline{finding.Unchanged, finding.New, ""}, states); d != "" {
		t.Errorf("states (-want +got):\n%s", d)
	}
	want := with(gone, func(f *finding.Finding) { f.Baseline = finding.Absent })
	if d := cmp.Diff([]finding.Finding{want}, got.Fixed); d != "" {
		t.Errorf("fixed (-want +got):\n%s", d)
	}
	if now.Findings[0].Baseline != "" || base.Findings[1].Baseline != "" {
		t.Error("the reports that came in were changed")
	}
}

func TestABaselineOfAnotherScopeIsIncomparable(t *testing.T) {
	tests := []struct {
		name   string
		change func(*finding.Report)
		want   string
	}{
		{"other policies", func(r *finding.Report) { r.PolicyDigest = strings.Repeat("cd", 32) }, "the policies are others (cdcdcdcdcdcd, now abababababab)"},
		{"a policy switched off", func(r *finding.Report) { r.Disabled = []finding.Disabled{{Policy: "SYM-01"}} }, "switched off only then: SYM-01"},
		{"a router less", func(r *finding.Report) { r.Evidence = nil }, "asked for evidence only now: router/R1"},
		{"another subscription", func(r *finding.Report) {
			r.Evidence = append(r.Evidence, finding.Item{Source: "azure/1"}, finding.Item{Source: "azure/1"})
		}, "asked for evidence only then: azure/1"},
		{"another requirement", func(r *finding.Report) { r.Scope = []string{"require macsec"} }, "declared only then: require macsec"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := report()
			tt.change(&base)
			_, err := compare.Baseline(report(), base)
			inc, ok := errors.AsType[compare.Incomparable](err)
			if !ok {
				t.Fatalf("error %v, want Incomparable", err)
			}
			if d := cmp.Diff([]string{tt.want}, inc.Differences); d != "" {
				t.Errorf("differences (-want +got):\n%s", d)
			}
		})
	}
}

func TestReadRefusesWhatIsNoReport(t *testing.T) {
	head := `{"version": 1, "tool": "routeproof 0.1.0", "policyDigest": "` + digest + `", `
	tests := []struct{ name, text, want string }{
		{"nothing", "", "not a report of routeproof"},
		{"another tool's JSON", `{"version": 1, "tool": "trivy"}`, `its tool is "trivy"`},
		{"another version", `{"version": 2, "tool": "routeproof 9"}`, `report version "2" (this program reads 1)`},
		{"more than one document", head + `"findings": []} {}`, "after top-level value"},
		{"an outcome that is none", head + `"findings": [{"policy": "X", "outcome": "maybe"}]}`, `finding 1: outcome "maybe"`},
		{"a direction that is none", head + `"findings": [{"policy": "X", "outcome": "fail", "direction": "up"}]}`, `direction "up"`},
		{"a prefix that is none", head + `"findings": [{"policy": "X", "outcome": "fail", "onprem": {"prefixes": ["10/8"]}, "azure": {"prefixes": []}}]}`, `prefix "10/8"`},
		{"no policy digest", `{"version": 1, "tool": "routeproof 0.1.0"}`, "policyDigest"},
		{"deep nesting", head + `"findings": ` + strings.Repeat("[", 20000), "not a report"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := compare.Read(strings.NewReader(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

// However an area is cut into pieces, it is the same area: nothing is new and
// nothing is gone. With one piece left out, exactly that piece is.
func TestCuttingAnAreaChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := cut(t, netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/16"))
		var parts []finding.Finding
		for _, p := range pieces {
			parts = append(parts, pairs(p[0].String(), p[1].String(), "peering/a"))
		}
		parts = rapid.Permutation(parts).Draw(t, "order")
		whole := pairs("10.0.0.0/8", "172.16.0.0/16", "peering/a")
		for _, way := range [][2]finding.Report{{report(whole), report(parts...)}, {report(parts...), report(whole)}} {
			got, err := compare.Findings(way[0], way[1])
			if err != nil {
				t.Fatal(err)
			}
			if len(got) > 0 {
				t.Fatalf("differences: %+v", got)
			}
		}
		got, err := compare.Findings(report(parts[1:]...), report(whole))
		if err != nil {
			t.Fatal(err)
		}
		state := finding.Updated
		if len(parts) == 1 {
			state = finding.New
		}
		if len(got) != 1 || got[0].State != state {
			t.Fatalf("with %s left out: %+v", parts[0].Message, got)
		}
		if len(parts) == 1 {
			return
		}
		lost, named := size(parts[0].OnPrem.Prefixes[0], parts[0].Azure.Prefixes[0]), uint64(0)
		for text := range strings.SplitSeq(strings.TrimPrefix(got[0].Why[0], "address pairs that are new: "), "; ") {
			on, az, _ := strings.Cut(text, " -> ")
			for o := range strings.SplitSeq(on, ", ") {
				for z := range strings.SplitSeq(az, ", ") {
					named += size(o, z)
				}
			}
		}
		if named != lost {
			t.Fatalf("%q are %d address pairs, want the %d of %s", got[0].Why[0], named, lost, parts[0].Message)
		}
	})
}

func size(onprem, azure string) uint64 {
	return 1 << (64 - netip.MustParsePrefix(onprem).Bits() - netip.MustParsePrefix(azure).Bits())
}

// cut halves an area again and again, on either side.
func cut(t *rapid.T, onprem, azure netip.Prefix) [][2]netip.Prefix {
	out := [][2]netip.Prefix{{onprem, azure}}
	for range rapid.IntRange(0, 6).Draw(t, "cuts") {
		i := rapid.IntRange(0, len(out)-1).Draw(t, "piece")
		side := rapid.IntRange(0, 1).Draw(t, "side")
		low, high := out[i], out[i]
		low[side], high[side] = halves(out[i][side])
		out[i] = low
		out = append(out, high)
	}
	return out
}

func halves(p netip.Prefix) (low, high netip.Prefix) {
	b := p.Addr().As4()
	b[p.Bits()/8] |= 1 << (7 - p.Bits()%8)
	return netip.PrefixFrom(p.Addr(), p.Bits()+1), netip.PrefixFrom(netip.AddrFrom4(b), p.Bits()+1)
}

// A failure is never called unchanged or missing when it counts and the baseline
// has none for one of its addresses: whatever is thrown together.
func TestNothingNewIsMissed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) []finding.Finding {
			var out []finding.Finding
			for i := range rapid.IntRange(0, 5).Draw(t, name) {
				on := fmt.Sprintf("10.%d.0.0/%d", rapid.IntRange(0, 3).Draw(t, name+"on"), rapid.IntRange(14, 16).Draw(t, name+"bits"))
				az := fmt.Sprintf("172.16.%d.0/%d", rapid.IntRange(0, 3).Draw(t, name+"az"), rapid.IntRange(22, 24).Draw(t, name+"azbits"))
				out = append(out, pairs(on, az, rapid.SampledFrom([]string{"peering/a", "peering/b"}).Draw(t, fmt.Sprint(name, i))))
			}
			return out
		}
		before, after := draw("before"), draw("after")
		got, err := compare.Baseline(report(after...), report(before...))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range got.Findings {
			old := true
			for _, a := range samples(f) {
				old = old && failed(before, a, f.Forward.Hops[0].Link)
			}
			if (f.Baseline == finding.Unchanged) != old {
				t.Fatalf("%s over %s is %s; all of it failed before on this path: %v", f.Message, f.Forward.Hops[0].Link, f.Baseline, old)
			}
		}
	})
}

// samples are one address pair of each cell that the prefixes above can cut.
func samples(f finding.Finding) [][2]netip.Addr {
	var out [][2]netip.Addr
	on, az := netip.MustParsePrefix(f.OnPrem.Prefixes[0]), netip.MustParsePrefix(f.Azure.Prefixes[0])
	for i := range byte(4) {
		for j := range byte(4) {
			a, b := netip.AddrFrom4([4]byte{10, i, 0, 1}), netip.AddrFrom4([4]byte{172, 16, j, 1})
			if on.Contains(a) && az.Contains(b) {
				out = append(out, [2]netip.Addr{a, b})
			}
		}
	}
	return out
}

func failed(fs []finding.Finding, pair [2]netip.Addr, link string) bool {
	for _, f := range fs {
		if f.Forward.Hops[0].Link == link && netip.MustParsePrefix(f.OnPrem.Prefixes[0]).Contains(pair[0]) &&
			netip.MustParsePrefix(f.Azure.Prefixes[0]).Contains(pair[1]) {
			return true
		}
	}
	return false
}

func BenchmarkBaselineOfFiveThousandFindings(b *testing.B) {
	var before, after []finding.Finding
	for i := range 5000 {
		on := fmt.Sprintf("10.%d.%d.0/24", i/250, i%250)
		before = append(before, pairs(on, "172.16.0.0/24", "peering/a"))
		if i%10 == 0 {
			on = fmt.Sprintf("10.%d.%d.0/25", i/250, i%250)
		}
		after = append(after, pairs(on, "172.16.0.0/24", "peering/a"))
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := compare.Baseline(report(after...), report(before...)); err != nil {
			b.Fatal(err)
		}
	}
}

// Whatever a file says: it is refused, or it is no news to itself.
func FuzzReadAndCompare(f *testing.F) {
	head := `{"version": 1, "tool": "routeproof 0.1.0", "policyDigest": "` + digest + `", "findings": [`
	one := `{"policy": "P", "outcome": "fail", "direction": "forward", "resource": "pair/x", "down": ["a"],
		"onprem": {"prefixes": ["10.0.0.0/8"], "except": ["10.1.0.0/16"]}, "azure": {"subnet": "s", "prefixes": ["::ffff:10.0.0.0/104", "fd00::/8"]},
		"forward": {"outcome": "loop", "hops": [{"node": "n"}], "others": [{"outcome": "dropped"}]}}`
	for _, s := range []string{
		head + "]}", head + one + "]}", head + one + "," + one + "]}",
		head + strings.ReplaceAll(one, "fail", "open") + "," + strings.ReplaceAll(one, "10.0.0.0/8", "0.0.0.0/0") + "]}",
		head + strings.ReplaceAll(one, `"10.0.0.0/8"`, "") + "]}", head + `{"policy": "P", "outcome": "fail"}, {"policy": "P", "outcome": "fail"}]}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := compare.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		changes, err := compare.Findings(r, r)
		if err != nil || len(changes) > 0 {
			t.Errorf("error %v, changes %+v", err, changes)
		}
	})
}
