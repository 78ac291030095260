package graph_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func firstConnection(n *network) graph.IPsecConnection { return n.model().IPsecConnections[0] }

func TestADeviceIsReachedOverTheExpressRouteGatewayOfTheSameNetwork(t *testing.T) {
	only := func(origin, path string) func(*network) {
		return func(n *network) {
			row := learned("10.10.10.1/32", "10.64.0.8", path)
			row.Origin = origin
			n.Azure.Gateways[0].Learned.Routes = []snapshot.LearnedRoute{row}
		}
	}
	for name, tc := range map[string]struct {
		change    func(*network)
		want, why string
	}{
		"announced by Microsoft's edge": {change: func(*network) {}, want: "yes"},
		"announced in a shorter prefix": {change: func(n *network) {
			n.Azure.Gateways[0].Learned.Routes = []snapshot.LearnedRoute{learned("10.10.0.0/16", "10.64.0.8", "12076 65501")}
		}, want: "yes"},
		"only a default route":                   {change: func(n *network) { n.Azure.Gateways[0].Learned.Routes[0].Prefix = pfx("0.0.0.0/0") }, want: "no"},
		"the gateway's sibling says it, not ER":  {change: only("IBgp", ""), want: "no"},
		"the gateway of another network has it":  {change: func(n *network) { n.Azure.Gateways[0].Subnet = "/other/gw" }, want: "no"},
		"the routes were not read":               {change: func(n *network) { n.Azure.Gateways[0].Learned = snapshot.Learned{} }, want: "unknown", why: "gateway/ergw learned were not read whole"},
		"the local network gateway was not read": {change: func(n *network) { n.Azure.LocalSites = n.Azure.LocalSites[1:] }, want: "unknown", why: "localsite/l1 was not read"},
		"its end is a name": {change: func(n *network) {
			n.Azure.LocalSites[0].Endpoint, n.Azure.LocalSites[0].FQDN = netip.Addr{}, "r1.example.org"
		}, want: "unknown", why: "r1.example.org"},
		"the connection's gateway was not read": {change: func(n *network) { n.Azure.Gateways = n.Azure.Gateways[:1] }, want: "unknown", why: "gateway/vpn was not read"},
		"the ExpressRoute gateway was not read": {change: func(n *network) {
			n.Azure.Gateways = n.Azure.Gateways[1:]
			n.Items = []snapshot.Item{{Path: "azure/s/virtualNetworkGateways/g/ergw.json", Status: snapshot.Denied}}
		}, want: "unknown", why: "gateway/ergw"},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			tc.change(n)
			got := firstConnection(n)
			if got.OverExpressRoute != tc.want || !strings.Contains(got.Why, tc.why) || (tc.why == "") != (got.Why == "") {
				t.Errorf("over ExpressRoute: %q because %q, want %q because %q", got.OverExpressRoute, got.Why, tc.want, tc.why)
			}
		})
	}
}

