package azure_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// corpus is where recorded payloads of Azure are kept, outside of the repository.
const corpus = "../../../shared/data/azure"

// A payload is one recorded answer, and the evidence that it would be: files by
// their path under azure/s/, of which the one called item has the answer at the
// member names in at.
type payload struct {
	name string
	item string
	doc  any
	rest map[string]string // other files that item needs
}

// Every payload of a call that is made reads without an unread value, and every
// member of it changes what is read, or is one that no policy needs.
func TestRecordedPayloadsReadWithoutLoss(t *testing.T) {
	files, err := filepath.Glob(corpus + "/*/*.json")
	if err != nil || len(files) == 0 {
		t.Skip("no recorded payloads beside the repository")
	}
	var read, skipped int
	why := make(map[string]int)
	seen := members{used: make(map[string]bool), unused: make(map[string]string)}
	for _, f := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(f, corpus+"/"), ".json")
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		ps, reason := place(t, name, data)
		if reason != "" {
			skipped++
			why[reason]++
			continue
		}
		if len(ps) == 0 {
			t.Errorf("%s: no call that is made, and no reason why not", name)
		}
		read++
		for _, p := range ps {
			p.check(t, &seen)
		}
	}
	on := 0
	for _, path := range slices.Sorted(maps.Keys(seen.unused)) {
		switch reason := noPolicyNeeds(path); {
		case seen.used[path]:
		case reason == "":
			t.Errorf("%s changes nothing that is read, and there is no reason why no policy needs it (%s)", path, seen.unused[path])
		default:
			on++
			why["member: "+reason]++
		}
	}
	t.Logf("%d payloads: %d read, %d not of a call that is made", len(files), read, skipped)
	t.Logf("%d kinds of members: %d are read, no policy needs the other %d; %d values in all, %d of which change what is read",
		len(seen.used)+on, len(seen.used), on, seen.values, seen.changes)
	for _, r := range slices.Sorted(maps.Keys(why)) {
		t.Logf("not read: %3d %s", why[r], r)
	}
}

// members are the kinds of members that payloads have, by the type of resource
// and their names: those that change what is read in some payload, and those
// that do not, with a payload.
type members struct {
	used            map[string]bool
	unused          map[string]string
	values, changes int
}

// check reads a payload, and again with each of its members changed.
func (p payload) check(t *testing.T, seen *members) {
	t.Helper()
	want := p.read(t)
	known := placeholders()
	name, _, _ := strings.Cut(p.name, "[")
	for _, u := range want.Unread {
		if text, ok := known[name]; !ok || !strings.Contains(u.Text, text) {
			t.Errorf("%s: unread: %s line %d: %s", p.name, u.Item, u.Line, u.Text)
		}
	}
	typ, _, _ := strings.Cut(p.item, "/")
	walk(&p.doc, typ, func(path string, set func(any) func()) {
		seen.values++
		undo := set(map[string]any{"no": "value of ARM's"})
		got := p.read(t)
		undo()
		if cmp.Equal(want, got, cmpAddrs()) {
			seen.unused[path] = p.name
			return
		}
		seen.changes++
		seen.used[path] = true
	})
}

