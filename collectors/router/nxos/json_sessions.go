package nxos

import (
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/routeproof/routeproof/collectors/router/bgppeers"
	"github.com/routeproof/routeproof/collectors/router/jsontable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readSessionsJSON reads lists of neighbours, whose rows row takes.
func readSessionsJSON(words []string, in *lines.Reader, r *snapshot.Router, row func(p *snapshot.Peer, raw []byte) bool) {
	out := &r.Sessions.Peers
	vrf := ""
	for i, w := range words {
		if w == "vrf" && i+1 < len(words) && words[i+1] != "all" {
			vrf = words[i+1]
		}
	}
	o := jsontable.Read(in, append(Refusals(), "% "), func(o *jsontable.Output) error {
		t := tree{Output: o, vrf: vrf, rows: func() int { return len(*out) }}
		t.leaf = func(_ *scope, table string) bool { return table == "neighbor" }
		t.row = func(s *scope, _ string, raw []byte, first int) {
			p := snapshot.Peer{Family: s.family, Line: first, LastLine: o.Line()}
			if row(&p, raw) {
				*out = append(*out, p)
			} else {
				o.MissAt(first, raw)
			}
		}
		t.field = func(s *scope, key, text string) {
			identity(s, key, text, r)
			s.count(key, text)
		}
		t.ended = func(s *scope) { s.conclude(&r.Sessions) }
		return t.read()
	})
	for i := range *out {
		(*out)[i].VRF = either((*out)[i].VRF, vrf, "default")
	}
	o.Close(&r.Sessions.Read, len(*out), "")
}

// conclude gives the neighbours that stand in a row what they inherit from it, and
// keeps what the row counts.
func (s *scope) conclude(out *snapshot.Sessions) {
	for i := s.from; i < len(out.Peers); i++ {
		p := &out.Peers[i]
		if s.named {
			p.VRF = either(p.VRF, s.vrf)
		}
		p.Family = either(p.Family, s.family)
	}
	if s.size.Networks != nil {
		s.size.VRF, s.size.Family = s.vrf, s.family
		out.Tables = append(out.Tables, s.size)
	}
}

// summaryRow takes a neighbour of a summary.
func summaryRow(p *snapshot.Peer, raw []byte) bool {
	var v struct {
		NeighborID, State, Time string
		NeighborAS              jsontable.AS
		PrefixReceived          jsontable.Number
	}
	a, err := netip.Addr{}, error(nil)
	if json.Unmarshal(raw, &v) == nil {
		a, err = netip.ParseAddr(v.NeighborID)
	}
	since, ok := age(v.Time)
	if err != nil || !a.IsValid() || v.State == "" || !ok {
		return false
	}
	p.Addr, p.AS, p.State, p.Since = a, uint32(v.NeighborAS), v.State, since
	if p.State == "Established" {
		p.Received = v.PrefixReceived.N
	}
	return true
}

// neighborRow takes a neighbour of `show bgp neighbors`.
func neighborRow(p *snapshot.Peer, raw []byte) bool {
	var v struct {
		Neighbor, State, ElapsedTime, UpTime string
		LocalHost, Sourceif, LocalIP         string
		RemoteAS, NeighborAS                 jsontable.AS
		MD5                                  *string
	}
	if json.Unmarshal(raw, &v) != nil || v.State == "" {
		return false
	}
	a, err := netip.ParseAddr(v.Neighbor)
	if err != nil {
		return false
	}
	p.Addr, p.State, p.AS = a, v.State, uint32(v.RemoteAS|v.NeighborAS)
	p.Since, _ = age(either(v.UpTime, v.ElapsedTime))
	p.UpdateSource = v.Sourceif
	if local, err := netip.ParseAddr(strings.TrimSpace(either(v.LocalHost, v.LocalIP))); err == nil {
		p.Local = local
	}
	return true
}

// age reads how long something has been so: as in the text, or as the native
// form has it (ISO 8601), which is without months.
func age(s string) (time.Duration, bool) {
	if iso, ok := strings.CutPrefix(s, "P"); ok {
		date, clock, _ := strings.Cut(iso, "T")
		if strings.Contains(date, "M") {
			return 0, false
		}
		s = strings.ToLower(date + clock)
	}
	return bgppeers.Age(s)
}

// count takes what a summary counts of a table.
func (s *scope) count(key, text string) {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return
	}
	v := uint32(n)
	switch key {
	case "totalnetworks":
		s.size.Networks = &v
	case "totalpaths":
		s.size.Paths = &v
	}
}