func TestTunnelsOfWhichAzureSaysNothingAreNotDown(t *testing.T) {
	status := func(s ...string) []snapshot.TunnelStatus {
		var out []snapshot.TunnelStatus
		for i, s := range s {
			out = append(out, snapshot.TunnelStatus{Name: "conn1_10.64.0." + string(rune('4'+i)), Status: s})
		}
		return out
	}
	for name, tc := range map[string]struct {
		tunnels      []snapshot.TunnelStatus
		down, unsaid []string
	}{
		"all up":             {tunnels: status("Connected", "connected")},
		"one is down":        {tunnels: status("Connected", "NotConnected"), down: []string{"conn1_10.64.0.5"}},
		"one is connecting":  {tunnels: status("Connecting"), down: []string{"conn1_10.64.0.4"}},
		"one is not known":   {tunnels: status("Unknown", "Connected"), unsaid: []string{"conn1_10.64.0.4"}},
		"one is not said":    {tunnels: status(""), unsaid: []string{"conn1_10.64.0.4"}},
		"nothing of tunnels": {},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			n.Azure.Connections[0].Tunnels = tc.tunnels
			got := firstConnection(n)
			if diff := cmp.Diff([][]string{tc.down, tc.unsaid}, [][]string{got.Down, got.Unsaid}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTrafficSelectorsTakeWhatAllOfTheirRangesCover(t *testing.T) {
	sel := func(local, remote string) snapshot.TrafficSelector {
		var s snapshot.TrafficSelector
		for p := range strings.FieldsSeq(local) {
			s.Local = append(s.Local, pfx(p))
		}
		for p := range strings.FieldsSeq(remote) {
			s.Remote = append(s.Remote, pfx(p))
		}
		return s
	}
	for name, tc := range map[string]struct {
		selectors []snapshot.TrafficSelector
		based     bool
		change    func(*network)
		want      []string
		unknown   string
	}{
		"none":                         {},
		"all of it":                    {selectors: []snapshot.TrafficSelector{sel("172.16.0.0/16", "10.0.0.0/8")}},
		"in two ranges of one":         {selectors: []snapshot.TrafficSelector{sel("172.16.1.0/25 172.16.1.128/25", "10.10.0.0/17 10.10.128.0/17 10.20.0.0/16")}},
		"in two selectors":             {selectors: []snapshot.TrafficSelector{sel("172.16.1.0/25", "10.0.0.0/8"), sel("172.16.1.128/25", "10.0.0.0/8")}},
		"half of the Azure side":       {selectors: []snapshot.TrafficSelector{sel("172.16.1.0/25", "10.0.0.0/8")}, want: []string{"10.10.0.0/16 except 10.10.10.1/32 - 172.16.1.128/25"}},
		"half of the site":             {selectors: []snapshot.TrafficSelector{sel("172.16.0.0/16", "10.10.0.0/17")}, want: []string{"10.10.128.0/17 - 172.16.1.0/24"}},
		"not this site":                {selectors: []snapshot.TrafficSelector{sel("172.16.0.0/16", "10.20.0.0/16")}, want: []string{"10.10.0.0/16 except 10.10.10.1/32 - 172.16.1.0/24"}},
		"policy-based, of the site":    {based: true, change: func(n *network) { n.Azure.LocalSites[0].Prefixes = []netip.Prefix{pfx("10.10.0.0/16")} }},
		"policy-based, of another one": {based: true, change: func(n *network) { n.Azure.LocalSites[0].Prefixes = []netip.Prefix{pfx("10.99.0.0/16")} }, want: []string{"10.10.0.0/16 except 10.10.10.1/32 - 172.16.1.0/24"}},
		"policy-based, not known":      {based: true, change: func(n *network) { n.Azure.LocalSites = n.Azure.LocalSites[1:] }, unknown: "localsite/l1"},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			n.Azure.Connections[0].Selectors, n.Azure.Connections[0].PolicyBased = tc.selectors, tc.based
			if tc.change != nil {
				tc.change(n)
			}
			got := firstConnection(n)
			var first []string
			for _, f := range got.Uncovered {
				if strings.HasPrefix(f, "10.10.") { // the other site may use the tunnel, too
					first = append(first, f)
				}
			}
			if diff := cmp.Diff(tc.want, first); diff != "" || !strings.Contains(got.Unselected, tc.unknown) || (tc.unknown == "") != (got.Unselected == "") {
				t.Errorf("not taken (-want +got):\n%s unknown %q, want %q", diff, got.Unselected, tc.unknown)
			}
		})
	}
}

func TestOnlyPrivateTunnelEndPointsCount(t *testing.T) {
	for name, tc := range map[string]struct {
		change         func(*snapshot.Instance)
		private, lacks []string
		unlisted       bool
	}{
		"both kinds":        {func(*snapshot.Instance) {}, []string{"10.64.0.4", "10.64.0.5"}, nil, false},
		"only a public one": {func(i *snapshot.Instance) { i.Tunnel = i.Tunnel[:1] }, []string{"10.64.0.5"}, []string{"instance/vpngw-0"}, false},
		"of the IP configuration": {func(i *snapshot.Instance) {
			i.Tunnel, i.Private = i.Tunnel[:1], addr("10.64.0.4")
		}, []string{"10.64.0.4", "10.64.0.5"}, nil, false},
		"none listed": {func(i *snapshot.Instance) { i.Tunnel = nil }, []string{"10.64.0.5"}, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			tc.change(&n.Azure.Gateways[1].Instances[0])
			got := n.model().VPNGateways[0]
			if diff := cmp.Diff([][]string{tc.private, tc.lacks}, [][]string{got.Private, got.Lacking}); diff != "" || got.Unlisted != tc.unlisted {
				t.Errorf("(-want +got):\n%s unlisted %v, want %v", diff, got.Unlisted, tc.unlisted)
			}
		})
	}
}

