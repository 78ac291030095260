package azure

import (
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

func (r *reader) wan(res *stored, v *values) {
	p := v.props(v.root)
	w := snapshot.VirtualWAN{
		Ref: v.ref(v.root), Type: v.text(p.at("type")), BranchToBranch: v.flag(p.at("allowBranchToBranchTraffic")),
		VNetToVNet: v.flag(p.at("allowVnetToVnetTraffic")), Unencrypted: v.flag(p.at("disableVpnEncryption")),
	}
	w.ID, w.Name = v.identity(res)
	r.s.Azure.WANs = append(r.s.Azure.WANs, w)
}

func (r *reader) hub(res *stored, v *values) {
	p := v.props(v.root)
	h := snapshot.Hub{
		Ref: v.ref(v.root), WAN: v.id(p.at("virtualWan")), Prefix: v.prefix(p.at("addressPrefix")), ASN: v.asn(p.at("virtualRouterAsn")),
		Addrs: v.addrs(p.at("virtualRouterIps")), SKU: v.text(p.at("sku")), State: v.text(p.at("provisioningState")),
		Routing: v.text(p.at("routingState")), Preference: v.word(p.at("hubRoutingPreference"), "ExpressRoute", "VpnGateway", "ASPath"),
		BranchToBranch: v.flag(p.at("allowBranchToBranchTraffic")), Firewall: v.id(p.at("azureFirewall")),
		VPNGateway: v.id(p.at("vpnGateway")), ERGateway: v.id(p.at("expressRouteGateway")), Legacy: v.legacyTables(p),
	}
	h.ID, h.Name = v.identity(res)
	h.Configs.Read, h.Configs.Configs = below(r, res, v, childHubConfigs, nil, hubConfig)
	h.VNets.Read, h.VNets.Connections = below(r, res, v, childHubVNets, nil, hubVNetConnection)
	h.Intent.Read, h.Intent.Intents = below(r, res, v, childIntent, nil, routingIntent)
	h.Maps.Read, h.Maps.Maps = below(r, res, v, childRouteMaps, nil, hubRouteMap)
	h.Tables.Read, h.Tables.Tables = below(r, res, v, childHubTables, nil, hubRouteTable)
	for i := range h.Tables.Tables {
		t := &h.Tables.Tables[i]
		t.Effective.Read, t.Effective.Routes = rowsOf(r, res, actionHubEffective, t.Name, hubEffectiveRoute)
	}
	h.BGP.Read, h.BGP.Connections = below(r, res, v, childHubBGP, nil, hubBGPConnection)
	for i := range h.BGP.Connections {
		c := &h.BGP.Connections[i]
		c.Learned.Read, c.Learned.Routes = rowsOf(r, res, actionHubLearned, c.Name, hubPeerRoute)
		c.Advertised.Read, c.Advertised.Routes = rowsOf(r, res, actionHubAdvertised, c.Name, hubPeerRoute)
	}
	r.s.Azure.Hubs = append(r.s.Azure.Hubs, h)
}

func hubConfig(v *values, n *node) snapshot.HubConfig {
	p := v.props(n)
	return snapshot.HubConfig{
		Ref: v.ref(n), ID: v.id(n), Subnet: v.id(p.at("subnet")), Private: v.addr(p.at("privateIPAddress")), PublicIP: v.id(p.at("publicIPAddress")),
	}
}

// named is the name of a resource below another one: its own word, or else the
// last segment of its ID, by which more is asked about it.
func (v *values) named(n *node) string {
	if name := v.text(n.at("name")); name != "" {
		return name
	}
	id := v.text(n.at("id"))
	return id[strings.LastIndexByte(id, '/')+1:]
}

func hubBGPConnection(v *values, n *node) snapshot.HubBGPConnection {
	p := v.props(n)
	return snapshot.HubBGPConnection{
		Ref: v.ref(n), ID: v.id(n), Name: v.named(n), ASN: v.asn(p.at("peerAsn")), Peer: v.addr(p.at("peerIp")),
		Connection: v.id(p.at("hubVirtualNetworkConnection")),
		State:      v.word(p.at("connectionState"), "Unknown", "Connecting", "Connected", "NotConnected"),
	}
}

func hubVNetConnection(v *values, n *node) snapshot.HubVNetConnection {
	p := v.props(n)
	c := snapshot.HubVNetConnection{
		Ref: v.ref(n), ID: v.id(n), Name: v.named(n), VNet: v.id(p.at("remoteVirtualNetwork")), Internet: v.flag(p.at("enableInternetSecurity")),
		State: v.text(p.at("provisioningState")), Routing: v.routing(p.at("routingConfiguration")),
	}
	static := p.at("routingConfiguration", "vnetRoutes", "staticRoutesConfig")
	c.Propagate, c.Override = v.flagOr(static.at("propagateStaticRoutes"), true), v.text(static.at("vnetLocalRouteOverrideCriteria"))
	for _, row := range v.objects(p.at("routingConfiguration", "vnetRoutes", "staticRoutes")) {
		c.Static = append(c.Static, snapshot.HubStaticRoute{
			Ref: v.ref(row), Name: v.text(row.at("name")), Prefixes: v.prefixes(row.at("addressPrefixes")), NextHop: v.addr(row.at("nextHopIpAddress")),
		})
	}
	return c
}

func (v *values) routing(n *node) snapshot.HubRouting {
	return snapshot.HubRouting{
		Table: v.id(n.at("associatedRouteTable")), Propagated: v.ids(n.at("propagatedRouteTables", "ids")),
		Labels:     v.words(n.at("propagatedRouteTables", "labels")),
		InboundMap: v.id(n.at("inboundRouteMap")), OutboundMap: v.id(n.at("outboundRouteMap")),
	}
}

func routingIntent(v *values, n *node) snapshot.RoutingIntent {
	i := snapshot.RoutingIntent{Ref: v.ref(n), ID: v.id(n)}
	for _, row := range v.objects(v.props(n).at("routingPolicies")) {
		i.Policies = append(i.Policies, snapshot.RoutingPolicy{
			Name: v.text(row.at("name")), Destinations: v.words(row.at("destinations")), NextHop: strings.ToLower(v.text(row.at("nextHop"))),
		})
	}
	return i
}

func hubRouteTable(v *values, n *node) snapshot.HubRouteTable {
	p := v.props(n)
	t := snapshot.HubRouteTable{
		Ref: v.ref(n), ID: v.id(n), Name: v.named(n), Labels: v.words(p.at("labels")),
		Associated: v.refs(p.at("associatedConnections")), Propagating: v.refs(p.at("propagatingConnections")),
	}
	for _, row := range v.objects(p.at("routes")) {
		t.Routes = append(t.Routes, snapshot.HubRoute{
			Ref: v.ref(row), Name: v.text(row.at("name")), Destinations: v.words(row.at("destinations")), DestinationType: v.text(row.at("destinationType")),
			NextHops: v.refs(row.at("nextHop")), NextHopType: v.text(row.at("nextHopType")),
		})
	}
	return t
}

// legacyTables are the route tables that a hub has itself: the first kind there
// was, and the second.
func (v *values) legacyTables(p *node) []snapshot.HubRouteTable {
	var all []snapshot.HubRouteTable
	if n := p.at("routeTable"); len(n.at("routes").items()) > 0 {
		t := snapshot.HubRouteTable{Ref: v.ref(n)}
		for _, row := range v.objects(n.at("routes")) {
			t.Routes = append(t.Routes, snapshot.HubRoute{Ref: v.ref(row), Destinations: v.words(row.at("addressPrefixes")), NextHops: v.refs(row.at("nextHopIpAddress"))})
		}
		all = append(all, t)
	}
	for _, n := range v.objects(p.at("virtualHubRouteTableV2s")) {
		t := snapshot.HubRouteTable{Ref: v.ref(n), ID: v.id(n), Name: v.named(n), Associated: v.words(v.props(n).at("attachedConnections"))}
		for _, row := range v.objects(v.props(n).at("routes")) {
			t.Routes = append(t.Routes, snapshot.HubRoute{
				Ref: v.ref(row), Destinations: v.words(row.at("destinations")), DestinationType: v.text(row.at("destinationType")),
				NextHops: v.refs(row.at("nextHops")), NextHopType: v.text(row.at("nextHopType")),
			})
		}
		all = append(all, t)
	}
	return all
}

func hubRouteMap(v *values, n *node) snapshot.HubRouteMap {
	p := v.props(n)
	return snapshot.HubRouteMap{
		Ref: v.ref(n), ID: v.id(n), Name: v.named(n), Inbound: v.refs(p.at("associatedInboundConnections")),
		Outbound: v.refs(p.at("associatedOutboundConnections")), Rules: len(v.objects(p.at("rules"))),
	}
}
