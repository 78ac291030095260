package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/audit"
	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/testdata/scenarios"
)

const labUser = "audit"

// lab is a scenario's network on the loopback: Azure over TLS and routers over
// SSH. Its passwords are made up anew each time.
type lab struct {
	arm           *emulator.ARM
	routers       []labRouter
	subscriptions []string
	password      string
	knownHosts    string // a file
}

type labRouter struct {
	name string
	*emulator.SSH
}

// startLab plays a scenario until close is called.
func startLab(scenario string) (l *lab, err error) {
	fsys, err := fs.Sub(scenarios.FS(), scenario)
	if err != nil {
		return nil, fmt.Errorf("scenario %s: %w", scenario, err)
	}
	l = &lab{password: rand.Text()}
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	if l.subscriptions, err = folders(fsys, "azure"); err != nil {
		return nil, err
	}
	names, err := folders(fsys, "routers")
	if err != nil {
		return nil, err
	}
	if l.arm, err = emulator.StartARM(emulator.ARMConfig{FS: fsys}); err != nil {
		return nil, err
	}
	var known strings.Builder
	for _, name := range names {
		r, err := emulator.StartSSH(emulator.SSHConfig{FS: fsys, Name: name, Prompt: name + "# ", User: labUser, Password: l.password})
		if err != nil {
			return nil, fmt.Errorf("router %s: %w", name, err)
		}
		l.routers = append(l.routers, labRouter{name, r})
		known.WriteString(r.KnownHostsLine() + "\n")
	}
	return l, l.keepHosts(known.String())
}

func (l *lab) keepHosts(text string) error {
	f, err := os.CreateTemp("", "routeproof-known-hosts-*")
	if err != nil {
		return fmt.Errorf("known hosts: %w", err)
	}
	l.knownHosts = f.Name()
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

func folders(fsys fs.FS, dir string) ([]string, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("scenario: %w", err)
	}
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = e.Name()
	}
	return out, nil
}

func (l *lab) close() {
	if l.arm != nil {
		l.arm.Close()
	}
	for _, r := range l.routers {
		r.Close()
	}
	if l.knownHosts != "" {
		_ = os.Remove(l.knownHosts)
	}
}

func (l *lab) addresses() []string {
	out := make([]string, len(l.routers))
	for i, r := range l.routers {
		out[i] = r.Addr
	}
	return out
}

// collectors are the real ones, pointed at the lab.
func (l *lab) collectors(now func() time.Time) ([]audit.Collector, error) {
	a, err := azure.New(azure.Options{
		Subscriptions: l.subscriptions,
		Cloud:         azure.Cloud{Name: "custom", Endpoint: l.arm.Endpoint, Authority: l.arm.Endpoint, Audience: l.arm.Endpoint, CA: l.arm.Pool()},
		Credential:    azure.Credential{Tenant: l.arm.Tenant, Client: l.arm.Client, Secret: l.arm.Secret},
		Now:           now,
		PollEvery:     time.Second,
	})
	if err != nil {
		return nil, err
	}
	cs := []audit.Collector{a}
	for _, r := range l.routers {
		c, err := router.New(router.Device{
			Name: r.name, Address: r.Addr, Platform: "frr", User: labUser, Password: l.password, KnownHosts: l.knownHosts, Now: now,
		})
		if err != nil {
			return nil, err
		}
		cs = append(cs, c)
	}
	return cs, nil
}