func TestWhatRoutersNegotiatedIsToldInAzuresWords(t *testing.T) {
	both := func(encryption, integrity string, null bool) []snapshot.IPsecSA {
		sa := snapshot.IPsecSA{
			Local: addr("10.10.10.1"), Remote: addr("10.64.0.4"), Protocol: "esp", SPI: 1, Up: true,
			Encryption: encryption, Integrity: integrity, Null: null, Transform: encryption + "/" + integrity, Line: 9,
		}
		in := sa
		in.Inbound = true
		return []snapshot.IPsecSA{sa, in}
	}
	for name, tc := range map[string]struct {
		platform string
		sas      []snapshot.IPsecSA
		read     snapshot.Read
		want     []string
		unknown  string
	}{
		"IOS, GCM":               {"cisco_ios", both("esp-gcm 256", "", false), whole("sa"), []string{"GCMAES256"}, ""},
		"IOS, AES and SHA-1":     {"cisco_ios", both("esp-256-aes", "esp-sha-hmac", false), whole("sa"), []string{"AES256 SHA1"}, ""},
		"IOS, AES of no length":  {"cisco_ios", both("esp-aes", "esp-sha256-hmac", false), whole("sa"), []string{"AES128 SHA256"}, ""},
		"IOS, triple DES":        {"cisco_ios", both("esp-3des", "esp-md5-hmac", false), whole("sa"), []string{"DES3 MD5"}, ""},
		"IOS, DES alone":         {"cisco_ios", both("esp-des", "", false), whole("sa"), []string{"DES None"}, ""},
		"IOS, null":              {"cisco_ios", both("esp-null", "esp-sha-hmac", true), whole("sa"), []string{"None SHA1"}, ""},
		"IOS, GMAC":              {"cisco_ios", both("esp-gmac 256", "", true), whole("sa"), []string{"None None"}, ""},
		"Junos, GCM":             {"juniper_junos", both("aes-gcm (256 bits)", "None", false), whole("sa"), []string{"GCMAES256"}, ""},
		"Junos, CBC":             {"juniper_junos", both("aes-cbc (192 bits)", "hmac-sha256-128", false), whole("sa"), []string{"AES192 SHA256"}, ""},
		"Junos, SHA-1":           {"juniper_junos", both("3des-cbc", "hmac-sha1-96", false), whole("sa"), []string{"DES3 SHA1"}, ""},
		"strongSwan, GCM":        {"frr", both("AES_GCM_16-256", "", false), whole("sa"), []string{"GCMAES256"}, ""},
		"strongSwan, CBC":        {"frr", both("AES_CBC-128", "HMAC_SHA2_384_192", false), whole("sa"), []string{"AES128 SHA384"}, ""},
		"EOS":                    {"arista_eos", both("aes256gcm128", "", false), whole("sa"), []string{"GCMAES256"}, ""},
		"a word of no cipher":    {"cisco_ios", both("esp-seal", "esp-sha-hmac", false), whole("sa"), nil, `cipher "esp-seal"`},
		"a word of no hash":      {"cisco_ios", both("esp-aes", "esp-whirl", false), whole("sa"), nil, `hash "esp-whirl"`},
		"not read, of IOS":       {"cisco_ios", nil, snapshot.Read{}, nil, "were not read whole"},
		"FRR's shell lists none": {"frr", nil, snapshot.Read{}, nil, "does not list"},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			n.Routers[0].Platform = tc.platform
			n.Routers[0].IPsec.SAs = snapshot.ESP{Read: tc.read, SAs: tc.sas}
			n.Routers[0].IPsec.IKE = snapshot.IKE{Read: whole("ike"), SAs: []snapshot.IKESA{agreedByIKE("AES-GCM-256", "", "20")}}
			got := firstConnection(n)
			var words []string
			for _, s := range got.Negotiated {
				if !s.IKE {
					words = append(words, strings.TrimSpace(s.Encryption+" "+s.Integrity))
				}
			}
			slices.Sort(words)
			if diff := cmp.Diff(tc.want, slices.Compact(words)); diff != "" || !strings.Contains(got.Unnegotiated, tc.unknown) || (tc.unknown == "") != (got.Unnegotiated == "") {
				t.Errorf("negotiated (-want +got):\n%s unknown %q, want %q", diff, got.Unnegotiated, tc.unknown)
			}
		})
	}
}

// agreedByIKE is an IKE association of R1's first tunnel that is up.
func agreedByIKE(encryption, integrity, group string) snapshot.IKESA {
	return snapshot.IKESA{
		Local: addr("10.10.10.1"), Remote: addr("10.64.0.4"), Up: true, Encryption: encryption, Integrity: integrity, Group: group, Line: 4,
	}
}

