package pseudonym

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"net/netip"
	"slices"
)

// addresses renames addresses so that two of them share as many leading bits
// afterwards as before (Xu et al., "Prefix-preserving IP address anonymization",
// 2002): a prefix holds the same addresses, and the longest match stays the longest.
//
// What an address means by its place stays, too: the special blocks keep theirs
// (RFC 6890, APIPA, Azure's platform address), bits are not swapped below a /30 (or
// /126), because of its two hosts the customer's is the first, and an address that
// ends in zeros still does, so that a network is written as it was with every
// length.
type addresses struct {
	block cipher.Block
	fixed map[netip.Prefix]bool // below which the next bit stays
	done  map[netip.Addr]netip.Addr
	// The blocks that stay where they are. In those that are kept, so does every
	// address.
	moved, kept []netip.Prefix
}

func newAddresses(key [32]byte) (*addresses, error) {
	b, err := aes.NewCipher(key[:])
	a := &addresses{block: b, fixed: make(map[netip.Prefix]bool), done: make(map[netip.Addr]netip.Addr)}
	a.moved = prefixes("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "2000::/3", "fc00::/7", "fe80::/10")
	// Masks and wildcards are in the first and the last of these.
	a.kept = prefixes("0.0.0.0/8", "127.0.0.0/8", "168.63.129.16/32", "224.0.0.0/3", "::/8", "ff00::/8")
	return a, err
}

func prefixes(texts ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range texts {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// see notes an address of the evidence. All of them must be seen before the first
// is renamed.
func (a *addresses) see(addr netip.Addr) {
	raw := addr.AsSlice()
	for i := addr.BitLen() - 1; i >= 0 && raw[i/8]>>(7-i%8)&1 == 0; i-- {
		p, _ := addr.Prefix(i)
		a.fixed[p] = true
	}
}

// rename is the address that stands for addr.
func (a *addresses) rename(addr netip.Addr) netip.Addr {
	if to, ok := a.done[addr]; ok {
		return to
	}
	if slices.ContainsFunc(a.kept, func(p netip.Prefix) bool { return p.Contains(addr) }) {
		return addr
	}
	in := addr.AsSlice()
	out := make([]byte, len(in))
	copy(out, in)
	for i := range addr.BitLen() - 2 {
		p, _ := addr.Prefix(i)
		if !a.fixed[p] && !a.aboveSpecial(p) && a.bit(p) {
			out[i/8] ^= 1 << (7 - i%8)
		}
	}
	to, _ := netip.AddrFromSlice(out)
	a.done[addr] = to.WithZone(addr.Zone())
	return a.done[addr]
}

// bit is one bit that only the key tells, for a prefix.
func (a *addresses) bit(p netip.Prefix) bool {
	sum := sha256.Sum256([]byte(p.String()))
	var out [aes.BlockSize]byte
	a.block.Encrypt(out[:], sum[:aes.BlockSize])
	return out[0]&1 == 1
}

// aboveSpecial reports whether a special block lies below p.
func (a *addresses) aboveSpecial(p netip.Prefix) bool {
	below := func(s netip.Prefix) bool { return s.Bits() > p.Bits() && p.Contains(s.Addr()) }
	return slices.ContainsFunc(a.moved, below) || slices.ContainsFunc(a.kept, below)
}
