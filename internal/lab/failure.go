package lab

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"
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
// a tunnel that went down stays down, because the other router's routes keep it from its own underlay, and what one end of
// it says, the other does not hear. Fail and Repair then give up after half a minute, with an error.
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
	if f == LinkDown(Core) {
		l.setDown(f, down)
		return l.plug(ctx, R1)
	}
	for _, s := range sites() {
		if f == LinkDown(s.link) {
			l.setDown(f, down)
			return l.plug(ctx, s.router)
		}
	}
	return fmt.Errorf("unknown link %q (want %s, %s or %s)", f.of, Primary, Secondary, Core)
}

func (l *Lab) changeNode(ctx context.Context, f Failure, down bool) error {
	n := Node(f.of)
	if _, err := l.node(n); err != nil {
		return err
	}
	l.setDown(f, down)
	err := l.plug(ctx, n)
	l.fabric.forget(n) // the kernel dropped the node's routes with its devices
	return err
}

// plug brings a node's devices up or down, as the failures made so far have it.
func (l *Lab) plug(ctx context.Context, n Node) error {
	_, err := l.nodes[n].output(ctx, l.setup(n), "ip", "-batch", "-")
	return err
}

// unplugged says whether a device of the node is down. A cable is cut at the router's end, the core's at R1's.
func (l *Lab) unplugged(n Node, dev string) bool {
	cut := []Failure{NodeDown(n)}
	if n == R1 && dev == "core0" {
		cut = append(cut, LinkDown(Core))
	}
	for _, s := range sites() {
		if n == s.router && dev == "er0" {
			cut = append(cut, LinkDown(s.link))
		}
	}
	return l.anyDown(cut)
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
		return parallel([]Node{s.router, s.gateway}, func(_ int, n Node) error { return l.terminate(ctx, n) })
	}
	return fmt.Errorf("unknown tunnel %q (want %s or %s)", f.of, Tunnel1, Tunnel2)
}

// terminate ends the node's security associations. The far end may be out of reach, or have ended them first, both of which
// swanctl calls failures; what counts is that they are gone.
func (l *Lab) terminate(ctx context.Context, n Node) error {
	_, _ = l.Run(ctx, n, "swanctl", "--terminate", "--ike", "tunnel", "--force", "--timeout", "1")
	return poll(ctx, 100*time.Millisecond, "the end of the tunnel on "+string(n), func() (bool, error) {
		sas, err := l.Run(ctx, n, "swanctl", "--list-sas")
		return !strings.Contains(sas, "tunnel"), err
	})
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
