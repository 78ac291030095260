package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Subscription and ResourceGroup are where [Lab.WriteARM] puts everything.
const (
	Subscription  = "00000000-0000-0000-0000-000000000000"
	ResourceGroup = "rg-demo"
)

// WriteARM writes what Azure Resource Manager would answer about the lab as it is now: dir/azure/<subscription>/<type>/
// <group>/<name>[.<action>[.<argument>]].json, the layout of an evidence directory. The resources follow the scenario; the
// route tables, BGP sessions and connection states are read from the daemons. What a gateway that is down would answer is
// left out. Names and addresses are those of testdata/scenarios. Files of an earlier call in dir are not removed.
func (l *Lab) WriteARM(ctx context.Context, dir string) error {
	state, err := l.State(ctx)
	if err != nil {
		return err
	}
	t := tree{}
	t.networks(l.Scenario)
	t.circuit(state)
	t.erGateway(state)
	if l.Scenario.VPN {
		t.vpnGateway(state)
		t.connections(state)
	}
	return t.write(dir)
}

// A tree is resources and answers of their actions, by file name below azure/<subscription>.
type tree map[string]object

type object map[string]any

func armID(kind, name string) string {
	return "/subscriptions/" + Subscription + "/resourceGroups/" + ResourceGroup + "/providers/Microsoft.Network/" + kind + "/" + name
}

func ref(kind, name string) object { return object{"id": armID(kind, name)} }

// child is a resource inside another.
func child(id, kind, name string, properties object) object {
	properties["provisioningState"] = "Succeeded"
	return object{"name": name, "id": id + "/" + kind + "/" + name, "properties": properties}
}

func (t tree) add(kind, name string, properties object) {
	properties["provisioningState"] = "Succeeded"
	t[kind+"/"+ResourceGroup+"/"+name] = object{
		"name": name, "id": armID(kind, name), "type": "Microsoft.Network/" + kind, "location": "westeurope", "properties": properties,
	}
}

// answer adds what an action of a resource returns.
func (t tree) answer(kind, name, action string, rows []object) {
	if rows == nil {
		rows = []object{}
	}
	t[kind+"/"+ResourceGroup+"/"+name+"."+action] = object{"value": rows}
}

func (t tree) write(dir string) error {
	for name, o := range t {
		b, err := json.MarshalIndent(o, "", "  ")
		if err != nil {
			return fmt.Errorf("lab: %s: %w", name, err)
		}
		path := filepath.Join(dir, "azure", Subscription, filepath.FromSlash(name)+".json")
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			return fmt.Errorf("lab: %w", err)
		}
		if err := os.WriteFile(path, append(b, '\n'), 0o600); err != nil {
			return fmt.Errorf("lab: %w", err)
		}
	}
	return nil
}

// networks are the VNets, their route tables and the firewall.
func (t tree) networks(s Scenario) {
	for _, v := range s.Azure.VNets {
		id := armID("virtualNetworks", v.Name)
		var subnets, peerings []object
		for _, n := range v.Subnets {
			properties := object{"addressPrefix": n.Prefix}
			if n.RouteTable != "" {
				properties["routeTable"] = ref("routeTables", n.RouteTable)
			}
			if n.Name == GatewaySubnet {
				properties["ipConfigurations"] = gatewayConfigs(s)
			}
			if n.Name == FirewallSubnet {
				t.firewall(id + "/subnets/" + n.Name)
			}
			subnets = append(subnets, child(id, "subnets", n.Name, properties))
		}
		for _, peer := range v.Peers {
			space := object{"addressPrefixes": s.Azure.prefixesOf(peer)}
			peerings = append(peerings, child(id, "virtualNetworkPeerings", "to-"+peer, object{
				"peeringState": "Connected", "peeringSyncLevel": "FullyInSync", "remoteVirtualNetwork": ref("virtualNetworks", peer),
				"remoteAddressSpace": space, "remoteVirtualNetworkAddressSpace": space, "peerCompleteVnets": true,
				"allowVirtualNetworkAccess": true, "allowForwardedTraffic": true,
				"allowGatewayTransit": v.Name == HubVNet, "useRemoteGateways": v.Name != HubVNet,
			}))
		}
		t.add("virtualNetworks", v.Name, object{
			"addressSpace": object{"addressPrefixes": []netip.Prefix{v.Prefix}}, "subnets": subnets, "virtualNetworkPeerings": peerings,
		})
	}
	for _, table := range s.Azure.RouteTables {
		t.routeTable(s.Azure, table)
	}
}

