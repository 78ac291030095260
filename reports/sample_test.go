package reports_test

import (
	"strings"
	"time"

	"github.com/routeproof/routeproof/internal/finding"
)

const (
	r1BGP    = "routers/R1/show_ip_bgp.txt"
	r2BGP    = "routers/R2/show_ip_bgp.txt"
	r1Routes = "routers/R1/show_ip_route.txt"
	erRoutes = "azure/sub/virtualNetworkGateways/rg-hub/ergw.getLearnedRoutes.json"
	vpnGW    = "azure/sub/virtualNetworkGateways/rg-hub/vpngw.json"
	udr      = "azure/sub/routeTables/rg hub/rt-gateway.json"
)

// hostile is what a device may answer to hurt whoever reads the report.
const hostile = "\x1b[2J\x1b[31mALL GOOD\x1b[0m\r\nPASS\u202Etxt.exe\u2066\u200b<script>alert(1)</script>[click](http://evil.example)\x9b\xff\x00 \U000E0041"

func ref(item string, line int) finding.Ref { return finding.Ref{Item: item, Line: line} }

// peering is the hop over which packets leave the premises in clear.
func peering(router, name string, line int) finding.Hop {
	return finding.Hop{
		Node: "router/" + router, Prefix: "172.16.0.0/16", Rule: "localPref", Why: "local preference 200 over 100",
		Link: "peering/" + name, LinkKind: "privatePeering", Protection: "none",
		Grade: "a provider's circuit: MACsec is not available on it", LeavesPremises: true,
		Lost: []finding.Candidate{{
			Prefix: "172.16.0.0/16", Source: "bgp", Via: "169.254.21.2", Why: "local preference 100",
			Evidence: []finding.Ref{ref("routers/"+router+"/show_ip_bgp.txt", line+1)},
		}},
		Evidence: []finding.Ref{ref("routers/"+router+"/show_ip_bgp.txt", line)},
	}
}

func msee(name string) finding.Hop {
	return finding.Hop{
		Node: "msee/" + name, Prefix: "172.16.0.0/16", Rule: "only", Why: "the only route, from the ExpressRoute gateway",
		Link: "backbone/" + name, LinkKind: "microsoft", Protection: "none",
	}
}

func arrives(subnet, prefix string) finding.Hop {
	return finding.Hop{Node: "subnet/" + subnet, Prefix: prefix, Rule: "local", Why: "the destination's own subnet"}
}

func clearForward(router, circuit string, line int) *finding.Path {
	return &finding.Path{
		Outcome: finding.Delivered, Firewalls: []string{},
		Hops: []finding.Hop{peering(router, circuit, line), msee(circuit), arrives("vnet-spoke/workload", "172.16.1.0/24")},
	}
}

func encryptedReturn(router string) *finding.Path {
	return &finding.Path{Outcome: finding.Delivered, Firewalls: []string{"firewall/azfw"}, Hops: []finding.Hop{
		{
			Node: "subnet/vnet-spoke/workload", Prefix: "0.0.0.0/0", Rule: "udr", Why: "user-defined route over BGP",
			Link: "peering/vnet-spoke/vnet-hub", LinkKind: "peering", Protection: "none",
			Evidence: []finding.Ref{ref(udr, 0)},
		},
		{
			Node: "firewall/azfw", Prefix: "10.10.0.0/16", Rule: "longest", Why: "longest match /16 over /0",
			Link: "vnet/vnet-hub", LinkKind: "vnet", Protection: "none",
		},
		{
			Node: "instance/vpngw-0", Prefix: "10.10.0.0/16", Rule: "only", Why: "learned over BGP from 169.254.21.1",
			Link: "tunnel/" + router + "/vpngw-0", LinkKind: "ipsec", Protection: "ipsec",
			Grade: "negotiated: Azure reports Connected", LeavesPremises: true,
		},
		{Node: "router/" + router, Prefix: "10.10.0.0/16", Rule: "connected", Why: "directly connected, lan0"},
	}}
}

func onprem(router, site, prefix string) *finding.Side {
	return &finding.Side{Site: site, Router: "router/" + router, Prefixes: []string{prefix}}
}

func workload() *finding.Side {
	return &finding.Side{Subnet: "subnet/vnet-spoke/workload", Prefixes: []string{"172.16.1.0/24"}}
}

