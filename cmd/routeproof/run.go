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

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/routeproof/routeproof/internal/audit"
	"github.com/routeproof/routeproof/internal/config"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/history"
	"github.com/routeproof/routeproof/internal/policy"
	"github.com/routeproof/routeproof/internal/snapshot"
	"github.com/routeproof/routeproof/reports"
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
	waivers    []finding.Waiver
	output     string
	now        func() time.Time
	// key seals the evidence, if it is to be sealed.
	key *evidence.SigningKey
	// retention is which runs are kept, previous and lastGood what a run follows.
	retention          evidence.Retention
	previous, lastGood *evidence.Link
	// waiting is called when another run of the same output has to end first.
	waiting func()
}

// ran is what a run left behind.
type ran struct {
	dir string
	audit.Result
	// removed are the runs that retention removed after it, and retentionErr is why
	// it could not remove more.
	removed      []string
	retentionErr error
}

func (p program) runner(cfg config.Config, engine *policy.Engine) (runner, error) {
	cs, err := p.collectors(cfg)
	if err != nil {
		return runner{}, err
	}
	key, err := p.sealKey(cfg.SealKey)
	if err != nil {
		return runner{}, err
	}
	waivers, err := loadWaivers(cfg.Waivers)
	if err != nil {
		return runner{}, err
	}
	return runner{
		collectors: cs, scope: cfg.Scope, engine: engine, waivers: waivers, now: p.now, key: key, retention: cfg.Retention,
		output: cmp.Or(cfg.Output, defaultOutput),
	}, nil
}

// sealKey reads the key that evidence is sealed with; nil when there is none.
func (p program) sealKey(s config.Secret) (*evidence.SigningKey, error) {
	pem, err := p.secret("evidence.sealKey", s)
	if err != nil || pem == nil {
		return nil, err
	}
	key, err := evidence.ParseSigningKey(pem)
	if err != nil {
		return nil, fmt.Errorf("evidence.sealKey: %s: %w", s, err)
	}
	return key, nil
}

// run makes OUTPUT/runs/<time>, points OUTPUT/latest at it, and removes what is not
// to be kept. When it fails or ctx is done, nothing of the run stays behind, and
// latest is as it was. Runs of the same output wait for each other, so that each
// follows one and is followed by one.
func (r runner) run(ctx context.Context) (ran, error) {
	runs := filepath.Join(r.output, "runs")
	if err := os.MkdirAll(runs, 0o750); err != nil {
		return ran{}, fmt.Errorf("output: %w", err)
	}
	unlock, err := lock(ctx, filepath.Join(r.output, "lock"), r.waiting)
	if err != nil {
		return ran{}, err
	}
	defer unlock()
	if err := history.Sweep(r.output); err != nil {
		return ran{}, err
	}
	if r.previous, r.lastGood, err = history.Next(r.output); err != nil {
		return ran{}, err
	}
	name := history.Name(r.now())
	staged, res, err := r.stage(ctx, runs, name)
	if err != nil {
		return ran{}, err
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
		return ran{}, fmt.Errorf("output: %w", err)
	}
	if err := relink(filepath.Join(r.output, "latest"), filepath.Join("runs", filepath.Base(dir))); err != nil {
		return ran{}, err
	}
	done := ran{dir: dir, Result: res}
	done.removed, done.retentionErr = history.Retain(r.output)
	return done, nil
}

// lock waits until no other process has the lock, and takes it. When that takes
// long, it calls waiting once.
func lock(ctx context.Context, file string, waiting func()) (unlock func(), err error) {
	type got struct {
		unlock func()
		err    error
	}
	locked := make(chan got)
	go func() {
		unlock, err := lockedfile.MutexAt(file).Lock()
		select {
		case locked <- got{unlock, err}:
		case <-ctx.Done():
			if err == nil {
				unlock()
			}
		}
	}()
	long := time.After(time.Second)
	for {
		select {
		case l := <-locked:
			if l.err != nil {
				return nil, fmt.Errorf("output: %w", l.err)
			}
			return l.unlock, nil
		case <-long:
			if waiting != nil {
				waiting()
			}
		case <-ctx.Done():
			return nil, fmt.Errorf("output: waiting for another run to end: %w", ctx.Err())
		}
	}
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
	audit.Waive(&res.Report, r.waivers)
	for _, format := range []string{"json", "sarif", "html"} {
		write, err := reports.ForFormat(format)
		if err != nil {
			return audit.Result{}, err
		}
		if err := writeReport(filepath.Join(dir, "report."+format), write, res.Report); err != nil {
			return audit.Result{}, err
		}
	}
	return res, nil
}

// collect makes the evidence directory dir.
func (r runner) collect(ctx context.Context, dir string) error {
	m := evidence.Manifest{
		Tool: tool(), PolicyDigest: r.engine.Digest(), Waivers: finding.WaiversDigest(r.waivers), Scope: r.scope,
		Previous: r.previous, LastGood: r.lastGood, Retention: r.retention,
	}
	return audit.Collect(ctx, dir, r.collectors, m, r.key, r.now)
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
