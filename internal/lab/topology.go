package lab

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// A Node is one namespace of the lab, by its host name.
type Node string

// The nodes. A scenario without a VPN has no VPN gateway instances, and most have no firewall.
const (
	OnPrem1  Node = "onprem1" // a host behind R1
	OnPrem2  Node = "onprem2" // a host behind R2
	R1       Node = "R1"
	R2       Node = "R2"
	MSEE1    Node = "msee1" // the primary
	MSEE2    Node = "msee2" // the secondary
	ERGW     Node = "ergw"
	VPNGW0   Node = "vpngw0"
	VPNGW1   Node = "vpngw1"
	Firewall Node = "fw"
	HubVM    Node = "hubvm"
	SpokeVM  Node = "spokevm"

	fabricNode Node = "fabric" // the wire between Azure's nodes; nothing routes there
)

// A Link is a cable that can be cut.
type Link string

// The links on which packets leave the premises, and the one between the routers.
const (
	Primary   Link = "er-primary"   // R1 to MSEE1: private peering 192.168.100.0/30
	Secondary Link = "er-secondary" // R2 to MSEE2: private peering 192.168.200.0/30
	Core      Link = "core"         // R1 to R2
)

// A Tunnel is an IPsec tunnel over the private peering.
type Tunnel string

// The tunnels, each from a router's loopback to one instance of the VPN gateway.
const (
	Tunnel1 Tunnel = "R1-vpngw0"
	Tunnel2 Tunnel = "R2-vpngw1"
)

// A Host can send and receive probes.
type Host struct {
	Node   Node
	Addrs  []netip.Addr
	Azure  bool   // else on-premises
	Subnet string // the Azure subnet, or the on-premises site (dc1, dc2)
}

// Hosts lists who can be asked to send a probe. OnPrem1 has a second address, inside the /24 that some scenarios leak.
func Hosts() []Host {
	return []Host{
		{Node: OnPrem1, Addrs: addrs("10.10.0.10", "10.10.1.10"), Subnet: "dc1"},
		{Node: OnPrem2, Addrs: addrs("10.20.0.10"), Subnet: "dc2"},
		{Node: HubVM, Addrs: addrs("10.64.1.68"), Azure: true, Subnet: HubSubnet},
		{Node: SpokeVM, Addrs: addrs("172.16.1.4"), Azure: true, Subnet: SpokeSubnet},
	}
}

// A site is everything that R1's side and R2's side differ in.
type site struct {
	router, host, msee, gateway Node
	link                        Link
	tunnel                      Tunnel
	prefix                      netip.Prefix
	loopback                    netip.Addr // the tunnel's end on the router
	lan                         netip.Addr
	core                        netip.Addr
	er, mseeER                  netip.Addr // the private peering, both ends
	mseeAzure                   netip.Addr // the MSEE as the ExpressRoute gateway sees it
	apipa, gatewayAPIPA         netip.Addr // inside the tunnel, both ends
	gatewayIP                   netip.Addr // the tunnel's end in Azure
}

