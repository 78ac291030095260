package lab

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
)

// A Failure is something that is taken away. Make one with [LinkDown], [TunnelDown], [SessionDown] or [NodeDown]; it is
// comparable.
type Failure struct {
	kind failureKind
	of   string
	peer netip.Addr
}

type failureKind string

const (
	linkDown    failureKind = "link"
	tunnelDown  failureKind = "tunnel"
	sessionDown failureKind = "session"
	nodeDown    failureKind = "node"
)

// LinkDown cuts a cable; both ends lose their carrier.
func LinkDown(k Link) Failure { return Failure{kind: linkDown, of: string(k)} }

// TunnelDown ends a tunnel's security associations.
func TunnelDown(t Tunnel) Failure { return Failure{kind: tunnelDown, of: string(t)} }

// SessionDown shuts a BGP session of R1 or R2 down.
func SessionDown(router Node, peer netip.Addr) Failure {
	return Failure{kind: sessionDown, of: string(router), peer: peer}
}

// NodeDown takes all of a node's cables away: a router, an MSEE, a gateway or an instance of one, the firewall.
func NodeDown(n Node) Failure { return Failure{kind: nodeDown, of: string(n)} }

// String says what is down.
func (f Failure) String() string {
	if f.kind == sessionDown {
		return fmt.Sprintf("session %s to %s down", f.of, f.peer)
	}
	return fmt.Sprintf("%s %s down", f.kind, f.of)
}

// Fail makes a failure and returns when the network has converged on what is left. A tunnel whose ends cannot reach each
// other any more goes down with its device on both ends, as dead peer detection would have it.
func (l *Lab) Fail(ctx context.Context, f Failure) error { return l.change(ctx, f, true) }

// Repair undoes a failure and returns when the network has converged again. Not every network can: of "guideline-as-written"
// a tunnel that went down stays down, because the other router's routes keep it from its own underlay. That is an error.
func (l *Lab) Repair(ctx context.Context, f Failure) error { return l.change(ctx, f, false) }

// Failures lists what is down now.
func (l *Lab) Failures() []Failure {
	l.mu.Lock()
	defer l.mu.Unlock()
	var fs []Failure
	for f, down := range l.down {
		if down {
			fs = append(fs, f)
		}
	}
	return fs
}

func (l *Lab) isDown(f Failure) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.down[f]
}

func (l *Lab) setDown(f Failure, down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down[f] = down
}

func (l *Lab) change(ctx context.Context, f Failure, down bool) error {
	l.failing.Lock()
	defer l.failing.Unlock()
	err := l.make(ctx, f, down)
	if err == nil {
		err = l.Settle(ctx)
	}
	if err != nil {
		return fmt.Errorf("lab: %s: %w", map[bool]string{true: f.String(), false: "repair of " + f.String()}[down], err)
	}
	return nil
}

// make changes the network and does not wait for what follows from that, but for dead peers: those it finds itself.
func (l *Lab) make(ctx context.Context, f Failure, down bool) error {
	if l.isDown(f) == down {
		return nil
	}
	var err error
	switch f.kind {
	case linkDown:
		err = l.changeLink(ctx, f, down)
	case tunnelDown:
		err = l.changeTunnel(ctx, f, down)
	case sessionDown:
		err = l.changeSession(ctx, f, down)
	case nodeDown:
		err = l.changeNode(ctx, f, down)
	default:
		err = fmt.Errorf("not a failure: %q", f.kind)
	}
	if err != nil || !l.Scenario.VPN {
		return err
	}
	ss := sites()
	return parallel(ss[:], func(_ int, s site) error { return l.detectDeadPeer(ctx, s) })
}

// detectDeadPeer does at once what dead peer detection does in tens of seconds: the device of a tunnel whose peers cannot
// reach each other goes down on both ends, and up again when they can. A tunnel that lost its security associations gets
// new ones.
func (l *Lab) detectDeadPeer(ctx context.Context, s site) error {
	dead := l.anyDown(s.tunnelNeeds())
	for _, n := range []Node{s.router, s.gateway} {
		if err := l.setDevice(ctx, n, "ipsec0", dead); err != nil {
			return err
		}
	}
	if dead {
		return nil
	}
	if up, err := l.associated(ctx, s); err != nil || up {
		return err
	}
	return l.raise(ctx, s)
}

func (l *Lab) changeLink(ctx context.Context, f Failure, down bool) error {
	l.setDown(f, down)
	if f.of == string(Core) {
		return l.setDevice(ctx, R1, "core0", down)
	}
	for _, s := range sites() {
		if string(s.link) == f.of {
			return l.setDevice(ctx, s.router, "er0", down)
		}
	}
	return fmt.Errorf("unknown link %q (want %s, %s or %s)", f.of, Primary, Secondary, Core)
}

func (l *Lab) setDevice(ctx context.Context, n Node, dev string, down bool) error {
	_, err := l.Run(ctx, n, "ip", "link", "set", dev, upDown(down))
	return err
}

func upDown(down bool) string {
	if down {
		return "down"
	}
	return "up"
}

func (l *Lab) changeTunnel(ctx context.Context, f Failure, down bool) error {
	for _, s := range sites() {
		if string(s.tunnel) != f.of {
			continue
		}
		l.setDown(f, down)
		if !down {
			return nil
		}
		for _, n := range []Node{s.router, s.gateway} {
			// The first end tells the other, which then has nothing to terminate: that is not an error.
			if out, err := l.Run(ctx, n, "swanctl", "--terminate", "--ike", "tunnel", "--force", "--timeout", "1"); err != nil &&
				!strings.Contains(err.Error()+out, "no matching") {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("unknown tunnel %q (want %s or %s)", f.of, Tunnel1, Tunnel2)
}

func (l *Lab) changeSession(ctx context.Context, f Failure, down bool) error {
	l.setDown(f, down)
	as := map[Node]string{R1: "65501", R2: "65501"}[Node(f.of)]
	if as == "" {
		return fmt.Errorf("no sessions of %q can be shut down (want %s or %s)", f.of, R1, R2)
	}
	shutdown := "neighbor " + f.peer.String() + " shutdown"
	if !down {
		shutdown = "no " + shutdown
	}
	_, err := l.Run(ctx, Node(f.of), "vtysh", "-c", "configure terminal", "-c", "router bgp "+as, "-c", shutdown)
	return err
}

func (l *Lab) changeNode(ctx context.Context, f Failure, down bool) error {
	n := Node(f.of)
	if _, err := l.node(n); err != nil {
		return err
	}
	if down {
		l.setDown(f, true)
		for _, dev := range l.devices(n) {
			if err := l.setDevice(ctx, n, dev, true); err != nil {
				return err
			}
		}
		l.fabric.forget(n) // the kernel dropped the node's routes with its devices
		return nil
	}
	if _, err := l.nodes[n].output(ctx, l.setup(n), "ip", "-force", "-batch", "-"); err != nil {
		return err
	}
	l.fabric.forget(n)
	l.setDown(f, false)
	return nil
}
