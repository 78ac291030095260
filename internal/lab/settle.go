package lab

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// A session is a BGP session of the lab, seen from both ends.
type session struct {
	a, b         Node
	aAddr, bAddr netip.Addr // the addresses that a and b use
	needs        []Failure  // any of these takes it down
}

// circuitNeeds lists what takes the BGP session over the private peering down.
func (t site) circuitNeeds() []Failure {
	return []Failure{LinkDown(t.link), NodeDown(t.router), NodeDown(t.msee), SessionDown(t.router, t.mseeER)}
}

// tunnelNeeds lists what takes the tunnel down. The BGP session over the private peering is one of them: without it Azure
// does not know the way to the tunnel's far end.
func (t site) tunnelNeeds() []Failure {
	return append(t.circuitNeeds(), TunnelDown(t.tunnel), NodeDown(t.gateway), NodeDown(ERGW))
}

// sessions lists the scenario's sessions and what each depends on.
func (s Scenario) sessions() []session {
	ss := sites()
	list := []session{{R1, R2, ss[0].core, ss[1].core, []Failure{LinkDown(Core), NodeDown(R1), NodeDown(R2)}}}
	for _, t := range ss {
		list = append(
			list,
			session{t.router, t.msee, t.er, t.mseeER, t.circuitNeeds()},
			session{t.msee, ERGW, t.mseeAzure, erGatewayIP(), []Failure{NodeDown(t.msee), NodeDown(ERGW)}},
		)
		if s.VPN {
			list = append(list, session{t.router, t.gateway, t.apipa, t.gatewayAPIPA, t.tunnelNeeds()})
		}
	}
	if s.VPN {
		list = append(list, session{
			VPNGW0, VPNGW1, ss[0].gatewayIP, ss[1].gatewayIP, []Failure{NodeDown(VPNGW0), NodeDown(VPNGW1)},
		})
	}
	return list
}

// expected says whether the session should be up with what is down now.
func (l *Lab) expected(s session) bool {
	return !l.anyDown(append(slices.Clone(s.needs), SessionDown(s.a, s.bAddr), SessionDown(s.b, s.aAddr)))
}

func (l *Lab) anyDown(fs []Failure) bool { return slices.ContainsFunc(fs, l.isDown) }

// Settle returns when every BGP session is in the state that the failures made so far leave it in, Azure's routes follow
// the gateways, and no table has changed for a while. [Start], [Lab.Fail] and [Lab.Repair] have called it already; who
// changes the network in another way calls it himself.
func (l *Lab) Settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	const quiet = 4 // equal fingerprints in a row
	var last, why string
	same := 0
	err := poll(ctx, 200*time.Millisecond, "the network to converge", func() (bool, error) {
		now, wrong := l.fingerprint()
		why = wrong
		if wrong != "" || now != last {
			last, same = now, 0
			return false, nil
		}
		same++
		return same >= quiet, nil
	})
	if err != nil && why != "" {
		return fmt.Errorf("%w: %s", err, why)
	}
	return err
}

// fingerprint is a text that changes when any table does, or else what is not yet as it should be.
func (l *Lab) fingerprint() (now, wrong string) {
	if wrong := l.wrongSession(); wrong != "" {
		return "", wrong
	}
	var b strings.Builder
	for _, n := range l.Scenario.Nodes() {
		if _, frr := l.settings(n); frr == "" {
			continue
		}
		for _, q := range []struct{ daemon, command string }{{"bgpd", "show ip bgp"}, {"zebra", "show ip route summary"}} {
			answer, err := l.ask(n, q.daemon, q.command)
			if err != nil {
				return "", err.Error()
			}
			b.Write(answer)
		}
	}
	routes, err := l.fabric.fingerprint()
	if err != nil {
		return "", err.Error()
	}
	return b.String() + routes, ""
}

// wrongSession names a session that is not as expected at one of its ends, if there is one.
func (l *Lab) wrongSession() string {
	known := map[Node]map[netip.Addr]jsonNeighbor{}
	for _, s := range l.Scenario.sessions() {
		want := l.expected(s)
		for _, end := range []struct {
			n    Node
			peer netip.Addr
		}{{s.a, s.bAddr}, {s.b, s.aAddr}} {
			if known[end.n] == nil {
				neighbors := map[netip.Addr]jsonNeighbor{}
				if err := l.bgpd(end.n, "show bgp neighbors json", &neighbors); err != nil {
					return err.Error()
				}
				known[end.n] = neighbors
			}
			n := known[end.n][end.peer]
			if up := n.State == "Established"; up != want || (up && !n.GracefulRestart.EndOfRIB.IPv4) {
				return fmt.Sprintf("session %s to %s is %q (should be up: %t)", end.n, end.peer, n.State, want)
			}
		}
	}
	return ""
}

// A jsonNeighbor is a session as FRR reports it. A session counts as up only when the peer has sent all it has.
type jsonNeighbor struct {
	State           string `json:"bgpState"`
	GracefulRestart struct {
		EndOfRIB struct {
			IPv4 bool `json:"ipv4Unicast"`
		} `json:"endOfRibRecv"`
	} `json:"gracefulRestartInfo"`
}
