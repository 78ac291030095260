package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/audit"
	"github.com/routeproof/routeproof/internal/emulator"
	labs "github.com/routeproof/routeproof/internal/lab"
)

// demoLab is the demo on real routers: it builds the scenario's network, audits
// it, sends marked packets through it, and prints what the captures saw beside
// what the audit says.
func (p program) demoLab(ctx context.Context, scenario, out string, o output) error {
	if missing := labs.Available(); missing != "" {
		return fmt.Errorf("demo --lab: %s", missing)
	}
	if err := errors.Join(o.check(), ownedByDemo(out)); err != nil {
		return err
	}
	engine, err := p.loadPolicies(ctx, noConfig())
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "routeproof-lab-*")
	if err != nil {
		return fmt.Errorf("demo --lab: %w", err)
	}
	defer os.RemoveAll(work)
	s, err := labs.Named(scenario)
	if err != nil {
		return err
	}
	p.progress(o.quiet, "building the network: routers, tunnels, gateways; this takes some ten seconds")
	l, err := labs.Start(ctx, s, work)
	if err != nil {
		return err
	}
	defer l.Close()
	r := runner{engine: engine, now: p.now}
	arm, err := armOf(ctx, l, filepath.Join(work, "arm"))
	if err != nil {
		return err
	}
	defer arm.Close()
	if r.collectors, err = labCollectors(ctx, l, arm, p.now); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o750); err != nil {
		return fmt.Errorf("output: %w", err)
	}
	staged, res, err := r.stage(ctx, out, "demo")
	if err != nil {
		return err
	}
	defer os.RemoveAll(staged)
	p.progress(o.quiet, "sending marked packets between all hosts")
	packets, err := witness(ctx, l, res)
	if err != nil {
		return err
	}
	if err := place(staged, out); err != nil {
		return err
	}
	v := p.say(res.Report, o)
	if v != nil && exitCode(v) == exitFailed || o.format.value != "text" {
		return v
	}
	if err := p.print(packets); err != nil {
		return err
	}
	return v
}

// armOf serves Azure's side of a lab as it is now.
func armOf(ctx context.Context, l *labs.Lab, dir string) (*emulator.ARM, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("demo --lab: %w", err)
	}
	if err := l.WriteARM(ctx, dir); err != nil {
		return nil, err
	}
	return emulator.StartARM(emulator.ARMConfig{FS: os.DirFS(dir)}) //nolint:contextcheck // it runs until Close
}

func labCollectors(ctx context.Context, l *labs.Lab, arm *emulator.ARM, now func() time.Time) ([]audit.Collector, error) {
	a, err := azure.New(azure.Options{
		Subscriptions: []string{labs.Subscription},
		Cloud:         azure.Cloud{Name: "custom", Endpoint: arm.Endpoint, Authority: arm.Endpoint, Audience: arm.Endpoint, CA: arm.Pool()},
		Credential:    azure.Credential{Tenant: arm.Tenant, Client: arm.Client, Secret: arm.Secret},
		Now:           now,
		PollEvery:     time.Second,
	})
	if err != nil {
		return nil, err
	}
	cs := []audit.Collector{a}
	for _, n := range []labs.Node{labs.R1, labs.R2} {
		address, err := l.Forward(ctx, n)
		if err != nil {
			return nil, err
		}
		access, err := l.SSH(n)
		if err != nil {
			return nil, err
		}
		key, err := os.ReadFile(access.Key)
		if err != nil {
			return nil, fmt.Errorf("router %s: %w", n, err)
		}
		c, err := router.New(router.Device{
			Name: string(n), Address: address, Platform: "frr", User: access.User, Key: key, KnownHosts: access.KnownHosts, Now: now,
		})
		if err != nil {
			return nil, err
		}
		cs = append(cs, c)
	}
	return cs, nil
}

// witness is a table of what became of packets between all hosts, by the audit
// and by the captures.
func witness(ctx context.Context, l *labs.Lab, res audit.Result) (string, error) {
	var b strings.Builder
	b.WriteString("\nWhat packets really did, from captures on both private peerings and at the firewall:\n\n")
	fmt.Fprintf(&b, "  %-27s  %-24s  %-24s\n", "packet", "routeproof says", "the captures saw")
	same := 0
	for _, pair := range labs.Pairs() {
		path, _, err := res.Graph.Trace(pair[0], pair[1])
		if err != nil {
			return "", err
		}
		saw, err := l.Probe(ctx, pair[0], pair[1])
		if err != nil {
			return "", err
		}
		claimed, viaFirewall, known := labs.Claim(path)
		_, firewalled := saw.Firewalled()
		says, seen := outcomeWords(claimed, viaFirewall), outcomeWords(saw.Outcomes(), firewalled)
		mark := "agree"
		switch {
		case !known:
			says, mark = "not known", "open"
		case says != seen:
			mark = "DISAGREE"
		default:
			same++
		}
		fmt.Fprintf(&b, "  %-27s  %-24s  %-24s  %s\n", fmt.Sprintf("%s -> %s", pair[0], pair[1]), says, seen, mark)
	}
	fmt.Fprintf(&b, "\n%d of %d agree.\n", same, len(labs.Pairs()))
	return b.String(), nil
}

// outcomeWords says outcomes in a few words; a firewall matters only to what arrives.
func outcomeWords(outcomes []labs.Outcome, firewall bool) string {
	words := make([]string, len(outcomes))
	for i, o := range outcomes {
		words[i] = string(o)
		if firewall && o != labs.Dropped {
			words[i] += ", firewall"
		}
	}
	return strings.Join(words, " or ")
}
