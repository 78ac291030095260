// Package lab builds the guideline's network out of real parts on one machine, so that routeproof's verdicts can be held
// against packets: FRR routers, strongSwan tunnels with ESP over a private peering, BGP inside them, and Azure's
// forwarding as kernel routes.
//
//	onprem1 - R1 ==er== msee1 - ergw - vpngw0     hub VNet 10.64.0.0/23: GatewaySubnet, fw, hubvm
//	           |core                  fabric
//	onprem2 - R2 ==er== msee2 -      - vpngw1     spoke VNet 172.16.0.0/16: spokevm
//
// The package decides how Azure forwards by itself (see [Effective]) and never asks routeproof's graph: it is the witness,
// not the accused.
//
// Every node is a process in its own PID, mount, UTS and network namespaces. Nothing has a name on the host, no interface
// is created there and no file outside the directory given to [Start]. When the process that started the lab ends, however
// it ends, the kernel takes the lab down; runs therefore cannot collide and leave nothing behind.
package lab

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// A Lab is a running scenario. Its methods may be called from several goroutines, but failures and repairs
// ([Lab.Fail], [Lab.Repair]) are made one at a time, and a probe that overlaps one says nothing about either state.
type Lab struct {
	// Scenario is what was started.
	Scenario Scenario
	// ID is unique to this run. It is in the command line of every process that holds a namespace.
	ID string

	dir      string
	nodes    map[Node]*namespace
	witness  *witness
	fabric   *fabric
	ssh      *credentials
	captures []*capture

	failing sync.Mutex // one failure at a time
	mu      sync.Mutex // guards down and closers
	down    map[Failure]bool
	closers []func() error

	closed   sync.Once
	closeErr error
}

// Start builds the scenario and returns once it has converged: every session that should be up is, and no routing table
// changes any more. dir receives the captures (pcap), the SSH client's key and known_hosts, and, when the start fails, the
// daemons' logs; it must exist and is not removed.
//
// The lab lives until [Lab.Close] or until ctx is done. A failed start leaves nothing running.
func Start(ctx context.Context, s Scenario, dir string) (*Lab, error) {
	if missing := Available(); missing != "" {
		return nil, fmt.Errorf("lab: %s", missing)
	}
	id := make([]byte, 4)
	if _, err := rand.Read(id); err != nil {
		return nil, fmt.Errorf("lab: run id: %w", err)
	}
	l := &Lab{
		Scenario: s,
		ID:       hex.EncodeToString(id),
		dir:      dir,
		nodes:    map[Node]*namespace{},
		witness:  newWitness(),
		down:     map[Failure]bool{},
	}
	if err := l.start(ctx); err != nil {
		l.keepLogs()
		return nil, errors.Join(fmt.Errorf("lab: start %s: %w", s.Name, err), l.Close())
	}
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	l.atClose(func() error {
		stop()
		return nil
	})
	return l, nil
}

// start is a list of steps, each as parallel as it can be.
func (l *Lab) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	steps := []struct {
		what string
		do   func(context.Context) error
	}{
		{"namespaces", l.startNamespaces},
		{"links", l.link},
		{"captures", l.startCaptures},
		{"daemons", l.boot},
		{"hosts", l.startHosts},
		{"azure", l.startFabric},
		{"tunnels", l.raiseTunnels},
		{"steering", l.steer},
		{"failures", l.failScenario},
		{"convergence", l.Settle},
	}
	for _, s := range steps {
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", s.what, err)
		}
	}
	return nil
}

// startNamespaces makes one namespace a node, and the fabric that the Azure nodes share.
func (l *Lab) startNamespaces(ctx context.Context) error {
	nodes := append(l.Scenario.Nodes(), fabricNode)
	made := make([]*namespace, len(nodes))
	err := parallel(nodes, func(i int, n Node) (err error) {
		made[i], err = startNamespace(ctx, string(n), l.ID)
		return err
	})
	for i, ns := range made {
		if ns != nil {
			l.nodes[nodes[i]] = ns
		}
	}
	return err
}

