package frr

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/routeproof/routeproof/collectors/router/jsontable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// sessions reads the documents of lists of neighbours.
type sessions struct {
	document
	r *snapshot.Router
}

func readSessionsJSON(asked string, in *lines.Reader, r *snapshot.Router, member func(t *sessions, s *scope, key string) (bool, error)) {
	t := &sessions{r: r}
	o := jsontable.Read(in, Refusals(), func(o *jsontable.Output) error {
		t.document = document{
			Output: o, asked: asked, ended: t.end, rows: func() int { return len(r.Sessions.Peers) },
			member: func(s *scope, key string) (bool, error) { return member(t, s, key) },
		}
		return t.read()
	})
	o.Close(&r.Sessions.Read, len(r.Sessions.Peers), "")
}

// end gives the neighbours of a scope its VRF and address family.
func (t *sessions) end(s *scope) {
	if s.peer != nil {
		t.add(s.peer, s.key, s.outer)
		return
	}
	rows := t.r.Sessions.Peers[s.from:]
	for i := range rows {
		if rows[i].VRF == "" {
			rows[i].VRF = s.vrf
		}
	}
}

// namedVRF is the VRF that a command names; empty for none, and for all.
func namedVRF(words []string) string {
	for i, w := range words {
		if w == "vrf" && i+1 < len(words) && words[i+1] != "all" {
			return words[i+1]
		}
	}
	return ""
}

// readSummaryJSON reads `show bgp summary json`: for each VRF and family an
// object whose member peers has the neighbours.
func readSummaryJSON(words []string, in *lines.Reader, r *snapshot.Router) {
	readSessionsJSON(namedVRF(words), in, r, func(t *sessions, s *scope, key string) (bool, error) {
		if done, err := identity(&t.document, key, r); done {
			return true, err
		}
		switch key {
		case "peers":
			t.Found()
			return true, t.Object(func(name string) error {
				s.paths++
				return t.briefPeer(s, name)
			})
		case "peerCount", "failedPeers", "displayedPeers", "dynamicPeers", "failedPeersCount":
			if key == "peerCount" {
				t.Found() // a family without neighbours has the count only
			}
			return true, t.Skip()
		case "totalPeers":
			t.Found()
			text, err := t.Text()
			if err == nil && text != strconv.Itoa(s.paths) {
				t.Lack("the router counts %s neighbours; %d were read", text, s.paths)
			}
			return true, err
		}
		return false, nil
	})
}

// briefPeer reads a neighbour of a summary.
func (t *sessions) briefPeer(s *scope, name string) error {
	var v struct {
		RemoteAS, LocalAS           jsontable.AS
		State, PeerState, IDType    string
		PfxRcd, PrefixReceivedCount jsontable.Number
		PeerUptimeMsec              jsontable.Milliseconds
	}
	raw, first, err := t.Raw()
	if err != nil {
		return err
	}
	p := snapshot.Peer{Family: s.family, Line: first, LastLine: t.Line()}
	if !jsontable.Fits(raw, &v) || v.State == "" || !address(&p, name) {
		t.MissAt(first, raw)
		return nil
	}
	p.AS, p.State, p.Since = uint32(v.RemoteAS), v.State, time.Duration(v.PeerUptimeMsec)
	if p.State == "Established" {
		p.Received = either(v.PfxRcd, v.PrefixReceivedCount)
	} else if v.PeerState == "Admin" && !strings.Contains(p.State, "(") {
		p.State += " (Admin)" // as in the text
	}
	t.r.Sessions.Peers = append(t.r.Sessions.Peers, p)
	return nil
}

// address takes what a neighbour is called, which is its address, or the
// interface that it is on.
func address(p *snapshot.Peer, name string) bool {
	name = strings.TrimPrefix(name, "*")
	if a, err := netip.ParseAddr(name); err == nil {
		p.Addr = a
		return true
	}
	p.Interface = name
	return name != "" && !strings.ContainsAny(name, " \t")
}

