package finding

import "strconv"

// String is the place as people write it: item, item:line or item:first-last.
func (r Ref) String() string {
	switch {
	case r.Line == 0:
		return r.Item
	case r.LastLine > r.Line:
		return r.Item + ":" + strconv.Itoa(r.Line) + "-" + strconv.Itoa(r.LastLine)
	}
	return r.Item + ":" + strconv.Itoa(r.Line)
}
