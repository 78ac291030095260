package graph_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// configured gives R1 a configuration of its session over ExpressRoute.
func (n *network) configured(c snapshot.NeighborConfig) *network {
	c.Addr, c.AS = addr("192.168.100.2"), 12076
	n.Routers[0].Config = snapshot.Config{Read: whole("R1/config"), BGP: []snapshot.BGPConfig{{AS: 65501, Neighbors: []snapshot.NeighborConfig{c}}}}
	return n
}

// sends gives R1 a list of what it advertises over ExpressRoute.
func (n *network) sends(prefixes ...string) *network {
	rib := snapshot.AdjRIB{Read: whole("R1/sent"), Neighbor: addr("192.168.100.2"), Direction: snapshot.Advertised}
	for _, p := range prefixes {
		rib.Paths = append(rib.Paths, snapshot.Path{Prefix: pfx(p), NextHop: "0.0.0.0"})
	}
	n.Routers[0].AdjRIBs = append(n.Routers[0].AdjRIBs, rib)
	return n
}

func TestTheConfigurationOfASessionIsKnownFromEitherEnd(t *testing.T) {
	type answer struct {
		Authenticated, Limited, Filtered string
		Limit                            int64
		Known                            bool
	}
	withKey := guideline()
	withKey.Azure.Circuits[0].Peering.MD5 = new(true)
	listed := guideline()
	listed.Routers[0].Sessions.Peers[0].Authenticated, listed.Routers[0].Sessions.Peers[0].MaxPrefix = new(true), new(uint32(50))
	alone := guideline()
	alone.Routers = alone.Routers[1:]
	for name, tc := range map[string]struct {
		n    *network
		want answer
	}{
		"nothing was read":          {guideline(), answer{"unknown", "unknown", "unknown", 0, false}},
		"Azure has a key":           {withKey, answer{"yes", "unknown", "unknown", 0, false}},
		"the router lists both":     {listed, answer{"yes", "yes", "unknown", 50, true}},
		"no router":                 {alone, answer{"unknown", "unknown", "unknown", 0, false}},
		"an empty configuration":    {guideline().configured(snapshot.NeighborConfig{}), answer{"no", "no", "no", 0, true}},
		"all is configured":         {guideline().configured(snapshot.NeighborConfig{Authenticated: true, MaxPrefix: new(uint32(200)), PrefixOut: "END"}), answer{"yes", "yes", "yes", 200, true}},
		"a filter of another kind":  {guideline().configured(snapshot.NeighborConfig{Options: []string{"distribute-list 10 out"}}), answer{"no", "no", "yes", 0, true}},
		"a filter in the other way": {guideline().configured(snapshot.NeighborConfig{Options: []string{"distribute-list 10 in"}, RouteMapIn: "IN"}), answer{"no", "no", "no", 0, true}},
	} {
		t.Run(name, func(t *testing.T) {
			s := tc.n.model().PeeringSessions[0]
			got := answer{s.Authenticated, s.Limited, s.Filtered, s.Limit, s.Unknown == ""}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", s.Unknown, diff)
			}
		})
	}
}

