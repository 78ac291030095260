package frr

import (
	"bytes"

	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// hop reads `via 10.0.0.1, eth0, weight 1, 00:00:05` and its kin. It ends with
// the age, without which it was cut off, but for what old releases list without.
func (t *rib) hop(s []byte, learned bool) (h snapshot.NextHop, ok bool) {
	aged := ribtable.Age(s[bytes.LastIndexByte(s, ' ')+1:])
	if !aged && (learned || t.ages) {
		return h, false
	}
	t.ages = t.ages || aged && !learned
	first, rest := ribtable.Item(s)
	if way, is := ribtable.After(first, "via "); is {
		first = way
	} else if way, is := ribtable.After(first, "is "); is {
		first = way
	} else if !bytes.HasPrefix(first, []byte("unreachable")) {
		return h, false
	}
	return t.way(first, rest)
}

// way reads where a next hop leads to, and what is listed with it.
func (t *rib) way(first, rest []byte) (h snapshot.NextHop, ok bool) {
	word, more := ribtable.Word(first)
	switch {
	case string(word) == "unreachable":
		h.Blackhole = true
		more = nil // in parentheses, how
	case string(word) == "directly":
		if more, ok = ribtable.After(more, "connected"); !ok {
			return h, false
		}
	default:
		if h.Addr, ok = ribtable.Addr(word); !ok {
			return h, false
		}
	}
	if !t.said(&h, more) {
		return h, false
	}
	for len(rest) > 0 {
		var item []byte
		item, rest = ribtable.Item(rest)
		if !t.item(&h, item) {
			return h, false
		}
	}
	h.Blackhole = h.Blackhole || h.Interface == "Null0"
	return h, h.Blackhole || h.Addr.IsValid() || h.Interface != ""
}

// item reads one of what is listed with a next hop, between commas.
func (t *rib) item(h *snapshot.NextHop, item []byte) bool {
	if ribtable.Age(item) {
		return true
	}
	word, more := ribtable.Word(bytes.TrimPrefix(item, []byte("via ")))
	switch string(word) {
	case "weight", "label", "src", "rmapsrc", "seg6local", "seg6", "backup", "nhg", "color", "bh":
		return true
	case "inactive", "linkdown", "onlink", "(recursive)":
		return t.said(h, item)
	}
	if len(word) == 0 || len(word) > 64 || h.Interface != "" || h.Recursive || len(bytes.Trim(word, "0123456789:")) == 0 {
		return false
	}
	h.Interface = t.Name(word)
	return t.said(h, more)
}

// said reads what is said of a next hop behind its address or interface:
// "(recursive)", "(vrf red)", "inactive".
func (t *rib) said(h *snapshot.NextHop, s []byte) bool {
	for len(s) > 0 {
		var w []byte
		w, s = ribtable.Word(s)
		switch string(w) {
		case "inactive":
			h.Inactive = true
		case "(recursive)":
			h.Recursive = true
		case "onlink", "linkdown":
		case "(duplicate":
			_, s, _ = bytes.Cut(s, []byte(")"))
		case "(vrf":
			name, rest, ok := bytes.Cut(s, []byte(")"))
			s = rest
			if !ok || !t.Elsewhere(h, name) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// learned reports whether a protocol's routes come from other routers.
func learned(protocol string) bool {
	switch protocol {
	case snapshot.Connected, snapshot.Local, snapshot.Kernel, snapshot.Static:
		return false
	}
	return true
}

// protocol names the protocol of a code.
func protocol(code byte) (string, bool) {
	switch code {
	case 'B':
		return snapshot.BGPProto, true
	case 'C':
		return snapshot.Connected, true
	case 'L':
		return snapshot.Local, true
	case 'K':
		return snapshot.Kernel, true
	case 'S':
		return snapshot.Static, true
	case 'O':
		return snapshot.OSPF, true
	case 'I':
		return snapshot.ISIS, true
	case 'R':
		return snapshot.RIP, true
	case 'E':
		return snapshot.EIGRP, true
	case 'N':
		return "nhrp", true
	case 'T':
		return "table", true
	case 't':
		return "table-direct", true
	case 'v':
		return "vnc", true
	case 'V':
		return "vnc-direct", true
	case 'A':
		return "babel", true
	case 'D':
		return "sharp", true
	case 'F':
		return "pbr", true
	case 'f':
		return "openfabric", true
	}
	return "", false
}
