package jsontable

// repeated reports whether an object in raw, which is valid JSON, has a member
// twice. A part of the output was printed twice then, which JSON itself would not
// tell.
func repeated(raw []byte) bool {
	var open []members
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '{', '[':
			open = append(open, members{object: raw[i] == '{'})
		case '}', ']':
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case '"':
			end := quoted(raw, i)
			if n := len(open); n > 0 && open[n-1].object && isKey(raw, end) && !open[n-1].add(raw[i:end]) {
				return true
			}
			i = end - 1
		}
	}
	return false
}

// quoted is where the text ends that begins at from.
func quoted(raw []byte, from int) int {
	for i := from + 1; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(raw)
}

// isKey reports whether a colon follows.
func isKey(raw []byte, at int) bool {
	for ; at < len(raw); at++ {
		switch raw[at] {
		case ' ', '\t', '\r', '\n':
		case ':':
			return true
		default:
			return false
		}
	}
	return false
}

// members are the names of an object's members, a few in a list and many in a
// map.
type members struct {
	object bool
	few    [][]byte
	many   map[string]bool
}

func (m *members) add(name []byte) bool {
	if m.many != nil {
		if m.many[string(name)] {
			return false
		}
		m.many[string(name)] = true
		return true
	}
	for _, have := range m.few {
		if string(have) == string(name) {
			return false
		}
	}
	if m.few = append(m.few, name); len(m.few) == 32 {
		m.many = make(map[string]bool)
		for _, have := range m.few {
			m.many[string(have)] = true
		}
	}
	return true
}
