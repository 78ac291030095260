package azure

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

func (r *reader) gateway(res *stored, v *values) {
	p := v.props(v.root)
	bgp := p.at("bgpSettings")
	g := snapshot.Gateway{
		Ref: v.ref(v.root), Type: snapshot.GatewayType(v.word(p.at("gatewayType"), string(snapshot.VPN), string(snapshot.ExpressRoute))),
		SKU: v.text(p.at("sku", "name")), Tier: v.text(p.at("sku", "tier")), ASN: v.asn(bgp.at("asn")),
		ActiveActive: v.flag(p.at("activeActive")), PrivateIP: v.flag(p.at("enablePrivateIpAddress")),
		Location: v.text(v.root.at("location")), State: v.text(p.at("provisioningState")), AdminState: v.text(p.at("adminState")),
		VPNType: v.text(p.at("vpnType")), Generation: v.text(p.at("vpnGatewayGeneration")), EnableBGP: v.flag(p.at("enableBgp")),
		DefaultSite: v.id(p.at("gatewayDefaultSite")), CustomRoutes: v.prefixes(p.at("customRoutes", "addressPrefixes")),
		RemoteVNets: v.flag(p.at("allowRemoteVnetTraffic")), VirtualWAN: v.flag(p.at("allowVirtualWanTraffic")),
		NoReplayCheck: v.flag(p.at("disableIPSecReplayProtection")), NATForBGP: v.flag(p.at("enableBgpRouteTranslationForNat")),
		Instances: v.instancesOf(bgp), BGPAddrs: v.addrList(bgp.at("bgpPeeringAddress")), PeerWeight: int(v.number(bgp.at("peerWeight"))),
		Wide: v.flag(p.at("enableHighBandwidthVpnGateway")),
	}
	g.ID, g.Name = v.identity(res)
	for _, n := range v.objects(p.at("ipConfigurations")) {
		v.ipConfiguration(n, &g)
	}
	g.Learned.Read, g.Learned.Routes = rowsOf(r, res, actionLearned, "", learnedRoute)
	g.Peers.Read, g.Peers.Peers = rowsOf(r, res, actionPeers, "", peer)
	g.Effective.Read, g.Effective.Routes = rowsOf(r, res, actionGatewayEffective, "", gatewayEffectiveRoute)
	g.NAT.Read, g.NAT.Rules = below(r, res, v, childNATRules, p.at("natRules"), natRule)
	g.Advertised = r.advertised(res)
	r.s.Azure.Gateways = append(r.s.Azure.Gateways, g)
}

// instancesOf are a gateway's machines as its BGP settings have them.
func (v *values) instancesOf(bgp *node) []snapshot.Instance {
	var all []snapshot.Instance
	for _, n := range v.objects(bgp.at("bgpPeeringAddresses")) {
		all = append(all, snapshot.Instance{
			Ref: v.ref(n), Config: strings.ToLower(v.text(n.at("ipconfigurationId"))), Default: v.addrs(n.at("defaultBgpIpAddresses")),
			Custom: v.addrs(n.at("customBgpIpAddresses")), Tunnel: v.addrs(n.at("tunnelIpAddresses")),
		})
	}
	return all
}

// ipConfiguration takes from a gateway's IP configuration its subnet, and the
// private address, which not every API version has among the tunnel's.
func (v *values) ipConfiguration(n *node, g *snapshot.Gateway) {
	p := v.props(n)
	switch subnet := v.id(p.at("subnet")); g.Subnet {
	case "":
		g.Subnet = subnet
	case subnet:
	default:
		v.bad(n, "a gateway is in one subnet, and here is another one: "+excerpt(p.at("subnet", "id")))
	}
	id, private := v.id(n), v.addr(p.at("privateIPAddress"))
	i := slices.IndexFunc(g.Instances, func(in snapshot.Instance) bool { return in.Config == id })
	if i < 0 {
		g.Instances = append(g.Instances, snapshot.Instance{Ref: v.ref(n), Config: id})
		i = len(g.Instances) - 1
	}
	in := &g.Instances[i]
	in.Private, in.PublicIP = private, v.id(p.at("publicIPAddress"))
	if g.PrivateIP && private.IsValid() && !slices.Contains(in.Tunnel, private) {
		in.Tunnel = append(in.Tunnel, private)
	}
}

// advertised is what a gateway advertises to each peer that was asked about.
func (r *reader) advertised(res *stored) []snapshot.GatewayAdvertised {
	var all []snapshot.GatewayAdvertised
	for key, a := range res.actions {
		argument, ok := strings.CutPrefix(key, strings.ToLower(actionAdvertised))
		if !ok {
			continue
		}
		peer, err := netip.ParseAddr(strings.TrimPrefix(argument, "."))
		if err != nil {
			a.read = true
			r.unread(a.item.Path, 0, "the name of the item has no address of a BGP peer: want "+actionAdvertised+".<peer>")
			continue
		}
		out := snapshot.GatewayAdvertised{Peer: peer}
		out.Read, out.Routes = rowsOf(r, res, actionAdvertised, strings.TrimPrefix(argument, "."), learnedRoute)
		all = append(all, out)
	}
	slices.SortFunc(all, func(a, b snapshot.GatewayAdvertised) int { return a.Peer.Compare(b.Peer) })
	return all
}

func natRule(v *values, n *node) snapshot.NATRule {
	p := v.props(n)
	return snapshot.NATRule{
		Ref: v.ref(n), ID: v.id(n), Name: v.text(n.at("name")), Mode: v.word(p.at("mode"), "EgressSnat", "IngressSnat"),
		Type: v.word(p.at("type"), "Static", "Dynamic"), Config: strings.ToLower(v.text(p.at("ipConfigurationId"))),
		Internal: v.natMappings(p.at("internalMappings")), External: v.natMappings(p.at("externalMappings")),
	}
}

func (v *values) natMappings(list *node) []snapshot.NATMapping {
	var all []snapshot.NATMapping
	for _, n := range v.objects(list) {
		all = append(all, snapshot.NATMapping{Prefix: v.prefix(n.at("addressSpace")), Ports: v.text(n.at("portRange"))})
	}
	return all
}
