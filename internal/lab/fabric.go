package lab

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A fabric keeps the kernel routes of Azure's nodes equal to the effective routes of their subnets, as the gateways learn
// and forget.
type fabric struct {
	lab    *Lab
	cancel context.CancelFunc
	ended  sync.WaitGroup

	mu      sync.Mutex
	applied map[Node][]kernelRoute
	err     error      // of the last synchronisation
	learned [2]Learned // ExpressRoute, VPN
}

// startFabric begins to follow the gateways.
func (l *Lab) startFabric(ctx context.Context) error {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // it follows until the lab is closed
	l.fabric = &fabric{lab: l, cancel: cancel, applied: map[Node][]kernelRoute{}}
	l.fabric.ended.Go(func() { l.fabric.follow(ctx) })
	return nil
}

func (f *fabric) stop() {
	f.cancel()
	f.ended.Wait()
}

func (f *fabric) follow(ctx context.Context) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		_ = f.sync(ctx) // kept in f.err
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sync brings the kernel routes up to date with the gateways' BGP tables.
func (f *fabric) sync(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	er, vpn, err := f.lab.learn()
	if err == nil {
		f.learned = [2]Learned{er, vpn}
		err = parallelNodes(f.lab.Scenario.azureNodes(), func(n Node) ([]kernelRoute, error) {
			return f.apply(ctx, n, f.wanted(n, er, vpn))
		}, f.applied)
	}
	f.err = err
	return err
}

// parallelNodes runs apply on every node and keeps what it says is in place now.
func parallelNodes(nodes []Node, apply func(Node) ([]kernelRoute, error), applied map[Node][]kernelRoute) error {
	now := make([][]kernelRoute, len(nodes))
	err := parallel(nodes, func(i int, n Node) (err error) {
		now[i], err = apply(n)
		return err
	})
	for i, n := range nodes {
		applied[n] = now[i]
	}
	return err
}

// reaches says whether the node's subnet knows a way to the address over ExpressRoute.
func (f *fabric) reaches(n Node, to netip.Addr) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil || len(f.applied[n]) == 0 {
		return false
	}
	for p := range f.learned[0] {
		if p.Contains(to) {
			return true
		}
	}
	return false
}

// forget makes the next synchronisation write all of the node's routes again, because the kernel dropped them.
func (f *fabric) forget(n Node) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.applied, n)
}

// fingerprint changes when any route of the fabric does.
func (f *fabric) fingerprint() (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return fmt.Sprint(f.applied), f.err
}

// learn reads the gateways' BGP tables: over ExpressRoute the MSEEs that sent the best paths, over VPN the instances that
// have one. A gateway that is down has learned nothing.
func (l *Lab) learn() (er, vpn Learned, err error) {
	er, err = l.learnFrom(ERGW, func(p Path) netip.Addr { return p.NextHop })
	if err != nil || !l.Scenario.VPN {
		return er, Learned{}, err
	}
	vpn = Learned{}
	for _, s := range sites() {
		instance, err := l.learnFrom(s.gateway, func(Path) netip.Addr { return s.gatewayIP })
		if err != nil {
			return nil, nil, err
		}
		for p := range instance {
			vpn[p] = append(vpn[p], s.gatewayIP)
		}
	}
	return er, vpn, nil
}

func (l *Lab) learnFrom(n Node, hop func(Path) netip.Addr) (Learned, error) {
	learned := Learned{}
	if l.isDown(NodeDown(n)) {
		return learned, nil
	}
	table, err := l.BGP(n)
	if err != nil {
		return nil, err
	}
	for _, p := range table.Paths { // in order of peers, so that equal tables give equal routes
		if (p.Best || p.Multipath) && p.Peer.IsValid() {
			learned[p.Prefix] = append(learned[p.Prefix], hop(p))
		}
	}
	return learned, nil
}

// The routing table and the firewall mark of the tunnels' outer packets on a VPN gateway instance. They follow the
// GatewaySubnet's routes but never those of the VPN itself: a gateway does not look for a tunnel's far end inside tunnels.
const (
	underlayTable = 221
	underlayMark  = "0x21"
)

// A kernelRoute is a route as arguments of `ip route`: what identifies it, and where it leads.
type kernelRoute struct{ id, via string }

// wanted are the node's routes. They carry the protocol "zebra", so that FRR on a gateway takes them for its own and does
// not learn them back, and a metric by source: FRR's, for what came through a tunnel, is 20.
func (f *fabric) wanted(n Node, er, vpn Learned) []kernelRoute {
	subnet := subnetOf(n)
	if subnet == "" || f.lab.isDown(NodeDown(n)) {
		return nil
	}
	var routes []kernelRoute
	gateway := n == VPNGW0 || n == VPNGW1
	for _, r := range Effective(f.lab.Scenario.Azure, subnet, er, vpn) {
		if gateway && r.Source == FromVPN {
			continue // FRR installs them, into its tunnel or to its sibling
		}
		routes = append(routes, r.kernel("proto zebra metric "+strconv.Itoa(metric(r.Source))))
	}
	if gateway {
		for _, r := range Effective(f.lab.Scenario.Azure, subnet, er, nil) {
			routes = append(routes, r.kernel("table "+strconv.Itoa(underlayTable)))
		}
	}
	return routes
}

func metric(s RouteSource) int {
	switch s {
	case FromUser:
		return 5
	case FromExpressRoute:
		return 10
	case FromVPN:
		return 20
	case FromSystem:
	}
	return 30
}

// kernel is the route in the words of `ip route`, with options that identify it beside its prefix.
func (r EffectiveRoute) kernel(options string) kernelRoute {
	id := r.Prefix.String() + " " + options
	switch r.Type {
	case Internet:
		return kernelRoute{id: "unreachable " + id}
	case None:
		return kernelRoute{id: "blackhole " + id}
	case VnetLocal, VNetPeering:
		return kernelRoute{id, " scope link dev eth0"}
	case VirtualAppliance, VirtualNetworkGateway:
	}
	if len(r.NextHops) == 1 {
		return kernelRoute{id, fmt.Sprintf(" via %s dev eth0 onlink", r.NextHops[0])}
	}
	var via strings.Builder
	for _, h := range r.NextHops {
		fmt.Fprintf(&via, " nexthop via %s dev eth0 onlink", h)
	}
	return kernelRoute{id, via.String()}
}

// apply changes the node's kernel routes from what is there to what is wanted, and returns what is there then.
func (f *fabric) apply(ctx context.Context, n Node, want []kernelRoute) ([]kernelRoute, error) {
	have := f.applied[n]
	var b strings.Builder
	for _, r := range have {
		if !slices.ContainsFunc(want, func(w kernelRoute) bool { return w.id == r.id }) {
			fmt.Fprintln(&b, "route del", r.id)
		}
	}
	for _, r := range want {
		if !slices.Contains(have, r) {
			fmt.Fprintln(&b, "route replace", r.id+r.via)
		}
	}
	if b.Len() == 0 || f.lab.isDown(NodeDown(n)) {
		return want, nil
	}
	if _, err := f.lab.nodes[n].output(ctx, b.String(), "ip", "-force", "-batch", "-"); err != nil {
		return nil, err // nil: everything is written again next time
	}
	return want, nil
}