// failScenario makes the failures that are part of the scenario. They come after the network was whole, as in life.
func (l *Lab) failScenario(ctx context.Context) error {
	if len(l.Scenario.Down) == 0 {
		return nil
	}
	if err := l.Settle(ctx); err != nil {
		return err
	}
	for _, f := range l.Scenario.Down {
		if err := l.make(ctx, f, true); err != nil {
			return fmt.Errorf("%s: %w", f, err)
		}
	}
	return nil
}

// Close takes the lab down and waits until its processes are gone. It may be called more than once and from several
// goroutines; all get the same result.
func (l *Lab) Close() error {
	l.closed.Do(func() {
		l.mu.Lock()
		closers := l.closers
		l.closers = nil
		l.mu.Unlock()
		var errs []error
		for _, c := range slices.Backward(closers) {
			errs = append(errs, c())
		}
		if l.fabric != nil {
			l.fabric.stop()
		}
		names := make([]*namespace, 0, len(l.nodes))
		for _, ns := range l.nodes {
			names = append(names, ns)
		}
		errs = append(errs, parallel(names, func(_ int, ns *namespace) error { return ns.stop() }))
		l.closeErr = errors.Join(errs...)
	})
	return l.closeErr
}

// atClose registers what Close must undo before it drops the namespaces.
func (l *Lab) atClose(f func() error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closers = append(l.closers, f)
}

// keepLogs copies what the daemons wrote to the run's directory, for whoever has to find out why a start failed.
func (l *Lab) keepLogs() {
	for n, ns := range l.nodes {
		for _, name := range []string{"charon.log", "boot.log", "sshd.log"} {
			b, err := os.ReadFile(ns.path("/run/lab/" + name))
			if err == nil && len(b) > 0 {
				_ = os.WriteFile(filepath.Join(l.dir, string(n)+"-"+name), b, 0o600)
			}
		}
	}
}

// Dial connects to addr from inside the node's network namespace, so that a router's SSH server is reached without any
// interface on the host: Dial(ctx, R1, "tcp", "10.10.10.1:22"). The address must be numeric.
func (l *Lab) Dial(ctx context.Context, n Node, network, addr string) (net.Conn, error) {
	if _, err := netip.ParseAddrPort(addr); err != nil {
		return nil, fmt.Errorf("lab: dial %s: %w", n, err)
	}
	ns, err := l.node(n)
	if err != nil {
		return nil, err
	}
	var conn net.Conn
	err = ns.enter(func() (err error) {
		d := net.Dialer{Timeout: 5 * time.Second}
		conn, err = d.DialContext(ctx, network, addr)
		return err
	})
	return conn, err
}

// Run runs a command in the node and returns what it wrote to standard output. It is meant for reading state ("ip", "-s",
// "link"); what it changes, the lab does not know of.
func (l *Lab) Run(ctx context.Context, n Node, args ...string) (string, error) {
	ns, err := l.node(n)
	if err != nil {
		return "", err
	}
	return ns.output(ctx, "", args...)
}

// Vtysh returns exactly what vtysh prints for a command on a node that runs FRR.
func (l *Lab) Vtysh(ctx context.Context, n Node, command string) (string, error) {
	return l.Run(ctx, n, "vtysh", "-c", command)
}

func (l *Lab) node(n Node) (*namespace, error) {
	if ns, ok := l.nodes[n]; ok {
		return ns, nil
	}
	return nil, fmt.Errorf("lab: scenario %s has no node %q (it has %v)", l.Scenario.Name, n, l.Scenario.Nodes())
}

// parallel runs f on every item at once and joins the errors.
func parallel[T any](items []T, f func(int, T) error) error {
	errs := make([]error, len(items))
	var wg sync.WaitGroup
	for i, item := range items {
		wg.Go(func() { errs[i] = f(i, item) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// poll calls ok every interval until it is true, fails, or ctx is done; late says what was waited for.
func poll(ctx context.Context, interval time.Duration, late string, ok func() (bool, error)) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		done, err := ok()
		if done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", late, ctx.Err())
		case <-tick.C:
		}
	}
}
