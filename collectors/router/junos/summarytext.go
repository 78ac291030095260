package junos

import (
	"fmt"
	"slices"
	"strings"
)

// summaryText reads `show bgp summary`.
func (s *sessions) summaryText() {
	t := &summaryText{sessions: s}
	each(s.in, t.line)
	t.flush()
}

// summaryText is the state of reading it.
type summaryText struct {
	*sessions
	peers  bool // below the header of the neighbours
	n      *neighbour
	head   string // an address that stands alone, its fields come on the next line
	headAt int
}

func (t *summaryText) line(l string) bool {
	f := strings.Fields(l)
	switch {
	case strings.HasPrefix(l, "Groups:"):
		var groups, peers, down int
		n, _ := fmt.Sscanf(l, "Groups: %d Peers: %d Down peers: %d", &groups, &peers, &down)
		t.said, t.o.seen = peers, true
		return n == 3
	case len(f) > 2 && f[0] == "Peer" && f[1] == "AS":
		t.flush()
		t.peers, t.o.seen = true, true
		return true
	case t.o.known([]byte(l)), strings.HasPrefix(l, "Threading mode:"), strings.HasPrefix(l, "Default eBGP mode:"),
		strings.HasPrefix(l, "Unconfigured peers:"), strings.HasPrefix(l, "Warning: License"):
		return true
	case !t.peers:
		return t.table(f)
	case t.n != nil && strings.HasSuffix(f[0], ":"):
		return t.counts(strings.TrimSuffix(f[0], ":"), f[1:])
	}
	t.flush()
	return t.peer(f)
}

// table knows the counts of the tables, which stand before the neighbours.
func (t *summaryText) table(f []string) bool {
	if f[0] == "Table" {
		return true
	}
	if strings.Contains(f[0], ".") && word([]byte(f[0])) {
		f = f[1:]
	}
	for _, w := range f {
		if strings.Trim(w, "0123456789") != "" {
			return false
		}
	}
	return t.o.seen
}

// counts reads `inet.0: 3/5/5/0` below a neighbour.
func (t *summaryText) counts(table string, f []string) bool {
	if len(f) != 1 {
		return false
	}
	received, ok := received(f[0])
	t.n.tables = append(t.n.tables, tableCount{table, received})
	t.n.last = t.in.Number()
	return ok
}

// received takes the second of active/received/accepted/damped.
func received(s string) (string, bool) {
	f := strings.Split(s, "/")
	if len(f) < 3 || slices.Contains(f, "") || strings.Trim(s, "0123456789/") != "" {
		return "", false
	}
	return f[1], true
}

// peer reads a row: address, AS, packets in and out, queue, flaps, the time in
// this state and the state. Older releases print the counts of inet.0 and inet.2
// in place of it.
func (t *summaryText) peer(f []string) bool {
	line := t.in.Number()
	if t.head != "" {
		f = append([]string{t.head}, f...)
		line, t.head = t.headAt, ""
	} else if len(f) == 1 && strings.Contains(f[0], ":") {
		t.head, t.headAt = f[0], line
		return true
	}
	if len(f) < 8 {
		return false
	}
	n := &neighbour{address: f[0], as: f[1], line: line, last: t.in.Number()}
	end := len(f)
	for end > 7 && strings.Contains(f[end-1], "/") {
		end--
	}
	for i, c := range f[end:] {
		count, ok := received(c)
		if !ok || i > 2 {
			return false
		}
		n.tables = append(n.tables, tableCount{[]string{"inet.0", "inet.2", "inet6.0"}[i], count})
		n.state = "Established"
	}
	if n.state == "" {
		end--
		n.state = f[end]
	}
	n.elapsed = strings.Join(f[6:end], " ")
	for _, number := range f[2:6] {
		if strings.Trim(number, "0123456789") != "" {
			return false
		}
	}
	if n.elapsed == "" || strings.Trim(n.elapsed, "0123456789:wdhy ") != "" || strings.Trim(n.state, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ()") != "" {
		return false
	}
	t.n = n
	return true
}

// flush hands over the neighbour that is complete. One that is established has
// the counts of a table at least.
func (t *summaryText) flush() {
	if t.head != "" {
		t.in.MissAt(t.headAt, []byte(t.head))
		t.head = ""
	}
	if t.n != nil && (state(t.n.state) == "Established" && len(t.n.tables) == 0 || !t.add(t.n)) {
		t.in.MissAt(t.n.line, []byte(t.n.address))
	}
	t.n = nil
}