func (p payload) read(t *testing.T) snapshot.Snapshot {
	t.Helper()
	body, err := json.Marshal(p.doc)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{"azure/s/" + p.item: &fstest.MapFile{Data: body}}
	for name, text := range p.rest {
		fsys["azure/s/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	d, err := evidence.Open(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return read(d)
}

// walk visits the values that are neither objects nor lists with something in
// them, by their members' names; set puts another value there until it is undone.
func walk(v *any, path string, visit func(string, func(any) func())) {
	switch x := (*v).(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(x)) {
			child := x[k]
			if isLeaf(child) {
				visit(path+"."+k, func(to any) func() { x[k] = to; return func() { x[k] = child } })
				continue
			}
			walk(&child, path+"."+k, visit)
		}
	case []any:
		for i := range x {
			child := x[i]
			if isLeaf(child) {
				visit(path, func(to any) func() { x[i] = to; return func() { x[i] = child } })
				continue
			}
			walk(&child, path, visit)
		}
	}
}

func isLeaf(v any) bool {
	switch x := v.(type) {
	case map[string]any:
		return len(x) == 0
	case []any:
		return len(x) == 0
	}
	return true
}

// place makes evidence of a payload, or says why it is of no call that is made.
func place(t *testing.T, name string, data []byte) (ps []payload, reason string) {
	t.Helper()
	if reason := outOfScope(name); reason != "" {
		return nil, reason
	}
	var doc any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	m, ok := doc.(map[string]any)
	if !ok {
		t.Fatalf("%s: no object", name)
	}
	for k := range m {
		if strings.HasPrefix(k, "_") {
			delete(m, k)
		}
	}
	if ex, ok := m["exchanges"].([]any); ok {
		doc = ex[len(ex)-1].(map[string]any)["response"].(map[string]any)["body"]
	}
	if len(m) == 0 {
		return nil, "the example is empty"
	}
	if item, owner := table(name); item != "" {
		return []payload{{name, item, doc, owner}}, ""
	}
	rows, isList := m["value"].([]any)
	if !isList {
		rows = []any{m}
	}
	for i, row := range rows {
		r, ok := row.(map[string]any)
		if !ok {
			t.Fatalf("%s: an element that is no object", name)
		}
		p, ok := resource(r)
		if !ok {
			t.Errorf("%s: no resource that is read: %v", name, r["id"])
			continue
		}
		p.name = fmt.Sprintf("%s[%d]", name, i)
		ps = append(ps, p)
	}
	return ps, ""
}

// resource makes evidence of a resource, by its ID. One below another is put
// where Azure shows it.
func resource(r map[string]any) (payload, bool) {
	id, _ := r["id"].(string)
	seg := strings.Split(id, "/")
	if strings.HasPrefix(id, "/subscriptions/.../links/") {
		seg = strings.Split("/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/expressRoutePorts/p/links/link1", "/")
	}
	if p, ok := r["properties"].(map[string]any); id == "" && ok && p["connectionType"] != nil {
		return payload{item: "connections/g/c.json", doc: r}, true // published without its ID
	}
	if len(seg) < 9 {
		return payload{}, false
	}
	typ, name := seg[7], seg[8]
	if len(seg) == 9 {
		return payload{item: typ + "/g/" + name + ".json", doc: r}, slices.ContainsFunc(types(), func(s string) bool { return strings.EqualFold(s, typ) })
	}
	owner := fmt.Sprintf(`{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/%s/%s","name":%q,"properties":{}}`, typ, name, name)
	child := strings.Join(append([]string{typ}, every(seg[9:], 2)...), "/")
	in := func(members ...string) payload {
		doc := any(r)
		for _, m := range slices.Backward(members) {
			doc = map[string]any{m: []any{doc}}
			if m != "value" {
				doc = map[string]any{"properties": doc, "id": strings.Join(seg[:9], "/"), "name": name}
			}
		}
		return payload{item: typ + "/g/" + name + ".json", doc: doc}
	}
	below := func(child string) payload {
		return payload{item: typ + "/g/" + name + "." + child + ".json", doc: map[string]any{"value": []any{r}}, rest: map[string]string{typ + "/g/" + name + ".json": owner}}
	}
	switch strings.ToLower(child) {
	case "virtualnetworks/subnets":
		return network(in("subnets")), true
	case "virtualnetworks/virtualnetworkpeerings":
		return network(in("virtualNetworkPeerings")), true
	case "routetables/routes":
		return in("routes"), true
	case "expressroutecircuits/peerings":
		return in("peerings"), true
	case "expressroutecircuits/peerings/connections":
		p := in("peerings", "connections")
		p.doc.(map[string]any)["properties"].(map[string]any)["peerings"].([]any)[0].(map[string]any)["name"] = "AzurePrivatePeering"
		return p, true
	case "loadbalancers/frontendipconfigurations":
		return in("frontendIPConfigurations"), true
	case "vpnsites/vpnsitelinks":
		return in("vpnSiteLinks"), true
	case "vpngateways/vpnconnections/vpnsitelinkconnections", "vpngateways/vpnconnections/vpnlinkconnections":
		return in("connections", "vpnLinkConnections"), true
	case "virtualhubs/virtualhubvnetconnections", "virtualhubs/hubvirtualnetworkconnections":
		return below("hubVirtualNetworkConnections"), true
	}
	return below(seg[9]), len(seg) == 11
}

// network gives a virtual network that a payload was put into the lists that each has.
func network(p payload) payload {
	props := p.doc.(map[string]any)["properties"].(map[string]any)
	props["addressSpace"] = map[string]any{"addressPrefixes": []any{}}
	for _, name := range []string{"subnets", "virtualNetworkPeerings"} {
		if props[name] == nil {
			props[name] = []any{}
		}
	}
	return p
}

func every(s []string, n int) []string {
	var out []string
	for i := 0; i < len(s); i += n {
		out = append(out, s[i])
	}
	return out
}

func types() []string {
	return []string{
		"virtualNetworkGateways", "connections", "localNetworkGateways", "expressRouteCircuits", "expressRoutePorts", "virtualNetworks",
		"routeTables", "azureFirewalls", "firewallPolicies", "loadBalancers", "networkInterfaces", "publicIPAddresses",
		"networkSecurityGroups", "virtualWans", "virtualHubs", "vpnGateways", "vpnSites", "expressRouteGateways",
	}
}

// table is where a payload that is no resource is kept, with the resources that
// it belongs to.
func table(name string) (item string, owners map[string]string) {
	const base = `{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/`
	gateway := map[string]string{"virtualNetworkGateways/g/gw.json": base + `virtualNetworkGateways/gw","name":"gw","properties":{"gatewayType":"Vpn"}}`}
	circuit := map[string]string{"expressRouteCircuits/g/er.json": base + `expressRouteCircuits/er","name":"er","properties":{"peerings":[{"name":"AzurePrivatePeering","properties":{"peeringType":"AzurePrivatePeering"}}]}}`}
	nic := map[string]string{"networkInterfaces/g/nic.json": base + `networkInterfaces/nic","name":"nic","properties":{}}`}
	hub := map[string]string{
		"virtualHubs/g/hub.json":                base + `virtualHubs/hub","name":"hub","properties":{}}`,
		"virtualHubs/g/hub.bgpConnections.json": `{"value":[{"id":"/x/peer","name":"peer","properties":{}}]}`,
		"virtualHubs/g/hub.hubRouteTables.json": `{"value":[{"id":"/x/table","name":"table","properties":{}}]}`,
	}
	for _, k := range []struct {
		name, item string
		owners     map[string]string
	}{
		{`/\w*gw-learned-routes[\w-]*$|GatewayLearnedRoutes$`, "virtualNetworkGateways/g/gw.getLearnedRoutes.json", gateway},
		{`gw-advertised-routes$|GetAdvertisedRoutes$`, "virtualNetworkGateways/g/gw.getAdvertisedRoutes.10.0.0.1.json", gateway},
		{`gw-bgp-peer-status$|GetBGPPeerStatus$`, "virtualNetworkGateways/g/gw.getBgpPeerStatus.json", gateway},
		{`gw-effective-routes`, "virtualNetworkGateways/g/gw.getEffectiveRoutes.json", gateway},
		{`msee-route-table|CircuitRouteTableList$|circuit-routeTables-`, "expressRouteCircuits/g/er.routeTables.primary.json", circuit},
		{`CircuitRouteTableSummaryList$`, "expressRouteCircuits/g/er.routeTablesSummary.primary.json", circuit},
		{`CircuitARPTableList$|circuit-arpTables-`, "expressRouteCircuits/g/er.arpTables.primary.json", circuit},
		{`NetworkInterfaceEffectiveRouteTableList$|nic-effective-routes`, "networkInterfaces/g/nic.effectiveRouteTable.json", nic},
		{`EffectiveRoutesListFor`, "virtualHubs/g/hub.effectiveRoutes.table.json", hub},
		{`route-server-learned-routes$|RouterPeerListLearnedRoute$`, "virtualHubs/g/hub.learnedRoutes.peer.json", hub},
		{`RouterPeerListAdvertisedRoute$`, "virtualHubs/g/hub.advertisedRoutes.peer.json", hub},
	} {
		if regexp.MustCompile(k.name).MatchString(name) {
			return k.item, k.owners
		}
	}
	return "", nil
}

// outOfScope says which payloads are of calls that are not made.
func outOfScope(name string) string {
	for _, k := range []struct{ name, reason string }{
		{`SharedKey|RadiusServerSecrets|Authorization`, "secrets are not asked for"},
		{`/NetworkWatcher|BootDiagnostics|Troubleshoot`, "Network Watcher is not asked"},
		{`/CloudService|/Vmss`, "instances of scale sets and cloud services are not asked one by one"},
		{`/NetworkVirtualAppliance`, "appliances that Azure manages are not asked"},
		{`CrossConnection`, "a provider's side of a circuit is not a customer's"},
		{`RuleCollectionGroup`, "what a firewall lets pass is not judged"},
		{`DdosProtectionStatus|ListUsage|CheckIPAddress|PortMapping|MigrateLoadBalancer|EffectiveNSGList|ListLearnedIPPrefixes|PacketCapture|GenerateExpressRoutePortsLOA`, "not about routes"},
		{`CircuitStats$|PeeringStats$`, "counters are not asked for"},
		{`GetInboundRoutes|GetOutboundRoutes`, "a hub's effective routes are asked for instead"},
		{`VpnClientIpsecParameters|VpnclientConnectionHealth`, "point-to-site is not judged"},
		{`GetRoutesInformation|GetResiliencyInformation`, "the learned routes are asked for instead"},
		{`arm-errors$|azure-async-operation-poll$`, "an error or a poll, and no answer"},
		{`GatewaysListConnections$`, "every connection is asked for itself"},
		{`NetworkGatewayReset$`, "a write"},
		{`InterfaceIPConfiguration`, "not asked for alone"},
	} {
		if regexp.MustCompile(k.name).MatchString(name) {
			return k.reason
		}
	}
	return ""
}

// placeholders are the payloads that have something in the place of a value
// that nobody can read, and what is said of it.
func placeholders() map[string]string {
	return map[string]string{
		"sdk-v9/ExpressRouteCircuitARPTableList":   "want an address: IPAddress",
		"sdk-v9/ExpressRouteCircuitRouteTableList": "a route without a network or a next hop",
		"sdk-v9/LocalNetworkGatewayGet":            "want an address: x.x.x.x",
		"sdk-v9/LocalNetworkGatewayList":           "want an address: x.x.x.x",
		"sdk-v9/VirtualNetworkCreateWithIpamPool":  "without the list of its virtualNetworkPeerings",
	}
}

// noPolicyNeeds says why a member is not read.
func noPolicyNeeds(path string) string {
	for _, k := range []struct{ path, reason string }{
		{`(?i)(\.|Managed)(etag|type|tags(\..*)?|location|resourceGuid|gatewayManagerEtag|lastModifiedBy|identity\..*|kind)$`, "what ARM keeps of every resource"},
		{`\.provisioningState$`, "the state of a part: the resource has its own"},
		{`\.nextLink$`, "where there is another page, which is a text or nothing"},
		{`(?i)authorization(s|Key|Status)\b|serviceKey|certificateAuthentication`, "a secret, or what it is for"},
		{`RuleCollection|securityRules|defaultSecurityRules|intrusionDetection|threatIntel|transportSecurity|flushConnection|ipGroups`, "what is let pass, not where to"},
		{`firewallPolicies\.properties\.(dnsSettings|insights|size|sql|explicitProxySettings|ruleCollectionGroups)`, "a firewall's own business"},
		{`azureFirewalls\.zones$|azureFirewalls\.properties\.(autoscaleConfiguration|additionalProperties|hubIPAddresses\.publicIPs|managementIpConfiguration\.(id|name|properties\.publicIPAddress))`, "a firewall's own business"},
		{`vpnClientConfiguration|virtualNetworkGatewayPolicyGroups|[dD]ns[A-Z]|dhcpOptions`, "of point-to-site clients and names"},
		{`virtualNetworkGatewayMigrationStatus|allowClassicOperations|preferredRoutingGateway`, "of the past"},
		{`[aA]utoScaleConfiguration|sku\.capacity$|expressRouteCircuits\.sku\.name$|loadBalancers\.sku\.tier$|billingType|andwidth|allocationDate|inMbps$|InMbps$|RateLimit|vpnGatewayScaleUnit`, "how much, not where to"},
		{`\.(coloLocation|connectorType|patchPanelId|rackId|etherType|mtu|primaryAzurePort|secondaryAzurePort|macAddress|deviceProperties\..*)$`, "where a cable is"},
		{`\.v$`, "BGP has one version"},
		{`peerings\.properties\.(microsoftPeeringConfig|ipv6PeeringConfig\.microsoftPeeringConfig|routeFilter|expressRouteConnection|ipv6PeeringConfig\.routeFilter)`, "of the peering with public services, or a reference back"},
		{`peerings\.id$|peerings\.properties\.connections\.(id|properties\.expressRouteCircuitPeering|properties\.ipv6CircuitConnectionConfig\.circuitConnectionStatus)`, "a reference back"},
		{`loadBalancers\.properties\.(inboundNat|outboundRules|probes|scope)|(disableOutboundSnat|enableConnectionTracking|[eE]nableTcpReset|idleTimeoutInMinutes|loadDistribution|syncMode)$`, "how a load balancer shares out"},
		{`loadBalancers\..*\.(loadBalancingRules|inboundNatRules|inboundNatPools|outboundRules|virtualNetwork|loadBalancerFrontendIPConfiguration)\.id$|loadBalancingRules\.id$|backendAddressPools\.(name|properties\.loadBalancerBackendAddresses\.name)$`, "a reference back"},
		{`gatewayLoadBalancer|tunnelInterfaces`, "of traffic from the Internet"},
		{`privateIPAddressVersion|privateIPAllocationMethod|privateIPAddressPrefixLength`, "said by the address itself"},
		{`networkInterfaces\.properties\.(disableTcpStateTracking|enableAcceleratedNetworking|primary|vnetEncryptionSupported|dscpConfiguration.*|nicType|auxiliary.*)$`, "how fast, not where to"},
		{`publicIPAddresses\.properties\.(ddosSettings.*|ipTags.*|dnsSettings.*|idleTimeoutInMinutes|deleteOption)$`, "of traffic from the Internet"},
		{`virtualNetworks\.properties\.(enableDdosProtection|ddos.*|flowTimeoutInMinutes|defaultPublicNatGateway.*|bgpCommunities.*|enableVmProtection|privateEndpointVNetPolicies)$|remoteBgpCommunities`, "not about where packets go"},
		{`ipamPoolPrefixAllocations`, "where an address space was taken from"},
		{`subnets\.properties\.(defaultOutboundAccess|purpose|resourceNavigationLinks|serviceAssociationLinks.*|sharingScope|serviceEndpointPolicies.*|serviceGateway.*|ipConfigurationProfiles.*|privateLinkServiceNetworkPolicies|delegations\.(id|name|properties\.actions)|serviceEndpoints\.(locations|networkIdentifier.*))`, "not about where packets go"},
		{`virtualNetworkPeerings\.properties\.(remoteVirtualNetworkEncryption.*|doNotVerifyRemoteGateways|localVirtualNetworkAddressSpace.*)$`, "of the other side, which is read itself"},
		{`virtualHubs\.value\.properties\.rules\.`, "what a route map does: the routes are read as they are after it"},
		{`vnetRoutes\.(bgpConnections|staticRoutes$)|virtualWANs\.properties\.(virtualHubs|vpnSites|office365.*)|VpnSiteLinkConnections\.id$`, "a reference back"},
		{`virtualHubs\.properties\.(bgpConnections|ipConfigurations|routeMaps)`, "a reference to what is read itself"},
		{`isRoutingPreferenceInternet|isSecuritySite|linkProperties\.linkSpeed`, "not about where packets go"},
		{`(connections|value)\.properties\.(egress|ingress)BytesTransferred$`, "the links' own are read"},
		{`(localNetworkGateway2|virtualNetworkGateway[12])\.properties$|vpnSites\.properties\.virtualWan$`, "empty in every answer; the resource is read itself"},
		{`\.(ipConfigurations|routes|virtualNetworkPeerings|applicationRuleCollections|value|rules)\.(id|name)$`, "what a part is called"},
	} {
		if regexp.MustCompile(k.path).MatchString(path) {
			return k.reason
		}
	}
	return ""
}
