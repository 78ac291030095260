package show

import "strings"

// Matches reports whether a command, word by word, starts with the words of
// pattern. A word may be shortened as people type them: "sh cry ips sa" is
// "show crypto ipsec sa". A word that is an argument may follow. The two words
// of a pipe are not part of what is matched.
func Matches(words []string, pattern string) bool {
	want := strings.Fields(pattern)
	if len(words) < len(want) {
		return false
	}
	for i, w := range want {
		got := words[i]
		if got == "|" || !strings.HasPrefix(w, got) && strings.TrimSuffix(w, "s") != strings.TrimSuffix(got, "s") || len(got) < 2 {
			return false
		}
	}
	return true
}