func gatewayConfigs(s Scenario) []object {
	configs := []object{{"id": armID("virtualNetworkGateways", "ergw") + "/ipConfigurations/vnetGatewayConfig"}}
	if s.VPN {
		for i := range sites() {
			configs = append(configs, object{"id": vpnConfig(i)})
		}
	}
	return configs
}

func vpnConfig(i int) string {
	return armID("virtualNetworkGateways", "vpngw") + "/ipConfigurations/vnetGatewayConfig" + strconv.Itoa(i+1)
}

func (a Azure) prefixesOf(vnet string) []netip.Prefix {
	for _, v := range a.VNets {
		if v.Name == vnet {
			return []netip.Prefix{v.Prefix}
		}
	}
	return nil
}

func (t tree) firewall(subnet string) {
	id := armID("azureFirewalls", "azfw")
	t.add("azureFirewalls", "azfw", object{
		"sku": object{"name": "AZFW_VNet", "tier": "Standard"},
		"ipConfigurations": []object{child(id, "azureFirewallIpConfigurations", "ipconfig", object{
			"privateIPAddress": firewallIP(), "subnet": object{"id": subnet},
		})},
	})
}

func (t tree) routeTable(a Azure, table RouteTable) {
	id := armID("routeTables", table.Name)
	routes, subnets := []object{}, []object{}
	for _, u := range table.Routes {
		routes = append(routes, child(id, "routes", u.Name, object{
			"addressPrefix": u.Prefix, "nextHopType": VirtualAppliance, "nextHopIpAddress": u.Appliance, "hasBgpOverride": false,
		}))
	}
	for _, v := range a.VNets {
		for _, s := range v.Subnets {
			if s.RouteTable == table.Name {
				subnets = append(subnets, object{"id": armID("virtualNetworks", v.Name) + "/subnets/" + s.Name})
			}
		}
	}
	t.add("routeTables", table.Name, object{"disableBgpRoutePropagation": table.DisablePropagation, "routes": routes, "subnets": subnets})
}

// circuit is the ExpressRoute circuit with the MSEEs' route tables.
func (t tree) circuit(state State) {
	const kind, name = "expressRouteCircuits", "er-circuit"
	ss := sites()
	peering := child(armID(kind, name), "peerings", "AzurePrivatePeering", object{
		"peeringType": "AzurePrivatePeering", "state": "Enabled", "azureASN": 12076, "peerASN": 65501, "vlanId": 101,
		"primaryPeerAddressPrefix":   netip.PrefixFrom(ss[0].er, 30).Masked(),
		"secondaryPeerAddressPrefix": netip.PrefixFrom(ss[1].er, 30).Masked(),
	})
	t.add(kind, name, object{
		"circuitProvisioningState": "Enabled", "serviceProviderProvisioningState": "Provisioned", "globalReachEnabled": false,
		"serviceProviderProperties": object{"serviceProviderName": "Lab", "peeringLocation": "Amsterdam", "bandwidthInMbps": 1000},
		"peerings":                  []object{peering}, "authorizations": []object{},
	})
	for i, device := range []string{"primary", "secondary"} {
		var rows []object
		for _, p := range state.MSEEs[i].BGP.Paths {
			hop := p.NextHop.String()
			if p.Best {
				hop += "*"
			}
			rows = append(rows, object{
				"network": p.Prefix, "nextHop": hop, "locPrf": "100", "weight": p.Weight, "path": joinAS(p.ASPath, " "),
			})
		}
		t.answer(kind, name, "routeTables."+device, rows)
	}
}

