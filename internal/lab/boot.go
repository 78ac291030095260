package lab

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/netip"
	"text/template"
	"time"

	labdata "github.com/routeproof/routeproof/testdata/lab"
)

// Keepalive and hold time of every BGP session but those inside the tunnels, in seconds.
const (
	keepalive = 1
	hold      = 3
)

// settings is what the templates in testdata/lab see.
type settings struct {
	Name                         Node
	Keepalive, Hold, TunnelHold  int
	VPN, SteerLate               bool
	Azure, Sites                 []netip.Prefix
	ERGateway                    netip.Addr
	MSEEs                        []netip.Addr
	Loopback, Core, MSEE, Router netip.Addr
	Gateway                      netip.Addr // the VPN gateway's APIPA address
	RouterAPIPA                  netip.Addr
	GatewayIP, SiblingIP         netip.Addr
	Site                         netip.Prefix
	Statics                      []Static
	Advertise, Originate         []netip.Prefix
	Multipath                    bool
	CircuitIn, TunnelIn          string
	Local, Remote, Inner         netip.Addr // the tunnel's ends, and the address in it
	Secret                       string
}

// boot starts the daemons of every node and returns when each has read its configuration.
func (l *Lab) boot(ctx context.Context) error {
	secret := make([]byte, 16)
	if _, err := rand.Read(secret); err != nil {
		return fmt.Errorf("pre-shared key: %w", err)
	}
	if err := l.startSSH(); err != nil {
		return err
	}
	return parallel(l.Scenario.Nodes(), func(_ int, n Node) error {
		return l.bootNode(ctx, n, hex.EncodeToString(secret))
	})
}

func (l *Lab) bootNode(ctx context.Context, n Node, secret string) error {
	set, frr := l.settings(n)
	if frr == "" {
		return nil
	}
	set.Secret = secret
	ns := l.nodes[n]
	if err := render(ns, "/etc/frr/frr.conf", frr, set); err != nil {
		return err
	}
	if set.Local.IsValid() {
		if err := bootIKE(ctx, ns, set); err != nil {
			return err
		}
	}
	script := "set -e; vtysh -C; for d in zebra staticd; do /usr/lib/frr/$d -d -f /etc/frr/frr.conf; done; /usr/lib/frr/bgpd -d " + bgpdFlags(n) + " -f /etc/frr/frr.conf"
	if n == R1 || n == R2 {
		script += "; /usr/sbin/sshd -f /run/lab/sshd_config -E /run/lab/sshd.log"
	}
	_, err := ns.output(ctx, "", "/bin/sh", "-c", "{ "+script+"; } >/run/lab/boot.log 2>&1 </dev/null || { cat /run/lab/boot.log; exit 1; }")
	return err
}

// bgpdFlags keeps the ExpressRoute gateway's bgpd from installing routes: in Azure a gateway tells the fabric what it
// learned, and the fabric forwards.
func bgpdFlags(n Node) string {
	if n == ERGW {
		return "-n"
	}
	return ""
}

// bootIKE starts the IKE daemon, which brings the tunnel's device with it, and numbers the device.
func bootIKE(ctx context.Context, ns *namespace, set settings) error {
	conf, err := labdata.Files.ReadFile("strongswan.conf")
	if err != nil {
		return err
	}
	if err := ns.write("/run/lab/strongswan.conf", conf, 0o644); err != nil {
		return err
	}
	if err := render(ns, "/etc/swanctl/swanctl.conf", "swanctl.conf.tmpl", set); err != nil {
		return err
	}
	_, err = ns.output(ctx, "", "/bin/sh", "-c", `set -e
export STRONGSWAN_CONF=/run/lab/strongswan.conf
/usr/lib/ipsec/charon >/run/lab/charon.out 2>&1 </dev/null &
i=0
until [ -S /run/charon.vici ] && ip link show ipsec0 >/dev/null 2>&1; do
	i=$((i+1)); [ $i -lt 200 ] || { cat /run/lab/charon.out; exit 1; }
	sleep 0.05
done
swanctl --load-all >/run/lab/swanctl.log 2>&1 || { cat /run/lab/swanctl.log; exit 1; }
ip addr replace "$1"/30 dev ipsec0`, "sh", set.Inner.String())
	if err != nil {
		return err
	}
	_, err = ns.output(ctx, underlayRules(set.Name), "ip", "-batch", "-")
	return err
}

// underlayRules say where a tunnel's outer packets, which charon marks, may go: on a gateway, where [underlayTable] says;
// on a router, where the routing table says, but not into the tunnel itself. A packet that would have to is dropped, as by
// the recursion check of real routers, instead of going round until a core is busy with nothing else.
func underlayRules(n Node) string {
	mark := "rule add fwmark " + underlayMark
	if n == VPNGW0 || n == VPNGW1 {
		return fmt.Sprintf("%s pref 100 lookup %d\n", mark, underlayTable)
	}
	return "link set ipsec0 group 7\n" +
		mark + " pref 100 lookup main suppress_ifgroup 7\n" +
		mark + " pref 101 blackhole\n"
}

