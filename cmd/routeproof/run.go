package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/routeproof/routeproof/internal/audit"
	"github.com/routeproof/routeproof/internal/config"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/policy"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// defaultOutput is where runs are kept when the configuration does not say. It
// is not the demo's directory.
const defaultOutput = "routeproof-audit"

// runner audits the live network: once for audit and demo, again and again for
// serve.
type runner struct {
	collectors []audit.Collector
	scope      snapshot.Scope
	engine     *policy.Engine
	output     string
	now        func() time.Time
}

func (p program) runner(cfg config.Config, engine *policy.Engine) (runner, error) {
	cs, err := p.collectors(cfg)
	if err != nil {
		return runner{}, err
	}
	return runner{
		collectors: cs, scope: cfg.Scope, engine: engine, now: p.now,
		output: cmp.Or(cfg.Output, defaultOutput),
	}, nil
}

// run makes OUTPUT/runs/<time> and points OUTPUT/latest at it. When it fails or
// ctx is done, nothing of the run stays behind, and latest is as it was.
func (r runner) run(ctx context.Context) (string, audit.Result, error) {
	runs := filepath.Join(r.output, "runs")
	if err := os.MkdirAll(runs, 0o750); err != nil {
		return "", audit.Result{}, fmt.Errorf("output: %w", err)
	}
	name := r.now().UTC().Format("2006-01-02T150405Z")
	staged, res, err := r.stage(ctx, runs, name)
	if err != nil {
		return "", audit.Result{}, err
	}
	defer os.RemoveAll(staged) // does nothing once it has its name
	dir := filepath.Join(runs, name)
	for n := 2; ; n++ { // two runs within a second
		if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
			break
		}
		dir = filepath.Join(runs, fmt.Sprintf("%s-%d", name, n))
	}
	if err := os.Rename(staged, dir); err != nil {
		return "", audit.Result{}, fmt.Errorf("output: %w", err)
	}
	if err := relink(filepath.Join(r.output, "latest"), filepath.Join("runs", filepath.Base(dir))); err != nil {
		return "", audit.Result{}, err
	}
	return dir, res, nil
}

// stage makes a hidden directory below parent with everything that a run leaves
// behind: evidence, report.json, report.sarif and report.html. The caller names or removes
// it; on error it is gone already.
func (r runner) stage(ctx context.Context, parent, name string) (string, audit.Result, error) {
	dir, err := os.MkdirTemp(parent, "."+name+".*")
	if err != nil {
		return "", audit.Result{}, fmt.Errorf("output: %w", err)
	}
	res, err := r.fill(ctx, dir)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return "", audit.Result{}, errors.Join(err, os.RemoveAll(dir))
	}
	return dir, res, nil
}

// fill collects into dir, judges what was collected, and writes the reports.
func (r runner) fill(ctx context.Context, dir string) (audit.Result, error) {
	if err := os.Chmod(dir, 0o750); err != nil { //nolint:gosec // the group reads reports
		return audit.Result{}, fmt.Errorf("output: %w", err)
	}
	kept := filepath.Join(dir, "evidence")
	if err := r.collect(ctx, kept); err != nil {
		return audit.Result{}, err
	}
	res, err := replay(ctx, kept, nil, r.engine)
	if err != nil {
		return audit.Result{}, err
	}
	for _, format := range []string{"json", "sarif", "html"} {
		if err := writeReport(filepath.Join(dir, "report."+format), format, res.Report); err != nil {
			return audit.Result{}, err
		}
	}
	return res, nil
}

// collect makes the evidence directory dir.
func (r runner) collect(ctx context.Context, dir string) error {
	m := evidence.Manifest{Tool: tool(), PolicyDigest: r.engine.Digest(), Scope: r.scope}
	return audit.Collect(ctx, dir, r.collectors, m, r.now)
}

// relink makes link a symbolic link to target, in one step.
func relink(link, target string) error {
	tmp := filepath.Join(filepath.Dir(link), "."+filepath.Base(link)+".new")
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("output: %w", err)
	}
	if err := os.Symlink(target, tmp); err != nil {
		return fmt.Errorf("output: %w", err)
	}
	if err := os.Rename(tmp, link); err != nil {
		_ = os.Remove(tmp)
		return fmt.Errorf("output: %w", err)
	}
	return nil
}