func (t tree) erGateway(state State) {
	config := armID("virtualNetworkGateways", "ergw") + "/ipConfigurations/vnetGatewayConfig"
	t.gateway("ergw", object{
		"gatewayType": "ExpressRoute", "vpnType": "PolicyBased", "sku": object{"name": "ErGw1AZ", "tier": "ErGw1AZ", "capacity": 2},
		"enableBgp": false, "activeActive": false, "enablePrivateIpAddress": false,
		"ipConfigurations": []object{ipConfig(config)},
		"bgpSettings": object{"asn": 65515, "bgpPeeringAddress": erGatewayIP(), "peerWeight": 0, "bgpPeeringAddresses": []object{
			{"ipconfigurationId": config, "defaultBgpIpAddresses": addrs(erGatewayIP().String()), "customBgpIpAddresses": []string{}, "tunnelIpAddresses": []string{}},
		}},
	}, []Gateway{state.ERGateway}, 32769)
	t.add("connections", "expressroute_connection", object{
		"connectionType": "ExpressRoute", "virtualNetworkGateway1": ref("virtualNetworkGateways", "ergw"),
		"peer": ref("expressRouteCircuits", "er-circuit"), "connectionStatus": nil, "enableBgp": false, "routingWeight": 0,
		"expressRouteGatewayBypass": false, "useLocalAzureIpAddress": false,
	})
}

func ipConfig(id string) object {
	return object{"id": id, "name": id[strings.LastIndex(id, "/")+1:], "properties": object{
		"provisioningState": "Succeeded", "privateIPAllocationMethod": "Dynamic",
		"subnet": object{"id": armID("virtualNetworks", HubVNet) + "/subnets/" + GatewaySubnet},
	}}
}

func (t tree) vpnGateway(state State) {
	var configs, addresses []object
	var peering []string
	for i, s := range sites() {
		configs = append(configs, ipConfig(vpnConfig(i)))
		peering = append(peering, s.gatewayIP.String())
		addresses = append(addresses, object{
			"ipconfigurationId": vpnConfig(i), "defaultBgpIpAddresses": []netip.Addr{s.gatewayIP},
			"customBgpIpAddresses": []netip.Addr{s.gatewayAPIPA}, "tunnelIpAddresses": []netip.Addr{s.gatewayIP},
		})
	}
	t.gateway("vpngw", object{
		"gatewayType": "Vpn", "vpnType": "RouteBased", "sku": object{"name": "VpnGw2AZ", "tier": "VpnGw2AZ", "capacity": 2},
		"enableBgp": true, "activeActive": true, "enablePrivateIpAddress": true, "ipConfigurations": configs,
		"bgpSettings": object{
			"asn": 65515, "bgpPeeringAddress": strings.Join(peering, ","), "peerWeight": 0, "bgpPeeringAddresses": addresses,
		},
	}, state.VPNGateways, 32768)
}

// gateway adds a gateway and what its instances say about BGP. Of several ways to a prefix an instance reports the one that
// it uses.
func (t tree) gateway(name string, properties object, instances []Gateway, weight int) {
	const kind = "virtualNetworkGateways"
	t.add(kind, name, properties)
	var learned, peers []object
	advertised := map[netip.Addr][]object{}
	for _, g := range instances {
		for _, p := range g.BGP.Paths {
			if p.Best || p.Multipath {
				learned = append(learned, learnedRow(g, p, weight))
			}
		}
		for _, p := range g.BGP.Peers {
			peers = append(peers, peerRow(g, p))
		}
		for peer, paths := range g.Advertised {
			for _, p := range paths {
				advertised[peer] = append(advertised[peer], object{
					"localAddress": g.Address, "network": p.Prefix, "nextHop": g.Address, "sourcePeer": nil, "origin": "Igp",
					"asPath": joinAS(slices.Concat([]uint32{g.AS}, p.ASPath), "-"), "weight": 0,
				})
			}
		}
	}
	t.answer(kind, name, "getLearnedRoutes", learned)
	t.answer(kind, name, "getBgpPeerStatus", peers)
	for peer, rows := range advertised {
		t.answer(kind, name, "getAdvertisedRoutes."+peer.String(), rows)
	}
}

