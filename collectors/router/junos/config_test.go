package junos_test

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/routeproof/routeproof/internal/snapshot"
)

const setText = `set version 21.4R3
set interfaces ge-0/0/1 unit 0 family inet address 192.168.100.1/30
set interfaces ge-0/0/1 unit 0 family inet filter input STEER
set interfaces st0 unit 0 family inet address 169.254.21.1/30
set interfaces gr-0/0/0 unit 1 tunnel source 192.0.2.1
set interfaces gr-0/0/0 unit 1 tunnel destination 192.0.2.9
set interfaces ge-0/0/2 disable
set interfaces ge-0/0/2 unit 0 family inet address 10.9.0.1/24
set routing-options static route 10.0.0.4/32 next-hop 192.168.100.2
set routing-options static route 10.0.0.4/32 preference 7
set routing-options static route 10.5.0.0/16 discard
set routing-options static route 10.6.0.0/16 qualified-next-hop 192.0.2.6 preference 200
set routing-options autonomous-system 65010
set routing-options router-id 10.255.0.1
set protocols bgp import GLOBAL-IN
set protocols bgp path-selection always-compare-med
set protocols bgp group AZURE type external
set protocols bgp group AZURE authentication-key "$9$top"
set protocols bgp group AZURE import AZURE-IN
set protocols bgp group AZURE export TO-AZURE
set protocols bgp group AZURE export LAST
set protocols bgp group AZURE multipath multiple-as
set protocols bgp group AZURE family inet unicast prefix-limit maximum 4000
set protocols bgp group AZURE peer-as 65515
set protocols bgp group AZURE neighbor 169.254.21.2 local-address 169.254.21.1
set protocols bgp group AZURE neighbor 169.254.21.2 import OTHER
set protocols bgp group OFF neighbor 192.0.2.77 peer-as 65077
set protocols bgp group CORE type internal
set protocols bgp group CORE neighbor 10.0.0.2 description "the \"other\" edge"
set policy-options prefix-list ONPREM 10.64.0.0/23
set policy-options prefix-list ONPREM 10.65.0.0/16
set policy-options prefix-list PEERS apply-path "protocols bgp group <*> neighbor <*>"
set policy-options route-filter-list RF 10.0.0.0/8 upto /24
set policy-options policy-statement AZURE-IN term tunnel from protocol bgp
set policy-options policy-statement AZURE-IN term tunnel from prefix-list ONPREM
set policy-options policy-statement AZURE-IN term tunnel then local-preference 200
set policy-options policy-statement AZURE-IN term tunnel then accept
set policy-options policy-statement AZURE-IN term more from route-filter 10.0.0.0/8 orlonger
set policy-options policy-statement AZURE-IN then reject
set security ike policy P pre-shared-key ascii-text "$9$secret"
set security ike gateway G address 10.0.0.4
set security ike gateway G external-interface ge-0/0/1.0
set security ipsec proposal STRONG protocol esp
set security ipsec proposal STRONG encryption-algorithm aes-256-gcm
set security ipsec proposal BARE authentication-algorithm hmac-sha-256-128
set security ipsec policy Q perfect-forward-secrecy keys group14
set security ipsec policy Q proposals STRONG
set security ipsec policy Q proposals BARE
set security ipsec vpn V bind-interface st0.0
set security ipsec vpn V ike gateway G
set security ipsec vpn V ike ipsec-policy Q
set security macsec connectivity-association CA mka should-secure
set security macsec connectivity-association CA pre-shared-key cak "$9$cak"
set security macsec interfaces et-0/0/0 connectivity-association CA
set firewall family inet filter STEER term 1 then routing-instance VPN-A
set routing-instances VPN-A instance-type virtual-router
set routing-instances VPN-A interface ge-0/0/2.0
set routing-instances VPN-A interface st0.0
set routing-instances VPN-A routing-options static route 0.0.0.0/0 next-hop st0.0
set routing-instances VPN-A protocols bgp group VA neighbor 10.9.0.2 peer-as 65020
deactivate protocols bgp group OFF
`

