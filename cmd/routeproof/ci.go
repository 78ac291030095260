package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

const ciUsage = `Usage: routeproof ci [flags] [EVIDENCE]

Audits as routeproof audit does, and says the outcome where a pipeline shows it.
The reports go to the directory OUT: report.json (the baseline of a later run),
report.sarif (for the service's code scanning), report.md, report.xml (JUnit) and report.html.
Little is printed: what was written, and what the service makes annotations of.

    GitHub Actions     (GITHUB_ACTIONS=true) the Markdown report is appended to the
                       job's summary, violations and open questions become
                       annotations, and the step's outputs are verdict, json and
                       sarif
    Azure DevOps       (TF_BUILD=True) the Markdown report is attached to the run,
                       violations and open questions become its issues, and the
                       output variable verdict is set
    elsewhere          only the files

At most ten errors and ten warnings are made annotations, the worst first: the
services show no more. Words of devices cannot be commands to the service.

Flags:

    --config FILE      the configuration, as for routeproof audit
    --policy DIR, --waivers FILE
                       as for routeproof audit
    --out OUT          where the reports go, instead of routeproof-ci
    --fail-on S        the least severity whose violations make the exit code 1:
                       critical, high, medium, low (the default), or none
    --baseline REPORT  the report.json of an earlier run, or its directory: only
                       what is new or worse since then counts in the exit code
                       and becomes an annotation
` + maxAgeUsage + `
Exit codes: 0 compliant, 1 violations, 2 the audit failed, 3 not provable. A step
that may go on without proof says so itself: routeproof ci ... || [ $? = 3 ]

Example:

    routeproof ci --config routeproof.yaml --baseline main/report.json --fail-on high
`

func (p program) ci(ctx context.Context, args []string) error {
	s := p.service()
	err := p.runCI(ctx, args, s)
	if _, ok := errors.AsType[helpError](err); ok || err == nil {
		return err
	}
	// The service reads what is printed about errors, too.
	text := oneLine(message(err))
	if v, ok := errors.AsType[verdictError](err); ok {
		return verdictError{v.code, text}
	}
	if s.issue != nil {
		if err := p.print(s.issue("error", "routeproof failed", text)); err != nil {
			return err
		}
	}
	return errors.New(text)
}

func (p program) runCI(ctx context.Context, args []string, s service) error {
	var o output
	o.failOn = severityFlag(finding.Low)
	flags := newFlags("ci")
	var w with
	w.register(flags)
	out := flags.String("out", "routeproof-ci", "")
	flags.Var(&o.failOn, "fail-on", "")
	flags.StringVar(&o.baseline, "baseline", "", "")
	flags.Var(&o.maxAge, "max-age", "")
	args, err := parseFlags(flags, ciUsage, args, "[EVIDENCE]")
	if err != nil {
		return err
	}
	if printable(*out) != *out {
		return usageError("ci: --out %q: want a directory without control characters", *out)
	}
	if err := o.check(); err != nil {
		return err
	}
	r, err := p.judge(ctx, "ci", w, args, true)
	if err != nil {
		return err
	}
	if r, err = o.against(r); err != nil {
		return err
	}
	if err := p.publish(r, o, *out, s); err != nil {
		return err
	}
	aged := o.maxAge.aged(r.TakenAt, p.now())
	if err := p.print(s.dated(aged)); err != nil {
		return err
	}
	return o.maxAge.dated(verdict(r, finding.Severity(o.failOn)), aged)
}

// ciFiles are the reports that ci writes, in the formats of their endings.
func ciFiles() []string {
	return []string{"report.json", "report.sarif", "report.md", "report.xml", "report.html"}
}

// publish writes the reports into dir and tells the service.
func (p program) publish(r finding.Report, o output, dir string, s service) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	for _, name := range ciFiles() {
		format, err := formatOf(name)
		if err != nil {
			return err
		}
		write, err := p.writer(format, s.profile)
		if err != nil {
			return err
		}
		if err := writeReport(filepath.Join(dir, name), write, r); err != nil {
			return err
		}
	}
	if err := p.print(s.issues(r, o) + oneLine("Wrote "+filepath.Join(dir, strings.Join(ciFiles(), ", "))) + "\n"); err != nil {
		return err
	}
	if s.finish == nil {
		return nil
	}
	return s.finish(p, r, dir)
}

// appendTo adds what write writes to a file that a service provides.
func appendTo(name string, write func(io.Writer) error) (err error) {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return write(f)
}

// summarize appends the Markdown report to a file.
func summarize(name string, r finding.Report) error {
	return appendTo(name, func(w io.Writer) error { return reports.Markdown(w, r) })
}