func learnedRow(g Gateway, p Path, weight int) object {
	if !p.Peer.IsValid() {
		return object{
			"localAddress": g.Address, "network": p.Prefix, "nextHop": "", "sourcePeer": g.Address, "origin": "Network", "asPath": "", "weight": 32768,
		}
	}
	origin := "EBgp"
	if p.Internal {
		origin = "IBgp"
	}
	return object{
		"localAddress": g.Address, "network": p.Prefix, "nextHop": p.NextHop, "sourcePeer": p.Peer, "origin": origin,
		"asPath": joinAS(p.ASPath, "-"), "weight": weight,
	}
}

func peerRow(g Gateway, p Peer) object {
	row := object{
		"localAddress": g.Address, "neighbor": p.Address, "asn": p.AS, "state": "Connecting", "connectedDuration": nil,
		"routesReceived": 0, "messagesSent": p.MessagesSent, "messagesReceived": p.MessagesReceived,
	}
	if p.State == "Established" {
		row["state"], row["connectedDuration"], row["routesReceived"] = "Connected", timeSpan(p.Uptime), p.PrefixesReceived
	}
	return row
}

// timeSpan is a duration as .NET writes it.
func timeSpan(d time.Duration) string {
	s := int(d.Seconds())
	return fmt.Sprintf("%02d:%02d:%02d.%07d", s/3600, s/60%60, s%60, d%time.Second/100)
}

// connections are the tunnels as Azure sees them, and the sites behind them.
func (t tree) connections(state State) {
	for i, tunnel := range state.Tunnels {
		number := fmt.Sprintf("%02d", i+1)
		name, site := "datacenter"+number+"_connection", "datacenter_router"+number
		status := "NotConnected"
		if tunnel.Connected {
			status = "Connected"
		}
		var custom []object
		for j, s := range sites() {
			custom = append(custom, object{"ipConfigurationId": vpnConfig(j), "customBgpIpAddress": s.gatewayAPIPA})
		}
		t.add("localNetworkGateways", site, object{
			"gatewayIpAddress": tunnel.Local, "localNetworkAddressSpace": object{"addressPrefixes": []string{}},
			"bgpSettings": object{"asn": 65501, "bgpPeeringAddress": tunnel.RouterAPIPA, "peerWeight": 0},
		})
		t.add("connections", name, object{
			"connectionType": "IPsec", "connectionProtocol": "IKEv2", "virtualNetworkGateway1": ref("virtualNetworkGateways", "vpngw"),
			"localNetworkGateway2": ref("localNetworkGateways", site), "routingWeight": 0, "enableBgp": true, "useLocalAzureIpAddress": true,
			"gatewayCustomBgpIpAddresses": custom, "usePolicyBasedTrafficSelectors": false, "expressRouteGatewayBypass": false,
			"connectionMode": "Default", "dpdTimeoutSeconds": 45, "connectionStatus": status,
			"ipsecPolicies": []object{{
				"saLifeTimeSeconds": 27000, "saDataSizeKilobytes": 102400000, "ipsecEncryption": "GCMAES256", "ipsecIntegrity": "GCMAES256",
				"ikeEncryption": "GCMAES256", "ikeIntegrity": "SHA384", "dhGroup": "ECP384", "pfsGroup": "ECP384",
			}},
			"tunnelConnectionStatus": []object{{"tunnel": name + "_" + tunnel.Remote.String(), "connectionStatus": status}},
		})
	}
}

func joinAS(path []uint32, separator string) string {
	words := make([]string, len(path))
	for i, as := range path {
		words[i] = strconv.FormatUint(uint64(as), 10)
	}
	return strings.Join(words, separator)
}