const braceText = `## Last commit: 2026-11-01 10:00:00 UTC by audit
version 21.4R3;
interfaces {
    ge-0/0/1 {
        unit 0 {
            family inet {
                filter {
                    input STEER;
                }
                address 192.168.100.1/30;
            }
        }
    }
    st0 {
        unit 0 {
            family inet {
                address 169.254.21.1/30;
            }
        }
    }
    gr-0/0/0 {
        unit 1 {
            tunnel {
                source 192.0.2.1;
                destination 192.0.2.9;
            }
        }
    }
    ge-0/0/2 {
        disable;
        unit 0 {
            family inet {
                address 10.9.0.1/24;
            }
        }
    }
}
routing-options {
    static {
        route 10.0.0.4/32 {
            next-hop 192.168.100.2;
            preference 7;
        }
        route 10.5.0.0/16 discard;
        route 10.6.0.0/16 {
            qualified-next-hop 192.0.2.6 {
                preference 200;
            }
        }
    }
    autonomous-system 65010;
    router-id 10.255.0.1;
}
protocols {
    bgp {
        import GLOBAL-IN;
        path-selection always-compare-med;
        /* towards the
           gateway */
        group AZURE {
            type external;
            import AZURE-IN;
            family inet {
                unicast {
                    prefix-limit {
                        maximum 4000;
                    }
                }
            }
            authentication-key "$9$top"; ## SECRET-DATA
            export [ TO-AZURE LAST ];
            peer-as 65515;
            multipath {
                multiple-as;
            }
            neighbor 169.254.21.2 {
                local-address 169.254.21.1;
                import OTHER;
            }
        }
        inactive: group OFF {
            neighbor 192.0.2.77 {
                peer-as 65077;
            }
        }
        group CORE {
            type internal;
            neighbor 10.0.0.2 {
                description "the \"other\" edge";
            }
        }
    }
}
policy-options {
    prefix-list ONPREM {
        10.64.0.0/23;
        10.65.0.0/16;
    }
    prefix-list PEERS {
        apply-path "protocols bgp group <*> neighbor <*>";
    }
    route-filter-list RF {
        10.0.0.0/8 upto /24;
    }
    policy-statement AZURE-IN {
        term tunnel {
            from {
                protocol bgp;
                prefix-list ONPREM;
            }
            then {
                local-preference 200;
                accept;
            }
        }
        term more {
            from {
                route-filter 10.0.0.0/8 orlonger;
            }
        }
        then reject;
    }
}
security {
    ike {
        policy P {
            pre-shared-key ascii-text "$9$secret"; ## SECRET-DATA
        }
        gateway G {
            address 10.0.0.4;
            external-interface ge-0/0/1.0;
        }
    }
    ipsec {
        proposal STRONG {
            protocol esp;
            encryption-algorithm aes-256-gcm;
        }
        proposal BARE {
            authentication-algorithm hmac-sha-256-128;
        }
        policy Q {
            perfect-forward-secrecy {
                keys group14;
            }
            proposals [ STRONG BARE ];
        }
        vpn V {
            bind-interface st0.0;
            ike {
                gateway G;
                ipsec-policy Q;
            }
        }
    }
    macsec {
        connectivity-association CA {
            mka {
                should-secure;
            }
            pre-shared-key {
                cak "$9$cak"; ## SECRET-DATA
            }
        }
        interfaces {
            et-0/0/0 {
                connectivity-association CA;
            }
        }
    }
}
firewall {
    family inet {
        filter STEER {
            term 1 {
                then {
                    routing-instance VPN-A;
                }
            }
        }
    }
}
routing-instances {
    VPN-A {
        instance-type virtual-router;
        routing-options {
            static {
                route 0.0.0.0/0 next-hop st0.0;
            }
        }
        protocols {
            bgp {
                group VA {
                    neighbor 10.9.0.2 {
                        peer-as 65020;
                    }
                }
            }
        }
        interface ge-0/0/2.0;
        interface st0.0;
    }
}
`

