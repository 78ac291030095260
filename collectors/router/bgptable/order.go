package bgptable

import (
	"fmt"
	"net/netip"
)

// A network is listed once in a table, with its paths below each other. One that
// comes again was printed twice by the transport. (EOS repeats it for each path,
// and what some platforms list of a neighbour does for paths of RFC 7911.) As long as
// addresses ascend, as most platforms print them, only the lengths seen at the
// current address have to be remembered; the rest is looked at when the section
// ends.

// carry makes p the network of the rows that follow.
func (t *table) carry(p netip.Prefix) {
	if p == t.prefix {
		if t.cols.kind == right && t.q.direction == "" {
			t.twice(p)
		}
		return
	}
	t.networks++
	switch last := t.prefix; {
	case !last.IsValid() || last.Addr().Less(p.Addr()):
		t.seen = [3]uint64{}
	case p.Addr().Less(last.Addr()):
		t.unsorted = true
		t.seen = [3]uint64{}
	}
	bits := p.Bits()
	if t.seen[bits>>6]>>(bits&63)&1 != 0 {
		t.twice(p)
	}
	t.seen[bits>>6] |= 1 << (bits & 63)
	t.prefix = p
}

func (t *table) twice(p netip.Prefix) {
	if t.lack == "" {
		t.lack = fmt.Sprintf("%s is listed twice in one table: a part of the output was repeated, or is of another table", p)
	}
}

// section ends the list of networks being read; what follows is another.
func (t *table) section() {
	if t.unsorted {
		seen := make(map[netip.Prefix]bool)
		var last netip.Prefix
		for _, q := range (*t.out)[t.from:] {
			if q.Prefix != last && seen[q.Prefix] {
				t.twice(q.Prefix)
				break
			}
			seen[q.Prefix] = true
			last = q.Prefix
		}
	}
	t.drop()
	t.prefix, t.seen, t.unsorted = netip.Prefix{}, [3]uint64{}, false
	t.from = len(*t.out)
}
