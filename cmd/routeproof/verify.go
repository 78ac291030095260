package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/routeproof/routeproof/internal/audit"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/history"
	"github.com/routeproof/routeproof/internal/policy"
	"github.com/routeproof/routeproof/reports"
)

const verifyUsage = `Usage: routeproof verify [flags] EVIDENCE
       routeproof verify [flags] OUTPUT

Says whether evidence, and the report that was made of it, are what they were:

    sums       every file has the SHA-256 of SHA256SUMS, none is missing, none was
               added; "sha256sum -c SHA256SUMS" checks the first two as well
    manifest   every item is what manifest.json says, and there is no other
    seal       who vouches for manifest.json, by the signature in seal.dsse.json.
               Sums alone can be computed again by whoever changes a file
    verdict    every finding is derived again from the stored bytes, and compared
               with report.json: outcome, paths, failures, words and all

Of an OUTPUT directory, where audit and serve keep their runs, all runs are checked,
and that each follows the one before it:

    chain      no run was dropped, put in, renamed, reordered or rewritten. Where
               retention removed old runs, the manifests of later ones allowed it.
               That the newest runs were dropped shows only in OUTPUT/latest: keep
               the digest that is printed, and give it as --newest the next time
    verdict    as above, and that a run holds its evidence and reports and no more

Flags:

    --key FILE         the public key, in PEM, that the evidence must be sealed with;
                       may be repeated where keys were replaced. Without it a seal is
                       not checked
    --report FILE      the report.json to compare with; of EVIDENCE only. Without it,
                       the one beside the directory EVIDENCE
    --config FILE      the configuration whose policies the report was made with. Of
                       a configuration nothing else is used; the declared sites are
                       those that the manifest keeps
    --policy DIR       policies that the report was made with, as --policy of audit
    --waivers FILE     the waivers that the report was made with. Without it, only those
                       hold that manifest.json vouches for, which are a run's own
    --newest SHA256    the manifest.json that one of the runs of OUTPUT must have
    --format F         text (the default) or json
    --quiet            print only what does not hold, or was not checked

A key pair is made with

    openssl genpkey -algorithm ed25519 -out seal.pem
    openssl pkey -in seal.pem -pubout -out seal.pub.pem

and the configuration names the first: evidence: {sealKey: {file: seal.pem}}.

Exit codes: 0 all that there is holds, 1 something does not, 2 something could not be
checked: a report by other policies is not comparable, a seal needs --key.
`

// verification is what verify says of an evidence directory or of a run, and with
// Run "chain", of all runs together.
type verification struct {
	Run            string             `json:"run,omitempty"`
	Evidence       string             `json:"evidence"`
	ManifestSHA256 string             `json:"manifestSHA256,omitempty"`
	Checks         []evidence.Check   `json:"checks"`
	manifest       *evidence.Manifest // nil when it cannot be read
}

// verifier checks evidence.
type verifier struct {
	engine *policy.Engine
	keys   []*evidence.PublicKey
	// waivers identifies those that the auditor has, empty for none.
	waivers string
}

func (p program) verify(ctx context.Context, args []string) error {
	var keys listFlag
	flags := newFlags("verify")
	flags.Var(&keys, "key", "")
	report := flags.String("report", "", "")
	var w with
	w.register(flags)
	newest := flags.String("newest", "", "")
	format := choiceFlag{"text", []string{"text", "json"}}
	flags.Var(&format, "format", "")
	quiet := flags.Bool("quiet", false, "")
	args, err := parseFlags(flags, verifyUsage, args, "EVIDENCE")
	if err != nil {
		return err
	}
	if *newest != "" && !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(*newest) {
		return usageError("verify: --newest %q: want the SHA-256 of a manifest.json, as 64 digits", *newest)
	}
	cfg, err := w.load()
	if err != nil {
		return err
	}
	v := verifier{}
	ws, err := loadWaivers(w.waivers)
	if err != nil {
		return err
	}
	v.waivers = finding.WaiversDigest(ws)
	if v.keys, err = publicKeys(keys); err != nil {
		return err
	}
	if v.engine, err = p.loadPolicies(ctx, cfg); err != nil {
		return err
	}
	var out []verification
	if output, ok := outputDir(args[0]); ok {
		if *report != "" {
			return usageError("verify: --report is for one EVIDENCE directory: %s holds runs, each with its own report.json", args[0])
		}
		out, err = v.history(ctx, output, *newest)
	} else {
		if *newest != "" {
			return usageError("verify: --newest is for the runs of an OUTPUT directory: %s is evidence", args[0])
		}
		var one verification
		one, err = v.evidence(ctx, evidenceDir(args[0]), *report)
		out = []verification{one}
	}
	if err != nil {
		return err
	}
	return p.sayVerified(out, format.value, *quiet)
}

// outputDir is the directory with runs/ in it that name is, or is the runs of.
func outputDir(name string) (string, bool) {
	name = filepath.Clean(name)
	if info, err := os.Stat(filepath.Join(name, "runs")); err == nil && info.IsDir() {
		return name, true
	}
	parent := filepath.Dir(name)
	if abs, err := filepath.Abs(name); err == nil {
		parent = filepath.Dir(abs)
		if filepath.Base(abs) == "runs" {
			names, err := history.Names(parent)
			return parent, err == nil && len(names) > 0
		}
	}
	return parent, false
}

