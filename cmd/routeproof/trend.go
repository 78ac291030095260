package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/routeproof/routeproof/internal/compare"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/history"
	"github.com/routeproof/routeproof/reports"
)

const trendUsage = `Usage: routeproof trend [flags] OUTPUT

Says how the runs in OUTPUT went, the oldest first: the verdict, how many of the
address pairs are proven encrypted, in clear, cut off or open, and how many
failures and open questions there were. It reads the runs' report.json; those that
retention removed are gone. A run whose report cannot be read says so. Below it
stands, for each family of policies, how many of its checks failed, are open and
passed in the newest run, and in brackets in the one before where that differs.

Flags:

    --format F         text (the default) or json

Exit codes: 0, or 2 when there are no runs to read.
`

// trendPoint is one run.
type trendPoint struct {
	Run      string           `json:"run"`
	TakenAt  time.Time        `json:"takenAt,omitzero"`
	Verdict  finding.Outcome  `json:"verdict,omitempty"`
	Coverage finding.Coverage `json:"coverage"`
	Families []finding.Family `json:"families"`
	Problem  string           `json:"problem,omitempty"` // why there is no more to say
}

func (p program) trend(args []string) error {
	flags := newFlags("trend")
	format := choiceFlag{"text", []string{"text", "json"}}
	flags.Var(&format, "format", "")
	args, err := parseFlags(flags, trendUsage, args, "OUTPUT")
	if err != nil {
		return err
	}
	names, err := history.Names(args[0])
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return usageError("trend: %s has no runs: want the output of routeproof audit --config, or of serve", args[0])
	}
	points := make([]trendPoint, len(names))
	for i, name := range names {
		points[i] = trendOf(args[0], name)
	}
	if format.value == "json" {
		return reports.WriteJSON(p.stdout, points)
	}
	return p.printTrend(points)
}

// trendOf reads what a run's report says.
func trendOf(output, name string) trendPoint {
	t := trendPoint{Run: name, Families: []finding.Family{}}
	report := filepath.Join(output, "runs", name, "report.json")
	if info, err := os.Lstat(report); err == nil && !info.Mode().IsRegular() {
		t.Problem = "report.json is not a file" // a pipe would be waited for
		return t
	}
	f, err := os.Open(report)
	if err != nil {
		t.Problem = message(cause(err))
		return t
	}
	defer f.Close()
	r, err := compare.Read(f)
	if err != nil {
		t.Problem = message(err)
		return t
	}
	t.TakenAt, t.Verdict, t.Coverage, t.Families = r.TakenAt, r.Verdict, r.Coverage, r.Families
	return t
}

func (p program) printTrend(points []trendPoint) error {
	w := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "run\tverdict\tencrypted\tin clear\tcut off\topen\texempt\tfailures\topen questions")
	for _, t := range points {
		if t.Problem != "" {
			fmt.Fprintf(w, "%s\t%s\n", t.Run, printable(t.Problem))
			continue
		}
		fails, opens := 0, 0
		for _, f := range t.Families {
			fails, opens = fails+f.Fail, opens+f.Open
		}
		c := t.Coverage
		fmt.Fprintf(w, "%s\t%s", t.Run, t.Verdict)
		for _, n := range []uint64{c.Encrypted, c.Clear, c.Dropped, c.Open, c.Exempt} {
			fmt.Fprintf(w, "\t%s", percent(n, c.Pairs))
		}
		fmt.Fprintf(w, "\t%d\t%d\n", fails, opens)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return p.print(familyTrend(points))
}

// familyTrend says how the families fare in the newest run that can be read, and in
// the one before.
func familyTrend(points []trendPoint) string {
	points = slices.DeleteFunc(slices.Clone(points), func(t trendPoint) bool { return t.Problem != "" })
	if len(points) == 0 {
		return ""
	}
	newest, before := points[len(points)-1], make(map[string]finding.Family)
	if len(points) > 1 {
		for _, f := range points[len(points)-2].Families {
			before[f.Name] = f
		}
	}
	var b strings.Builder
	b.WriteString("\nChecks of " + newest.Run + ", by family:\n")
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	for _, f := range newest.Families {
		old, known := before[f.Name]
		was := func(n, old int) string {
			if !known || n == old {
				return strconv.Itoa(n)
			}
			return fmt.Sprintf("%d (%d)", n, old)
		}
		fmt.Fprintf(w, "%s\t%s fail\t%s open\t%s pass\n", printable(f.Title), was(f.Fail, old.Fail), was(f.Open, old.Open), was(f.Pass, old.Pass))
	}
	_ = w.Flush() // a strings.Builder takes everything
	return b.String()
}

// percent is a share of all address pairs. Less than all is never 100 %, and more
// than none never 0 %.
func percent(n, of uint64) string {
	switch {
	case of == 0:
		return "-"
	case n == 0 || n == of:
		return fmt.Sprintf("%d %%", n/of*100)
	}
	share := fmt.Sprintf("%.1f %%", float64(n)/float64(of)*100)
	switch strings.TrimSuffix(share, " %") {
	case "0.0":
		return "< 0.1 %"
	case "100.0":
		return "> 99.9 %"
	}
	return share
}
