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
	p := props(v.root)
	n := snapshot.VNet{Ref: v.ref(v.root), Prefixes: v.prefixes(p.at("addressSpace", "addressPrefixes"))}
	n.ID, n.Name = v.identity(res)
	for _, row := range v.objects(p.at("subnets")) {
		n.Subnets = append(n.Subnets, v.subnet(row))
	}
	for _, row := range v.objects(p.at("virtualNetworkPeerings")) {
		n.Peerings = append(n.Peerings, v.peering(row))
	}
	r.s.Azure.VNets = append(r.s.Azure.VNets, n)
}

func (v *values) subnet(n *node) snapshot.Subnet {
	p := props(n)
	s := snapshot.Subnet{
		Ref: v.ref(n), ID: v.id(n), Name: v.text(n.at("name")), RouteTable: v.id(p.at("routeTable")), NSG: v.id(p.at("networkSecurityGroup")),
	}
	if one := v.prefix(p.at("addressPrefix")); one.IsValid() {
		s.Prefixes = append(s.Prefixes, one)
	}
	for _, more := range v.prefixes(p.at("addressPrefixes")) {
		if !slices.Contains(s.Prefixes, more) {
			s.Prefixes = append(s.Prefixes, more)
		}
	}
	if len(s.Prefixes) == 0 {
		v.bad(n, "a subnet without an address prefix: "+s.Name)
	}
	return s
}

func (v *values) peering(n *node) snapshot.Peering {
	p := props(n)
	s := snapshot.Peering{
		Ref: v.ref(n), Name: v.text(n.at("name")), Remote: v.id(p.at("remoteVirtualNetwork")),
		Connected:           strings.EqualFold(v.text(p.at("peeringState")), "Connected"),
		AllowGatewayTransit: v.flag(p.at("allowGatewayTransit")), UseRemoteGateways: v.flag(p.at("useRemoteGateways")),
		AllowForwarded: v.flag(p.at("allowForwardedTraffic")),
		// What this side routes by is the address space of the last sync.
		RemotePrefixes: v.prefixes(p.at("remoteAddressSpace", "addressPrefixes")),
	}
	if len(s.RemotePrefixes) == 0 {
		s.RemotePrefixes = v.prefixes(p.at("remoteVirtualNetworkAddressSpace", "addressPrefixes"))
	}
	return s
}

func (r *reader) gateway(res *stored, v *values) {
	p := props(v.root)
	bgp := p.at("bgpSettings")
	g := snapshot.Gateway{
		Ref: v.ref(v.root), Type: snapshot.GatewayType(v.word(p.at("gatewayType"), string(snapshot.VPN), string(snapshot.ExpressRoute))),
		SKU: v.text(p.at("sku", "name")), ASN: v.asn(bgp.at("asn")), ActiveActive: v.flag(p.at("activeActive")), PrivateIP: v.flag(p.at("enablePrivateIpAddress")),
	}
	g.ID, g.Name = v.identity(res)
	for _, n := range v.objects(bgp.at("bgpPeeringAddresses")) {
		g.Instances = append(g.Instances, snapshot.Instance{
			Ref: v.ref(n), Config: strings.ToLower(v.text(n.at("ipconfigurationId"))), Default: v.addrs(n.at("defaultBgpIpAddresses")),
			Custom: v.addrs(n.at("customBgpIpAddresses")), Tunnel: v.addrs(n.at("tunnelIpAddresses")),
		})
	}
	for _, n := range v.objects(p.at("ipConfigurations")) {
		v.ipConfiguration(n, &g)
	}
	g.Learned, g.Peers = r.learned(res), r.peers(res)
	for name, a := range res.actions {
		// Kept as evidence of what the gateway advertises; no fact is taken yet.
		a.read = a.read || strings.HasPrefix(name, strings.ToLower(actionAdvertised))
	}
	r.s.Azure.Gateways = append(r.s.Azure.Gateways, g)
}

// ipConfiguration takes from a gateway's IP configuration its subnet, and the
// private address, which not every API version has among the tunnel's.
func (v *values) ipConfiguration(n *node, g *snapshot.Gateway) {
	p := props(n)
	if g.Subnet == "" {
		g.Subnet = v.id(p.at("subnet"))
	}
	id, private := v.id(n), v.addr(p.at("privateIPAddress"))
	i := slices.IndexFunc(g.Instances, func(in snapshot.Instance) bool { return in.Config == id })
	if i < 0 {
		g.Instances = append(g.Instances, snapshot.Instance{Ref: v.ref(n), Config: id})
		i = len(g.Instances) - 1
	}
	in := &g.Instances[i]
	if g.PrivateIP && private.IsValid() && !slices.Contains(in.Tunnel, private) {
		in.Tunnel = append(in.Tunnel, private)
	}
}

