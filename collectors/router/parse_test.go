package router_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/routeproof/routeproof/collectors/router"
)

func TestATableWithoutRowsIsThere(t *testing.T) {
	for _, c := range []struct{ platform, command, text, want string }{
		{"cisco_ios", "show ip bgp", "% BGP not active\n", "paths"},
		{"frr", "show ip bgp", "No BGP prefixes displayed, 0 exist\n", "paths"},
		{"frr", "show bgp ipv4 unicast json", "{}", "paths"},
		{"cisco_ios", "show ip bgp neighbors 192.0.2.1 received-routes", "% Inbound soft reconfiguration not enabled on 192.0.2.1\n", "paths"},
		{"cisco_ios", "show ip route", "% Network not in table\n", "routes"},
		{"cisco_ios", "show crypto ipsec sa", "No SAs found\n", "ipsec"},
		{"cisco_ios", "show crypto ikev2 sa", "R1#\n", "ike"},
		{"juniper_junos", "show security ike security-associations", "", "ike"},
	} {
		out, err := router.Parse(c.platform, c.command, strings.NewReader(c.text))
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(out)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]json.RawMessage
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"paths", "routes", "neighbors", "interfaces", "tunnels", "ike", "ipsec", "macsec"} {
			if table, ok := got[name]; ok != (name == c.want) || ok && string(table) != "[]" {
				t.Errorf("%s, %s: %s is %q; want that of %s alone, and empty", c.platform, c.command, name, table, c.want)
			}
		}
	}
}

// RFC 6793: an AS number has 32 bits. What has more is no AS path, in whatever form.
func TestAnASNumberHas32Bits(t *testing.T) {
	for _, c := range []struct{ platform, command, text string }{
		{"cisco_nxos", "show ip bgp vrf all | json", `{"TABLE_vrf":{"ROW_vrf":{"vrf-name-out":"default","router-id":"10.0.0.1","TABLE_afi":{"ROW_afi":{"afi":"1","TABLE_safi":{"ROW_safi":{"safi":"1","af-name":"IPv4 Unicast","TABLE_rd":{"ROW_rd":{"rd_val":"null","TABLE_prefix":{"ROW_prefix":{"ipprefix":"10.1.0.0/16","TABLE_path":{"ROW_path":{"pathnr":"0","statuscode":"*","bestcode":">","typecode":"e","ipnexthop":"192.0.2.1","weight":"0","path":"65001 4294967295","origin":"i"}}}}}}}}}}}}}`},
		{"arista_eos", "show ip bgp vrf all | json", `{"vrfs":{"default":{"vrf":"default","routerId":"10.0.0.1","asn":"65002","bgpRouteEntries":{"10.1.0.0/16":{"bgpRoutePaths":[{"nextHop":"192.0.2.1","asPathEntry":{"asPath":"65001 4294967295 i","asPathType":"External"},"weight":0,"routeType":{"active":true,"valid":true}}]}}}}}`},
		{"frr", "show ip bgp json", `{"vrfId":0,"vrfName":"default","routes":{"10.1.0.0/16":[{"valid":true,"bestpath":true,"pathFrom":"external","prefix":"10.1.0.0","prefixLen":16,"weight":0,"path":"65001 4294967295","origin":"IGP","nexthops":[{"ip":"192.0.2.1","used":true}]}]},"totalRoutes":1,"totalPaths":1}`},
		{"juniper_junos", "show route receive-protocol bgp 192.0.2.1", "\ninet.0: 1 destinations, 1 routes (1 active, 0 holddown, 0 hidden)\n  Prefix                  Nexthop              MED     Lclpref    AS path\n* 10.1.0.0/16             192.0.2.1                               65001 4294967295 I\n"},
	} {
		for number, want := range map[string]int{"4294967295": 1, "4294967296": 0} {
			out, err := router.Parse(c.platform, c.command, strings.NewReader(strings.ReplaceAll(c.text, "4294967295", number)))
			if err != nil {
				t.Fatal(err)
			}
			if len(out.Paths) != want || (len(out.Unread) == 0) != (want == 1) || out.Complete != (want == 1) {
				t.Errorf("%s: with %s: %d path(s), unread %v, complete: %t (%s)", c.platform, number, len(out.Paths), out.Unread, out.Complete, out.Detail)
			}
		}
	}
}