// settings fills in what the node's templates need and names its FRR template; a node without one runs no daemon.
func (l *Lab) settings(n Node) (set settings, frr string) {
	set = settings{
		Name: n, Keepalive: keepalive, Hold: hold, TunnelHold: l.Scenario.tunnelHold(), VPN: l.Scenario.VPN, SteerLate: l.Scenario.SteerLate,
		ERGateway: erGatewayIP(),
	}
	for _, v := range l.Scenario.Azure.VNets {
		set.Azure = append(set.Azure, v.Prefix)
	}
	ss := sites()
	for i, s := range ss {
		set.Sites = append(set.Sites, s.prefix)
		set.MSEEs = append(set.MSEEs, s.mseeAzure)
		switch n {
		case s.router:
			set.router(s, ss[1-i], l.Scenario.router(n))
			frr = "router.conf.tmpl"
			if set.VPN {
				set.Local, set.Remote, set.Inner = s.loopback, s.gatewayIP, s.apipa
			}
		case s.msee:
			set.MSEE, set.Router = s.mseeER, s.er
			frr = "msee.conf.tmpl"
		case s.gateway:
			set.GatewayIP, set.SiblingIP, set.RouterAPIPA = s.gatewayIP, ss[1-i].gatewayIP, s.apipa
			set.Local, set.Remote, set.Inner = s.gatewayIP, s.loopback, s.gatewayAPIPA
			frr = "vpngw.conf.tmpl"
		default:
		}
	}
	if n == ERGW {
		frr = "ergw.conf.tmpl"
	}
	return set, frr
}

// router puts a router's part of the scenario in the words of its configuration.
func (set *settings) router(s, peer site, r Router) {
	set.Loopback, set.Core, set.MSEE, set.Gateway = s.loopback, peer.core, s.mseeER, s.gatewayAPIPA
	set.Site, set.Statics, set.Advertise, set.Originate = s.prefix, r.Statics, r.Advertise, r.Originate
	set.Multipath = r.Multipath
	switch {
	case r.PreferTunnel && set.SteerLate:
		set.TunnelIn = "soft-reconfiguration inbound" // for steer, below
	case r.PreferTunnel:
		set.TunnelIn = preferTunnel
	}
	switch r.Circuit {
	case AcceptAll:
	case Prefer100:
		set.CircuitIn = "route-map Other-Routes in"
	case DenyAll:
		set.CircuitIn = "route-map ExpressRoute-Deny-All in"
	}
}

func (s Scenario) router(n Node) Router {
	if n == R1 {
		return s.R1
	}
	return s.R2
}

func (s Scenario) tunnelHold() int {
	if s.TunnelHold == 0 {
		return hold
	}
	return s.TunnelHold
}

// render executes a template of testdata/lab into a file of the node.
func render(ns *namespace, to, name string, set settings) error {
	t, err := template.New(name).Funcs(template.FuncMap{"seq": func(i int) int { return 10 * (i + 1) }}).ParseFS(labdata.Files, name, "zebra.conf.tmpl")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, set); err != nil {
		return err
	}
	return ns.write(to, b.Bytes(), 0o644)
}

// preferTunnel is the guideline's route map for the VPN gateway's session.
const preferTunnel = "route-map VPN-Gateway-Prefer in"

// steer applies the route map on a network that has converged without. The routers keep what they received
// (soft-reconfiguration), so that none of them has to ask again over a tunnel that may just have lost its underlay.
// It returns when the routes have changed: a busy router takes its time, and looks converged until then.
func (l *Lab) steer(ctx context.Context) error {
	if !l.Scenario.SteerLate {
		return nil
	}
	if err := l.Settle(ctx); err != nil {
		return err
	}
	ss := sites()
	return parallel(ss[:], func(_ int, s site) error {
		if !l.Scenario.router(s.router).PreferTunnel {
			return nil
		}
		_, err := l.Run(ctx, s.router, "vtysh", "-c", "configure terminal", "-c", "router bgp 65501",
			"-c", "address-family ipv4 unicast", "-c", "neighbor "+s.gatewayAPIPA.String()+" "+preferTunnel)
		if err != nil {
			return err
		}
		return poll(ctx, 50*time.Millisecond, string(s.router)+" to prefer its tunnel", func() (bool, error) {
			r, err := l.RouteGet(ctx, s.router, s.gatewayIP)
			return err == nil && len(r.NextHops) == 1 && r.NextHops[0].Dev == "ipsec0", err
		})
	})
}

// raiseTunnels negotiates the tunnels, each as soon as its underlay exists in both directions.
func (l *Lab) raiseTunnels(ctx context.Context) error {
	if !l.Scenario.VPN {
		return nil
	}
	ss := sites()
	return parallel(ss[:], func(_ int, s site) error {
		if err := l.underlayReady(ctx, s); err != nil {
			return err
		}
		return l.raise(ctx, s)
	})
}

// underlayReady waits until the router reaches the gateway, and the gateway the router, over ExpressRoute.
func (l *Lab) underlayReady(ctx context.Context, s site) error {
	return poll(ctx, 50*time.Millisecond, "the underlay of "+string(s.tunnel), func() (bool, error) {
		if !l.fabric.reaches(s.gateway, s.loopback) {
			return false, nil
		}
		r, err := l.RouteGet(ctx, s.router, s.gatewayIP)
		return err == nil && len(r.NextHops) == 1 && r.NextHops[0].Dev == "er0", err
	})
}

// raise brings a tunnel up from the router's side.
func (l *Lab) raise(ctx context.Context, s site) error {
	return poll(ctx, 200*time.Millisecond, string(s.tunnel), func() (bool, error) {
		_, err := l.nodes[s.router].output(ctx, "", "swanctl", "--initiate", "--child", "tunnel", "--timeout", "3")
		return err == nil, nil // not yet: the far end may still be starting
	})
}
