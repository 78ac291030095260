package show

import (
	"net/netip"
	"strconv"
	"strings"
)

// Addr reads an address with or without a port, as "10.0.0.1/4500",
// "10.0.0.1:500" or "2001:db8::1/500".
func Addr(s string) (netip.Addr, bool) {
	if a, err := netip.ParseAddr(s); err == nil {
		return a, true
	}
	host, _, _ := strings.Cut(s, "/")
	if a, err := netip.ParseAddr(host); err == nil {
		return a, true
	}
	host, _, _ = strings.Cut(s, ":")
	a, err := netip.ParseAddr(host)
	return a, err == nil
}

// Masked makes a prefix of an address and a mask, which is dotted, or a length.
// Bits of the address behind the mask are kept.
func Masked(addr, mask string) (netip.Prefix, bool) {
	a, err := netip.ParseAddr(addr)
	if err != nil {
		return netip.Prefix{}, false
	}
	if n, err := strconv.Atoi(mask); err == nil {
		p := netip.PrefixFrom(a, n)
		return p, p.IsValid()
	}
	m, err := netip.ParseAddr(mask)
	if err != nil || m.Is4() != a.Is4() {
		return netip.Prefix{}, false
	}
	bits := 0
	whole := false
	for _, b := range m.AsSlice() {
		for i := 7; i >= 0; i-- {
			one := b>>i&1 == 1
			if one && whole {
				return netip.Prefix{}, false
			}
			whole = whole || !one
			if one {
				bits++
			}
		}
	}
	return netip.PrefixFrom(a, bits), true
}

// Uint32 reads a number in decimal, or in hexadecimal after 0x.
func Uint32(s string) (*uint32, bool) {
	n, err := strconv.ParseUint(s, 0, 32)
	if err != nil || s[0] == '+' || len(s) > 1 && s[0] == '0' && s[1] != 'x' && s[1] != 'X' {
		return nil, false
	}
	v := uint32(n)
	return &v, true
}

// VRF is the name of a VRF where the global table is printed as "none" or
// "(none)".
func VRF(s string) string {
	switch s = strings.Trim(s, "()"); s {
	case "", "none", "global":
		return "default"
	}
	return s
}
