package bgppeers

import (
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// paragraphs reads a paragraph a neighbour, as `show ip bgp neighbors` prints.
// It has lines of many kinds; those below are taken, and the others say nothing
// that is kept.
func (l *list) paragraphs() {
	var p *snapshot.Peer
	for l.in.Next() {
		text := strings.TrimSpace(string(l.in.Line()))
		rest, starts := strings.CutPrefix(text, "BGP neighbor is ")
		switch {
		case text == "":
		case starts:
			p = l.begin(rest)
			if p == nil {
				l.in.Miss()
			}
		case l.around(text):
		case p != nil:
			p.LastLine = l.in.Number()
			detail(p, text)
		}
	}
}

// begin starts a neighbour's paragraph: "10.0.0.2,  vrf red,  remote AS 65002,
// external link", "10.0.0.2, remote AS 65002, ebgp link", "10.0.0.2, vrf red",
// or "on swp1: fe80::1".
func (l *list) begin(text string) *snapshot.Peer {
	l.head = true
	p := snapshot.Peer{VRF: l.vrf, Line: l.in.Number()}
	fields := strings.Split(text, ",")
	name := strings.TrimSpace(fields[0])
	if iface, rest, ok := strings.Cut(strings.TrimPrefix(name, "on "), ": "); ok && strings.HasPrefix(name, "on ") {
		p.Interface, name = iface, rest
	}
	name = neighbor(strings.Fields(name + " ?")[0])
	a, ok := addr(name)
	if !ok && p.Interface == "" {
		return nil
	}
	p.Addr = a
	for _, f := range fields[1:] {
		f = strings.TrimSpace(f)
		if as, ok := strings.CutPrefix(f, "remote AS "); ok {
			p.AS, _ = asNumber(strings.Fields(as + " ?")[0])
		}
		if vrf, ok := strings.CutPrefix(f, "vrf "); ok {
			p.VRF = vrf
		}
	}
	l.out.Sessions.Peers = append(l.out.Sessions.Peers, p)
	return &l.out.Sessions.Peers[len(l.out.Sessions.Peers)-1]
}

// detail takes one line of a paragraph.
func detail(p *snapshot.Peer, text string) {
	yes := true
	switch {
	case strings.HasPrefix(text, "Remote AS "):
		p.AS, _ = asNumber(strings.TrimRight(strings.Fields(text)[2], ","))
	case strings.HasPrefix(text, "BGP state = "), strings.HasPrefix(text, "BGP state is "):
		word, rest, _ := strings.Cut(text[len("BGP state = "):], ",")
		p.State = strings.Fields(word + " ?")[0]
		if _, since, ok := strings.Cut(rest, "up for "); ok {
			p.Since, _ = age(strings.Fields(since + " ?")[0])
		}
	case strings.HasPrefix(text, "VRF: "), strings.HasPrefix(text, "VRF "):
		p.VRF = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "VRF"), ":"))
	case strings.HasPrefix(text, "Local host: "), strings.HasPrefix(text, "Local TCP address is "), strings.HasPrefix(text, "Local host "):
		text = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(text, "Local host: "), "Local TCP address is "), "Local host ")
		p.Local, _ = addr(strings.TrimRight(strings.Fields(text + " ?")[0], ","))
	case strings.HasPrefix(text, "Inbound soft reconfiguration allowed"):
		p.SoftReconfig = &yes
	case strings.Contains(text, "MD5 authentication is enabled"), strings.HasPrefix(text, "Peer Authentication Enabled"), strings.HasPrefix(text, "TCP MD5 authentication"):
		p.Authenticated = &yes
	case strings.HasPrefix(text, "Maximum prefixes allowed "), strings.HasPrefix(text, "Maximum prefix limit "):
		for w := range strings.FieldsSeq(text) {
			if n, err := strconv.ParseUint(w, 10, 32); err == nil {
				v := uint32(n)
				p.MaxPrefix = &v
				break
			}
		}
	case strings.HasPrefix(text, "Route map for incoming advertisements is "):
		p.PolicyIn = lastWord(text)
	case strings.HasPrefix(text, "Route map for outgoing advertisements is "):
		p.PolicyOut = lastWord(text)
	case strings.HasPrefix(text, "Policy for incoming advertisements is "):
		p.PolicyIn = lastWord(text)
	case strings.HasPrefix(text, "Policy for outgoing advertisements is "):
		p.PolicyOut = lastWord(text)
	case strings.HasPrefix(text, "Inbound route map is "):
		p.PolicyIn = lastWord(text)
	case strings.HasPrefix(text, "Outbound route map is "):
		p.PolicyOut = lastWord(text)
	}
	if _, source, ok := strings.Cut(text, "pdate source is "); ok {
		p.UpdateSource = strings.Fields(source + " ?")[0]
	}
}

func lastWord(text string) string {
	f := strings.Fields(text)
	return strings.TrimPrefix(f[len(f)-1], "*")
}
