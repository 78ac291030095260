package bgptable

import (
	"encoding/binary"
	"strings"
)

// texts keeps strings that occur again and again, next hops and AS paths, once.
// It remembers the last of each slot only, so that what it holds besides the
// strings in use is bounded.
type texts struct {
	slots [4096]string
	chunk strings.Builder
}

// chunkSize is how much text is allocated at once.
const chunkSize = 64 << 10

// slot is where b is remembered. It looks at the ends and the middle of b.
func slot(b []byte) uint64 {
	const mix = 0x9e3779b97f4a7c15
	h := uint64(len(b))
	switch n := len(b); {
	case n >= 8:
		h += binary.LittleEndian.Uint64(b) * 0xd6e8feb86659fd93
		h ^= binary.LittleEndian.Uint64(b[n-8:]) + h>>29
		if n > 16 {
			h = h*mix + binary.LittleEndian.Uint64(b[n/2-4:])
		}
	default:
		for _, c := range b {
			h = h*31 + uint64(c)
		}
	}
	return (h * mix) >> 52
}

// find looks b up. have is false when it is not remembered; it may then be kept in
// the slot at.
func (t *texts) find(b []byte) (s string, at uint64, have bool) {
	at = slot(b)
	s = t.slots[at]
	return s, at, s == string(b)
}

// keep remembers b in a slot.
func (t *texts) keep(at uint64, b []byte) string {
	if t.chunk.Cap()-t.chunk.Len() < len(b) {
		t.chunk = strings.Builder{}
		t.chunk.Grow(max(chunkSize, len(b)))
	}
	from := t.chunk.Len()
	t.chunk.Write(b)
	s := t.chunk.String()[from:]
	t.slots[at] = s
	return s
}

// numbers keeps the numbers that paths point to. Paths with the same value may
// point to the same place, which nobody may write to.
type numbers struct {
	slots [256]*uint32
	chunk []uint32
}

func (n *numbers) keep(v uint32) *uint32 {
	at := v * 0x9e3779b1 >> 24
	if p := n.slots[at]; p != nil && *p == v {
		return p
	}
	if len(n.chunk) == 0 {
		n.chunk = make([]uint32, 1024)
	}
	p := &n.chunk[0]
	n.chunk = n.chunk[1:]
	*p = v
	n.slots[at] = p
	return p
}
