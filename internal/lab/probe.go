package lab

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// An Outcome is what the captures say about a packet between the premises and Azure.
type Outcome string

// The outcomes. A packet that crossed a private peering in clear counts as that even if it then got lost.
const (
	Encrypted Outcome = "encrypted" // delivered, and on no private peering readable
	InClear   Outcome = "in clear"
	Dropped   Outcome = "dropped"
)

// A Probe is what became of the packets that one host sent to another: one direction. The way back is a probe of its own.
type Probe struct {
	From, To netip.Addr
	Flows    []Flow
	// ESP counts the ESP packets of any tunnel on each private peering while the probe was under way, keepalives of the
	// tunnels' BGP sessions included. It names the circuit that carried the tunnel; it does not prove anything.
	ESP map[Link]int
}

// A Flow is one packet with its own source port and marker, so that equal-cost paths all get some.
type Flow struct {
	Marker    string
	Delivered bool
	Clear     []Link // the private peerings on which the marker was readable
	Firewall  bool   // the packet passed the firewall
}

// Outcome is the captures' verdict on the flow.
func (f Flow) Outcome() Outcome {
	switch {
	case len(f.Clear) > 0:
		return InClear
	case f.Delivered:
		return Encrypted
	}
	return Dropped
}

// Outcomes lists the different outcomes among the flows, sorted: one, unless equal-cost paths differ.
func (p Probe) Outcomes() []Outcome {
	var all []Outcome
	for _, f := range p.Flows {
		all = append(all, f.Outcome())
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Firewalled says whether all, and whether any of the flows passed the firewall.
func (p Probe) Firewalled() (all, some bool) {
	all = len(p.Flows) > 0
	for _, f := range p.Flows {
		all = all && f.Firewall
		some = some || f.Firewall
	}
	return all, some
}

// Clear lists the private peerings that any flow crossed in clear, sorted.
func (p Probe) Clear() []Link {
	var links []Link
	for _, f := range p.Flows {
		links = append(links, f.Clear...)
	}
	slices.Sort(links)
	return slices.Compact(links)
}

// String is one line for a test's message.
func (p Probe) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s to %s: %v", p.From, p.To, p.Outcomes())
	if links := p.Clear(); len(links) > 0 {
		fmt.Fprintf(&b, " on %v", links)
	}
	switch all, some := p.Firewalled(); {
	case all:
		b.WriteString(", through the firewall")
	case some:
		b.WriteString(", partly through the firewall")
	}
	return b.String()
}

// flows is how many packets a probe sends. With two equal-cost paths the chance that one gets none is below 1 in 32,000.
const flows = 16

// probePort is where every host listens for probes.
const probePort = 7777

// Probe sends marked packets from one host's address to another's and says what the captures saw of them. Both must be
// addresses of [Hosts]. Probes may run in parallel. The answer is complete: the captures are known to have seen
// everything that was sent before, and a capture that does not work or missed a frame is an error, never "not in clear".
func (l *Lab) Probe(ctx context.Context, from, to netip.Addr) (Probe, error) {
	sender, err := hostWith(from)
	if err != nil {
		return Probe{}, err
	}
	if _, err := hostWith(to); err != nil {
		return Probe{}, err
	}
	before := l.witness.espCounts()
	markers, err := l.send(sender, netip.AddrPortFrom(from, 0), netip.AddrPortFrom(to, probePort), flows)
	if err != nil {
		return Probe{}, fmt.Errorf("lab: probe %s to %s: %w", from, to, err)
	}
	l.awaitDelivery(ctx, markers)
	if err := parallel(l.captures, func(_ int, c *capture) error { return l.drain(ctx, c) }); err != nil {
		return Probe{}, fmt.Errorf("lab: probe %s to %s: %w", from, to, err)
	}
	return l.report(from, to, markers, before), nil
}

// hostWith finds the host that has the address.
func hostWith(a netip.Addr) (Node, error) {
	for _, h := range Hosts() {
		if slices.Contains(h.Addrs, a) {
			return h.Node, nil
		}
	}
	return "", fmt.Errorf("lab: no host has the address %s", a)
}

// send sends n packets with markers of their own. A packet that the sender's own kernel refuses is just one that does not
// arrive.
func (l *Lab) send(n Node, from, to netip.AddrPort, count int) ([]marker, error) {
	markers := make([]marker, count)
	for i := range markers {
		if _, err := rand.Read(markers[i][:]); err != nil {
			return nil, err
		}
	}
	err := l.nodes[n].enter(func() error {
		for _, m := range markers {
			conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(from))
			if err != nil {
				return err
			}
			_, _ = conn.WriteToUDPAddrPort(m.payload(), to)
			if err := conn.Close(); err != nil {
				return err
			}
		}
		return nil
	})
	return markers, err
}

