package main

import (
	"context"
	"io"
	"strings"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/audit"
	"github.com/routeproof/routeproof/internal/config"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/policy"
	"github.com/routeproof/routeproof/internal/snapshot"
)

const auditUsage = `Usage: routeproof audit [flags] [EVIDENCE]

Judges the evidence in the directory EVIDENCE: one that collect wrote, or one
made by hand with the same paths and no manifest, which is reported as
unattested. The same evidence and policies give the same report, byte for byte.

Without EVIDENCE, and with --config, it collects first: evidence, report.json,
report.sarif and report.html go to OUTPUT/runs/<time>, and OUTPUT/latest then
points there. OUTPUT is the configuration's output, or routeproof-audit. Each run
names the digest of the one before; the configuration's evidence.sealKey signs it,
and its retention removes old ones. routeproof verify OUTPUT checks all of that.
--baseline is for what is printed and for --report; a run's own reports are
without it.

Flags:

    --config FILE      the configuration. With EVIDENCE its sites and require
                       replace those that the evidence was collected with, and
                       its policies are added; nothing is collected
` + withUsage + outputUsage + `
Exit codes: 0 compliant, 1 violations, 2 the audit failed, 3 not provable.
`

func (p program) audit(ctx context.Context, args []string) error {
	var o output
	flags := newFlags("audit")
	var w with
	w.register(flags)
	o.register(flags)
	args, err := parseFlags(flags, auditUsage, args, "[EVIDENCE]")
	if err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	r, err := p.judge(ctx, "audit", w, args, o.quiet)
	if err != nil {
		return err
	}
	return p.say(r, o)
}

// judge judges the evidence in args, or collects with the configuration
// of w and judges that. verb is the command that asks.
func (p program) judge(ctx context.Context, verb string, w with, args []string, quiet bool) (finding.Report, error) {
	if len(args) == 0 && w.config == "" {
		return finding.Report{}, usageError("%s: neither EVIDENCE nor --config: want a directory to judge, or a network to collect from", verb)
	}
	cfg, err := w.load()
	if err != nil {
		return finding.Report{}, err
	}
	engine, err := p.loadPolicies(ctx, cfg)
	if err != nil {
		return finding.Report{}, err
	}
	if len(args) == 0 {
		return p.judgeLive(ctx, cfg, engine, quiet)
	}
	ws, err := loadWaivers(cfg.Waivers)
	if err != nil {
		return finding.Report{}, err
	}
	res, err := replay(ctx, args[0], scopeOf(cfg), engine)
	audit.Waive(&res.Report, ws)
	return res.Report, err
}

// loadWaivers reads a waivers file; without one there are none.
func loadWaivers(file string) ([]finding.Waiver, error) {
	if file == "" {
		return nil, nil
	}
	return config.LoadWaivers(file)
}

func (p program) judgeLive(ctx context.Context, cfg config.Config, engine *policy.Engine, quiet bool) (finding.Report, error) {
	r, err := p.runner(cfg, engine)
	if err != nil {
		return finding.Report{}, err
	}
	r.waiting = func() { p.progress(quiet, "waiting for another run of the same output to end") }
	p.progress(quiet, "collecting")
	run, err := r.run(ctx)
	if err != nil {
		return finding.Report{}, err
	}
	p.progress(quiet, "evidence and reports are in "+run.dir)
	if len(run.removed) > 0 {
		p.progress(quiet, "retention removed "+strings.Join(run.removed, ", "))
	}
	if run.retentionErr != nil { // the audit is done all the same
		_, _ = io.WriteString(p.stderr, "routeproof: "+message(run.retentionErr)+"\n")
	}
	return run.Report, nil
}

// replay judges stored evidence. A nil scope is the one that it was collected
// with.
func replay(ctx context.Context, dir string, scope *snapshot.Scope, engine *policy.Engine) (audit.Result, error) {
	d, closer, err := openEvidence(dir)
	if err != nil {
		return audit.Result{}, err
	}
	defer closer.Close()
	res, err := audit.Run(ctx, d, readers(), scope, engine, tool())
	res.Report.Disabled = engine.Disabled()
	return res, err
}

func readers() []audit.Reader { return []audit.Reader{router.Read, azure.Read} }

// loadConfig reads a configuration; without a file it is the zero Config.
func loadConfig(file string) (config.Config, error) {
	if file == "" {
		return config.Config{}, nil
	}
	return config.Load(file, router.Platforms())
}

// scopeOf is the scope that the configuration declares, nil when it is silent.
func scopeOf(c config.Config) *snapshot.Scope {
	s := c.Scope
	if len(s.Sites)+len(s.Require)+len(s.Protected)+len(s.Exempt)+len(s.Links) == 0 {
		return nil
	}
	return &c.Scope
}
