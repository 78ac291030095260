package azure

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// identity is a resource's ID and name: its own words, or else its path's.
func (v *values) identity(res *stored) (id, name string) {
	id, name = v.id(v.root), v.text(v.root.at("name"))
	if id == "" {
		id = res.id.full()
	}
	if name == "" {
		name = clean(res.id.name)
	}
	return id, name
}

func (r *reader) vnet(res *stored, v *values) {
	p := v.props(v.root)
	v.listed(p, "subnets", "virtualNetworkPeerings")
	v.listed(p.at("addressSpace"), "addressPrefixes")
	n := snapshot.VNet{
		Ref: v.ref(v.root), Prefixes: v.prefixes(p.at("addressSpace", "addressPrefixes")), Location: v.text(v.root.at("location")),
		Encryption: snapshot.Encryption{Enabled: v.flag(p.at("encryption", "enabled")), Enforcement: v.text(p.at("encryption", "enforcement"))},
		Summaries:  v.summaries(p.at("summarizedGatewayPrefixes")),
	}
	n.ID, n.Name = v.identity(res)
	for _, row := range v.objects(p.at("subnets")) {
		q := v.props(row)
		s := v.subnet(row, q)
		n.Subnets = append(n.Subnets, s)
		r.hold(v, q, s.ID)
	}
	for _, row := range v.objects(p.at("virtualNetworkPeerings")) {
		n.Peerings = append(n.Peerings, v.peering(row))
	}
	r.s.Azure.VNets = append(r.s.Azure.VNets, n)
}

// summaries are the prefixes that gateways advertise instead of the address
// space: a list, or an object with one, as address spaces are.
func (v *values) summaries(n *node) []netip.Prefix {
	if n != nil && n.kind == kindObject {
		n = n.at("addressPrefixes")
	}
	return v.prefixes(n)
}

func (v *values) subnet(n, p *node) snapshot.Subnet {
	s := snapshot.Subnet{
		Ref: v.ref(n), ID: v.id(n), Name: v.text(n.at("name")), RouteTable: v.id(p.at("routeTable")), NSG: v.id(p.at("networkSecurityGroup")),
		NATGateway: v.id(p.at("natGateway")), Configs: v.ids(p.at("ipConfigurations")),
	}
	if one := v.prefix(p.at("addressPrefix")); one.IsValid() {
		s.Prefixes = append(s.Prefixes, one)
	}
	for _, more := range v.prefixes(p.at("addressPrefixes")) {
		if !slices.Contains(s.Prefixes, more) {
			s.Prefixes = append(s.Prefixes, more)
		}
	}
	for _, e := range v.objects(p.at("serviceEndpoints")) {
		s.Endpoints = append(s.Endpoints, v.text(e.at("service")))
	}
	s.PrivateEndpoints, s.EndpointPolicies = len(v.objects(p.at("privateEndpoints"))), v.text(p.at("privateEndpointNetworkPolicies"))
	for _, d := range v.objects(p.at("delegations")) {
		s.Delegations = append(s.Delegations, v.text(v.props(d).at("serviceName")))
	}
	if len(s.Prefixes) == 0 {
		v.bad(n, "a subnet without an address prefix: "+s.Name)
	}
	return s
}

func (v *values) peering(n *node) snapshot.Peering {
	p := v.props(n)
	s := snapshot.Peering{
		Ref: v.ref(n), Name: v.text(n.at("name")), Remote: v.id(p.at("remoteVirtualNetwork")),
		State: v.word(p.at("peeringState"), "Connected", "Initiated", "Disconnected"), SyncLevel: v.text(p.at("peeringSyncLevel")),
		AllowGatewayTransit: v.flag(p.at("allowGatewayTransit")), UseRemoteGateways: v.flag(p.at("useRemoteGateways")),
		AllowForwarded: v.flag(p.at("allowForwardedTraffic")), NoAccess: !v.flagOr(p.at("allowVirtualNetworkAccess"), true),
		Partial: !v.flagOr(p.at("peerCompleteVnets"), true), OnlyIPv6: v.flag(p.at("enableOnlyIPv6Peering")),
		LocalSubnets: v.words(p.at("localSubnetNames")), RemoteSubnets: v.words(p.at("remoteSubnetNames")),
		// What this side routes by is the address space of the last sync.
		RemotePrefixes:  v.prefixes(p.at("remoteAddressSpace", "addressPrefixes")),
		CurrentPrefixes: v.prefixes(p.at("remoteVirtualNetworkAddressSpace", "addressPrefixes")),
		LocalPrefixes:   v.prefixes(p.at("localAddressSpace", "addressPrefixes")),
	}
	s.Connected = s.State == "Connected"
	if len(s.RemotePrefixes) == 0 {
		s.RemotePrefixes = s.CurrentPrefixes
	}
	if len(s.LocalPrefixes) == 0 {
		s.LocalPrefixes = v.prefixes(p.at("localVirtualNetworkAddressSpace", "addressPrefixes"))
	}
	return s
}

func (r *reader) routeTable(res *stored, v *values) {
	p := v.props(v.root)
	v.listed(p, "routes")
	t := snapshot.RouteTable{Ref: v.ref(v.root), DisablePropagation: v.flag(p.at("disableBgpRoutePropagation")), Subnets: v.ids(p.at("subnets"))}
	t.ID, t.Name = v.identity(res)
	for _, n := range v.objects(p.at("routes")) {
		q := v.props(n)
		u := snapshot.UserRoute{
			Ref: v.ref(n), Name: v.text(n.at("name")),
			Type:    v.word(q.at("nextHopType"), "VirtualAppliance", "VirtualNetworkGateway", "VnetLocal", "Internet", "None"),
			NextHop: v.addr(q.at("nextHopIpAddress")), OverBGP: v.flag(q.at("hasBgpOverride")),
		}
		u.Prefix, u.Tag = v.destination(q.at("addressPrefix"))
		t.Routes = append(t.Routes, u)
	}
	r.s.Azure.RouteTables = append(r.s.Azure.RouteTables, t)
}

// destination is a user-defined route's prefix or service tag. A tag starts with
// a letter and has neither "/" nor ":".
func (v *values) destination(n *node) (netip.Prefix, string) {
	s := v.text(n)
	if s == "" {
		v.bad(n, "a route without a destination")
		return netip.Prefix{}, ""
	}
	letter := s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z'
	if letter && !strings.ContainsAny(s, "/:") {
		return netip.Prefix{}, s
	}
	return v.prefix(n), ""
}

func (r *reader) nsg(res *stored, v *values) {
	p := v.props(v.root)
	g := snapshot.NSG{
		Ref: v.ref(v.root), Subnets: v.ids(p.at("subnets")), NICs: v.ids(p.at("networkInterfaces")), Rules: len(v.objects(p.at("securityRules"))),
	}
	g.ID, g.Name = v.identity(res)
	r.s.Azure.NSGs = append(r.s.Azure.NSGs, g)
}

func (r *reader) publicIP(res *stored, v *values) {
	p := v.props(v.root)
	a := snapshot.PublicIP{
		Ref: v.ref(v.root), SKU: v.text(v.root.at("sku", "name")), Tier: v.text(v.root.at("sku", "tier")), Zones: v.words(v.root.at("zones")),
		Addr: v.addr(p.at("ipAddress")), Version: v.text(p.at("publicIPAddressVersion")), Allocation: v.text(p.at("publicIPAllocationMethod")),
		Config: v.id(p.at("ipConfiguration")),
	}
	a.ID, a.Name = v.identity(res)
	r.s.Azure.PublicIPs = append(r.s.Azure.PublicIPs, a)
}