func TestWhatIsAdvertisedIsSorted(t *testing.T) {
	names := func(as []graph.AdvertisedPrefix) []string {
		var out []string
		for _, a := range as {
			out = append(out, a.Prefix)
		}
		return out
	}
	n := guideline().sends("10.10.10.1/32", "10.10.0.0/16", "172.16.1.0/24", "10.30.0.1/32")
	s := n.model().PeeringSessions[0]
	if diff := cmp.Diff([][]string{{"10.10.0.0/16", "10.30.0.1/32"}, nil, {"172.16.1.0/24"}}, [][]string{names(s.Beyond), names(s.MaybeBeyond), names(s.Returned)}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	n.Azure.LocalSites = n.Azure.LocalSites[:1]
	if s := n.model().PeeringSessions[0]; !slices.Equal(names(s.MaybeBeyond), []string{"10.30.0.1/32"}) {
		t.Errorf("without R2's local network gateway: may be end points: %v, want 10.30.0.1/32", names(s.MaybeBeyond))
	}
	n.Scope.Require = []string{"none"}
	if s := n.model().PeeringSessions[0]; len(s.Beyond)+len(s.MaybeBeyond) > 0 {
		t.Errorf("where nothing is demanded, %v and %v are too much", names(s.Beyond), names(s.MaybeBeyond))
	}
}

func TestAnExemptPrefixMayBeAdvertised(t *testing.T) {
	n := guideline().sends("10.10.7.0/24", "10.10.8.0/24")
	n.At = time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC)
	n.Scope.Exempt = []snapshot.Exempt{{Flow: snapshot.Flow{OnPrem: pfx("10.10.7.0/24")}, Reason: "printers", Expires: n.At.AddDate(0, 1, 0)}}
	got := n.model().PeeringSessions[0].Beyond
	if len(got) != 1 || got[0].Prefix != "10.10.8.0/24" {
		t.Errorf("beyond: %+v, want 10.10.8.0/24 only", got)
	}
}

func TestWithoutAPolicyEverythingThatWasChosenPasses(t *testing.T) {
	n := guideline().configured(snapshot.NeighborConfig{})
	got := n.model().PeeringSessions[0].Passed
	if len(got) != 2 || got[0].Prefix != "10.64.0.0/23" || got[0].Why != "its AS path (65515) has Azure's 65515" {
		t.Errorf("passed: %+v, want the hub and the spoke", got)
	}
	n.Azure.Circuits[0].Peering.Tables[0].Routes = n.Azure.Circuits[0].Peering.Tables[0].Routes[1:]
	if got := n.model().PeeringSessions[0].Passed; len(got) != 0 {
		t.Errorf("a router that advertises nothing at all passes %+v", got)
	}
}

func TestACircuitThatWasNotReadHasASessionOfWhichNothingIsKnown(t *testing.T) {
	n := guideline()
	n.Azure.Circuits = nil
	m := n.model()
	if len(m.PeeringSessions) != 1 || m.PeeringSessions[0].ID != "circuit/circuit" || m.PeeringSessions[0].Sent != "missing" || m.PeeringSessions[0].Authenticated != "unknown" {
		t.Errorf("sessions: %+v", m.PeeringSessions)
	}
	if len(m.GlobalReaches) != 1 || m.GlobalReaches[0].Status != "missing" {
		t.Errorf("Global Reach: %+v", m.GlobalReaches)
	}
}

