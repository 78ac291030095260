package graph_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/routeproof/routeproof/internal/finding"
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

// unused is an association that has encrypted nothing yet.
func unused(inbound bool) snapshot.IPsecSA {
	sa := association(inbound)
	sa.Packets = new(uint64)
	return sa
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
		"a protocol's packets alone are not all": {
			"cisco_ios", whole("sa"), []snapshot.IPsecSA{association(true), func() snapshot.IPsecSA {
				sa := association(false)
				sa.Narrow = "10.10.0.0/255.255.0.0/6/443"
				return sa
			}()}, "Connected", "unknown", "takes only 10.10.0.0/255.255.0.0/6/443",
		},
		"associations that are not used are told": {
			"cisco_ios", whole("sa"), []snapshot.IPsecSA{unused(true), unused(false)}, "Connected", "ipsec", "both ways (esp-gcm 256) and has counted no packet in them",
		},
		"one that is used is enough": {
			"cisco_ios", whole("sa"), []snapshot.IPsecSA{association(true), unused(false)}, "Connected", "ipsec", "both ways (esp-gcm 256), and R1 has",
		},
		"GRE's outer packets are all": {
			"cisco_ios", whole("sa"), []snapshot.IPsecSA{association(true), func() snapshot.IPsecSA {
				sa := association(false)
				sa.LocalNet, sa.RemoteNet, sa.Narrow = pfx("10.10.10.1/32"), pfx("10.64.0.4/32"), "10.10.10.1/255.255.255.255/47/0"
				return sa
			}()}, "Connected", "ipsec", "both ways",
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

// What an association does not take, no route into the tunnel encrypts.
func TestPacketsThatNoAssociationTakesAreOpen(t *testing.T) {
	for name, c := range map[string]struct {
		flows  []string // local, remote
		onprem string   // of a class, and what its two directions are
		want   [2]finding.PathOutcome
	}{
		"all of IPv4":          {[]string{"0.0.0.0/0", "0.0.0.0/0"}, "10.10.0.0/16", [2]finding.PathOutcome{finding.Delivered, finding.Delivered}},
		"the pair's networks":  {[]string{"10.10.0.0/16", "172.16.0.0/12"}, "10.10.0.0/16", [2]finding.PathOutcome{finding.Delivered, finding.Delivered}},
		"another site":         {[]string{"10.77.0.0/16", "0.0.0.0/0"}, "10.10.0.0/16", [2]finding.PathOutcome{finding.Delivered, finding.Unknown}},
		"another VNet":         {[]string{"0.0.0.0/0", "172.17.0.0/16"}, "10.10.0.0/16", [2]finding.PathOutcome{finding.Unknown, finding.Delivered}},
		"a half of the site":   {[]string{"10.10.0.0/17", "0.0.0.0/0"}, "10.10.128.0/17", [2]finding.PathOutcome{finding.Delivered, finding.Unknown}},
		"the other half of it": {[]string{"10.10.0.0/17", "0.0.0.0/0"}, "10.10.0.0/16", [2]finding.PathOutcome{finding.Delivered, finding.Delivered}},
		"two halves":           {[]string{"10.10.0.0/17", "0.0.0.0/0", "10.10.128.0/17", "0.0.0.0/0"}, "10.10.0.0/16", [2]finding.PathOutcome{finding.Delivered, finding.Delivered}},
		"each with another VNet": {
			[]string{"10.10.0.0/17", "172.16.0.0/16", "10.10.128.0/17", "172.17.0.0/16"}, "10.10.0.0/16", [2]finding.PathOutcome{finding.Unknown, finding.Unknown},
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			n.Routers[0].Platform = "cisco_ios"
			n.Routers[0].IPsec.SAs = snapshot.ESP{Read: whole("sa")}
			for i := 0; i < len(c.flows); i += 2 {
				for _, inbound := range []bool{false, true} {
					sa := association(inbound)
					sa.LocalNet, sa.RemoteNet = pfx(c.flows[i]), pfx(c.flows[i+1])
					n.Routers[0].IPsec.SAs.SAs = append(n.Routers[0].IPsec.SAs.SAs, sa)
				}
			}
			found := false
			for _, cl := range graph.Build(n.Snapshot).Model().Classes {
				if !slices.Contains(cl.OnPrem.Prefixes, c.onprem) || cl.OnPrem.Router != "router/R1" {
					continue
				}
				found = true
				if cl.Forward.Outcome != c.want[0] || cl.Return.Outcome != c.want[1] {
					t.Errorf("%v: %s (%s), %s (%s), want %v", cl.OnPrem, cl.Forward.Outcome, cl.Forward.Detail, cl.Return.Outcome, cl.Return.Detail, c.want)
				}
			}
			if !found {
				t.Errorf("no class of %s", c.onprem)
			}
		})
	}
}

func TestMACsecCountsWhenBothEndsSaySo(t *testing.T) {
	on := snapshot.LinkMACsec{CKN: "https://vault/ckn", CAK: "https://vault/cak", Cipher: "GcmAes256"}
	port := func(m snapshot.LinkMACsec) []snapshot.ERPort {
		return []snapshot.ERPort{{ID: "/port", Name: "direct", Links: snapshot.ERLinks{Read: whole("links"), Links: []snapshot.ERLink{
			{Name: "link1", Admin: "Enabled", MACsec: m}, {Name: "link2", Admin: "Enabled", MACsec: m},
		}}}}
	}
	secured := []snapshot.MACsecLink{{Interface: "er0", Secured: true, State: "Secured", Cipher: "GCM-AES-256"}}
	for name, c := range map[string]struct {
		ports  []snapshot.ERPort
		router []snapshot.MACsecLink
		want   string
		grade  string
	}{
		"both ends":                      {port(on), secured, "macsec", "GCM-AES-256"},
		"Azure's end alone":              {port(on), nil, "unknown", "the router's end was not read"},
		"the router's end alone":         {port(snapshot.LinkMACsec{}), secured, "unknown", "contradicted"},
		"neither":                        {port(snapshot.LinkMACsec{}), nil, "none", "without MACsec"},
		"the router's end has no peer":   {port(on), []snapshot.MACsecLink{{Interface: "er0", State: "Init"}}, "unknown", "contradicted"},
		"a port that was not read":       {nil, secured, "unknown", "was not read"},
		"should-secure says it may fall": {port(on), []snapshot.MACsecLink{{Interface: "er0", Secured: true, Policy: "should-secure"}}, "macsec", "falls back to clear"},
	} {
		t.Run(name, func(t *testing.T) {
			n := guideline()
			n.Azure.Circuits[0].Port = "/port"
			n.Azure.Ports = c.ports
			n.Routers[0].MACsec = snapshot.MACsec{Read: whole("mka"), Links: c.router}
			n.preferCircuit(0)
			h := class(t, graph.Build(n.Snapshot).Model()).Forward.Hops[0]
			if h.Link != "peering/er-primary" || h.Protection != c.want || !strings.Contains(h.Grade, c.grade) {
				t.Errorf("%s: %s (%s), want %s (...%s...)", h.Link, h.Protection, h.Grade, c.want, c.grade)
			}
		})
	}
}

func TestASessionThatFlappedMeanwhileProvesNothing(t *testing.T) {
	start := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	for since, want := range map[time.Duration]string{0: "ipsec", 30 * time.Second: "unknown", 2 * time.Hour: "ipsec"} {
		n := guideline()
		n.Items = []snapshot.Item{{Path: "first", At: start}, {Path: n.Routers[0].Sessions.Item, At: start.Add(time.Minute)}}
		for i := range n.Routers[0].Sessions.Peers {
			n.Routers[0].Sessions.Peers[i].Since = since
		}
		for _, tn := range graph.Build(n.Snapshot).Model().Tunnels {
			if tn.ID == tunnel1 && tn.Protection != want {
				t.Errorf("up for %s when read, a minute after the first item: %s (%s), want %s", since, tn.Protection, tn.Grade, want)
			}
		}
	}
}
