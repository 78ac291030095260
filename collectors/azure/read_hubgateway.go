package azure

import (
	"github.com/routeproof/routeproof/internal/snapshot"
)

func (r *reader) hubVPNGateway(res *stored, v *values) {
	p := v.props(v.root)
	g := snapshot.HubVPNGateway{
		Ref: v.ref(v.root), Hub: v.id(p.at("virtualHub")), ASN: v.asn(p.at("bgpSettings", "asn")), State: v.text(p.at("provisioningState")),
		NATForBGP: v.flag(p.at("enableBgpRouteTranslationForNat")), Instances: v.instancesOf(p.at("bgpSettings")),
		PeerWeight: int(v.number(p.at("bgpSettings", "peerWeight"))),
		BGPAddrs:   v.addrList(p.at("bgpSettings", "bgpPeeringAddress")),
	}
	g.ID, g.Name = v.identity(res)
	g.NAT.Read, g.NAT.Rules = below(r, res, v, childNATRules, p.at("natRules"), natRule)
	g.Connections.Read, g.Connections.Connections = below(r, res, v, childVPNConnections, p.at("connections"), hubVPNConnection)
	r.s.Azure.HubVPNGateways = append(r.s.Azure.HubVPNGateways, g)
}

// hubVPNConnection reads a connection. One of before there were links has their
// properties itself, and is read as a connection with one link without a name.
func hubVPNConnection(v *values, n *node) snapshot.HubVPNConnection {
	p := v.props(n)
	c := snapshot.HubVPNConnection{
		Ref: v.ref(n), ID: v.id(n), Name: v.named(n), Site: v.id(p.at("remoteVpnSite")), Status: v.hubStatus(p.at("connectionStatus")),
		Internet: v.flag(p.at("enableInternetSecurity")), Routing: v.routing(p.at("routingConfiguration")),
		Selectors: v.selectors(p.at("trafficSelectorPolicies")),
	}
	for _, row := range v.objects(p.at("vpnLinkConnections")) {
		link := v.hubVPNLink(v.props(row))
		link.Ref, link.ID, link.Name = v.ref(row), v.id(row), v.named(row)
		c.Links = append(c.Links, link)
	}
	if len(c.Links) == 0 {
		link := v.hubVPNLink(p)
		link.Ref = v.ref(n)
		c.Links = append(c.Links, link)
	}
	return c
}

func (v *values) hubVPNLink(p *node) snapshot.HubVPNLink {
	return snapshot.HubVPNLink{
		SiteLink: v.id(p.at("vpnSiteLink")), Status: v.hubStatus(p.at("connectionStatus")), EnableBGP: v.flag(p.at("enableBgp")),
		UsePrivate: v.flag(p.at("useLocalAzureIpAddress")), PolicyBased: v.flag(p.at("usePolicyBasedTrafficSelectors")),
		Protocol: v.word(p.at("vpnConnectionProtocolType"), "IKEv2", "IKEv1"), Mode: v.text(p.at("vpnLinkConnectionMode")),
		Weight: int(v.number(p.at("routingWeight"))), DPDSeconds: int(v.number(p.at("dpdTimeoutSeconds"))),
		Policies: v.ipsecPolicies(p.at("ipsecPolicies")), BGPAddrs: v.bgpAddrs(p.at("vpnGatewayCustomBgpAddresses")),
		EgressNAT: v.ids(p.at("egressNatRules")), IngressNAT: v.ids(p.at("ingressNatRules")), TunnelBytes: v.bytes(p),
	}
}

func (v *values) hubStatus(n *node) string {
	return v.word(n, "Unknown", "Connecting", "Connected", "NotConnected")
}

func (r *reader) hubERGateway(res *stored, v *values) {
	p := v.props(v.root)
	g := snapshot.HubERGateway{
		Ref: v.ref(v.root), Hub: v.id(p.at("virtualHub")), State: v.text(p.at("provisioningState")),
		RemoteVNets: v.flag(p.at("allowNonVirtualWanTraffic")),
	}
	g.ID, g.Name = v.identity(res)
	g.Connections.Read, g.Connections.Connections = below(r, res, v, childERConnections, p.at("expressRouteConnections"), hubERConnection)
	r.s.Azure.HubERGateways = append(r.s.Azure.HubERGateways, g)
}

func hubERConnection(v *values, n *node) snapshot.HubERConnection {
	p := v.props(n)
	return snapshot.HubERConnection{
		Ref: v.ref(n), ID: v.id(n), Name: v.named(n), Peering: v.id(p.at("expressRouteCircuitPeering")), Weight: int(v.number(p.at("routingWeight"))),
		FastPath: v.flag(p.at("expressRouteGatewayBypass")), LinkFastPath: v.flag(p.at("enablePrivateLinkFastPath")),
		Internet: v.flag(p.at("enableInternetSecurity")), State: v.text(p.at("provisioningState")), Routing: v.routing(p.at("routingConfiguration")),
	}
}

func (r *reader) vpnSite(res *stored, v *values) {
	p := v.props(v.root)
	s := snapshot.VPNSite{
		Ref: v.ref(v.root), WAN: v.id(p.at("virtualWan")), Prefixes: v.prefixes(p.at("addressSpace", "addressPrefixes")),
		Endpoint: v.addr(p.at("ipAddress")), ASN: v.asn(p.at("bgpProperties", "asn")), Peer: v.addr(p.at("bgpProperties", "bgpPeeringAddress")),
	}
	s.ID, s.Name = v.identity(res)
	for _, n := range v.objects(p.at("vpnSiteLinks")) {
		q := v.props(n)
		s.Links = append(s.Links, snapshot.VPNSiteLink{
			Ref: v.ref(n), ID: v.id(n), Name: v.named(n), Endpoint: v.addr(q.at("ipAddress")), FQDN: v.text(q.at("fqdn")),
			ASN: v.asn(q.at("bgpProperties", "asn")), Peer: v.addr(q.at("bgpProperties", "bgpPeeringAddress")),
			Provider: v.text(q.at("linkProperties", "linkProviderName")),
		})
	}
	r.s.Azure.VPNSites = append(r.s.Azure.VPNSites, s)
}
