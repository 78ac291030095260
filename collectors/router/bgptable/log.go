package bgptable

import "strings"

// isLog reports whether a line is a log message, and nothing but that: it starts
// with a time stamp, at the left, and goes on with %FACILITY-SEVERITY-MNEMONIC or
// FRR's "BGP: [". What is printed into a row is none.
func isLog(l []byte) bool {
	if len(l) < 12 || l[0] == ' ' {
		return false
	}
	s := string(l)
	if number, rest, ok := strings.Cut(s, ": "); ok && number != "" && strings.Trim(number, "0123456789") == "" {
		s = rest
	}
	if s[0] == '*' || s[0] == '.' { // a clock that is not set, or not synchronised
		s = s[1:]
	}
	if !stamped(s) {
		return false
	}
	for i := strings.IndexByte(s, '%'); i >= 0 && i < 120; {
		if isMnemonic(s[i+1:]) {
			return true
		}
		next := strings.IndexByte(s[i+1:], '%')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return len(s) > 20 && s[4] == '/' && strings.Contains(s[20:], ": [")
}

// stamped reports whether a text starts with a time: "Nov 16 18:52:22",
// "2026 Nov 16", "2026/11/16", "18:52:22", "RP/0/RSP0/CPU0:Nov 16".
func stamped(s string) bool {
	if strings.HasPrefix(s, "RP/") || strings.HasPrefix(s, "LC/") {
		_, s, _ = strings.Cut(s, ":")
	}
	if len(s) < 12 {
		return false
	}
	if s[0] >= '0' && s[0] <= '9' {
		return s[2] == ':' && s[5] == ':' || s[4] == '/' && s[7] == '/' || s[4] == ' ' && isMonth(s[5:])
	}
	return isMonth(s)
}

func isMonth(s string) bool {
	return len(s) > 3 && s[3] == ' ' && strings.Contains("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec ", s[:4])
}

// isMnemonic reports whether a text starts with "FACILITY-SEVERITY-MNEMONIC:".
func isMnemonic(s string) bool {
	name, _, ok := strings.Cut(s, ":")
	name = strings.TrimRight(name, " ")
	return ok && strings.Count(name, "-") >= 2 && strings.ToUpper(name) == name && !strings.Contains(name, " ")
}
