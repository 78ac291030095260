package bgptable

import (
	"encoding/binary"
	"strings"
)

// texts keeps strings that occur again and again, next hops and AS paths, once.
// It remembers the last of each slot only, so that what it holds besides the
// strings in use is bounded. Slots are added as texts are kept: most tables
// are small, and would pay more for empty slots than for their rows.
type texts struct {
	slots []string // a power of two
	shift int      // of a hash, to its slot
	kept  int
	chunk strings.Builder
}

// How many slots there are, at first and at most, as powers of two.
const (
	fewSlots  = 6
	mostSlots = 12
)

// chunkSize is how much text is allocated at once, for each text kept so far and
// at most.
const (
	chunkPerText = 16
	chunkSize    = 64 << 10
)

// hash places b by the bits at its top. It looks at the ends and the middle of b.
func hash(b []byte) uint64 {
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
	return h * mix
}

// find looks b up. have is false when it is not remembered; it may then be kept at
// its hash.
func (t *texts) find(b []byte) (s string, at uint64, have bool) {
	if len(t.slots) == 0 {
		t.resize(fewSlots)
	}
	at = hash(b)
	s = t.slots[at>>t.shift]
	return s, at, s == string(b)
}

// keep remembers b at its hash.
func (t *texts) keep(at uint64, b []byte) string {
	if t.chunk.Cap()-t.chunk.Len() < len(b) {
		t.chunk = strings.Builder{}
		t.chunk.Grow(max(min(chunkSize, chunkPerText*(t.kept+64)), len(b)))
	}
	from := t.chunk.Len()
	t.chunk.Write(b)
	s := t.chunk.String()[from:]
	t.slots[at>>t.shift] = s
	if t.kept++; t.kept > len(t.slots) && len(t.slots) < 1<<mostSlots {
		t.resize(64 - t.shift + 2)
	}
	return s
}

// resize makes 1<<n slots and moves what is remembered there.
func (t *texts) resize(n int) {
	old := t.slots
	t.slots, t.shift = make([]string, 1<<n), 64-n
	for _, s := range old {
		if s != "" {
			t.slots[hash([]byte(s))>>t.shift] = s
		}
	}
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