func TestIPv6HasASessionOfItsOwn(t *testing.T) {
	n := guideline()
	n.Azure.Circuits[0].Peering.IPv6 = &snapshot.IPv6Peering{Primary: pfx("fd00:1::/126"), Secondary: pfx("fd00:2::/126")}
	var got []string
	for _, s := range n.model().PeeringSessions {
		got = append(got, s.ID+" "+s.Neighbor)
	}
	want := []string{"peering/er-primary 192.168.100.2", "peering/er-primary fd00:1::2", "peering/er-secondary 192.168.200.2", "peering/er-secondary fd00:2::2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// agreed are the comparisons of a resource, by what is compared.
func agreed(m graph.Model, id string) map[string]string {
	out := make(map[string]string)
	for _, c := range m.Comparisons {
		if c.ID == id {
			out[c.What] = c.Agree
		}
	}
	return out
}

// received makes R1 keep what a neighbour sends: prefixes, each with an AS path or
// without.
func (n *network) received(neighbor string, prefixes ...string) {
	adj := snapshot.AdjRIB{Read: whole("received"), Neighbor: addr(neighbor), Direction: snapshot.Received}
	for _, p := range prefixes {
		prefix, as, _ := strings.Cut(p, " ")
		adj.Paths = append(adj.Paths, path(prefix, neighbor, 0, as))
	}
	n.Routers[0].AdjRIBs = append(n.Routers[0].AdjRIBs, adj)
}

// told completes the guideline's network by what both ends say of each other.
func told() *network {
	n := guideline()
	vpn := &n.Azure.Gateways[1]
	vpn.Peers = snapshot.GatewayPeers{Read: whole("peers"), Peers: []snapshot.GatewayPeer{
		{Local: addr("10.64.0.4"), Neighbor: addr("169.254.21.1"), State: "Connected"}, {Local: addr("10.64.0.5"), Neighbor: addr("169.254.22.1"), State: "Connected"},
	}}
	for _, peer := range []string{"169.254.21.1", "169.254.22.1"} {
		vpn.Advertised = append(vpn.Advertised, snapshot.GatewayAdvertised{Read: whole("sent"), Peer: addr(peer), Routes: []snapshot.LearnedRoute{
			{Prefix: pfx("10.64.0.0/23")}, {Prefix: pfx("172.16.0.0/16")},
		}})
	}
	for i := range n.Routers {
		loopback := []string{"10.10.10.1/32", "10.20.10.1/32"}[i]
		n.Routers[i].BGP.Paths = append(n.Routers[i].BGP.Paths, path(loopback, "0.0.0.0", 0, ""))
	}
	return n
}

func TestEndsAreComparedInAllThatBothTell(t *testing.T) {
	const tunnel, link = "tunnel/R1/vpngw-0", "peering/er-primary"
	for name, tc := range map[string]struct {
		change func(n *network)
		id     string
		want   map[string]string
	}{
		"both agree on the tunnel": {func(*network) {}, tunnel, map[string]string{"state": "yes", "session": "yes", "prefixes sent": "yes", "prefixes received": "yes"}},
		"both agree on the link":   {func(*network) {}, link, map[string]string{"session": "yes", "prefixes sent": "yes", "prefixes received": "yes"}},
		"the session is idle":      {func(n *network) { n.Routers[0].Sessions.Peers[1].State = "Idle" }, tunnel, map[string]string{"state": "yes", "session": "no", "prefixes sent": "yes", "prefixes received": "yes"}},
		"the link's is idle":       {func(n *network) { n.Routers[0].Sessions.Peers[0].State = "Idle" }, link, map[string]string{"session": "no", "prefixes sent": "yes", "prefixes received": "yes"}},
		"the peers were not read":  {func(n *network) { n.Azure.Gateways[1].Peers.Status = snapshot.Denied }, tunnel, map[string]string{"state": "yes", "session": "unknown", "prefixes sent": "yes", "prefixes received": "yes"}},
		"nothing was sent":         {func(n *network) { n.Azure.Gateways[1].Advertised = nil }, tunnel, map[string]string{"state": "yes", "session": "yes", "prefixes sent": "yes", "prefixes received": "unknown"}},
		"less was sent":            {func(n *network) { n.Azure.Gateways[1].Advertised[0].Routes = nil }, tunnel, map[string]string{"state": "yes", "session": "yes", "prefixes sent": "yes", "prefixes received": "no"}},
		"more was received": {func(n *network) {
			n.dropPaths(0, func(p snapshot.Path) bool { return p.Prefix == pfx("10.10.0.0/16") })
		}, tunnel, map[string]string{"state": "yes", "session": "yes", "prefixes sent": "no", "prefixes received": "yes"}},
		"what was received is kept": {func(n *network) {
			n.received("169.254.21.2", "10.64.0.0/23", "172.16.0.0/16", "10.20.0.0/16 65515 65501")
		}, tunnel, map[string]string{"state": "yes", "session": "yes", "prefixes sent": "yes", "prefixes received": "yes"}},
		"more came than is taken": {func(n *network) { n.received("169.254.21.2", "10.64.0.0/23", "172.16.0.0/16", "172.17.0.0/16") }, tunnel, map[string]string{"state": "yes", "session": "yes", "prefixes sent": "yes", "prefixes received": "no"}},
		"less came than was sent": {func(n *network) { n.received("169.254.21.2", "10.64.0.0/23") }, tunnel, map[string]string{"state": "yes", "session": "yes", "prefixes sent": "yes", "prefixes received": "no"}},
		"less came of what is not Azure's": {func(n *network) {
			n.Azure.Gateways[1].Advertised[0].Routes = append(n.Azure.Gateways[1].Advertised[0].Routes, snapshot.LearnedRoute{Prefix: pfx("10.20.0.0/16")})
			n.received("169.254.21.2", "10.64.0.0/23", "172.16.0.0/16")
		}, tunnel, map[string]string{"state": "yes", "session": "yes", "prefixes sent": "yes", "prefixes received": "yes"}},
		"what came was read in part": {func(n *network) {
			n.received("169.254.21.2", "10.64.0.0/23")
			n.Routers[0].AdjRIBs[0].Status = snapshot.Partial
		}, tunnel, map[string]string{"state": "yes", "session": "yes", "prefixes sent": "yes", "prefixes received": "yes"}},
		"the link sends what its router does not take": {func(n *network) { n.received("192.168.100.2", "172.17.0.0/16") }, link, map[string]string{"session": "yes", "prefixes sent": "yes", "prefixes received": "no"}},
		"the router lists more":                        {func(n *network) { n.sends("10.10.10.1/32", "10.99.0.0/16") }, link, map[string]string{"session": "yes", "prefixes sent": "no", "prefixes received": "yes"}},
		"the router lists Azure's":                     {func(n *network) { n.sends("10.10.10.1/32", "172.16.0.0/16") }, link, map[string]string{"session": "yes", "prefixes sent": "yes", "prefixes received": "yes"}},
		"the router lists less":                        {func(n *network) { n.sends() }, link, map[string]string{"session": "yes", "prefixes sent": "no", "prefixes received": "yes"}},
		"no association":                               {func(n *network) { n.Routers[0].Platform, n.Routers[0].IPsec.SAs.Read = "cisco_ios", whole("sa") }, tunnel, map[string]string{"state": "no", "session": "yes", "prefixes sent": "yes", "prefixes received": "yes"}},
		"the tunnel's router is not":                   {func(n *network) { n.Routers = n.Routers[1:] }, "tunnel/unknown/vpngw-0", map[string]string{"state": "unknown"}},
		"the link's router is not":                     {func(n *network) { n.Routers = n.Routers[1:] }, link, map[string]string{"session": "unknown"}},
		"no BGP in the tunnel":                         {func(n *network) { n.Azure.Connections[0].EnableBGP = false }, tunnel, map[string]string{"state": "yes"}},
	} {
		t.Run(name, func(t *testing.T) {
			n := told()
			tc.change(n)
			if diff := cmp.Diff(tc.want, agreed(n.model(), tc.id)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCoherenceIsOfWhatHasATime(t *testing.T) {
	n := guideline()
	if got := n.model().Coherences; len(got) != 0 {
		t.Errorf("without times: %+v, want none", got)
	}
	at := time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC)
	n.Items = []snapshot.Item{
		{Path: "vpn", Status: snapshot.OK, At: at},
		{Path: "R1/bgp", Status: snapshot.OK, At: at.Add(20 * time.Minute)},
		{Path: "R1/summary", Status: snapshot.OK, At: at.Add(time.Minute)},
	}
	n.Routers[0].Sessions.Peers[0].Since = 30 * time.Second // over ExpressRoute
	got := make(map[string]graph.Coherence)
	for _, c := range n.model().Coherences {
		got[c.ID] = c
	}
	if c := got["tunnel/R1/vpngw-0"]; c.Spread != 1200 || c.First != "vpn" || c.Last != "R1/bgp" || c.Restarted != "" {
		t.Errorf("tunnel: %+v", c)
	}
	if c := got["peering/er-primary"]; c.Spread != 1140 || c.Restarted == "" {
		t.Errorf("link: %+v", c)
	}
	if _, ok := got["tunnel/R2/vpngw-1"]; ok {
		t.Error("a tunnel of which one item has a time is compared with nothing")
	}
}

func prefixes(ps ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range ps {
		out = append(out, pfx(p))
	}
	return out
}
