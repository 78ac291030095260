package azure

import (
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

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
	p := v.props(v.root)
	c := snapshot.Connection{
		Ref: v.ref(v.root), Type: v.word(p.at("connectionType"), "IPsec", "ExpressRoute", "Vnet2Vnet", "VPNClient"),
		Gateway: v.id(p.at("virtualNetworkGateway1")), LocalSite: v.id(p.at("localNetworkGateway2")), Circuit: v.id(p.at("peer")),
		Status: v.word(p.at("connectionStatus"), "Unknown", "Connecting", "Connected", "NotConnected"), EnableBGP: v.flag(p.at("enableBgp")),
		UsePrivate: v.flag(p.at("useLocalAzureIpAddress")), FastPath: v.flag(p.at("expressRouteGatewayBypass")), Weight: int(v.number(p.at("routingWeight"))),
		TunnelBytes: v.bytes(p), Gateway2: v.id(p.at("virtualNetworkGateway2")), State: v.text(p.at("provisioningState")),
		Protocol: v.word(p.at("connectionProtocol"), "IKEv2", "IKEv1"), Mode: v.text(p.at("connectionMode")),
		Authentication: v.text(p.at("authenticationType")), DPDSeconds: int(v.number(p.at("dpdTimeoutSeconds"))),
		PolicyBased: v.flag(p.at("usePolicyBasedTrafficSelectors")), Selectors: v.selectors(p.at("trafficSelectorPolicies")),
		EgressNAT: v.ids(p.at("egressNatRules")), IngressNAT: v.ids(p.at("ingressNatRules")), LinkFastPath: v.flag(p.at("enablePrivateLinkFastPath")),
		BGPAddrs: v.bgpAddrs(p.at("gatewayCustomBgpIpAddresses")), Policies: v.ipsecPolicies(p.at("ipsecPolicies")),
	}
	c.ID, c.Name = v.identity(res)
	for _, n := range v.objects(p.at("tunnelProperties")) {
		c.TunnelAddress = append(c.TunnelAddress, snapshot.TunnelAddress{Remote: v.addr(n.at("tunnelIpAddress")), BGP: v.addr(n.at("bgpPeeringAddress"))})
	}
	for _, n := range v.objects(p.at("tunnelConnectionStatus")) {
		t := snapshot.TunnelStatus{
			Name: v.text(n.at("tunnel")), Status: v.word(n.at("connectionStatus"), "Unknown", "Connecting", "Connected", "NotConnected"),
			LastUp: v.text(n.at("lastConnectionEstablishedUtcTime")),
		}
		if b := v.bytes(n); b != nil {
			t.Bytes = *b
		}
		c.Tunnels = append(c.Tunnels, t)
	}
	if c.Read = read; v.flaws > 0 {
		c = snapshot.Connection{Ref: c.Ref, Read: read, ID: c.ID, Name: c.Name} // what it lacks could be what matters
		if read.Status == snapshot.OK {
			c.Read.Status, c.Read.Detail = snapshot.Partial, "part of the answer could not be read"
		}
	}
	r.s.Azure.Connections = append(r.s.Azure.Connections, c)
}

func (v *values) bgpAddrs(list *node) []snapshot.ConnectionAddr {
	var all []snapshot.ConnectionAddr
	for _, n := range v.objects(list) {
		all = append(all, snapshot.ConnectionAddr{
			Config: strings.ToLower(v.text(n.at("ipConfigurationId"))), Addr: v.addr(n.at("customBgpIpAddress")),
		})
	}
	return all
}

func (v *values) ipsecPolicies(list *node) []snapshot.IPsecPolicy {
	var all []snapshot.IPsecPolicy
	for _, n := range v.objects(list) {
		all = append(all, snapshot.IPsecPolicy{
			IKEEncryption: v.text(n.at("ikeEncryption")), IKEIntegrity: v.text(n.at("ikeIntegrity")), DHGroup: v.text(n.at("dhGroup")),
			IPsecEncryption: v.text(n.at("ipsecEncryption")), IPsecIntegrity: v.text(n.at("ipsecIntegrity")), PFSGroup: v.text(n.at("pfsGroup")),
			LifetimeSeconds: v.number(n.at("saLifeTimeSeconds")), LifetimeKilobytes: v.number(n.at("saDataSizeKilobytes")),
		})
	}
	return all
}

func (v *values) selectors(list *node) []snapshot.TrafficSelector {
	var all []snapshot.TrafficSelector
	for _, n := range v.objects(list) {
		all = append(all, snapshot.TrafficSelector{Local: v.prefixes(n.at("localAddressRanges")), Remote: v.prefixes(n.at("remoteAddressRanges"))})
	}
	return all
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
	p := v.props(v.root)
	l := snapshot.LocalNetworkGateway{
		Ref: v.ref(v.root), Endpoint: v.addr(p.at("gatewayIpAddress")), Prefixes: v.prefixes(p.at("localNetworkAddressSpace", "addressPrefixes")),
		ASN: v.asn(p.at("bgpSettings", "asn")), Peer: v.addr(p.at("bgpSettings", "bgpPeeringAddress")),
		FQDN: v.text(p.at("fqdn")), PeerWeight: int(v.number(p.at("bgpSettings", "peerWeight"))),
	}
	l.ID, l.Name = v.identity(res)
	r.s.Azure.LocalSites = append(r.s.Azure.LocalSites, l)
}
