package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"

	"github.com/routeproof/routeproof/internal/config"
	"github.com/routeproof/routeproof/internal/policy"
	builtin "github.com/routeproof/routeproof/policies"
)

// noConfig is the configuration of commands that have none.
func noConfig() config.Config { return config.Config{} }

// loadPolicies compiles the built-in policies and those of the configuration, with
// its settings.
func (p program) loadPolicies(ctx context.Context, cfg config.Config) (*policy.Engine, error) {
	fsys, err := policyFiles(cfg)
	if err != nil {
		return nil, err
	}
	engine, err := policy.Load(ctx, fsys...)
	if err != nil {
		return nil, err
	}
	return p.configure(engine, cfg)
}

// configure applies the configuration's settings, and has users' policies evaluated
// apart.
func (p program) configure(engine *policy.Engine, cfg config.Config) (*policy.Engine, error) {
	engine, err := engine.Configure(cfg.Parameters, cfg.Disabled)
	if err != nil {
		return nil, usageError("configuration: policies: %w", err)
	}
	return engine.Apart(p.apart), nil
}

// policyFiles are the built-in policies and those of the configuration.
func policyFiles(cfg config.Config) ([]fs.FS, error) {
	var key []byte
	if cfg.PolicyKey != "" {
		var err error
		if key, err = os.ReadFile(cfg.PolicyKey); err != nil {
			return nil, fmt.Errorf("configuration: policies.key: %w", err)
		}
	}
	fsys := []fs.FS{builtin.FS}
	for _, name := range cfg.PolicyDirs {
		files, err := policy.Open(name, key)
		if err != nil {
			return nil, usageError("policies %s: %w", name, cause(err))
		}
		fsys = append(fsys, files)
	}
	return fsys, nil
}

// with are the flags that say what to judge with.
type with struct {
	config   string
	policies listFlag
	waivers  string
}

// withUsage documents --policy and --waivers.
const withUsage = `    --policy DIR       also judge with the policies in DIR, a directory of Rego files or
                       an OPA bundle, which may be a .tar.gz; may be repeated
    --waivers FILE     decisions to live with failures for a time, instead of the
                       configuration's. A waived failure is reported and does not
                       count; a waiver that has ended, waives nothing or is broader
                       than a decision can be is itself a failure (WAV-01 to WAV-03)
`

// register adds --config, --policy and --waivers.
func (w *with) register(flags *flag.FlagSet) {
	w.registerPolicies(flags)
	flags.StringVar(&w.waivers, "waivers", "", "")
}

// registerPolicies adds --config and --policy.
func (w *with) registerPolicies(flags *flag.FlagSet) {
	flags.StringVar(&w.config, "config", "", "")
	flags.Var(&w.policies, "policy", "")
}

// load reads the configuration, if there is one, and applies the other flags to it.
func (w *with) load() (config.Config, error) {
	cfg, err := loadConfig(w.config)
	cfg.PolicyDirs = slices.Concat(cfg.PolicyDirs, w.policies)
	cfg.Waivers = cmp.Or(w.waivers, cfg.Waivers)
	return cfg, err
}

// judgeVerb is the command with which the program calls itself, see [program.apart].
const judgeVerb = "judge-policy"

// apart is the process that evaluates one policy: this program, again.
func (p program) apart(ctx context.Context) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.self, judgeVerb) //nolint:gosec // it is this program
	cmd.Args[0] = p.called
	return cmd
}

// judgePolicy is what that process does.
func (p program) judgePolicy(ctx context.Context) error {
	return policy.Judge(ctx, p.stdin, p.stdout, p.exit)
}
