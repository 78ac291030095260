package main

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/routeproof/routeproof/internal/config"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/history"
	"github.com/routeproof/routeproof/internal/snapshot"
)

const serveUsage = `Usage: routeproof serve --config FILE

Audits on the configuration's schedule, exactly as audit does: each run goes to
OUTPUT/runs/<time>, with its evidence, report.json, report.sarif and report.html,
and OUTPUT/latest then points there; then the runs that the configuration's
retention does not keep are removed. Runs never overlap; a run that is due while
another is under way is left out. A source that fails, and a run that fails, is
logged, and the next run comes as planned. Each run that fails, or has no answer of
some source, also logs a warning with the last good run and its age: make an alert
of "the last good run is an earlier one" and of "there is no good run".

SIGTERM and SIGINT end it with exit code 0. A run that is under way is cancelled
and leaves nothing behind.

Flags:

    --config FILE      the configuration; it must have a schedule
` + withUsage + `    --log-format F     text (the default) or json, on stderr
`

// server repeats an audit.
type server struct {
	runner
	schedule config.Schedule
	log      *slog.Logger
}

func (p program) serve(ctx context.Context, args []string) error {
	flags := newFlags("serve")
	var w with
	w.register(flags)
	format := choiceFlag{"text", []string{"text", "json"}}
	flags.Var(&format, "log-format", "")
	if _, err := parseFlags(flags, serveUsage, args); err != nil {
		return err
	}
	if w.config == "" {
		return usageError("serve: missing --config: want a configuration with a schedule")
	}
	cfg, err := w.load()
	if err != nil {
		return err
	}
	if cfg.Schedule.Next(p.now()).IsZero() {
		return usageError("serve: %s: the schedule %q never comes: want five cron fields, like \"30 5 * * *\"", w.config, cfg.Schedule.Text)
	}
	engine, err := p.loadPolicies(ctx, cfg)
	if err != nil {
		return err
	}
	r, err := p.runner(cfg, engine)
	if err != nil {
		return err
	}
	log := slog.New(logHandler(p.stderr, format.value))
	r.waiting = func() {
		log.Info("waiting for another audit that writes to the output", slog.String("output", r.output))
	}
	s := server{runner: r, schedule: cfg.Schedule, log: log}
	s.serve(ctx)
	return nil
}

func logHandler(w io.Writer, format string) slog.Handler {
	if format == "json" {
		return slog.NewJSONHandler(w, nil)
	}
	return slog.NewTextHandler(w, nil)
}

// serve audits until ctx is done. Runs are in one line, so that they cannot
// overlap, and the last one has ended when serve returns.
func (s server) serve(ctx context.Context) {
	s.log.Info("serving", slog.String("version", tool()), slog.String("schedule", s.schedule.Text), slog.String("output", s.output))
	if s.schedule.AtStart {
		s.once(ctx)
	}
	for ctx.Err() == nil {
		next := s.schedule.Next(s.now())
		s.log.Info("waiting", slog.Time("next", next))
		if s.wait(ctx, next) {
			s.once(ctx)
		}
	}
	s.log.Info("stopped")
}

// wait returns true at the given time, and false when ctx is done first. It
// looks at the clock now and then, because a timer alone does not notice that a
// machine slept or that its clock was set.
func (s server) wait(ctx context.Context, until time.Time) bool {
	const look = 30 * time.Second
	for {
		left := until.Sub(s.now())
		if left <= 0 {
			return true
		}
		timer := time.NewTimer(min(left, look))
		select {
		case <-ctx.Done():
			timer.Stop()
			return false
		case <-timer.C:
		}
	}
}

// once runs one audit and logs how it went.
func (s server) once(ctx context.Context) {
	began := s.now()
	s.log.Info("audit started")
	run, err := s.run(ctx)
	took := slog.Duration("took", s.now().Sub(began).Round(time.Millisecond))
	switch {
	case err != nil && ctx.Err() != nil:
		s.log.Info("audit cancelled", took)
	case err != nil:
		s.log.Error("audit failed", slog.String("error", err.Error()), took)
		s.stale(began)
	default:
		count := make(map[finding.Outcome]int)
		for _, f := range run.Report.Findings {
			count[f.Outcome]++
		}
		s.log.Info("audit finished", slog.String("verdict", string(run.Report.Verdict)),
			slog.Int("failed", count[finding.Fail]), slog.Int("open", count[finding.Open]), slog.Int("passed", count[finding.Pass]),
			slog.String("run", run.dir), took)
		s.sources(run.Report)
		s.stale(began)
		s.retained(run)
	}
}

// stale warns when a run that began then did not become the last good one: it says
// which that is and how old, so that an alert can be made of one line.
func (s server) stale(began time.Time) {
	_, good, err := history.Next(s.output)
	switch {
	case err != nil:
		s.log.Warn("the last good run is not known", slog.String("error", err.Error()))
	case good == nil:
		s.log.Warn("there is no good run")
	case good.Finished.Before(began.Truncate(time.Second)):
		s.log.Warn("the last good run is an earlier one", slog.String("run", good.Run),
			slog.Time("finished", good.Finished), slog.Duration("age", s.now().Sub(good.Finished).Round(time.Second)))
	}
}

// retained logs what retention removed.
func (s server) retained(run ran) {
	for _, name := range run.removed {
		s.log.Info("old run removed", slog.String("run", name))
	}
	if run.retentionErr != nil {
		s.log.Error("retention failed", slog.String("error", run.retentionErr.Error()))
	}
}

// sources logs what could not be collected.
func (s server) sources(r finding.Report) {
	for _, it := range r.Evidence {
		if !answered(snapshot.Status(it.Status)) {
			s.log.Warn("evidence is not whole", slog.String("item", it.Path), slog.String("status", it.Status), slog.String("detail", it.Detail))
		}
	}
}