func TestTheConfigurationAsSetCommands(t *testing.T) {
	got := whole(t, "show configuration | display set", setText).Config
	addr, prefix := netip.MustParseAddr, netip.MustParsePrefix
	want := snapshot.Config{
		Read: snapshot.Read{Status: snapshot.OK},
		BGP: []snapshot.BGPConfig{
			{VRF: "default", AS: 65010, RouterID: addr("10.255.0.1"), AlwaysCompareMED: true, DeterministicMED: true, MultipathRelax: true, Neighbors: []snapshot.NeighborConfig{
				{Addr: addr("169.254.21.2"), Group: "AZURE", AS: 65515, UpdateSource: "169.254.21.1", Authenticated: true, MaxPrefix: new(uint32(4000)), SoftReconfig: true, RouteMapIn: "OTHER", RouteMapOut: "TO-AZURE LAST"},
				{Addr: addr("10.0.0.2"), Group: "CORE", AS: 65010, SoftReconfig: true, RouteMapIn: "GLOBAL-IN"},
			}},
			{VRF: "VPN-A", AS: 65010, RouterID: addr("10.255.0.1"), DeterministicMED: true, Neighbors: []snapshot.NeighborConfig{{Addr: addr("10.9.0.2"), Group: "VA", AS: 65020, SoftReconfig: true}}},
		},
		Statics: []snapshot.StaticRoute{
			{VRF: "default", Prefix: prefix("10.0.0.4/32"), NextHop: addr("192.168.100.2"), Distance: new(uint32(7))},
			{VRF: "default", Prefix: prefix("10.5.0.0/16"), Interface: "discard"},
			{VRF: "default", Prefix: prefix("10.6.0.0/16"), NextHop: addr("192.0.2.6"), Distance: new(uint32(200))},
			{VRF: "VPN-A", Prefix: prefix("0.0.0.0/0"), Interface: "st0.0"},
		},
		RouteMaps: []snapshot.RouteMap{{Name: "AZURE-IN", Entries: []snapshot.RouteMapEntry{
			{Seq: 1, Name: "tunnel", Permit: true, Match: []string{"protocol bgp", "prefix-list ONPREM"}, Set: []string{"local-preference 200"}},
			{Seq: 2, Name: "more", Permit: true, Match: []string{"route-filter 10.0.0.0/8 orlonger"}, Set: []string{"next term"}},
			{Seq: 3},
		}}},
		PrefixLists: []snapshot.PrefixList{
			{Name: "ONPREM", Entries: []snapshot.PrefixListEntry{
				{Seq: 1, Permit: true, Prefix: prefix("10.64.0.0/23"), Ge: 23, Le: 23}, {Seq: 2, Permit: true, Prefix: prefix("10.65.0.0/16"), Ge: 16, Le: 16},
			}},
			{Name: "PEERS", Entries: []snapshot.PrefixListEntry{
				{Seq: 1, Permit: true, Prefix: prefix("169.254.21.2/32"), Ge: 32, Le: 32}, {Seq: 2, Permit: true, Prefix: prefix("10.0.0.2/32"), Ge: 32, Le: 32},
			}},
			{Name: "RF", Entries: []snapshot.PrefixListEntry{{Seq: 1, Permit: true, Prefix: prefix("10.0.0.0/8"), Ge: 8, Le: 24}}},
		},
		Interfaces: []snapshot.InterfaceConfig{
			{Name: "ge-0/0/1.0", VRF: "default", Addrs: []netip.Prefix{prefix("192.168.100.1/30")}, PolicyRoute: "STEER"},
			{Name: "st0.0", VRF: "VPN-A", Addrs: []netip.Prefix{prefix("169.254.21.1/30")}, TunnelSource: "ge-0/0/1.0", TunnelDestination: addr("10.0.0.4"), TunnelVRF: "default", TunnelMode: "IPSEC/IP", TunnelProfile: "V"},
			{Name: "gr-0/0/0.1", VRF: "default", TunnelSource: "192.0.2.1", TunnelDestination: addr("192.0.2.9"), TunnelMode: "GRE/IP"},
			{Name: "ge-0/0/2", VRF: "default", Shutdown: true},
			{Name: "ge-0/0/2.0", VRF: "VPN-A", Addrs: []netip.Prefix{prefix("10.9.0.1/24")}, Shutdown: true},
			{Name: "et-0/0/0", VRF: "default", MACsec: true, MACsecPolicy: "should-secure"},
		},
		IPsec: []snapshot.IPsecProfile{{Name: "V", Encryption: []string{"aes-256-gcm", "null"}, Integrity: []string{"hmac-sha-256-128"}, PFS: "group14"}},
	}
	noLines := cmp.FilterPath(func(p cmp.Path) bool { return strings.HasSuffix(p.String(), "Line") }, cmp.Ignore())
	if diff := cmp.Diff(want, got, plain, noLines, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if n := got.BGP[0].Neighbors[0]; n.Line != 25 || n.LastLine != 26 {
		t.Errorf("the neighbour is at lines %d to %d", n.Line, n.LastLine)
	}
}

func TestTheConfigurationWithBracesSaysTheSame(t *testing.T) {
	set, braces := whole(t, "show configuration | display set", setText).Config, whole(t, "show configuration", braceText).Config
	noLines := cmp.FilterPath(func(p cmp.Path) bool { return strings.HasSuffix(p.String(), "Line") }, cmp.Ignore())
	if diff := cmp.Diff(set, braces, plain, noLines); diff != "" {
		t.Error(diff)
	}
}

func TestTheConfigurationAsATree(t *testing.T) {
	set := `set version 21.4R3
set routing-options autonomous-system 65010
set protocols bgp group A type external
set protocols bgp group A export X
set protocols bgp group A export Y
set protocols bgp group A neighbor 192.0.2.1 peer-as 65515
set policy-options prefix-list L 10.0.0.0/8
set policy-options policy-statement P term t from route-filter 10.0.0.0/8 upto /24
set policy-options policy-statement P term t then local-preference 200
set policy-options policy-statement P term t then accept
set interfaces st0 unit 0 family inet address 169.254.21.1/30
`
	tree := `{"configuration" : {"@" : {"xmlns" : "x"}, "version" : "21.4R3",
"routing-options" : {"autonomous-system" : {"as-number" : "65010"}},
"protocols" : {"bgp" : {"group" : [{"name" : "A", "type" : "external", "export" : ["X", "Y"], "neighbor" : [{"name" : "192.0.2.1", "peer-as" : "65515"},
{"name" : "192.0.2.9", "@" : {"inactive" : true}, "peer-as" : "7"}]}]}},
"policy-options" : {"prefix-list" : [{"name" : "L", "prefix-list-item" : [{"name" : "10.0.0.0/8"}]}], "policy-statement" : [{"name" : "P", "term" : [{"name" : "t",
"from" : {"route-filter" : [{"address" : "10.0.0.0/8", "choice-ident" : "upto", "choice-value" : "/24"}]}, "then" : {"local-preference" : {"local-preference" : 200}, "accept" : [null]}}]}]},
"interfaces" : {"interface" : [{"name" : "st0", "unit" : [{"name" : 0, "family" : {"inet" : {"address" : [{"name" : "169.254.21.1/30"}]}}}]}]}
}}`
	xml := `<rpc-reply><configuration><version>21.4R3</version>
<routing-options><autonomous-system><as-number>65010</as-number></autonomous-system></routing-options>
<protocols><bgp><group><name>A</name><type>external</type><export>X</export><export>Y</export><neighbor><name>192.0.2.1</name><peer-as>65515</peer-as></neighbor><neighbor inactive="inactive"><name>192.0.2.9</name><peer-as>7</peer-as></neighbor></group></bgp></protocols>
<policy-options><prefix-list><name>L</name><prefix-list-item><name>10.0.0.0/8</name></prefix-list-item></prefix-list><policy-statement><name>P</name><term><name>t</name><from><route-filter><address>10.0.0.0/8</address><upto>/24</upto></route-filter></from>
<then><local-preference><local-preference>200</local-preference></local-preference><accept/></then></term></policy-statement></policy-options>
<interfaces><interface><name>st0</name><unit><name>0</name><family><inet><address><name>169.254.21.1/30</name></address></inet></family></unit></interface></interfaces>
</configuration></rpc-reply>`
	noLines := cmp.FilterPath(func(p cmp.Path) bool { return strings.HasSuffix(p.String(), "Line") }, cmp.Ignore())
	want := whole(t, "show configuration | display set", set).Config
	for command, raw := range map[string]string{"show configuration | display json": tree, "show configuration | display xml": xml} {
		if diff := cmp.Diff(want, whole(t, command, raw).Config, plain, noLines); diff != "" {
			t.Errorf("%s: %s", command, diff)
		}
	}
}

func TestNoSecretIsKept(t *testing.T) {
	for command, raw := range map[string]string{
		"show configuration | display set": setText + "set protocols bgp group AZURE frobnicate authentication-key \"$9$top\"\nset security ipsec vpn V manual encryption key ascii-text \"$9$secret\"\n",
		"show configuration":               braceText + "protocols { bgp { frobnicate { key \"$9$top\"; } } }\n",
	} {
		r, in, _ := read(command, []byte(raw))
		if in.Missed() == 0 {
			t.Errorf("%s: nothing is unread", command)
		}
		all, err := json.Marshal([]any{r, in.Unread()})
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"$9$", "top\"", "secret\"", "cak\""} {
			if strings.Contains(string(all), secret) {
				t.Errorf("%s: %q is kept: %s", command, secret, all)
			}
		}
	}
}

