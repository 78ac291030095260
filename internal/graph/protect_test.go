package graph_test

import (
	"strings"
	"testing"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// association is one direction of R1's tunnel.
func association(inbound bool) snapshot.IPsecSA {
	return snapshot.IPsecSA{
		Interface: "ipsec0", Local: addr("10.10.10.1"), Remote: addr("10.64.0.4"), Inbound: inbound, Protocol: "esp",
		SPI: 7, Transform: "esp-gcm 256", State: "ACTIVE(ACTIVE)", Up: true,
	}
}

func TestBothEndsDecideWhetherATunnelEncrypts(t *testing.T) {
	for name, c := range map[string]struct {
		platform string
		read     snapshot.Read
		sas      []snapshot.IPsecSA
		status   string
		protect  string
		grade    string
	}{
		"a platform that cannot list associations leaves it to Azure": {platform: "frr", status: "Connected", protect: "ipsec", grade: "Azure reports Connected"},
		"one that can, and was not asked, is unknown":                 {platform: "cisco_ios", status: "Connected", protect: "unknown", grade: "were not read"},
		"associations both ways": {
			"cisco_ios", whole("sa"), []snapshot.IPsecSA{association(true), association(false)}, "Connected", "ipsec", "both ways (esp-gcm 256)",
		},
		"one direction alone contradicts Azure": {
			"cisco_ios", whole("sa"), []snapshot.IPsecSA{association(true)}, "Connected", "unknown", "contradicted: Azure reports Connected, but R1 has a security association in one direction only",
		},
		"none contradicts Azure": {"cisco_ios", whole("sa"), nil, "Connected", "unknown", "contradicted"},
		"associations that Azure does not know of contradict it": {
			"cisco_ios", whole("sa"), []snapshot.IPsecSA{association(true), association(false)}, "NotConnected", "unknown", "contradicted: Azure reports NotConnected",
		},
		"one null direction is clear text": {
			"cisco_ios", whole("sa"), []snapshot.IPsecSA{association(true), func() snapshot.IPsecSA {
				sa := association(false)
				sa.Null, sa.Transform = true, "esp-null esp-sha-hmac"
				return sa
			}()}, "Connected", "none", "null cipher: R1's security association",
		},
		"a table cut off is not proof of absence": {
			"cisco_ios", snapshot.Read{Item: "sa", Status: snapshot.Partial}, []snapshot.IPsecSA{association(true)}, "Connected", "unknown", "not read whole",
		},
		"an association with SPI zero is not up": {
			"cisco_ios", whole("sa"), []snapshot.IPsecSA{association(true), func() snapshot.IPsecSA {
				sa := association(false)
				sa.SPI = 0
				return sa
			}()}, "Connected", "unknown", "one direction only",
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			n.Routers[0].Platform = c.platform
			n.Routers[0].IPsec.SAs = snapshot.ESP{Read: c.read, SAs: c.sas}
			n.Azure.Connections[0].Status = c.status
			for _, tn := range graph.Build(n.Snapshot).Model().Tunnels {
				if tn.ID != tunnel1 {
					continue
				}
				if tn.Protection != c.protect || !strings.Contains(tn.Grade, c.grade) {
					t.Errorf("%s: %s (%s), want %s (...%s...)", tn.ID, tn.Protection, tn.Grade, c.protect, c.grade)
				}
				return
			}
			t.Fatal("no " + tunnel1)
		})
	}
}