// clearFinding: the router prefers ExpressRoute.
func clearFinding(router, site, prefix, circuit, fingerprint string, line int) finding.Finding {
	return finding.Finding{
		Policy: "ENC-05", Outcome: finding.Fail, Severity: finding.Critical,
		Resource: "class/" + site + "/vnet-spoke/workload",
		Message:  router + " sends 172.16.1.0/24 over peering/" + circuit + ", in clear: its best path is the ExpressRoute one",
		OnPrem:   onprem(router, site, prefix), Azure: workload(), Direction: "forward",
		Forward: clearForward(router, circuit, line), Return: encryptedReturn(router),
		Evidence:    []finding.Ref{ref("routers/"+router+"/show_ip_bgp.txt", line), ref(erRoutes, 0)},
		Fingerprint: fingerprint,
	}
}

// loopFinding: the tunnel carries its own packets.
func loopFinding() finding.Finding {
	return finding.Finding{
		Policy: "GWS-01", Outcome: finding.Fail, Severity: finding.Critical, Resource: "tunnel/R1/vpngw-0",
		Message: "R1 routes 10.64.0.4, the far end of tunnel/R1/vpngw-0, into tunnel/R1/vpngw-0 itself: " +
			"10.64.0.0/23 through the tunnel contains the GatewaySubnet 10.64.0.0/26",
		Direction: "forward",
		Forward: &finding.Path{
			Outcome: finding.Loop, Firewalls: []string{},
			Detail: "tunnel/R1/vpngw-0 ends at 10.64.0.4, and 10.64.0.4 is reached through tunnel/R1/vpngw-0",
			Hops: []finding.Hop{{
				Node: "router/R1", Prefix: "10.64.0.0/23", Rule: "localPref", Why: "local preference 200 over 100",
				Link: "tunnel/R1/vpngw-0", LinkKind: "ipsec", Protection: "ipsec", LeavesPremises: true,
				Lost: []finding.Candidate{{
					Prefix: "10.64.0.0/23", Source: "bgp", Via: "192.168.100.2", Why: "local preference 100",
					Evidence: []finding.Ref{ref(r1BGP, 15)},
				}},
				Evidence: []finding.Ref{ref(r1BGP, 13), ref(r1Routes, 14)},
			}},
		},
		Return: &finding.Path{Outcome: finding.Delivered, Firewalls: []string{}, Hops: []finding.Hop{
			{
				Node: "instance/vpngw-0", Prefix: "10.10.10.1/32", Rule: "longest", Why: "ExpressRoute is the only route to the router's end point",
				Link: "peering/er-circuit-primary", LinkKind: "privatePeering", Protection: "none",
				Grade: "a provider's circuit: MACsec is not available on it", LeavesPremises: true,
				Evidence: []finding.Ref{ref(erRoutes, 0)},
			},
			{Node: "router/R1", Prefix: "10.10.10.1/32", Rule: "connected", Why: "its own address"},
		}},
		Evidence:    []finding.Ref{ref(r1BGP, 13), ref(r1Routes, 14)},
		Fingerprint: "3d0c7f9ab1b24d8f90a7",
	}
}

// longLoopFinding: a packet that runs between two routers.
func longLoopFinding() finding.Finding {
	lan := func(from, to string) finding.Hop {
		return finding.Hop{
			Node: "router/" + from, Prefix: "172.16.0.0/16", Rule: "bgp", Why: "next hop " + to + " over iBGP",
			Link: "lan/core", LinkKind: "lan", Protection: "none",
		}
	}
	return finding.Finding{
		Policy: "ENC-03", Outcome: finding.Fail, Severity: finding.Medium, Resource: "class/branch/vnet-spoke/workload",
		Message: "no path: R2 and R3 send 172.16.1.0/24 to each other",
		OnPrem:  onprem("R1", "branch", "10.30.0.0/16"), Azure: workload(), Direction: "forward",
		Forward: &finding.Path{
			Outcome: finding.Loop, Firewalls: []string{}, Detail: "R2 and R3 send 172.16.0.0/16 to each other",
			Hops: []finding.Hop{lan("R1", "R2"), lan("R2", "R3"), lan("R3", "R2"), {Node: "router/R2", Why: "visited before"}},
		},
		Return:      &finding.Path{Outcome: finding.Dropped, Firewalls: []string{}, Detail: "no route for 10.30.0.0/16", Hops: []finding.Hop{{Node: "subnet/vnet-spoke/workload", Why: "no entry covers the address"}}},
		Evidence:    []finding.Ref{ref(r2BGP, 7)},
		Fingerprint: "77aa0c7f9ab1b24d8f90",
	}
}