func TestAConfigurationThatIsNotWholeIsPartial(t *testing.T) {
	for name, tt := range map[string]struct{ command, raw string }{
		"no head":           {"show configuration | display set", strings.TrimPrefix(setText, "set version 21.4R3\n")},
		"an open block":     {"show configuration", braceText[:len(braceText)-3]},
		"hidden parts":      {"show configuration", braceText + "security { /* ACCESS-DENIED */ }\n"},
		"a part only":       {"show configuration protocols bgp | display set", "set protocols bgp group A type external\n"},
		"a group inherited": {"show configuration | display set", setText + "set groups G protocols bgp hold-time 30\nset apply-groups G\n"},
		"an unknown knob":   {"show configuration | display set", setText + "set protocols bgp group A teleport\n"},
		"nothing":           {"show configuration | display set", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, _, _ := read(tt.command, []byte(tt.raw))
			if r.Config.Status != snapshot.Partial || r.Config.Detail == "" {
				t.Errorf("%s: %s", r.Config.Status, r.Config.Detail)
			}
		})
	}
}

func TestABlockOfTheConfigurationWithBracesIsReadInItsPlace(t *testing.T) {
	r, in, _ := read("show configuration protocols bgp", []byte("group A {\n    neighbor 192.0.2.1 {\n        peer-as 65515;\n    }\n}\n"))
	if in.Missed() > 0 || len(r.Config.BGP) != 1 || r.Config.BGP[0].Neighbors[0].AS != 65515 {
		t.Errorf("%+v %v", r.Config, in.Unread())
	}
}
