package main

import (
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

// output is how a command says what an audit concluded.
type output struct {
	format                  choiceFlag
	quiet, verbose, noColor bool
	failOn                  severityFlag
	files                   listFlag
	profile                 choiceFlag
	maxAge                  ageFlag
	// baseline names an earlier report, and base is what it says.
	baseline string
	base     *finding.Report
}

const outputUsage = `    --format F         what is printed: text (the default), json, sarif, html, md
                       (for a pull request or the summary of a job), junit, or oscal
                       (assessment results)
    --report FILE      also write the report to FILE, in the format that its
                       ending names: .txt, .json, .sarif, .html, .md, .xml (JUnit) or
                       .oscal.json; may be repeated
    --sarif-profile P  for whom SARIF is written: full (the default, with controls and
                       waivers), github or azdo (what their code scanning takes)
    --fail-on S        the least severity whose violations make the exit code 1:
                       critical, high, medium, low (the default), or none
    --baseline REPORT  the report.json of an earlier run, or its directory: only
                       what is new or worse since then counts in the exit code
` + maxAgeUsage + `    --quiet            one line a finding, and no progress
    --verbose          fold nothing, and name the evidence of every hop
    --no-color         no colour; NO_COLOR does the same, and so does a pipe
`

func (o *output) register(fs *flag.FlagSet) {
	o.format = choiceFlag{"text", []string{"text", "json", "sarif", "html", "md", "junit", "oscal"}}
	o.profile = choiceFlag{"full", []string{"full", "github", "azdo"}}
	o.failOn = severityFlag(finding.Low)
	fs.Var(&o.format, "format", "")
	fs.Var(&o.files, "report", "")
	fs.Var(&o.profile, "sarif-profile", "")
	fs.Var(&o.failOn, "fail-on", "")
	fs.StringVar(&o.baseline, "baseline", "", "")
	fs.Var(&o.maxAge, "max-age", "")
	fs.BoolVar(&o.quiet, "quiet", false, "")
	fs.BoolVar(&o.verbose, "verbose", false, "")
	fs.BoolVar(&o.noColor, "no-color", false, "")
}

// check finds what can be known to be wrong before an audit starts.
func (o *output) check() error {
	for _, f := range o.files {
		if _, err := formatOf(f); err != nil {
			return err
		}
	}
	if o.baseline == "" {
		return nil
	}
	r, name, err := readReport(o.baseline)
	if err != nil {
		return usageError("--baseline %w", err)
	}
	o.baseline, o.base = name, &r
	return nil
}

func formatOf(file string) (string, error) {
	if strings.HasSuffix(file, ".oscal.json") {
		return "oscal", nil
	}
	switch ext := filepath.Ext(file); ext {
	case ".txt":
		return "text", nil
	case ".xml":
		return "junit", nil
	case ".json", ".sarif", ".html", ".md":
		return ext[1:], nil
	}
	return "", usageError("--report %s: the ending names no format: want .txt, .json, .sarif, .html, .md, .xml or .oscal.json", file)
}

// say compares the report with the baseline, writes its files, prints it, and
// returns the verdict.
func (p program) say(r finding.Report, o output) error {
	r, err := o.against(r)
	if err != nil {
		return err
	}
	for _, f := range o.files {
		format, err := formatOf(f)
		if err != nil {
			return err
		}
		write, err := p.writer(format, reports.SARIFProfile(o.profile.value))
		if err != nil {
			return err
		}
		if err := writeReport(f, write, r); err != nil {
			return err
		}
	}
	v := o.maxAge.dated(verdict(r, finding.Severity(o.failOn)), p.tellAge(r, o))
	if o.format.value == "text" {
		if err := reports.Text(p.stdout, r, p.text(o)); err != nil {
			return err
		}
		if o.base != nil {
			if err := p.print(o.standing(r)); err != nil {
				return err
			}
			return v
		}
		return silent(v)
	}
	write, err := p.writer(o.format.value, reports.SARIFProfile(o.profile.value))
	if err != nil {
		return err
	}
	if err := write(p.stdout, r); err != nil {
		return err
	}
	return v
}

func (p program) text(o output) reports.TextOptions {
	return reports.TextOptions{Color: p.color && !o.noColor, Width: p.width, Quiet: o.quiet, Verbose: o.verbose}
}

// writer is that of a format, and of a profile where that is SARIF.
func (p program) writer(format string, profile reports.SARIFProfile) (reports.Writer, error) {
	if format == "sarif" {
		return reports.SARIFWith(reports.SARIFOptions{Profile: profile, Pipeline: p.pipeline()}), nil
	}
	return reports.ForFormat(format)
}

func writeReport(file string, write reports.Writer, r finding.Report) error {
	return writeFile(file, func(w io.Writer) error { return write(w, r) })
}

// silent keeps a verdict's code and drops its words: the text report has them.
func silent(err error) error {
	if v, ok := err.(verdictError); ok { //nolint:errorlint // verdict returns it bare
		return verdictError{code: v.code}
	}
	return err
}

// version is the version that evidence and reports carry. It is not that of the
// build: equal sources write equal reports, however they were built.
const version = "0.1.0"

func tool() string { return fmt.Sprintf("routeproof %s", version) }