// failsOpenFinding: without the tunnel, the packets go in clear, over two circuits.
func failsOpenFinding() finding.Finding {
	forward := clearForward("R1", "er-circuit-primary", 15)
	forward.Hops[0].Why, forward.Hops[0].Rule, forward.Hops[0].Lost = "multipath: equal to the path over peering/er-circuit-secondary", "multipath", nil
	other := clearForward("R1", "er-circuit-secondary", 16)
	other.Hops[0].Why, other.Hops[0].Rule, other.Hops[0].Lost = "multipath: equal to the path over peering/er-circuit-primary", "multipath", nil
	forward.Others = []finding.Path{*other}
	return finding.Finding{
		Policy: "ENC-07", Outcome: finding.Fail, Severity: finding.High, Resource: "class/dc1/vnet-spoke/workload",
		Message: "fails open: without tunnel/R1/vpngw-0, on-premises to Azure is delivered in clear over both links of the circuit",
		OnPrem: &finding.Side{
			Site: "dc1", Router: "router/R1", Except: []string{"10.10.10.1/32"},
			Prefixes: []string{"10.10.0.0/16", "10.11.0.0/16", "10.12.0.0/16", "10.13.0.0/16", "10.14.0.0/16", "10.15.0.0/16"},
		},
		Azure: workload(), Direction: "forward", Down: []string{"tunnel/R1/vpngw-0"},
		Forward: forward,
		Return: &finding.Path{Outcome: finding.Dropped, Firewalls: []string{}, Detail: "no route for 10.10.0.0/16 is left", Hops: []finding.Hop{
			{Node: "instance/vpngw-0", Why: "the tunnel was the only way, and ExpressRoute carries 10.10.10.1/32 only"},
		}},
		Evidence:    []finding.Ref{{Item: r1BGP, Line: 15, LastLine: 16}},
		Fingerprint: "a8c0deadbeef00112233",
	}
}

// openFinding: what Azure answers was denied.
func openFinding() finding.Finding {
	return finding.Finding{
		Policy: "ENC-01", Outcome: finding.Open, Severity: finding.Critical, Resource: "class/dc2/vnet-spoke/workload",
		Message: "cannot say how Azure answers 10.20.0.0/16: the learned routes of gateway/ergw were not read",
		OnPrem:  onprem("R2", "dc2", "10.20.0.0/16"), Azure: workload(), Direction: "return",
		Forward: clearForward("R2", "er-circuit-secondary", 15),
		Return: &finding.Path{
			Outcome: finding.Unknown, Firewalls: []string{}, Detail: "the learned routes of gateway/ergw are not known (denied)",
			Hops: []finding.Hop{{Node: "subnet/vnet-spoke/workload", Why: "virtual network gateway: which one cannot be said"}},
		},
		Evidence:    []finding.Ref{ref(erRoutes, 0)},
		Fingerprint: "0be0c7f9ab1b24d8f90a",
	}
}

// hostileFinding has a device's worst in every string.
func hostileFinding() finding.Finding {
	hop := finding.Hop{
		Node: "router/" + hostile, Prefix: hostile, Rule: hostile, Why: hostile, Link: hostile, LinkKind: "privatePeering", Protection: "unknown",
		Grade: hostile, LeavesPremises: true,
		Lost:     []finding.Candidate{{Prefix: hostile, Source: hostile, Via: hostile, Why: hostile, Evidence: []finding.Ref{ref("../../etc/passwd", 1)}}},
		Evidence: []finding.Ref{ref("../../etc/passwd", 1)},
	}
	return finding.Finding{
		Policy: "SYM-01", Outcome: finding.Fail, Severity: finding.Low, Resource: "subnet/" + hostile,
		Message: hostile + strings.Repeat(" very", 40) + strings.Repeat("long", 700),
		Down:    []string{hostile},
		Forward: &finding.Path{Outcome: finding.Unknown, Detail: hostile, Firewalls: []string{hostile}, Hops: []finding.Hop{hop}},
		Evidence: []finding.Ref{
			{Item: "routers/" + hostile + "/show.txt", Line: 4}, ref("/etc/passwd", 1), ref("routers/R1/evil name%2e#?.txt", 9),
		},
		Fingerprint: "ffffffffffffffffffff",
	}
}

