package bgppeers

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// paragraph is what was read of one neighbour.
type paragraph struct {
	peer     snapshot.Peer
	indent   int // of its first line
	families []snapshot.Peer
	ended    bool // one of its last lines was seen
	stats    bool // the lines are EOS's counts of prefixes
}

// paragraphs reads a paragraph a neighbour, as `show ip bgp neighbors` prints.
// It has lines of many kinds; those below are taken, and the others say nothing
// that is kept. What is said of an address family makes a row of its own.
func (l *list) paragraphs() {
	var p *paragraph
	for l.in.Next() {
		line := string(l.in.Line())
		text := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		rest, starts := strings.CutPrefix(text, "BGP neighbor is ")
		if !starts {
			if rest, starts = strings.CutPrefix(text, "BGP neighbor on "); starts {
				rest = "on " + rest
			}
		}
		switch {
		case text == "":
		case starts:
			l.finish(p)
			if p = l.begin(rest); p == nil {
				l.in.Miss()
				continue
			}
			p.indent = indent
		case p != nil && indent > p.indent && p.family(text):
			p.peer.LastLine = l.in.Number()
		case l.around(text):
		case p != nil:
			p.peer.LastLine = l.in.Number()
			p.detail(text)
		}
	}
	l.finish(p)
}

// begin starts a neighbour's paragraph: "10.0.0.2,  vrf red,  remote AS 65002,
// external link", "10.0.0.2, remote AS 65002, ebgp link", "10.0.0.2, vrf red",
// or "on swp1: fe80::1".
func (l *list) begin(text string) *paragraph {
	l.head = true
	p := &paragraph{peer: snapshot.Peer{VRF: cmp.Or(l.vrf, "default"), Line: l.in.Number()}}
	fields := strings.Split(text, ",")
	name := strings.TrimSpace(fields[0])
	if iface, rest, ok := strings.Cut(strings.TrimPrefix(name, "on "), ": "); ok && strings.HasPrefix(name, "on ") {
		p.peer.Interface, name = iface, rest
	}
	name = neighbor(strings.Fields(name + " ?")[0])
	a, ok := addr(name)
	if !ok && p.peer.Interface == "" {
		return nil
	}
	if p.peer.Addr = a.WithZone(""); p.peer.Interface == "" {
		p.peer.Interface = a.Zone()
	}
	for _, f := range fields[1:] {
		f = strings.TrimSpace(f)
		if as, ok := strings.CutPrefix(f, "remote AS "); ok {
			p.peer.AS, _ = asNumber(strings.Fields(as + " ?")[0])
		}
		if vrf, ok := strings.CutPrefix(f, "vrf "); ok {
			p.peer.VRF = vrf
		}
	}
	return p
}

// finish adds the rows of a neighbour. Where neighbours are listed once for each
// address family, they are the same every time.
func (l *list) finish(p *paragraph) {
	if p == nil {
		return
	}
	if p.peer.State == "" || !p.ended {
		l.torn = true
	}
	rows := []snapshot.Peer{p.peer}
	if len(p.families) > 0 {
		rows = rows[:0]
	}
	for _, f := range p.families {
		row := p.peer
		row.Family = f.Family
		if row.State == "Established" && f.Received != nil {
			row.Received = f.Received
		}
		if f.MaxPrefix != nil {
			row.MaxPrefix = f.MaxPrefix
		}
		row.SoftReconfig, row.PolicyIn, row.PolicyOut = f.SoftReconfig, f.PolicyIn, f.PolicyOut
		rows = append(rows, row)
	}
	for _, row := range rows {
		if !slices.ContainsFunc(l.out.Sessions.Peers, func(q snapshot.Peer) bool {
			return q.VRF == row.VRF && q.Family == row.Family && q.Addr == row.Addr && q.Interface == row.Interface
		}) {
			l.out.Sessions.Peers = append(l.out.Sessions.Peers, row)
		}
	}
}

// family starts what is said of an address family.
func (p *paragraph) family(text string) bool {
	for _, start := range []string{"For address family: ", "For Address Family: "} {
		if name, ok := strings.CutPrefix(text, start); ok {
			p.families = append(p.families, snapshot.Peer{Family: strings.ToLower(strings.TrimSpace(name))})
			return true
		}
	}
	return false
}

// detail takes one line of a paragraph.
func (p *paragraph) detail(text string) {
	p.session(text)
	to := &p.peer
	if n := len(p.families); n > 0 {
		to = &p.families[n-1]
	}
	p.counts(to, text)
	policies(to, text)
	for _, last := range []string{
		"Local host", "Local TCP address", "No active TCP connection", "No active transport connection", "No established BGP session", "Read thread: ", "Local AS is ",
	} {
		p.ended = p.ended || strings.HasPrefix(text, last)
	}
}

