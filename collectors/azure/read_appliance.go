package azure

import (
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

func (r *reader) firewall(res *stored, v *values) {
	p := v.props(v.root)
	f := snapshot.Firewall{
		Ref: v.ref(v.root), SKU: v.text(p.at("sku", "name")), Tier: v.text(p.at("sku", "tier")), State: v.text(p.at("provisioningState")),
		Hub: v.id(p.at("virtualHub")), Policy: v.id(p.at("firewallPolicy")), Management: v.id(v.props(p.at("managementIpConfiguration")).at("subnet")),
	}
	f.ID, f.Name = v.identity(res)
	for _, n := range v.objects(p.at("ipConfigurations")) {
		q := v.props(n)
		if f.Subnet == "" {
			f.Subnet = v.id(q.at("subnet"))
		}
		if a := v.addr(q.at("privateIPAddress")); a.IsValid() {
			f.Addrs = append(f.Addrs, a)
		}
		if id := v.id(q.at("publicIPAddress")); id != "" {
			f.PublicIPs = append(f.PublicIPs, id)
		}
	}
	if a := v.addr(p.at("hubIPAddresses", "privateIPAddress")); a.IsValid() {
		f.Addrs = append(f.Addrs, a)
	}
	// Settings of classic rules, which have names with dots.
	more := p.at("additionalProperties")
	for s := range strings.SplitSeq(v.text(more.at("Network.SNAT.PrivateRanges")), ",") {
		if s = strings.TrimSpace(s); s != "" {
			f.SNAT.Ranges = append(f.SNAT.Ranges, s)
		}
	}
	f.SNAT.AutoLearn = v.text(more.at("Network.SNAT.AutoLearnPrivateRanges"))
	r.s.Azure.Firewalls = append(r.s.Azure.Firewalls, f)
}

func (r *reader) firewallPolicy(res *stored, v *values) {
	p := v.props(v.root)
	f := snapshot.FirewallPolicy{
		Ref: v.ref(v.root), Tier: v.text(p.at("sku", "tier")), State: v.text(p.at("provisioningState")), Base: v.id(p.at("basePolicy")),
		Firewalls: v.ids(p.at("firewalls")),
		SNAT:      snapshot.SNAT{Ranges: v.words(p.at("snat", "privateRanges")), AutoLearn: v.text(p.at("snat", "autoLearnPrivateRanges"))},
	}
	f.ID, f.Name = v.identity(res)
	r.s.Azure.FirewallPolicies = append(r.s.Azure.FirewallPolicies, f)
}

func (r *reader) loadBalancer(res *stored, v *values) {
	p := v.props(v.root)
	l := snapshot.LoadBalancer{Ref: v.ref(v.root), SKU: v.text(v.root.at("sku", "name"))}
	l.ID, l.Name = v.identity(res)
	for _, n := range v.objects(p.at("frontendIPConfigurations")) {
		q := v.props(n)
		l.Frontends = append(l.Frontends, snapshot.Frontend{
			Ref: v.ref(n), ID: v.id(n), Name: v.text(n.at("name")), Addr: v.addr(q.at("privateIPAddress")),
			Subnet: v.id(q.at("subnet")), PublicIP: v.id(q.at("publicIPAddress")), Zones: v.words(n.at("zones")),
		})
	}
	for _, n := range v.objects(p.at("backendAddressPools")) {
		l.Pools = append(l.Pools, v.pool(n))
	}
	for _, n := range v.objects(p.at("loadBalancingRules")) {
		l.Rules = append(l.Rules, v.balancingRule(n))
	}
	r.s.Azure.LoadBalancers = append(r.s.Azure.LoadBalancers, l)
}

func (v *values) pool(n *node) snapshot.BackendPool {
	p := v.props(n)
	b := snapshot.BackendPool{Ref: v.ref(n), ID: v.id(n), Configs: v.ids(p.at("backendIPConfigurations"))}
	for _, row := range v.objects(p.at("loadBalancerBackendAddresses")) {
		q := v.props(row)
		if a := v.addr(q.at("ipAddress")); a.IsValid() {
			b.Addrs = append(b.Addrs, a)
		}
		if id := v.id(q.at("networkInterfaceIPConfiguration")); id != "" {
			b.Configs = append(b.Configs, id)
		}
	}
	slices.Sort(b.Configs)
	b.Configs = slices.Compact(b.Configs)
	return b
}

func (v *values) balancingRule(n *node) snapshot.BalancingRule {
	p := v.props(n)
	b := snapshot.BalancingRule{
		Ref: v.ref(n), Name: v.text(n.at("name")), Frontend: v.id(p.at("frontendIPConfiguration")), Pools: v.ids(p.at("backendAddressPools")),
		Protocol: v.word(p.at("protocol"), "All", "Tcp", "Udp", "Quic"), Port: int(v.number(p.at("frontendPort"))),
		BackendPort: int(v.number(p.at("backendPort"))), FloatingIP: v.flag(p.at("enableFloatingIP")), Probe: v.id(p.at("probe")),
	}
	if id := v.id(p.at("backendAddressPool")); id != "" && !slices.Contains(b.Pools, id) {
		b.Pools = append(b.Pools, id)
	}
	return b
}

func (r *reader) nic(res *stored, v *values) {
	p := v.props(v.root)
	n := snapshot.NIC{
		Ref: v.ref(v.root), Forwarding: v.flag(p.at("enableIPForwarding")), VM: v.id(p.at("virtualMachine")), NSG: v.id(p.at("networkSecurityGroup")),
	}
	n.ID, n.Name = v.identity(res)
	for _, c := range v.objects(p.at("ipConfigurations")) {
		q := v.props(c)
		addr, block := v.addrOrBlock(q.at("privateIPAddress"))
		n.Configs = append(n.Configs, snapshot.NICConfig{
			Ref: v.ref(c), ID: v.id(c), Primary: v.flag(q.at("primary")), Addr: addr, Block: block, Subnet: v.id(q.at("subnet")),
			PublicIP: v.id(q.at("publicIPAddress")), Pools: v.ids(q.at("loadBalancerBackendAddressPools")),
		})
	}
	n.Effective.Read, n.Effective.Routes = rowsOf(r, res, actionNICEffective, "", effectiveRoute)
	r.s.Azure.NICs = append(r.s.Azure.NICs, n)
}
