package eos

import (
	"encoding/json"
	"net/netip"
	"strings"
	"time"

	"github.com/routeproof/routeproof/collectors/router/jsontable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readSummaryJSON reads `show ip bgp summary | json`: of each VRF the neighbours,
// by address.
func readSummaryJSON(words []string, in *lines.Reader, r *snapshot.Router) {
	out := &r.Sessions.Peers
	family := ""
	if len(words) > 1 && words[1] == "ipv6" {
		family = "ipv6 unicast"
	}
	o := vrfs(in, func(o *jsontable.Output, vrf, key string) (bool, error) {
		if done, err := identity(o, vrf, key, r); done {
			return true, err
		}
		if key != "peers" {
			return false, nil
		}
		return true, o.Object(func(name string) error {
			raw, first, err := o.Raw()
			if err != nil {
				return err
			}
			p := snapshot.Peer{VRF: vrf, Family: family, Line: first, LastLine: o.Line()}
			if !address(&p, name) || !brief(&p, raw, out) {
				o.MissAt(first, raw)
			}
			return nil
		})
	}, func(*jsontable.Output, string) {})
	o.Close(&r.Sessions.Read, len(*out), "")
}

// brief takes a neighbour of a summary. `show bgp summary` has what it received
// for each of its families.
func brief(p *snapshot.Peer, raw []byte, out *[]snapshot.Peer) bool {
	var v struct {
		PeerState, PeerStateIdleReason string
		ASN                            jsontable.AS
		PrefixReceived                 jsontable.Number
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &v) != nil || v.PeerState == "" || json.Unmarshal(raw, &members) != nil {
		return false
	}
	p.State, p.AS = v.PeerState, uint32(v.ASN)
	if p.State == "Idle" && v.PeerStateIdleReason != "" {
		p.State += "(" + v.PeerStateIdleReason + ")"
	}
	up := p.State == "Established"
	if up {
		p.Received = v.PrefixReceived.N
	}
	n := len(*out)
	for _, f := range []struct{ member, name string }{{"ipv4Unicast", "ipv4 unicast"}, {"ipv6Unicast", "ipv6 unicast"}} {
		var nlris struct{ NlrisReceived jsontable.Number }
		if text, ok := members[f.member]; ok && json.Unmarshal(text, &nlris) == nil {
			q := *p
			if q.Family = f.name; up {
				q.Received = nlris.NlrisReceived.N
			}
			*out = append(*out, q)
		}
	}
	if len(*out) == n {
		*out = append(*out, *p)
	}
	return true
}

// address takes a neighbour's address. One of a link is on an interface.
func address(p *snapshot.Peer, text string) bool {
	a, err := netip.ParseAddr(text)
	p.Addr, p.Interface = a.WithZone(""), a.Zone()
	return err == nil
}

// readNeighborsJSON reads `show ip bgp neighbors | json`: of each VRF the list
// of neighbours.
func readNeighborsJSON(in *lines.Reader, r *snapshot.Router) {
	out := &r.Sessions.Peers
	o := vrfs(in, func(o *jsontable.Output, vrf, key string) (bool, error) {
		if key != "peerList" {
			return false, nil
		}
		return true, o.Array(func() error {
			raw, first, err := o.Raw()
			if err != nil {
				return err
			}
			p := snapshot.Peer{VRF: vrf, Line: first, LastLine: o.Line()}
			if neighbor(&p, raw) {
				*out = append(*out, p)
			} else {
				o.MissAt(first, raw)
			}
			return nil
		})
	}, func(*jsontable.Output, string) {})
	o.Close(&r.Sessions.Read, len(*out), "")
}

// neighbor takes what is told of a neighbour. Releases differ in where they have
// its route maps.
func neighbor(p *snapshot.Peer, raw []byte) bool {
	var v struct {
		PeerAddress, IfName, State, UpdateSource, BGPSoftReconfigInbound string
		RouteMapInbound, RouteMapOutbound                                string
		RouteMapInfo                                                     struct{ InboundIPv4Uni, OutboundIPv4Uni string }
		PeerTCPInfo                                                      struct{ State string }
		MD5Enabled                                                       *bool
		ASN                                                              jsontable.AS
		EstablishedTime                                                  *int64
		PrefixesReceived, MaxTotalRoutes                                 jsontable.Number
	}
	if json.Unmarshal(raw, &v) != nil || v.State == "" {
		return false
	}
	if v.PeerAddress == "" && v.IfName != "" {
		p.Interface = v.IfName
	} else if !address(p, v.PeerAddress) {
		return false
	}
	p.State, p.AS = v.State, uint32(v.ASN)
	p.PolicyIn, p.PolicyOut = v.RouteMapInbound+v.RouteMapInfo.InboundIPv4Uni, v.RouteMapOutbound+v.RouteMapInfo.OutboundIPv4Uni
	if a, err := netip.ParseAddr(v.UpdateSource); err == nil {
		p.Local = a.WithZone("") // it is the address in use, set or not
	}
	if p.State == "Established" {
		p.Received = v.PrefixesReceived.N
		if t := v.EstablishedTime; t != nil && *t > 0 && *t < 1<<32 {
			p.Since = time.Duration(*t) * time.Second
		}
	}
	if n := v.MaxTotalRoutes.N; n != nil && *n > 0 {
		p.MaxPrefix = n
	}
	p.Authenticated = v.MD5Enabled
	if s := strings.ToLower(v.BGPSoftReconfigInbound); s == "all" || s == "none" {
		all := s == "all"
		p.SoftReconfig = &all
	}
	return true
}
