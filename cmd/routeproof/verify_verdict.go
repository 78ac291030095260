package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/audit"
	"github.com/routeproof/routeproof/internal/compare"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

// maxReport is the largest report that is compared, in bytes.
const maxReport = 256 << 20

// verdict compares what the evidence in dir gives now with a report.
func (v verifier) verdict(now finding.Report, d *evidence.Dir, dir, report string) (evidence.Check, error) {
	c := evidence.Check{Name: "verdict"}
	beside := report == ""
	if beside {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return c, err
		}
		report = filepath.Join(filepath.Dir(abs), "report.json")
	}
	if beside && ofRun(report) {
		if problems := strangers(filepath.Dir(report)); len(problems) > 0 {
			c.State, c.Detail, c.Problems = evidence.Broken, fmt.Sprintf("%s, derived now; report.json was not read", now.Verdict), problems
			return c, nil
		}
	}
	raw, err := readAtMost(report, maxReport)
	switch {
	case beside && errors.Is(err, fs.ErrNotExist):
		c.State = evidence.None
		c.Detail = fmt.Sprintf("%s, derived now: there is no report.json to compare with", now.Verdict)
		return c, nil
	case err != nil:
		return c, fmt.Errorf("report: %w", err)
	}
	unvouched := 0
	if was, err := compare.Read(bytes.NewReader(raw)); err == nil {
		digest := finding.WaiversDigest(was.Waivers)
		switch {
		case v.waivers != "" && digest != v.waivers:
			return v.otherWaivers(c, "the file that --waivers names"), nil
		case beside && v.waivers == "" && digest != d.Manifest.Waivers:
			return v.otherWaivers(c, "manifest.json vouches for: give the file that they are from as --waivers, if that is right"), nil
		case digest != "" && digest != v.waivers && digest != d.Manifest.Waivers:
			unvouched = len(was.Waivers)
		}
		audit.Waive(&now, was.Waivers) // decisions of people: what they suppress is derived again
	}
	var again bytes.Buffer
	if err := reports.JSON(&again, now); err != nil {
		return c, err
	}
	c.State = evidence.Holds
	c.Detail = fmt.Sprintf("%s, with %d findings: report.json is what the evidence gives, byte for byte", now.Verdict, len(now.Findings))
	if !bytes.Equal(raw, again.Bytes()) {
		c, err = differing(raw, again.Bytes(), beside, d.Manifest)
	} else if beside {
		err = others(&c, now, filepath.Dir(report))
	}
	if err == nil && unvouched > 0 && c.State == evidence.Holds {
		c.State = evidence.Unchecked
		c.Detail += fmt.Sprintf("; but for its waivers (%d), which nothing vouches for: give the file that they are from as --waivers", unvouched)
	}
	return c, err
}

// ofRun reports whether a report is that of a run: OUTPUT/runs/NAME/report.json.
func ofRun(report string) bool { return filepath.Base(filepath.Dir(filepath.Dir(report))) == "runs" }

// strangers says where the directory of a run is not one that ended: evidence and
// three reports. What is no file is not read: a pipe would be waited for.
func strangers(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return []string{err.Error()}
	}
	types := map[string]fs.FileMode{"evidence": fs.ModeDir, "report.json": 0, "report.sarif": 0, "report.html": 0}
	var problems []string
	for _, e := range entries {
		want, known := types[e.Name()]
		delete(types, e.Name())
		switch {
		case !known:
			problems = append(problems, e.Name()+" was added: a run has its evidence, report.json, report.sarif and report.html")
		case e.Type() != want && want == 0:
			problems = append(problems, e.Name()+" is not a file but a link, a directory or a device")
		case e.Type() != want:
			problems = append(problems, e.Name()+" is not a directory")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(types)) {
		problems = append(problems, name+" is missing: a run that ended has one")
	}
	return problems
}