// awaitDelivery returns when all packets have arrived or have had the time to.
func (l *Lab) awaitDelivery(ctx context.Context, markers []marker) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = poll(ctx, 5*time.Millisecond, "delivery", func() (bool, error) {
		return !slices.ContainsFunc(markers, func(m marker) bool { return l.witness.count(m, delivered) == 0 }), nil
	})
}

// drain returns when the capture has seen everything up to now: it sends a packet of its own over the same device and
// waits for it to come out of the capture. A device that is down cannot carry one, nor anything else.
func (l *Lab) drain(ctx context.Context, c *capture) error {
	if l.cut(c) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	var sent []marker
	polls := 0
	return poll(ctx, 20*time.Millisecond, "the capture at "+string(c.at), func() (bool, error) {
		if err := c.whole(); err != nil {
			return false, err
		}
		if slices.ContainsFunc(sent, func(m marker) bool { return l.witness.count(m, c.at) > 0 }) {
			return true, nil
		}
		if polls++; polls%10 != 1 { // the first may be slow, not lost
			return false, nil
		}
		ms, err := l.send(c.node, netip.AddrPortFrom(netip.IPv4Unspecified(), 0), netip.AddrPortFrom(c.fence, probePort+1), 1)
		sent = append(sent, ms...)
		return false, err
	})
}

// cut says whether the device that the capture listens on has lost its carrier or its node.
func (l *Lab) cut(c *capture) bool {
	if l.isDown(NodeDown(c.node)) {
		return true
	}
	for _, s := range sites() {
		if c.at == place(s.link) {
			return l.isDown(LinkDown(s.link)) || l.isDown(NodeDown(s.router))
		}
	}
	return false
}

func (l *Lab) report(from, to netip.Addr, markers []marker, before map[place]int) Probe {
	p := Probe{From: from, To: to, ESP: map[Link]int{}}
	for _, m := range markers {
		f := Flow{
			Marker:    string(m.payload()),
			Delivered: l.witness.count(m, delivered) > 0,
			Firewall:  l.witness.count(m, atFirewall) > 0,
		}
		for _, s := range sites() {
			if l.witness.count(m, place(s.link)) > 0 {
				f.Clear = append(f.Clear, s.link)
			}
		}
		p.Flows = append(p.Flows, f)
	}
	after := l.witness.espCounts()
	for _, s := range sites() {
		p.ESP[s.link] = after[place(s.link)] - before[place(s.link)]
	}
	return p
}

// startHosts makes every host listen for probes.
func (l *Lab) startHosts(context.Context) error {
	return parallel(Hosts(), func(_ int, h Host) error {
		var conn *net.UDPConn
		err := l.nodes[h.Node].enter(func() (err error) {
			conn, err = net.ListenUDP("udp4", &net.UDPAddr{Port: probePort})
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", h.Node, err)
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			buf := make([]byte, 2048)
			for {
				k, _, err := conn.ReadFromUDPAddrPort(buf)
				if err != nil {
					return
				}
				l.witness.saw(delivered, buf[:k])
			}
		}()
		l.atClose(func() error {
			err := conn.Close()
			<-ended
			return err
		})
		return nil
	})
}
