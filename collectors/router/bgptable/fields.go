package bgptable

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"net/netip"
)

// A field is absent, a number, or something that is none.
const (
	absent = iota
	present
	broken
)

// Eight characters in a word.
const (
	ones   = 0x0101010101010101
	blanks = ' ' * ones
	zeros  = '0' * ones
	highs  = 0x80 * ones
)

// number reads the field l[from:to], in which a number stands at the right. What
// fits into eight characters, which is nearly all, is read at once.
func number(l []byte, from, to int) (v uint32, state int) {
	if to < 16 || to > len(l) {
		return anyNumber(l, from, to)
	}
	for ; from < to-16; from++ {
		if l[from] != ' ' {
			return 0, broken
		}
	}
	w := binary.LittleEndian.Uint64(l[to-8:])
	if before := from - (to - 8); before > 0 { // the field is narrower
		low := uint64(1)<<(8*before) - 1
		w = w&^low | blanks&low
	} else if rest := binary.LittleEndian.Uint64(l[to-16:]) ^ blanks; rest>>(8*(8+before)) != 0 {
		return anyNumber(l, from, to)
	}
	gap := w ^ blanks
	if gap == 0 {
		return 0, absent
	}
	digits := w ^ zeros
	k := bits.LeadingZeros64((digits+0x76*ones|digits)&highs) / 8 // how many there are at the end
	if k == 0 || k == 8 || gap<<(8*k) != 0 {
		return anyNumber(l, from, to)
	}
	d := digits >> (64 - 8*k) << (64 - 8*k)
	d = (d*10 + d>>8) & 0x00ff00ff00ff00ff
	d = (d*100 + d>>16) & 0x0000ffff0000ffff
	return uint32((d*10000 + d>>32) & (1<<32 - 1)), present
}

// anyNumber does so for a field of any width.
func anyNumber(l []byte, from, to int) (v uint32, state int) {
	i := to
	var sum, unit uint64 = 0, 1
	for ; i > from && l[i-1]-'0' <= 9; i-- {
		if unit > 1e9 {
			return 0, broken
		}
		sum += uint64(l[i-1]-'0') * unit
		unit *= 10
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
func length(l []byte, at, most int) (n, end int, ok bool) {
	end = at
	for ; end < len(l) && l[end]-'0' <= 9 && end-at < 3; end++ {
		n = n*10 + int(l[end]-'0')
	}
	return n, end, end > at && n <= most
}

// natural is the length of a network that is printed without one (RFC 791, 3.2).
// An address with bits behind that length is no such network.
func natural(a uint32) (length int, ok bool) {
	switch {
	case a == 0:
		return 0, true
	case a>>31 == 0:
		length = 8
	case a>>30 == 2:
		length = 16
	case a>>29 == 6:
		length = 24
	default:
		return 0, false
	}
	return length, a<<length == 0
}

func addr4(a uint32) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], a)
	return netip.AddrFrom4(b)
}

// network reads the prefix at l[at:], up to a blank or the end of the line.
func network(l []byte, at int, classes bool) (p netip.Prefix, end int, ok bool) {
	a, end, ok := address4(l, at)
	if !ok {
		return network6(l, at)
	}
	var n int
	if end < len(l) && l[end] == '/' {
		n, end, ok = length(l, end+1, 32)
	} else if n, ok = natural(a); !classes {
		ok = false
	}
	if !ok || end < len(l) && l[end] != ' ' {
		return p, end, false
	}
	return netip.PrefixFrom(addr4(a), n), end, true
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

// IsASPath reports whether a text is what tables of all platforms print as an AS path:
// see isASPath.
func IsASPath(text string) bool { return isASPath([]byte(text)) }

// isASPath reports whether b is made of what AS paths are: numbers of 32 bits
// (RFC 6793), also as asdot (RFC 5396), in sets and confederations (RFC 5065).
func isASPath(b []byte) bool {
	digits := 0
	for _, c := range b {
		switch {
		case c-'0' <= 9:
			if digits++; digits == 10 {
				return isMarkedPath(b)
			}
		case c == ' ':
			digits = 0
		default:
			return isMarkedPath(b)
		}
	}
	return true
}

// isMarkedPath does so for a path with more in it than blanks and numbers of nine
// digits at most.
func isMarkedPath(b []byte) bool {
	depth := 0
	most, number := uint64(1<<32-1), uint64(0)
	for i, c := range b {
		after := i > 0 && b[i-1]-'0' <= 9
		switch {
		case c-'0' <= 9:
			if number = number*10 + uint64(c-'0'); number > most {
				return false
			}
			continue
		case c == '.':
			if !after || number > 1<<16-1 || most < 1<<32-1 || i+1 == len(b) || b[i+1]-'0' > 9 {
				return false
			}
			most, number = 1<<16-1, 0
			continue
		case c == ',':
			if !after {
				return false
			}
		case c == '{', c == '(', c == '[':
			depth++
		case c == '}', c == ')', c == ']':
			depth--
		case c != ' ':
			return false
		}
		if depth < 0 {
			return false
		}
		most, number = 1<<32-1, 0
	}
	return depth == 0
}