// others compares the other reports of a run in dir, which are what people read, with
// what r gives.
func others(c *evidence.Check, r finding.Report, dir string) error {
	for _, format := range []string{"sarif", "html"} {
		name := "report." + format
		raw, err := readAtMost(filepath.Join(dir, name), maxReport)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("report: %w", err)
		}
		write, err := reports.ForFormat(format)
		if err != nil {
			return err
		}
		var again bytes.Buffer
		if err := write(&again, r); err != nil {
			return err
		}
		if !bytes.Equal(raw, again.Bytes()) {
			c.Problems = append(c.Problems, name+" is not what the evidence gives, and report.json is: it was changed, or written by another routeproof")
		}
	}
	if len(c.Problems) > 0 {
		c.State, c.Detail = evidence.Broken, "the reports against what the evidence gives"
	}
	return nil
}

// otherWaivers is the answer where a report has other waivers than it should.
func (v verifier) otherWaivers(c evidence.Check, than string) evidence.Check {
	c.State, c.Detail = evidence.Broken, "report.json against what the evidence gives"
	c.Problems = []string{"report.json was made with other waivers than " + than}
	return c
}

// readAtMost reads a file of up to a number of bytes.
func readAtMost(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%s: larger than %d MiB, the most that is read", name, most>>20)
	}
	return data, err
}

// differing says how a stored report differs from the one derived again, and
// whether the two can be compared at all.
func differing(raw, again []byte, beside bool, m evidence.Manifest) (evidence.Check, error) {
	c := evidence.Check{Name: "verdict", State: evidence.Broken, Detail: "report.json against what the evidence gives"}
	is, err := compare.Read(bytes.NewReader(again))
	if err != nil {
		return c, err
	}
	was, err := compare.Read(bytes.NewReader(raw))
	if err != nil {
		c.Problems = []string{"report.json cannot be read: " + err.Error()}
		return c, nil //nolint:nilerr // that it is unreadable is the answer
	}
	c.Problems = audit.Differences(was, is)
	switch {
	case len(c.Problems) == 0 && len(was.Fixed)+marked(was) > 0:
		c.State, c.Detail = evidence.Holds, c.Detail+"; what it says of a baseline was left out"
	case len(c.Problems) == 0:
		c.Problems = []string{"report.json says the same, but not as this program writes it: something was added to it, or moved"}
	case beside && m.PolicyDigest != "" && (was.PolicyDigest != m.PolicyDigest || was.Tool != m.Tool):
		c.Problems = append(c.Problems, fmt.Sprintf("report.json says that %s judged with policies %s: manifest.json says %s, with %s", was.Tool, was.PolicyDigest, m.Tool, m.PolicyDigest))
	case was.PolicyDigest != is.PolicyDigest && len(was.Disabled) > len(is.Disabled):
		ids := make([]string, len(was.Disabled))
		for i, d := range was.Disabled {
			ids[i] = d.Policy
		}
		c.State, c.Problems = evidence.Unchecked, nil
		c.Detail = fmt.Sprintf("incomparable: the report was judged without %s, which a configuration disabled: want that configuration as --config", strings.Join(ids, ", "))
	case was.PolicyDigest != is.PolicyDigest:
		c.State, c.Detail = evidence.Unchecked, fmt.Sprintf("incomparable: the report was judged with policies %s, these are %s: want the routeproof that made it, and --config if it named policies", was.PolicyDigest, is.PolicyDigest)
	case was.Tool != is.Tool:
		c.State, c.Detail = evidence.Unchecked, fmt.Sprintf("incomparable: the report was made by %s, this is %s, which may read more", was.Tool, is.Tool)
	case !slices.Equal(was.Scope, is.Scope):
		c.State, c.Detail = evidence.Unchecked, "incomparable: the report was made for other sites or demands than manifest.json keeps (audit --config)"
	}
	return c, nil
}

// marked counts the findings that are compared with a baseline.
func marked(r finding.Report) int {
	n := 0
	for _, f := range r.Findings {
		if f.Baseline != "" {
			n++
		}
	}
	return n
}