func sites() [2]site {
	return [2]site{
		{
			router: R1, host: OnPrem1, msee: MSEE1, gateway: VPNGW0, link: Primary, tunnel: Tunnel1,
			prefix: netip.MustParsePrefix("10.10.0.0/16"), loopback: addr("10.10.10.1"), lan: addr("10.10.0.1"),
			core: addr("10.255.0.1"), er: addr("192.168.100.1"), mseeER: addr("192.168.100.2"),
			mseeAzure: addr("10.64.0.8"),
			apipa:     addr("169.254.21.1"), gatewayAPIPA: addr("169.254.21.2"), gatewayIP: addr("10.64.0.4"),
		},
		{
			router: R2, host: OnPrem2, msee: MSEE2, gateway: VPNGW1, link: Secondary, tunnel: Tunnel2,
			prefix: netip.MustParsePrefix("10.20.0.0/16"), loopback: addr("10.20.10.1"), lan: addr("10.20.0.1"),
			core: addr("10.255.0.2"), er: addr("192.168.200.1"), mseeER: addr("192.168.200.2"),
			mseeAzure: addr("10.64.0.9"),
			apipa:     addr("169.254.22.1"), gatewayAPIPA: addr("169.254.22.2"), gatewayIP: addr("10.64.0.5"),
		},
	}
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func addrs(ss ...string) []netip.Addr {
	as := make([]netip.Addr, len(ss))
	for i, s := range ss {
		as[i] = addr(s)
	}
	return as
}

// erGatewayIP is the ExpressRoute gateway's address in the GatewaySubnet, firewallIP the firewall's in its own.
func erGatewayIP() netip.Addr { return addr("10.64.0.12") }
func firewallIP() netip.Addr  { return addr("10.64.1.4") }

// azureAddr is a node's address on the fabric.
func azureAddr(n Node) netip.Addr {
	switch n {
	case ERGW:
		return erGatewayIP()
	case Firewall:
		return firewallIP()
	case HubVM:
		return addr("10.64.1.68")
	case SpokeVM:
		return addr("172.16.1.4")
	default:
	}
	for _, s := range sites() {
		switch n {
		case s.gateway:
			return s.gatewayIP
		case s.msee:
			return s.mseeAzure
		default:
		}
	}
	return netip.Addr{}
}

// Nodes lists the scenario's nodes.
func (s Scenario) Nodes() []Node {
	nodes := []Node{OnPrem1, OnPrem2, R1, R2, MSEE1, MSEE2, ERGW, HubVM, SpokeVM}
	if s.VPN {
		nodes = append(nodes, VPNGW0, VPNGW1)
	}
	if vnet, _ := s.Azure.find(FirewallSubnet); vnet.Name != "" {
		nodes = append(nodes, Firewall)
	}
	return nodes
}

// azureNodes are the ones on the fabric, MSEEs included.
func (s Scenario) azureNodes() []Node {
	return slices.DeleteFunc(s.Nodes(), func(n Node) bool { return !azureAddr(n).IsValid() })
}

// link makes the cables and gives every node its addresses and what it can reach directly.
func (l *Lab) link(ctx context.Context) error {
	if err := l.cables(ctx); err != nil {
		return err
	}
	nodes := append(l.Scenario.Nodes(), fabricNode)
	return parallel(nodes, func(_ int, n Node) error {
		_, err := l.nodes[n].output(ctx, l.setup(n), "ip", "-batch", "-")
		return err
	})
}

// cables makes all veth pairs straight in their namespaces, so that none of them is ever seen on the host.
func (l *Lab) cables(ctx context.Context) error {
	var b strings.Builder
	pair := func(n Node, dev string, m Node, peer string) {
		fmt.Fprintf(&b, "link add name %s netns %d type veth peer name %s netns %d\n", dev, l.nodes[n].pid, peer, l.nodes[m].pid)
	}
	pair(R1, "core0", R2, "core0")
	for _, s := range sites() {
		pair(s.router, "er0", s.msee, "er0")
		pair(s.router, "lan0", s.host, "eth0")
	}
	for _, n := range l.Scenario.azureNodes() {
		pair(n, "eth0", fabricNode, string(n))
	}
	// From a namespace of the lab, so that even a failure half-way leaves nothing on the host.
	cmd := l.nodes[fabricNode].command(ctx)
	cmd.Args = []string{"nsenter", "-t", fmt.Sprint(l.nodes[fabricNode].pid), "-n", "--", "ip", "-batch", "-"}
	cmd.Stdin = strings.NewReader(b.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cables: %w: %s", err, out)
	}
	return nil
}

// setup is the `ip -batch` script of a node. It is run again with every failure that touches the node.
func (l *Lab) setup(n Node) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	for _, s := range sites() {
		switch n {
		case s.router:
			line("addr replace %s/32 dev lo", s.loopback)
			line("addr replace %s/30 dev core0", s.core)
			line("addr replace %s/30 dev er0", s.er)
			line("addr replace %s/16 dev lan0", s.lan)
		case s.host:
			for _, h := range Hosts() {
				for i := range h.Addrs {
					if h.Node == n {
						line("addr replace %s/16 dev eth0", h.Addrs[i])
					}
				}
			}
		case s.msee:
			line("addr replace %s/30 dev er0", s.mseeER)
		default:
		}
	}
	if azureAddr(n).IsValid() {
		line("addr replace %s/32 dev eth0", azureAddr(n))
	}
	for _, dev := range l.devices(n) {
		line("link set %s %s", dev, upDown(l.unplugged(n, dev)))
	}
	if !l.isDown(NodeDown(n)) {
		l.setupRoutes(n, line)
	}
	return b.String()
}

// setupRoutes adds what a node must know before any routing protocol runs.
func (l *Lab) setupRoutes(n Node, line func(string, ...any)) {
	switch n {
	case fabricNode:
		line("link add name br0 type bridge")
		line("link set br0 up")
		for _, port := range l.Scenario.azureNodes() {
			line("link set %s master br0 up", port)
		}
	case ERGW:
		for _, s := range sites() {
			line("route replace %s/32 dev eth0 src %s", s.mseeAzure, erGatewayIP())
		}
	default:
	}
	for i, s := range sites() {
		switch n {
		case s.host:
			line("route replace default via %s", s.lan)
		case s.msee:
			line("route replace %s/32 dev eth0 src %s", erGatewayIP(), s.mseeAzure)
		case s.gateway:
			line("route replace %s/32 dev eth0 src %s", sites()[1-i].gatewayIP, s.gatewayIP)
		default:
		}
	}
}

// devices are a node's cables.
func (l *Lab) devices(n Node) []string {
	switch n {
	case R1, R2:
		return []string{"core0", "er0", "lan0"}
	case MSEE1, MSEE2:
		return []string{"er0", "eth0"}
	case fabricNode:
		return nil
	default:
		return []string{"eth0"}
	}
}