// connection also reads one whose answer is not there: that it exists, and that
// nothing is known of it.
func (r *reader) connection(res *stored, v *values) {
	read := snapshot.Read{Item: res.item.Path, Status: res.item.Status, Detail: res.item.Detail}
	if v == nil {
		if read.Status == snapshot.OK {
			read.Status, read.Detail = snapshot.Partial, "the answer could not be read"
		}
		r.s.Azure.Connections = append(r.s.Azure.Connections, snapshot.Connection{
			Ref: snapshot.Ref{Item: res.item.Path}, Read: read, ID: res.id.full(), Name: clean(res.id.name),
		})
		return
	}
	p := props(v.root)
	c := snapshot.Connection{
		Ref: v.ref(v.root), Type: v.word(p.at("connectionType"), "IPsec", "ExpressRoute", "Vnet2Vnet", "VPNClient"),
		Gateway: v.id(p.at("virtualNetworkGateway1")), LocalSite: v.id(p.at("localNetworkGateway2")), Circuit: v.id(p.at("peer")),
		Status: v.word(p.at("connectionStatus"), "Unknown", "Connecting", "Connected", "NotConnected"), EnableBGP: v.flag(p.at("enableBgp")),
		UsePrivate: v.flag(p.at("useLocalAzureIpAddress")), FastPath: v.flag(p.at("expressRouteGatewayBypass")), Weight: int(v.number(p.at("routingWeight"))),
		TunnelBytes: v.bytes(p),
	}
	c.ID, c.Name = v.identity(res)
	for _, n := range v.objects(p.at("gatewayCustomBgpIpAddresses")) {
		c.BGPAddrs = append(c.BGPAddrs, snapshot.ConnectionAddr{
			Config: strings.ToLower(v.text(n.at("ipConfigurationId"))), Addr: v.addr(n.at("customBgpIpAddress")),
		})
	}
	for _, n := range v.objects(p.at("ipsecPolicies")) {
		c.Policies = append(c.Policies, snapshot.IPsecPolicy{
			IKEEncryption: v.text(n.at("ikeEncryption")), IKEIntegrity: v.text(n.at("ikeIntegrity")), DHGroup: v.text(n.at("dhGroup")),
			IPsecEncryption: v.text(n.at("ipsecEncryption")), IPsecIntegrity: v.text(n.at("ipsecIntegrity")), PFSGroup: v.text(n.at("pfsGroup")),
		})
	}
	for _, n := range v.objects(p.at("tunnelConnectionStatus")) {
		t := snapshot.TunnelStatus{Name: v.text(n.at("tunnel")), Status: v.word(n.at("connectionStatus"), "Unknown", "Connecting", "Connected", "NotConnected")}
		if b := v.bytes(n); b != nil {
			t.Bytes = *b
		}
		c.Tunnels = append(c.Tunnels, t)
	}
	if c.Read = read; v.flaws > 0 && read.Status == snapshot.OK {
		c.Read.Status, c.Read.Detail = snapshot.Partial, "part of the answer could not be read"
	}
	r.s.Azure.Connections = append(r.s.Azure.Connections, c)
}

// bytes are traffic counters, nil where Azure gives none.
func (v *values) bytes(n *node) *snapshot.Bytes {
	in, out := n.at("ingressBytesTransferred"), n.at("egressBytesTransferred")
	if in.absent() && out.absent() {
		return nil
	}
	return &snapshot.Bytes{Ingress: v.number(in), Egress: v.number(out)}
}

func (r *reader) localSite(res *stored, v *values) {
	p := props(v.root)
	l := snapshot.LocalNetworkGateway{
		Ref: v.ref(v.root), Endpoint: v.addr(p.at("gatewayIpAddress")), Prefixes: v.prefixes(p.at("localNetworkAddressSpace", "addressPrefixes")),
		ASN: v.asn(p.at("bgpSettings", "asn")), Peer: v.addr(p.at("bgpSettings", "bgpPeeringAddress")),
	}
	l.ID, l.Name = v.identity(res)
	r.s.Azure.LocalSites = append(r.s.Azure.LocalSites, l)
}

func (r *reader) circuit(res *stored, v *values) {
	p := props(v.root)
	c := snapshot.Circuit{
		Ref: v.ref(v.root), Provider: v.text(p.at("serviceProviderProperties", "serviceProviderName")), Port: v.id(p.at("expressRoutePort")),
	}
	c.ID, c.Name = v.identity(res)
	for _, n := range v.objects(p.at("peerings")) {
		q := props(n)
		if !strings.EqualFold(v.text(q.at("peeringType")), privatePeering) && !strings.EqualFold(v.text(n.at("name")), privatePeering) {
			continue
		}
		c.Peering = &snapshot.PrivatePeering{
			Ref: v.ref(n), State: v.word(q.at("state"), "Enabled", "Disabled"), PeerASN: v.asn(q.at("peerASN")),
			Primary: v.prefix(q.at("primaryPeerAddressPrefix")), Secondary: v.prefix(q.at("secondaryPeerAddressPrefix")),
		}
		for i, device := range devices() {
			c.Peering.Tables[i] = r.edgeTable(res, device)
		}
		break
	}
	r.s.Azure.Circuits = append(r.s.Azure.Circuits, c)
}

func (r *reader) routeTable(res *stored, v *values) {
	p := props(v.root)
	t := snapshot.RouteTable{Ref: v.ref(v.root), DisablePropagation: v.flag(p.at("disableBgpRoutePropagation"))}
	t.ID, t.Name = v.identity(res)
	for _, n := range v.objects(p.at("routes")) {
		q := props(n)
		u := snapshot.UserRoute{
			Ref: v.ref(n), Name: v.text(n.at("name")),
			Type:    v.word(q.at("nextHopType"), "VirtualAppliance", "VirtualNetworkGateway", "VnetLocal", "Internet", "None"),
			NextHop: v.addr(q.at("nextHopIpAddress")),
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

func (r *reader) firewall(res *stored, v *values) {
	p := props(v.root)
	f := snapshot.Firewall{Ref: v.ref(v.root)}
	f.ID, f.Name = v.identity(res)
	for _, n := range v.objects(p.at("ipConfigurations")) {
		q := props(n)
		if f.Subnet == "" {
			f.Subnet = v.id(q.at("subnet"))
		}
		if a := v.addr(q.at("privateIPAddress")); a.IsValid() {
			f.Addrs = append(f.Addrs, a)
		}
	}
	if a := v.addr(p.at("hubIPAddresses", "privateIPAddress")); a.IsValid() {
		f.Addrs = append(f.Addrs, a)
	}
	r.s.Azure.Firewalls = append(r.s.Azure.Firewalls, f)
}