// evidenceDir is the evidence of a run when name is that of the run.
func evidenceDir(name string) string {
	inside := filepath.Join(name, "evidence")
	if info, err := os.Stat(inside); err == nil && info.IsDir() {
		return inside
	}
	return name
}

// publicKeys reads keys, each once.
func publicKeys(files []string) ([]*evidence.PublicKey, error) {
	var keys []*evidence.PublicKey
	for _, file := range files {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("--key: %w", err)
		}
		key, err := evidence.ParsePublicKey(pem)
		if err != nil {
			return nil, fmt.Errorf("--key %s: %w", file, err)
		}
		if !slices.ContainsFunc(keys, func(k *evidence.PublicKey) bool { return k.ID() == key.ID() }) {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// history checks all runs of an output directory, and their chain.
func (v verifier) history(ctx context.Context, output, newest string) ([]verification, error) {
	names, err := history.Names(output)
	if err != nil {
		return nil, err
	}
	var out []verification
	var runs []evidence.ChainedRun
	for _, name := range names {
		one, err := v.evidence(ctx, filepath.Join(output, "runs", name, "evidence"), "")
		if err != nil {
			one.Checks = []evidence.Check{{Name: "evidence", State: evidence.Broken, Detail: "it cannot be checked", Problems: []string{err.Error()}}}
		}
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("verify: %w", err)
		}
		one.Run = name
		out = append(out, one)
		if one.manifest != nil {
			runs = append(runs, evidence.ChainedRun{Name: name, Manifest: *one.manifest, SHA256: one.ManifestSHA256})
		}
	}
	chain := evidence.VerifyChain(runs, history.Latest(output))
	if len(runs) > 0 && runs[len(runs)-1].SHA256 != newest {
		latestOf(&chain, output)
	}
	if newest != "" && !slices.ContainsFunc(runs, func(r evidence.ChainedRun) bool { return r.SHA256 == newest }) {
		chain.State = evidence.Broken
		chain.Problems = append(chain.Problems, fmt.Sprintf("no run has the manifest.json %s that --newest names: it was removed or rewritten", newest))
	}
	return append(out, verification{Run: "chain", Evidence: output, Checks: []evidence.Check{chain}}), nil
}

// latestOf adds to the check of a chain what is wrong with OUTPUT/latest itself.
func latestOf(chain *evidence.Check, output string) {
	_, err := os.Lstat(filepath.Join(output, "latest"))
	switch {
	case history.Latest(output) != "":
	case err == nil:
		chain.State = evidence.Broken
		chain.Problems = append(chain.Problems, "latest is not a link to a run: it was replaced")
	case chain.State == evidence.Holds:
		chain.State = evidence.Unchecked
		chain.Detail += "; but latest is missing, and newer runs may be: want the --newest that was written down"
	}
}

// evidence checks one evidence directory and the report of it. Without a report's
// name it is the one beside the directory, if there is one.
func (v verifier) evidence(ctx context.Context, dir, report string) (verification, error) {
	out := verification{Evidence: dir}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return out, fmt.Errorf("evidence %s: %w: want a directory that routeproof collect wrote, or an OUTPUT of routeproof audit", dir, cause(err))
	}
	defer root.Close()
	found, err := evidence.Verify(ctx, root.FS(), v.keys)
	if err != nil {
		return out, err
	}
	out.Checks, out.ManifestSHA256 = found.Checks, found.ManifestSHA256
	if found.Manifest.Version > 0 {
		out.manifest = &found.Manifest
	}
	d, err := evidence.Open(root.FS())
	if err != nil {
		out.Checks = append(out.Checks, evidence.Check{Name: "verdict", State: evidence.Unchecked, Detail: "the evidence cannot be read: " + err.Error()})
		return out, nil
	}
	res, err := audit.Run(ctx, d, readers(), nil, v.engine, tool())
	res.Report.Disabled = v.engine.Disabled()
	if err != nil {
		return out, err
	}
	check, err := v.verdict(res.Report, d, dir, report)
	out.Checks = append(out.Checks, check)
	return out, err
}

// sayVerified prints what was found, and ends with its exit code.
func (p program) sayVerified(out []verification, format string, quiet bool) error {
	worst := evidence.Holds
	for _, v := range out {
		for _, c := range v.Checks {
			if c.State == evidence.Broken || c.State == evidence.Unchecked && worst == evidence.Holds {
				worst = c.State
			}
		}
	}
	write := func(w io.Writer) error { return verifiedText(w, out, quiet) }
	if format == "json" {
		write = func(w io.Writer) error { return verifiedJSON(w, out, worst) }
	}
	if err := write(p.stdout); err != nil {
		return err
	}
	switch worst {
	case evidence.Broken:
		return verdictError{exitViolated, "verify: not everything holds"}
	case evidence.Unchecked:
		return verdictError{exitFailed, "verify: nothing is broken, but not everything could be checked"}
	case evidence.Holds, evidence.None:
	}
	return nil
}

// verifiedJSON writes what was found for programs.
func verifiedJSON(w io.Writer, out []verification, worst evidence.State) error {
	return reports.WriteJSON(w, struct {
		State    evidence.State `json:"state"`
		Verified []verification `json:"verified"`
	}{worst, out})
}
