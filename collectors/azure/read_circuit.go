package azure

import (
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

func (r *reader) circuit(res *stored, v *values) {
	p := v.props(v.root)
	provider := p.at("serviceProviderProperties")
	c := snapshot.Circuit{
		Ref: v.ref(v.root), Provider: v.text(provider.at("serviceProviderName")), Port: v.id(p.at("expressRoutePort")),
		Location: v.text(provider.at("peeringLocation")), BandwidthMbps: v.number(provider.at("bandwidthInMbps")),
		Tier: v.text(v.root.at("sku", "tier")), Family: v.text(v.root.at("sku", "family")),
		State: v.text(p.at("circuitProvisioningState")), ProviderState: v.text(p.at("serviceProviderProvisioningState")),
		GlobalReach: v.flag(p.at("globalReachEnabled")),
	}
	if direct := v.megabits(p.at("bandwidthInGbps")); direct > 0 {
		c.BandwidthMbps = direct
	}
	c.ID, c.Name = v.identity(res)
	c.Tags = v.tags(v.root.at("tags"))
	for _, n := range v.objects(p.at("peerings")) {
		q := v.props(n)
		private := strings.EqualFold(v.text(q.at("peeringType")), privatePeering) || strings.EqualFold(v.text(n.at("name")), privatePeering)
		switch {
		case private && c.Peering == nil:
			c.Peering = r.privatePeering(res, v, n)
		case private:
			v.bad(n, "a circuit has one private peering, and here is another one")
		default:
			c.Others = append(c.Others, snapshot.OtherPeering{Ref: v.ref(n), Type: v.text(q.at("peeringType")), State: v.word(q.at("state"), "Enabled", "Disabled")})
		}
	}
	if c.Peering == nil {
		r.unusedEdges(res)
	}
	r.s.Azure.Circuits = append(r.s.Azure.Circuits, c)
}

// unusedEdges notes the tables of a circuit that says of no private peering.
func (r *reader) unusedEdges(res *stored) {
	for _, a := range res.actions {
		if a.read = true; a.item.Status == snapshot.OK {
			r.unread(a.item.Path, 0, "the circuit that this answer belongs to has no private peering")
		}
	}
}

func (r *reader) privatePeering(res *stored, v *values, n *node) *snapshot.PrivatePeering {
	p := v.props(n)
	s := &snapshot.PrivatePeering{
		Ref: v.ref(n), State: v.word(p.at("state"), "Enabled", "Disabled"), PeerASN: v.asn(p.at("peerASN")), AzureASN: v.asn(p.at("azureASN")),
		Primary: v.prefix(p.at("primaryPeerAddressPrefix")), Secondary: v.prefix(p.at("secondaryPeerAddressPrefix")),
		VLAN: int(v.number(p.at("vlanId"))),
	}
	if key := v.text(p.at("sharedKey")); key != "" {
		has := true
		s.MD5 = &has
	}
	if six := p.at("ipv6PeeringConfig"); !six.absent() {
		s.IPv6 = &snapshot.IPv6Peering{
			Ref: v.ref(six), State: v.word(six.at("state"), "Enabled", "Disabled"),
			Primary: v.prefix(six.at("primaryPeerAddressPrefix")), Secondary: v.prefix(six.at("secondaryPeerAddressPrefix")),
		}
	}
	for _, list := range []string{"connections", "peeredConnections"} {
		for _, c := range v.objects(p.at(list)) {
			s.Reach = append(s.Reach, v.globalReach(c))
		}
	}
	for i, device := range devices() {
		s.Tables[i].Read, s.Tables[i].Routes = rowsOf(r, res, actionRouteTables, device, edgeRoute)
		s.Summaries[i].Read, s.Summaries[i].Sessions = rowsOf(r, res, actionSummaries, device, session)
		s.ARP[i].Read, s.ARP[i].Entries = rowsOf(r, res, actionARP, device, arpEntry)
	}
	return s
}

func (v *values) globalReach(n *node) snapshot.GlobalReach {
	p := v.props(n)
	return snapshot.GlobalReach{
		Ref: v.ref(n), Name: v.text(n.at("name")), Remote: v.id(p.at("peerExpressRouteCircuitPeering")),
		Prefix: v.prefix(p.at("addressPrefix")), Status: v.word(p.at("circuitConnectionStatus"), "Connected", "Connecting", "Disconnected"),
		IPv6: v.prefix(p.at("ipv6CircuitConnectionConfig", "addressPrefix")),
	}
}

func (r *reader) port(res *stored, v *values) {
	p := v.props(v.root)
	o := snapshot.ERPort{
		Ref: v.ref(v.root), Location: v.text(p.at("peeringLocation")), Bandwidth: v.number(p.at("bandwidthInGbps")),
		Encapsulated: v.text(p.at("encapsulation")), State: v.text(p.at("provisioningState")), Circuits: v.ids(p.at("circuits")),
	}
	o.ID, o.Name = v.identity(res)
	if kind := v.text(v.root.at("identity", "type")); kind != "" && !strings.EqualFold(kind, "None") {
		o.Identity = true
	}
	o.Links.Read, o.Links.Links = below(r, res, v, childLinks, p.at("links"), erLink)
	r.s.Azure.Ports = append(r.s.Azure.Ports, o)
}

func erLink(v *values, n *node) snapshot.ERLink {
	p := v.props(n)
	m := p.at("macSecConfig")
	return snapshot.ERLink{
		Ref: v.ref(n), ID: v.id(n), Name: v.text(n.at("name")), Admin: v.word(p.at("adminState"), "Enabled", "Disabled"),
		State: v.text(p.at("provisioningState")), Interface: v.text(p.at("interfaceName")), Router: v.text(p.at("routerName")),
		MACsec: snapshot.LinkMACsec{
			CKN: v.text(m.at("cknSecretIdentifier")), CAK: v.text(m.at("cakSecretIdentifier")),
			Cipher: v.word(m.at("cipher"), "GcmAes128", "GcmAes256", "GcmAesXpn128", "GcmAesXpn256"),
			SCI:    v.word(m.at("sciState"), "Enabled", "Disabled"),
		},
	}
}
