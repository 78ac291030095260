package ribtable

import (
	"bytes"
	"net/netip"
)

// Word splits off the first word of a line, and the blanks around it.
func Word(s []byte) (word, rest []byte) {
	s = Trim(s)
	for i, c := range s {
		if c == ' ' || c == '\t' {
			return s[:i], Trim(s[i:])
		}
	}
	return s, nil
}

// Trim takes the blanks from the start of a line.
func Trim(s []byte) []byte {
	for len(s) > 0 && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	return s
}

// Item splits off what stands before the first comma.
func Item(s []byte) (item, rest []byte) {
	item, rest, _ = bytes.Cut(s, []byte{','})
	return bytes.TrimSpace(item), Trim(rest)
}

// After reports whether s starts with start, and returns what follows.
func After(s []byte, start string) ([]byte, bool) {
	if len(s) < len(start) || string(s[:len(start)]) != start {
		return s, false
	}
	return s[len(start):], true
}

// Number reads a number of decimal digits.
func Number(s []byte) (uint32, bool) {
	n, rest, ok := number(s)
	return n, ok && len(rest) == 0
}

// number reads the decimal number that s starts with.
func number(s []byte) (n uint32, rest []byte, ok bool) {
	var v uint64
	i := 0
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		if v = v*10 + uint64(s[i]-'0'); v > 1<<32-1 {
			return 0, s, false
		}
	}
	return uint32(v), s[i:], i > 0
}

// Addr reads an address without a zone.
func Addr(s []byte) (netip.Addr, bool) {
	if a, rest, ok := addr4(s); ok {
		return a, len(rest) == 0
	}
	if len(s) > 45 || bytes.IndexByte(s, ':') < 0 || bytes.IndexByte(s, '%') >= 0 {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(string(s))
	return a, err == nil
}

// addr4 reads the dotted address that s starts with.
func addr4(s []byte) (a netip.Addr, rest []byte, ok bool) {
	var b [4]byte
	for i := range b {
		var v, digits int
		for digits < len(s) && digits < 4 && s[digits] >= '0' && s[digits] <= '9' {
			v = v*10 + int(s[digits]-'0')
			digits++
		}
		if digits == 0 || digits > 3 || v > 255 || digits > 1 && s[0] == '0' {
			return netip.Addr{}, s, false
		}
		b[i] = byte(v)
		s = s[digits:]
		if i < 3 {
			if len(s) == 0 || s[0] != '.' {
				return netip.Addr{}, s, false
			}
			s = s[1:]
		}
	}
	return netip.AddrFrom4(b), s, true
}

// Prefix reads an address with a length. Bits behind the length are kept: they
// are what the device printed.
func Prefix(s []byte) (netip.Prefix, bool) {
	addr, length, _ := bytes.Cut(s, []byte{'/'})
	a, ok := Addr(addr)
	n, ok2 := Number(length)
	if !ok || !ok2 || int64(n) > int64(a.BitLen()) {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, int(n)), true
}

// Natural is the length that an IPv4 address has by its class; -1 for a class
// that has none.
func Natural(a netip.Addr) int {
	switch first := a.As4()[0]; {
	case first < 128:
		return 8
	case first < 192:
		return 16
	case first < 224:
		return 24
	}
	return -1
}

// Age reports whether s is the age of a route: 00:04:47, 1d18h, 3y15w, 01w2d03h,
// never.
func Age(s []byte) bool {
	if len(s) < 4 {
		return false
	}
	if s[0] == 'X' || s[0] == 'n' {
		return string(s) == "XX:XX:XX" || string(s) == "never"
	}
	if bytes.IndexByte(s, ':') > 0 {
		return clock(s)
	}
	units := 0
	for len(s) > 0 {
		_, rest, ok := number(s)
		if !ok || len(rest) == 0 || bytes.IndexByte([]byte("ywdhms"), rest[0]) < 0 {
			return false
		}
		s = rest[1:]
		units++
	}
	return units >= 2
}

// clock reports whether s is hours, minutes and seconds.
func clock(s []byte) bool {
	_, rest, ok := number(s)
	if !ok || len(rest) != 6 {
		return false
	}
	for i, c := range rest {
		if i%3 == 0 && c != ':' || i%3 != 0 && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// Port reports whether s looks like the name of an interface: it starts with a
// letter, has no blank or control character, and is not too long.
func Port(s []byte) bool {
	if len(s) == 0 || len(s) > 64 || s[0]|0x20 < 'a' || s[0]|0x20 > 'z' {
		return false
	}
	for _, c := range s {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
		if !letter && c != '/' && c != '.' && c != ':' && c != '-' && c != '_' && c != '@' {
			return false
		}
	}
	return true
}

// Numbered reports whether s is the name of an interface that ends in a number,
// as the names of all do but on Linux: a name that was cut off may not.
func Numbered(s []byte) bool {
	if !Port(s) {
		return false
	}
	last := s[len(s)-1]
	return last >= '0' && last <= '9'
}