func TestWhatIKENegotiatedIsToldInAzuresWords(t *testing.T) {
	other, down := agreedByIKE("3DES", "MD5", "1"), agreedByIKE("3DES", "MD5", "1")
	other.Remote, down.Up = addr("10.64.0.5"), false
	for name, tc := range map[string]struct {
		sas     []snapshot.IKESA
		read    snapshot.Read
		want    []string
		unknown string
	}{
		"IOS":                  {[]snapshot.IKESA{agreedByIKE("AES-GCM-256", "None", "20")}, whole("ike"), []string{"GCMAES256  ECP384"}, ""},
		"IOS, IKEv1":           {[]snapshot.IKESA{agreedByIKE("3des", "sha", "2")}, whole("ike"), []string{"DES3 SHA1 DHGroup2"}, ""},
		"Junos":                {[]snapshot.IKESA{agreedByIKE("aes256-cbc", "hmac-sha256-128", "DH-group-24")}, whole("ike"), []string{"AES256 SHA256 DHGroup24"}, ""},
		"strongSwan":           {[]snapshot.IKESA{agreedByIKE("AES_CBC-256", "HMAC_SHA2_256_128", "ECP_256")}, whole("ike"), []string{"AES256 SHA256 ECP256"}, ""},
		"strongSwan, MODP":     {[]snapshot.IKESA{agreedByIKE("AES_CBC-256", "HMAC_SHA2_256_128", "MODP_2048")}, whole("ike"), []string{"AES256 SHA256 DHGroup14"}, ""},
		"one twice":            {[]snapshot.IKESA{agreedByIKE("aes", "sha", "14"), agreedByIKE("aes", "sha", "14")}, whole("ike"), []string{"AES128 SHA1 DHGroup14"}, ""},
		"another's, and down":  {[]snapshot.IKESA{other, down}, whole("ike"), nil, "lists no IKE security association of tunnel/R1"},
		"a word of no group":   {[]snapshot.IKESA{agreedByIKE("aes", "sha", "BRAINPOOL_9")}, whole("ike"), nil, `group "BRAINPOOL_9"`},
		"no group":             {[]snapshot.IKESA{agreedByIKE("aes", "sha", "")}, whole("ike"), nil, `group ""`},
		"a word of no cipher":  {[]snapshot.IKESA{agreedByIKE("seal", "sha", "14")}, whole("ike"), nil, `cipher "seal"`},
		"a cipher and no hash": {[]snapshot.IKESA{agreedByIKE("aes", "", "14")}, whole("ike"), nil, `hash ""`},
		"not read":             {nil, snapshot.Read{}, nil, "IKE security associations were not read whole"},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			r := &n.Routers[0]
			r.Platform = "cisco_ios"
			sa := snapshot.IPsecSA{Local: addr("10.10.10.1"), Remote: addr("10.64.0.4"), Protocol: "esp", SPI: 1, Up: true, Encryption: "esp-gcm 256"}
			in := sa
			in.Inbound = true
			r.IPsec = snapshot.IPsec{
				SAs: snapshot.ESP{Read: whole("sa"), SAs: []snapshot.IPsecSA{sa, in}}, IKE: snapshot.IKE{Read: tc.read, SAs: tc.sas},
			}
			got := firstConnection(n)
			var words []string
			for _, s := range got.Negotiated {
				if s.IKE {
					words = append(words, s.Encryption+" "+s.Integrity+" "+s.Group)
				}
			}
			if diff := cmp.Diff(tc.want, words); diff != "" || !strings.Contains(got.Unnegotiated, tc.unknown) || (tc.unknown == "") != (got.Unnegotiated == "") {
				t.Errorf("negotiated (-want +got):\n%s unknown %q, want %q", diff, got.Unnegotiated, tc.unknown)
			}
		})
	}
}

// Azure holds to a policy: only a router that should say otherwise is missed.
func TestAPolicyOfTheConnectionNeedsNoRoutersWordWhereThereIsNone(t *testing.T) {
	for platform, want := range map[string]string{"frr": "", "cisco_ios": "R1's security associations were not read whole"} {
		n := guideline()
		n.Routers[0].Platform = platform
		n.Azure.Connections[0].Policies = []snapshot.IPsecPolicy{{IPsecEncryption: "GCMAES256"}}
		if got := firstConnection(n).Unnegotiated; !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%s: what is negotiated is not known because %q, want %q", platform, got, want)
		}
	}
}
