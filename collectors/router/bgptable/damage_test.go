package bgptable_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/collectors/router/bgptable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// damage is what happens to output between a device and its evidence. left is
// true for one that cannot be told from a shorter table where the platform does
// not count its routes.
type damage struct {
	name string
	left bool
	do   func(t *rapid.T, rows []string) []string
}

// damages are those of section 2.9 of the format's description: each takes the
// lines of a table and a place in it.
func damages() []damage {
	at := func(t *rapid.T, rows []string) int { return rapid.IntRange(0, len(rows)-1).Draw(t, "line") }
	within := func(t *rapid.T, l string) int { return rapid.IntRange(0, len(l)).Draw(t, "column") }
	const log = "*Nov 16 18:52:22.448: %CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON"
	return []damage{
		{"none", false, func(_ *rapid.T, rows []string) []string { return rows }},
		{"a log message between", false, func(t *rapid.T, rows []string) []string { return slices.Insert(rows, at(t, rows), log) }},
		{"a log message inside, and the row goes on behind it", false, func(t *rapid.T, rows []string) []string {
			i := at(t, rows)
			j := within(t, rows[i])
			return slices.Replace(rows, i, i+1, rows[i][:j]+log, rows[i][j:])
		}},
		{"a paging prompt before", false, func(t *rapid.T, rows []string) []string {
			i := at(t, rows)
			rows[i] = " --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\b" + rows[i]
			return rows
		}},
		{"a paging prompt left over", false, func(t *rapid.T, rows []string) []string {
			i := at(t, rows)
			rows[i] = " --More-- " + rows[i]
			return rows
		}},
		{"carriage returns", false, func(t *rapid.T, rows []string) []string {
			i := at(t, rows)
			rows[i] += "\r"
			return rows
		}},
		{"carriage returns alone", false, func(t *rapid.T, rows []string) []string {
			i := at(t, rows)
			j := min(i+1+rapid.IntRange(0, 2).Draw(t, "lines"), len(rows))
			return slices.Replace(rows, i, j, strings.Join(rows[i:j], "\r"))
		}},
		{"colours", false, func(t *rapid.T, rows []string) []string {
			i := at(t, rows)
			j := within(t, rows[i])
			rows[i] = rows[i][:j] + "\x1b[1m\x1b[0m" + rows[i][j:]
			return rows
		}},
		{"cut in a row", true, func(t *rapid.T, rows []string) []string {
			i := at(t, rows)
			return append(rows[:i:i], rows[i][:within(t, rows[i])])
		}},
		{"cut in a row, with the prompt", true, func(t *rapid.T, rows []string) []string {
			i := at(t, rows)
			return append(rows[:i:i], rows[i][:within(t, rows[i])], "R1#")
		}},
		{"a line lost", true, func(t *rapid.T, rows []string) []string {
			i := at(t, rows)
			return slices.Delete(rows, i, i+1)
		}},
		{"lines again", false, func(t *rapid.T, rows []string) []string {
			i := at(t, rows)
			// The numbers of a row of three lines, put behind the first two of the
			// next path with its next hop, cannot be told from that path's own.
			for strings.HasPrefix(rows[i], strings.Repeat(" ", 30)) {
				i--
			}
			j := min(i+1+rapid.IntRange(0, 5).Draw(t, "lines"), len(rows))
			return slices.Insert(rows, j, slices.Clone(rows[i:j])...)
		}},
		{"a character lost", true, func(t *rapid.T, rows []string) []string {
			i := at(t, rows)
			if j := within(t, rows[i]); j < len(rows[i]) {
				rows[i] = rows[i][:j] + rows[i][j+1:]
			}
			return rows
		}},
		{"an error page", false, func(t *rapid.T, rows []string) []string {
			return slices.Insert(rows, at(t, rows), "        ^", "% Invalid input detected at '^' marker.")
		}},
		{"a banner", false, func(t *rapid.T, rows []string) []string {
			return slices.Insert(rows, at(t, rows), "AUTHORIZED USERS ONLY", "User Access Verification")
		}},
	}
}