func policy(id, family, pkg, title string, s finding.Severity) finding.Policy {
	return finding.Policy{
		ID: id, Family: family, Package: pkg, Title: title, Severity: s,
		Description: "For every pair of an on-premises and an Azure prefix: " + title + ".\nThe table of the deciding node settles it, " +
			"not the intent behind the configuration.",
		Remediation: "Give the neighbours of the tunnels the higher local preference (route-map VPN-Gateway-Prefer), and accept nothing " +
			"from the ExpressRoute neighbours but the GatewaySubnet.",
		Controls:   []finding.Control{{Framework: "NIST SP 800-53", Control: "SC-8(1)", Strength: "satisfies"}},
		References: []finding.Reference{{Title: "VPN over private peering", URL: "https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering"}},
	}
}

// sample is a report that has one of everything.
func sample() finding.Report {
	r := finding.Report{
		Version: 1, Tool: "routeproof 0.3.0", TakenAt: time.Date(2026, 8, 24, 9, 30, 0, 0, time.UTC), Attested: true,
		PolicyDigest: "sha256:4c1f7a", Verdict: finding.Fail,
		Families: []finding.Family{
			{Name: "encryption", Title: "Encryption coverage", Outcome: finding.Fail, Pass: 3, Fail: 5, Open: 1},
			{Name: "gateway_subnet", Title: "GatewaySubnet over ExpressRoute", Outcome: finding.Fail, Pass: 1, Fail: 1},
			{Name: "symmetry", Title: "Firewall symmetry", Outcome: finding.Pass, Pass: 2},
			{Name: "evidence", Title: "Evidence", Outcome: finding.Open, Pass: 7, Open: 2},
		},
		Coverage: finding.Coverage{Pairs: 50_331_648, Encrypted: 16_777_216, Clear: 16_777_216 + 8_388_608, Dropped: 65_536, Open: 8_323_072},
		Notes: []string{
			"The inside addresses of the circuit's private peering were derived: Microsoft has the second host address of each /30.",
			"A note with " + hostile,
		},
		Findings: []finding.Finding{
			loopFinding(),
			clearFinding("R1", "dc1", "10.10.0.0/16", "er-circuit-primary", "91bc0c7f9ab1b24d8f90", 15),
			clearFinding("R2", "dc2", "10.20.0.0/16", "er-circuit-secondary", "91bc0c7f9ab1b24d8f91", 15),
			failsOpenFinding(), longLoopFinding(), openFinding(), hostileFinding(),
			{Policy: "ENC-01", Outcome: finding.Pass, Severity: finding.Critical, Resource: "class/dc1/vnet-spoke/workload", Message: "holds", Fingerprint: "p1"},
			{Policy: "SYM-02", Outcome: finding.NotApplicable, Severity: finding.High, Message: "nothing in scope", Fingerprint: "n1"},
			{Policy: "EVI-01", Outcome: finding.Open, Severity: finding.High, Resource: erRoutes, Message: "not read: denied", Evidence: []finding.Ref{ref(erRoutes, 0)}, Fingerprint: "e1"},
			{Policy: "EVI-01", Outcome: finding.Open, Severity: finding.High, Resource: r2BGP, Message: "1 line was not understood", Evidence: []finding.Ref{ref(r2BGP, 19)}, Fingerprint: "e2"},
		},
		Policies: []finding.Policy{
			policy("ENC-01", "encryption", "encryption.same_prefix", "No on-premises prefix reaches Azure over ExpressRoute and the tunnel alike", finding.Critical),
			policy("ENC-03", "encryption", "encryption.only_expressroute", "Every protected prefix is reachable through a tunnel", finding.Critical),
			policy("ENC-05", "encryption", "encryption.router_prefers_tunnel", "Routers prefer the tunnel for every protected Azure prefix", finding.Critical),
			policy("ENC-07", "encryption", "encryption.router_fails_closed", "When a tunnel fails, routers do not fall back to ExpressRoute", finding.High),
			policy("GWS-01", "gateway_subnet", "gateway_subnet.router_underlay", "Routers reach the GatewaySubnet over ExpressRoute, not through the tunnel", finding.Critical),
			policy("SYM-01", "symmetry", "symmetry.ingress", "Both directions pass the same firewall", finding.High),
			policy("SYM-02", "symmetry", "symmetry.prefix_length", "The GatewaySubnet's routes are as specific as the spokes", finding.High),
			policy("EVI-01", "evidence", "evidence.complete", "All evidence in scope was read", finding.High),
		},
		Evidence: []finding.Item{
			{Path: r1BGP, Source: "router/R1", What: "show ip bgp", Status: "ok", At: time.Date(2026, 8, 24, 9, 29, 58, 0, time.UTC), SHA256: strings.Repeat("1a", 32)},
			{Path: r1Routes, Source: "router/R1", What: "show ip route", Status: "ok", SHA256: strings.Repeat("2b", 32)},
			{Path: r2BGP, Source: "router/R2", What: "show ip bgp", Status: "partial", Detail: "the session ended before the prompt came back", SHA256: strings.Repeat("3c", 32)},
			{Path: erRoutes, Source: "azure/sub", What: "POST getLearnedRoutes", Status: "denied", Detail: "403 AuthorizationFailed: Microsoft.Network/virtualNetworkGateways/getLearnedRoutes/action is not granted", SHA256: strings.Repeat("4d", 32)},
			{Path: vpnGW, Source: "azure/sub", What: "GET virtualNetworkGateways", Status: "ok", SHA256: strings.Repeat("5e", 32)},
			{Path: udr, Source: "azure/sub", What: "GET routeTables", Status: "ok", SHA256: strings.Repeat("6f", 32)},
		},
		Unread: []finding.Unread{{Item: r2BGP, Line: 19, Text: "*>  10.99.0.0/16  " + hostile}},
		Excerpts: []finding.Excerpt{
			{Item: r1BGP, Line: 13, Text: "*> 10.64.0.0/23     169.254.21.2             0    200      0 65515 i"},
			{Item: r1BGP, Line: 15, Text: "*                   192.168.100.2                 100      0 12076 i"},
			{Item: r1BGP, Line: 16, Text: "*> 172.16.0.0/16    192.168.100.2            0    200      0 12076 i"},
			{Item: r1Routes, Line: 14, Text: "B>* 10.64.0.0/23 [20/0] via 169.254.21.2, ipsec0, weight 1, 00:00:00"},
			{Item: r2BGP, Line: 7, Text: "\t" + hostile},
			{Item: r2BGP, Line: 15, Text: "*> 172.16.0.0/16    192.168.200.2            0    200      0 12076 i"},
		},
	}
	finding.Sort(r.Findings)
	return r
}

