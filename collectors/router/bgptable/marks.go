package bgptable

// mark is what the characters left of a network say of a path, as bits.
type mark uint16

const (
	valid mark = 1 << iota
	best
	multipath
	internal
	ribFailure
	suppressed
	damped
	history
	stale
	deleted
	// known is of a character with a meaning that no field of a path holds.
	known
	// unknown is of a letter or sign that the platform is not known to print.
	unknown
	// never is of a character that cannot be a mark, such as a digit of a
	// network that does not stand where it must.
	never
)

// Marks are the meanings of the characters left of a network.
type Marks [256]mark

// newMarks makes Marks of each meaning's characters. Blanks mean nothing;
// digits and what else makes up a network are never a mark unless named.
func newMarks(of map[mark]string) *Marks {
	m := &Marks{}
	for c := range m {
		m[c] = unknown
	}
	for _, c := range "0123456789.:/[]" {
		m[c] = never
	}
	m[' '] = 0
	for meaning, chars := range of {
		for _, c := range chars {
			m[c] = meaning
		}
	}
	return m
}

// IOSMarks are those of IOS and IOS-XE: of RPKI, of state, of selection, of the
// session, and the additional ones (b backup, x best-external, a additional,
// c compressed, t secondary, f filtered by route target).
func IOSMarks() *Marks {
	return newMarks(map[mark]string{
		valid: "*", best: ">", multipath: "m", internal: "i", ribFailure: "r", suppressed: "s", damped: "d",
		history: "h", stale: "SL", known: "bxactfVIN",
	})
}

// XRMarks are those of IOS-XR.
func XRMarks() *Marks {
	return newMarks(map[mark]string{
		valid: "*", best: ">", internal: "i", ribFailure: "r", suppressed: "s", damped: "d", history: "h", stale: "S", known: "NVID",
	})
}

// NXOSMarks are those of NX-OS: the state, the selection (| multipath, & backup,
// 2 second best), and glued to the network the path's type.
func NXOSMarks() *Marks {
	return newMarks(map[mark]string{
		valid: "*", best: ">", multipath: "|", internal: "i", suppressed: "s", damped: "d", history: "h", stale: "S", deleted: "x",
		known: "&2eclarI",
	})
}

// EOSMarks are those of EOS. Active is its word for best and installed.
func EOSMarks() *Marks {
	return newMarks(map[mark]string{
		valid: "*", best: ">", multipath: "Eec", ribFailure: "#", suppressed: "s", stale: "S", known: "bLVIUq",
	})
}

// FRRMarks are those of FRR and of Quagga before it. SONiC marks with # what the
// hardware does not have.
func FRRMarks() *Marks {
	return newMarks(map[mark]string{
		valid: "*", best: ">", multipath: "=", internal: "i", ribFailure: "r#", suppressed: "s", damped: "d", history: "h", stale: "S",
		deleted: "R", known: "uVIN",
	})
}