// TestNoDamageMakesAWholeTableOfOtherRows holds that a table which counts as
// whole has the rows that the device printed: all of them, and no other. What
// loses characters or lines can change a row without a trace, or end a table where
// nothing counts its rows; then no more can be held than that a counted table has
// as many. A row that is there twice says nothing else, and neither does a path
// without any mark, which is not valid: the last line of a wrapped row looks so
// when it is printed twice.
func TestNoDamageMakesAWholeTableOfOtherRows(t *testing.T) {
	for _, s := range styles() {
		for _, d := range damages() {
			t.Run(s.name+", "+d.name, func(t *testing.T) {
				p := s.platform
				p.Refusals = []string{"% Invalid input"}
				rapid.Check(t, func(t *rapid.T) {
					paths := s.drawPaths(t)
					rows := strings.Split(strings.TrimRight(s.render(paths), "\n"), "\n")
					text := strings.Join(d.do(t, rows), "\n") + "\n"
					var r snapshot.Router
					in := lines.Of([]byte(text))
					bgptable.Read(p, "show ip bgp", in, &r)
					accounted(t, in, text)
					if r.BGP.Status != snapshot.OK {
						return
					}
					for _, q := range paths {
						paths = append(paths, snapshot.Path{
							VRF: q.VRF, Prefix: q.Prefix, NextHop: q.NextHop, Metric: q.Metric, LocalPref: q.LocalPref, Weight: q.Weight, ASPath: q.ASPath, Origin: q.Origin,
						})
					}
					want, got := set(paths), set(r.BGP.Paths)
					for row := range got {
						if !want[row] && !d.left {
							t.Fatalf("%s is whole and has a row that was not printed: %s\n%s", s.name, row, text)
						}
					}
					if n := len(paths) / 2; (!d.left || s.platform.Counted) && len(r.BGP.Paths) < n {
						t.Fatalf("%s is whole and lacks rows: %d of %d\n%s", s.name, len(r.BGP.Paths), n, text)
					}
				})
			})
		}
	}
}

// set are paths without their places.
func set(paths []snapshot.Path) map[string]bool {
	out := map[string]bool{}
	for _, p := range paths {
		p.Line, p.LastLine = 0, 0
		out[short(p)] = true
	}
	return out
}

type fataler interface {
	Fatalf(string, ...any)
}

// accounted holds that unread lines are lines of the text, each once.
func accounted(t fataler, in *lines.Reader, text string) {
	last := 0
	n := strings.Count(text, "\n") + 1
	for _, u := range in.Unread() {
		if u.Line < 1 || u.Line > n {
			t.Fatalf("line %d is unread of %d", u.Line, n)
		}
		if u.Line == last {
			t.Fatalf("line %d is unread twice", u.Line)
		}
		last = u.Line
	}
}

func FuzzTable(f *testing.F) {
	for _, s := range styles() {
		f.Add(uint8(0), "show ip bgp", []byte(s.header+"\n *>   10.0.0.0/8       192.0.2.2                0    100      0 65000 i\n *                     192.0.2.3                              0 i\n"))
	}
	f.Add(uint8(1), "show bgp vrf all all detail", []byte("BGP routing table entry for 10.0.0.0/24, version 5\nPaths: (1 available, best #1)\n  Path type: internal, path is valid\n  AS-Path: 65001\n    192.0.2.2 from 192.0.2.2 (192.0.2.2)\n      Origin IGP, weight 0\n"))
	f.Add(uint8(2), "show bgp neighbors 192.0.2.1 advertised-routes", []byte("Network            Next Hop        From            AS Path\n10.0.0.0/24        192.0.2.1       Local           65000?\nProcessed 1 prefixes, 1 paths\n"))
	f.Add(uint8(4), "show ip bgp vrf all", []byte("        Network                Next Hop              Metric  LocPref Weight  Path\n * >    10.0.0.0/24            -                     0       0       -       i\n"))
	f.Add(uint8(0), "show ip bgp rib-failure", []byte("  Network            Next Hop                      RIB-failure   RIB-NH Matches\n5.5.5.5/32         5.5.5.5             Higher admin distance              n/a\n"))
	files, _ := filepath.Glob("../../../../shared/data/routers/*/*/*bgp*/*/raw.txt")
	for i, name := range files {
		if text, err := os.ReadFile(name); err == nil && len(text) < 4096 && i%8 == 0 {
			f.Add(uint8(i), "show ip bgp", text)
		}
	}
	platforms := []bgptable.Platform{iosPlatform, nxosPlatform, xrPlatform, frrPlatform, eosPlatform}
	f.Fuzz(func(t *testing.T, n uint8, command string, text []byte) {
		p := platforms[int(n)%len(platforms)]
		var r, again snapshot.Router
		in := lines.Of(text)
		if !bgptable.Read(p, command, in, &r) {
			return
		}
		accounted(t, in, string(text))
		reads := []snapshot.Read{r.BGP.Read}
		paths := r.BGP.Paths
		for _, rib := range r.AdjRIBs {
			reads, paths = append(reads, rib.Read), append(paths, rib.Paths...)
		}
		for _, read := range reads {
			if read.Status == snapshot.OK && in.Missed() > 0 {
				t.Fatalf("whole with %d lines unread", in.Missed())
			}
		}
		if r.BGP.Status == snapshot.Missing && len(r.AdjRIBs) == 0 {
			t.Fatal("no table has a status")
		}
		for _, q := range paths {
			if !q.Prefix.IsValid() || q.NextHop == "" || q.VRF == "" || q.Line < 1 || q.LastLine < q.Line {
				t.Fatalf("%+v", q)
			}
		}
		second := lines.New(bytes.NewReader(text))
		bgptable.Read(p, command, second, &again)
		if diff := cmp.Diff(r, again, addresses); diff != "" {
			t.Fatalf("(-first +second)\n%s", diff)
		}
	})
}
