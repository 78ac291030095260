package lab

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Table is a node's BGP state as FRR reports it.
type Table struct {
	RouterID netip.Addr
	AS       uint32
	Paths    []Path // by prefix, then peer
	Peers    []Peer // by address
}

// A Path is one way to a prefix. Peer is the zero address for what the node itself originates, where NextHop is 0.0.0.0.
type Path struct {
	Prefix    netip.Prefix
	NextHop   netip.Addr
	Peer      netip.Addr
	Internal  bool
	Best      bool
	Multipath bool
	ASPath    []uint32
	LocalPref *uint32 // nil where BGP carried none
	MED       *uint32
	Weight    uint32
	Origin    string // IGP, EGP or incomplete
}

// A Peer is a BGP session.
type Peer struct {
	Address          netip.Addr
	AS               uint32
	State            string // Established, Active, Idle (Admin) ...
	Uptime           time.Duration
	PrefixesReceived int
	PrefixesSent     int
	MessagesReceived int
	MessagesSent     int
}

// BGP reads a node's BGP table and sessions. Every node but the hosts and the firewall has one.
func (l *Lab) BGP(n Node) (Table, error) {
	var table jsonTable
	if err := l.bgpd(n, "show bgp ipv4 unicast json", &table); err != nil {
		return Table{}, err
	}
	var summary jsonSummary
	if err := l.bgpd(n, "show bgp ipv4 unicast summary json", &summary); err != nil {
		return Table{}, err
	}
	t := Table{RouterID: table.RouterID, AS: table.LocalAS}
	for prefix, paths := range table.Routes {
		for _, p := range paths {
			path, err := p.path(prefix)
			if err != nil {
				return Table{}, fmt.Errorf("lab: bgp of %s: %w", n, err)
			}
			t.Paths = append(t.Paths, path)
		}
	}
	for address, p := range summary.Peers {
		t.Peers = append(t.Peers, Peer{
			Address: address, AS: p.RemoteAS, State: p.State, Uptime: time.Duration(p.UptimeMsec) * time.Millisecond,
			PrefixesReceived: p.PfxRcd, PrefixesSent: p.PfxSnt, MessagesReceived: p.MsgRcvd, MessagesSent: p.MsgSent,
		})
	}
	slices.SortFunc(t.Paths, comparePaths)
	slices.SortFunc(t.Peers, func(a, b Peer) int { return a.Address.Compare(b.Address) })
	return t, nil
}

// Advertised reads what a node sends to one of its peers, which Peer names. The AS path lacks the node's own AS, and the
// next hop is the zero address where it is the node itself.
func (l *Lab) Advertised(n Node, peer netip.Addr) ([]Path, error) {
	var sent struct {
		Advertised map[netip.Prefix]jsonPath `json:"advertisedRoutes"`
	}
	if err := l.bgpd(n, "show bgp ipv4 unicast neighbors "+peer.String()+" advertised-routes json", &sent); err != nil {
		return nil, err
	}
	var paths []Path
	for prefix, p := range sent.Advertised {
		path, err := p.path(prefix)
		if err != nil {
			return nil, fmt.Errorf("lab: %s to %s: %w", n, peer, err)
		}
		path.Peer = peer
		paths = append(paths, path)
	}
	slices.SortFunc(paths, comparePaths)
	return paths, nil
}

func comparePaths(a, b Path) int {
	if c := a.Prefix.Compare(b.Prefix); c != 0 {
		return c
	}
	return a.Peer.Compare(b.Peer)
}

