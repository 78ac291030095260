package bgptable

import (
	"bytes"
	"net/netip"
)

// A field is absent, a number, or something that is none.
const (
	absent = iota
	present
	broken
)

// number reads the field l[from:to], in which a number stands at the right.
func number(l []byte, from, to int) (v uint32, state int) {
	i := to - 1
	var sum, unit uint64 = 0, 1
	for ; i >= from; i-- {
		c := l[i] - '0'
		if c > 9 {
			break
		}
		sum += uint64(c) * unit
		unit *= 10
		if unit > 1e10 {
			return 0, broken
		}
	}
	if i < from || l[i] != ' ' {
		if i < from && unit > 1 {
			return narrow(sum)
		}
		return 0, broken
	}
	for j := from; j < i; j++ {
		if l[j] != ' ' {
			return 0, broken
		}
	}
	if unit == 1 {
		return 0, absent
	}
	return narrow(sum)
}

func narrow(v uint64) (uint32, int) {
	if v > 1<<32-1 {
		return 0, broken
	}
	return uint32(v), present
}

// address4 reads an IPv4 address at l[at:]. end is where it ends.
func address4(l []byte, at int) (a uint32, end int, ok bool) {
	octet, digits, dots := uint32(0), 0, 0
	for ; at < len(l); at++ {
		c := l[at] - '0'
		if c <= 9 {
			octet = octet*10 + uint32(c)
			if digits++; digits > 3 || octet > 255 {
				return 0, at, false
			}
			continue
		}
		if l[at] != '.' || dots == 3 {
			break
		}
		if digits == 0 {
			return 0, at, false
		}
		a, octet, digits = a<<8|octet, 0, 0
		dots++
	}
	return a<<8 | octet, at, dots == 3 && digits > 0
}

// length reads the length of a prefix at l[at:].
func length(l []byte, at, most int) (bits, end int, ok bool) {
	end = at
	for ; end < len(l) && l[end]-'0' <= 9 && end-at < 3; end++ {
		bits = bits*10 + int(l[end]-'0')
	}
	return bits, end, end > at && bits <= most
}

// natural is the length of a network that is printed without one (RFC 791, 3.2).
func natural(a uint32) (bits int, ok bool) {
	switch {
	case a == 0:
		return 0, true
	case a>>31 == 0:
		return 8, true
	case a>>30 == 2:
		return 16, true
	case a>>29 == 6:
		return 24, true
	}
	return 0, false
}

func addr4(a uint32) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(a >> 24), byte(a >> 16), byte(a >> 8), byte(a)})
}

// network reads the prefix at l[at:], up to a blank or the end of the line.
func network(l []byte, at int, classes bool) (p netip.Prefix, end int, ok bool) {
	a, end, ok := address4(l, at)
	if !ok {
		return network6(l, at)
	}
	bits := 0
	if end < len(l) && l[end] == '/' {
		bits, end, ok = length(l, end+1, 32)
	} else if bits, ok = natural(a); !classes {
		ok = false
	}
	if !ok || end < len(l) && l[end] != ' ' {
		return p, end, false
	}
	return netip.PrefixFrom(addr4(a), bits), end, true
}

func network6(l []byte, at int) (p netip.Prefix, end int, ok bool) {
	token := l[at:]
	if i := bytes.IndexByte(token, ' '); i >= 0 {
		token = token[:i]
	}
	if len(token) > 43 || bytes.IndexByte(token, ':') < 0 {
		return p, at, false
	}
	p, err := netip.ParsePrefix(string(token))
	return p, at + len(token), err == nil
}

// isASPath reports whether b is made of what AS paths are: numbers, also as
// asdot (RFC 5396), in sets and confederations (RFC 5065).
func isASPath(b []byte) bool {
	depth := 0
	for i, c := range b {
		switch {
		case c-'0' <= 9, c == ' ':
		case c == '.', c == ',':
			if i == 0 || b[i-1]-'0' > 9 {
				return false
			}
		case c == '{', c == '(', c == '[':
			depth++
		case c == '}', c == ')', c == ']':
			depth--
		default:
			return false
		}
		if depth < 0 {
			return false
		}
	}
	return depth == 0
}
