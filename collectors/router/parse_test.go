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