// The JSON of FRR 8.4, as far as it is used.
type (
	jsonTable struct {
		RouterID netip.Addr                  `json:"routerId"`
		LocalAS  uint32                      `json:"localAS"`
		Routes   map[netip.Prefix][]jsonPath `json:"routes"`
	}
	jsonPath struct {
		Best      bool       `json:"bestpath"`
		Multipath bool       `json:"multipath"`
		PathFrom  string     `json:"pathFrom"`
		PeerID    string     `json:"peerId"`
		MED       *uint32    `json:"metric"`
		LocalPref *uint32    `json:"locPrf"`
		Weight    uint32     `json:"weight"`
		Path      string     `json:"path"`
		Origin    string     `json:"origin"`
		Code      string     `json:"bgpOriginCode"` // of an advertised route
		NextHop   netip.Addr `json:"nextHop"`       // of an advertised route
		NextHops  []struct {
			IP netip.Addr `json:"ip"`
		} `json:"nexthops"`
	}
	jsonSummary struct {
		Peers map[netip.Addr]struct {
			RemoteAS   uint32 `json:"remoteAs"`
			State      string `json:"state"`
			UptimeMsec int64  `json:"peerUptimeMsec"`
			PfxRcd     int    `json:"pfxRcd"`
			PfxSnt     int    `json:"pfxSnt"`
			MsgRcvd    int    `json:"msgRcvd"`
			MsgSent    int    `json:"msgSent"`
		} `json:"peers"`
	}
)

func (p jsonPath) path(prefix netip.Prefix) (Path, error) {
	path := Path{
		Prefix: prefix, NextHop: p.NextHop, Internal: p.PathFrom == "internal", Best: p.Best, Multipath: p.Multipath,
		LocalPref: p.LocalPref, MED: p.MED, Weight: p.Weight, Origin: p.Origin,
	}
	if p.Code != "" {
		path.Origin = map[string]string{"i": "IGP", "e": "EGP"}[p.Code]
		path.Origin = cmp.Or(path.Origin, "incomplete")
		if path.NextHop.IsUnspecified() {
			path.NextHop = netip.Addr{}
		}
	}
	if len(p.NextHops) > 0 {
		path.NextHop = p.NextHops[0].IP
	}
	if peer, err := netip.ParseAddr(p.PeerID); err == nil && !peer.IsUnspecified() {
		path.Peer = peer // what the node originates has "(unspec)" here
	}
	for as := range strings.FieldsSeq(p.Path) {
		n, err := strconv.ParseUint(as, 10, 32)
		if err != nil {
			return Path{}, fmt.Errorf("prefix %s: AS path %q: %w", prefix, p.Path, err)
		}
		path.ASPath = append(path.ASPath, uint32(n))
	}
	return path, nil
}

// bgpd decodes an answer of a node's BGP daemon.
func (l *Lab) bgpd(n Node, command string, into any) error {
	answer, err := l.ask(n, "bgpd", command)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("lab: %s: %s: %w: %.200q", n, command, err, answer)
	}
	return nil
}

// ask puts a show command to one of FRR's daemons over its own socket, as vtysh does but without starting a process: the
// command and a zero byte; the answer ends with three zero bytes and a status.
func (l *Lab) ask(n Node, daemon, command string) ([]byte, error) {
	ns, err := l.node(n)
	if err != nil {
		return nil, err
	}
	conn, err := net.DialTimeout("unix", ns.path("/run/frr/"+daemon+".vty"), time.Second) //nolint:noctx // local and bounded
	if err != nil {
		return nil, fmt.Errorf("lab: %s: %w", n, err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(now().Add(3 * time.Second)); err != nil {
		return nil, fmt.Errorf("lab: %s: %w", n, err)
	}
	if _, err := io.WriteString(conn, command+"\x00"); err != nil {
		return nil, fmt.Errorf("lab: %s: %s: %w", n, command, err)
	}
	var answer bytes.Buffer
	chunk := make([]byte, 16<<10)
	for {
		k, err := conn.Read(chunk)
		answer.Write(chunk[:k])
		if b := answer.Bytes(); len(b) >= 4 && bytes.Equal(b[len(b)-4:len(b)-1], []byte{0, 0, 0}) {
			if status := b[len(b)-1]; status != 0 {
				return nil, fmt.Errorf("lab: %s: %s: status %d: %.200q", n, command, status, b[:len(b)-4])
			}
			return b[:len(b)-4], nil
		}
		if err != nil {
			return nil, fmt.Errorf("lab: %s: %s: %w", n, command, err)
		}
	}
}