// session takes what is said of the session itself.
func (p *paragraph) session(text string) {
	yes := true
	switch {
	case strings.HasPrefix(text, "Remote AS "):
		p.peer.AS, _ = asNumber(strings.TrimRight(strings.Fields(text)[2], ","))
	case strings.HasPrefix(text, "BGP version ") && strings.Contains(text, ", VRF "):
		p.peer.VRF = lastWord(text)
	case strings.HasPrefix(text, "BGP state = "), strings.HasPrefix(text, "BGP state is "):
		word, rest, _ := strings.Cut(text[len("BGP state = "):], ",")
		p.peer.State = strings.Fields(word + " ?")[0]
		if strings.HasSuffix(word, " (Admin)") {
			p.peer.State += " (Admin)"
		}
		for _, since := range []string{"up for ", "down for "} {
			if _, since, ok := strings.Cut(rest, since); ok {
				p.peer.Since, _ = Age(strings.Fields(since + " ?")[0])
			}
		}
	case strings.HasPrefix(text, "VRF: "), strings.HasPrefix(text, "VRF "):
		p.peer.VRF = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "VRF"), ":"))
	case strings.HasPrefix(text, "Local host: "), strings.HasPrefix(text, "Local TCP address is "), strings.HasPrefix(text, "Local host "):
		text = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(text, "Local host: "), "Local TCP address is "), "Local host ")
		if a, ok := addr(strings.TrimRight(strings.Fields(text + " ?")[0], ",")); ok && !a.IsUnspecified() {
			p.peer.Local = a.WithZone("")
		}
	case strings.Contains(text, "MD5 authentication is enabled"), strings.HasPrefix(text, "Peer Authentication Enabled"), strings.HasPrefix(text, "TCP MD5 authentication"),
		strings.HasPrefix(text, "Option Flags: ") && strings.Contains(text, "md5"):
		p.peer.Authenticated = &yes
	}
	if _, source, ok := strings.Cut(text, "pdate source is "); ok {
		p.peer.UpdateSource = strings.Fields(source + " ?")[0]
	}
	if source, ok := strings.CutSuffix(text, " as update source for this peer"); ok {
		p.peer.UpdateSource = strings.TrimPrefix(source, "Using ")
	}
}

// counts takes what is said of numbers of prefixes.
func (p *paragraph) counts(to *snapshot.Peer, text string) {
	f := strings.Fields(text)
	switch {
	case strings.HasPrefix(text, "Maximum prefixes allowed "), strings.HasPrefix(text, "Maximum prefix limit "), strings.HasPrefix(text, "Configured maximum total number of routes is "):
		for _, w := range f {
			if n := count(w); n != nil && *n > 0 {
				to.MaxPrefix = n
				break
			}
		}
	case strings.HasPrefix(text, "Inbound soft reconfiguration allowed"):
		yes := true
		to.SoftReconfig = &yes
	case strings.HasPrefix(text, "Prefixes Current:") && len(f) >= 4:
		to.Received = count(f[3]) // sent, received
	case len(f) >= 3 && f[1] == "accepted" && strings.HasPrefix(f[2], "prefixes"):
		to.Received = count(f[0])
	case text == "Prefix Statistics:":
		p.stats = true
	case p.stats && strings.HasPrefix(text, "IPv4 Unicast:") && len(f) == 4:
		p.stats = false
		if p.peer.State == "Established" {
			p.peer.Received = count(f[3]) // sent, received
		}
	}
}

// count is a number, nil for what is none.
func count(word string) *uint32 {
	n, err := strconv.ParseUint(strings.TrimRight(word, ",;"), 10, 32)
	if err != nil {
		return nil
	}
	v := uint32(n)
	return &v
}

// policies takes the names of the policies of a family.
func policies(to *snapshot.Peer, text string) {
	for _, in := range []string{"Route map for incoming advertisements is ", "Policy for incoming advertisements is ", "Inbound route map is ", "Inbound route-map configured is "} {
		if name, ok := strings.CutPrefix(text, in); ok {
			to.PolicyIn = policy(name)
		}
	}
	for _, out := range []string{"Route map for outgoing advertisements is ", "Policy for outgoing advertisements is ", "Outbound route map is ", "Outbound route-map configured is "} {
		if name, ok := strings.CutPrefix(text, out); ok {
			to.PolicyOut = policy(name)
		}
	}
}

// policy is a policy's name, without FRR's mark that it exists and what follows
// it.
func policy(text string) string {
	return strings.TrimPrefix(strings.TrimRight(strings.Fields(text + " ?")[0], ","), "*")
}

func lastWord(text string) string {
	f := strings.Fields(text)
	return f[len(f)-1]
}