// readNeighborsJSON reads `show bgp neighbors json`: an object with a member for
// each neighbour, in an object for each VRF where all are asked for.
func readNeighborsJSON(words []string, in *lines.Reader, r *snapshot.Router) {
	readSessionsJSON(namedVRF(words), in, r, func(t *sessions, s *scope, key string) (bool, error) {
		switch {
		case key == "bgpNoSuchNeighbor":
			t.Says("No such neighbor")
			return true, t.Skip()
		case key == "vrfId" && s.peer == nil:
			t.Found()
			s.holder = true
			return true, t.Skip()
		case s.holder:
			return false, nil // a neighbour, or a VRF
		}
		if s.peer == nil {
			t.Found()
			s.peer = &neighbor{first: t.Line()}
		}
		return true, t.field(s.peer, key)
	})
}

// neighbor is what was read of a neighbour.
type neighbor struct {
	snapshot.Peer
	first    int
	last     int
	families []familyOf
}

// familyOf is what a neighbour's session does for one address family.
type familyOf struct {
	name string

	AcceptedPrefixCounter, PrefixAllowedMax                              jsontable.Number
	InboundSoftConfigPermit                                              jsontable.Flag
	RouteMapForIncomingAdvertisements, RouteMapForOutgoingAdvertisements string
}

// field takes a member of a neighbour.
func (t *sessions) field(p *neighbor, key string) error {
	raw, first, err := t.Raw()
	if err != nil {
		return err
	}
	var text string
	var number jsontable.AS
	var ms jsontable.Milliseconds
	bad := error(nil)
	switch key {
	case "bgpNeighborAddr":
		if bad = json.Unmarshal(raw, &text); bad == nil && text != "none" {
			p.Addr, bad = netip.ParseAddr(text)
		}
	case "remoteAs":
		bad = json.Unmarshal(raw, &number)
		p.AS = uint32(number)
	case "bgpState":
		bad = json.Unmarshal(raw, &p.State)
	case "bgpTimerUpMsec":
		bad = json.Unmarshal(raw, &ms)
		p.Since = time.Duration(ms)
	case "hostLocal":
		if bad = json.Unmarshal(raw, &text); bad == nil && text != "Unknown" {
			p.Local, bad = netip.ParseAddr(text)
		}
	case "updateSource":
		bad = json.Unmarshal(raw, &p.UpdateSource)
	case "authenticationEnabled":
		yes := true
		p.Authenticated = &yes
	case "addressFamilyInfo":
		var families map[string]familyOf
		bad = json.Unmarshal(raw, &families)
		for _, name := range slices.Sorted(maps.Keys(families)) {
			f := families[name]
			f.name = name
			p.families = append(p.families, f)
		}
	}
	if bad != nil {
		t.MissAt(first, raw)
	}
	p.last = t.Line()
	return nil
}

// add adds a neighbour that is called name, once for each of its families.
func (t *sessions) add(n *neighbor, name string, vrf string) {
	p := n.Peer
	p.VRF, p.Line, p.LastLine = vrf, n.first, n.last
	if a, err := netip.ParseAddr(name); err == nil {
		p.Addr = a
	} else {
		p.Interface = name
	}
	if p.State == "" {
		t.MissAt(n.first, []byte(name))
		return
	}
	if len(n.families) == 0 {
		t.r.Sessions.Peers = append(t.r.Sessions.Peers, p)
	}
	for _, f := range n.families {
		q := p
		q.Family = cmp.Or(family(f.name), strings.ToLower(f.name))
		if p.State == "Established" {
			q.Received = f.AcceptedPrefixCounter.N
		}
		q.MaxPrefix = f.PrefixAllowedMax.N
		if f.InboundSoftConfigPermit {
			yes := true
			q.SoftReconfig = &yes
		}
		q.PolicyIn = strings.TrimPrefix(f.RouteMapForIncomingAdvertisements, "*")
		q.PolicyOut = strings.TrimPrefix(f.RouteMapForOutgoingAdvertisements, "*")
		t.r.Sessions.Peers = append(t.r.Sessions.Peers, q)
	}
}
