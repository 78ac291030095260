package pseudonym

import (
	"bytes"
	"net/netip"
	"regexp"
	"strings"
)

// translator renames what is in texts.
type translator struct {
	*addresses
	*names
	quad   *regexp.Regexp
	seeing bool // addresses are noted, and nothing is renamed yet
}

// text renames what is in text. In columns, as routers print them, what comes
// after a name stays where it was if there is room.
func (t *translator) text(body []byte, json bool) []byte {
	var out bytes.Buffer
	out.Grow(len(body))
	shift := 0 // how much further to the right the line is than it was
	for i := 0; i < len(body); {
		switch c := body[i]; {
		case isWord(c):
			end := i + 1
			for end < len(body) && isWord(body[end]) {
				end++
			}
			word := string(body[i:end])
			to := word
			if !json || !isKey(body, end) {
				to = t.word(word, json)
			}
			shift += len(to) - len(word)
			out.WriteString(to)
			i = end
		case c == '\n':
			shift = 0
			out.WriteByte(c)
			i++
		case c == ' ' && !json && i+1 < len(body) && body[i+1] == ' ':
			end := i
			for end < len(body) && body[end] == ' ' {
				end++
			}
			blanks := max(end-i-shift, 1)
			shift -= end - i - blanks
			out.Write(bytes.Repeat([]byte{' '}, blanks))
			i = end
		default:
			out.WriteByte(c)
			i++
		}
	}
	return out.Bytes()
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._:-", c) >= 0
}

// isKey reports whether what ends here is the name of a member.
func isKey(body []byte, end int) bool {
	if end >= len(body) || body[end] != '"' {
		return false
	}
	rest := bytes.TrimLeft(body[end+1:min(end+8, len(body))], " \t\r\n")
	return len(rest) > 0 && rest[0] == ':'
}

// word renames one word, or the addresses in it.
func (t *translator) word(word string, json bool) string {
	bare := strings.TrimRight(word, ".:-")
	tail := word[len(bare):]
	if isGUID(bare) {
		return t.guid(bare) + tail
	}
	if strings.Count(bare, ":") >= 2 || strings.HasPrefix(word, "::") {
		for _, end := range []string{bare, word} {
			if a, err := netip.ParseAddr(end); err == nil {
				return t.address(a) + word[len(end):]
			}
		}
	}
	return t.parts(bare, json) + tail
}

// parts renames the names that a word is made of, the longest first: people put
// them together, and so does Azure.
func (t *translator) parts(word string, json bool) string {
	if word == "" || len(word) > 400 {
		return t.dotted(word)
	}
	for end := len(word); end > 0; end = strings.LastIndexAny(word[:end], "._-") {
		name := word[:end]
		if !t.isName(name) {
			continue
		}
		if json {
			name = strings.ToLower(name)
		}
		rest := word[end:]
		if rest == "" {
			return t.names.rename(name)
		}
		return t.names.rename(name) + rest[:1] + t.parts(rest[1:], json)
	}
	if i := strings.IndexAny(word, "_-"); i >= 0 {
		return t.dotted(word[:i+1]) + t.parts(word[i+1:], json)
	}
	return t.dotted(word)
}

func isGUID(s string) bool {
	return len(s) == 36 && regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`).MatchString(s)
}

// dotted renames the IPv4 addresses in a word. They may follow letters, as in
// "i10.0.0.0" of a BGP table.
func (t *translator) dotted(word string) string {
	if strings.Count(word, ".") < 3 {
		return word
	}
	var out strings.Builder
	last := 0
	for _, m := range t.quad.FindAllStringIndex(word, -1) {
		a, err := netip.ParseAddr(word[m[0]:m[1]])
		if err != nil || goesOn(word[:m[0]], word[m[1]:]) {
			continue
		}
		out.WriteString(word[last:m[0]])
		out.WriteString(t.address(a))
		last = m[1]
	}
	out.WriteString(word[last:])
	return out.String()
}

// goesOn reports whether what stands around four numbers belongs to them, as in a
// version.
func goesOn(before, after string) bool {
	if endsInDigit(strings.TrimSuffix(before, ".")) {
		return true
	}
	if after != "" && after[0] != '.' {
		return isWord(after[0]) && after[0] != '_' && after[0] != '-' && after[0] != ':'
	}
	after = strings.TrimPrefix(after, ".")
	return after != "" && after[0] >= '0' && after[0] <= '9'
}

func endsInDigit(s string) bool { return s != "" && s[len(s)-1] >= '0' && s[len(s)-1] <= '9' }

// address renames an address, or notes it.
func (t *translator) address(a netip.Addr) string {
	if t.seeing {
		t.see(a.WithZone(""))
		return a.String()
	}
	return t.addresses.rename(a).String()
}

// prose hides free text: descriptions, remarks, banners, users, domains and who to ask
// of configurations, and descriptions and tags of resources.
func prose(body []byte, json bool) []byte {
	if json {
		body = regexp.MustCompile(`"tags"\s*:\s*\{[^{}]*\}`).ReplaceAllFunc(body, tags)
		return regexp.MustCompile(`("(?:description|serviceProviderName|peeringLocation|fqdn|createdBy|lastModifiedBy)"\s*:\s*")(?:[^"\\]|\\.)*"`).ReplaceAll(body, []byte(`${1}hidden"`))
	}
	body = regexp.MustCompile(`(?m)^(.*?\b(?:description|remark)) .*$`).ReplaceAll(body, []byte("$1 hidden"))
	body = regexp.MustCompile(`(?m)^(\s*(?:username|snmp-server (?:contact|location)|(?:ip )?domain[- ]name|set snmp (?:contact|location)|set system (?:location|domain-name|login user)))(?: .*)?$`).ReplaceAll(body, []byte("$1 hidden"))
	at := regexp.MustCompile(`(?m)^banner \S+ ?`).FindAllIndex(body, -1)
	for _, m := range at {
		hide(body[m[1]:])
	}
	return body
}

// tags hides the values of a resource's tags, but for those that tell of MACsec: what
// they claim is judged.
func tags(body []byte) []byte {
	pair := regexp.MustCompile(`("(?:[^"\\]|\\.)*"\s*:\s*)"(?:[^"\\]|\\.)*"`)
	return pair.ReplaceAllFunc(body, func(text []byte) []byte {
		if bytes.Contains(bytes.ToLower(text), []byte("macsec")) {
			return text
		}
		return pair.ReplaceAll(text, []byte(`$1"hidden"`))
	})
}

// hide makes the letters and digits of a banner into x, to its delimiter or the
// line EOF.
func hide(body []byte) {
	end := bytes.Index(body, []byte("\nEOF"))
	if len(body) > 0 && body[0] != '\n' {
		delimiter := body[:1]
		if bytes.HasPrefix(body, []byte("^C")) {
			delimiter = body[:2]
		}
		body = body[len(delimiter):]
		end = bytes.Index(body, delimiter)
	}
	if end < 0 {
		end = len(body)
	}
	for i := range body[:end] {
		if isWord(body[i]) {
			body[i] = 'x'
		}
	}
}