// decided is sample with everything that people decide about findings, and held
// against an earlier report.
func decided() finding.Report {
	r := sample()
	accepted := finding.Waiver{
		Rule: "ENC-05", Resource: "class/dc1/vnet-spoke/workload", Owner: "network team", Approver: "A. Auditor", Reason: "the tunnel comes with the new router, CHG-1234",
		Expires: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), Place: ref("waivers.yaml", 2), Waived: 1,
	}
	r.Waivers = []finding.Waiver{
		accepted,
		{
			Rule: "GWS-01", OnPrem: "10.10.0.0/16", Azure: "172.16.1.0/24", Path: "5d41402abc4b2a76", Owner: "network team", Approver: "A. Auditor",
			Reason: "until the maintenance", Expires: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), Place: ref("waivers.yaml", 9),
		},
		{
			Rule: "SYM-01", OnPrem: "10.99.0.0/16", Owner: hostile, Approver: hostile, Reason: hostile,
			Expires: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Place: ref("../"+hostile, 17),
		},
	}
	r.Disabled = []finding.Disabled{{Policy: "BGP-02", Reason: "the provider bounds it"}, {Policy: hostile, Reason: hostile}}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Outcome != finding.Fail && f.Outcome != finding.Open {
			continue
		}
		f.Baseline = finding.Unchanged
		switch f.Fingerprint {
		case "91bc0c7f9ab1b24d8f90":
			f.Waiver = &accepted
			f.Message = "waived until 2026-12-31 (network team, approved by A. Auditor: the tunnel comes with the new router, CHG-1234): " + f.Message
		case "91bc0c7f9ab1b24d8f91":
			f.Baseline = finding.New
		case "3d0c7f9ab1b24d8f90a7":
			f.Baseline = finding.Updated
		case "77aa0c7f9ab1b24d8f90":
			f.Advisory = "2027-01-31"
			f.Message = "advisory until 2027-01-31: " + f.Message
		case "e2":
			f.Baseline = finding.New
		}
	}
	fixed := clearFinding("R3", "dc3", "10.40.0.0/16", "er-circuit-primary", "91bc0c7f9ab1b24d8f92", 15)
	gone := hostileFinding()
	gone.Fingerprint = "fffffffffffffffffffe"
	r.Fixed = []finding.Finding{fixed, gone}
	return r
}
