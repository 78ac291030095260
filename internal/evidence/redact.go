package evidence

import (
	"bytes"
	"encoding/json"
	"path"
	"regexp"
	"strings"
)

// Removed stands where a secret was. It is the same for every secret, so that
// nothing about the secret, not even its equality with another, is stored.
const Removed = "removed-by-routeproof"

// Redact returns data without the secrets that device output and Azure answers
// are known to carry, judged by the kind of file that item is. Line breaks are
// kept, so line numbers stay those of the answer. The input is not changed.
func Redact(item string, data []byte) []byte {
	if path.Ext(item) == ".json" {
		return redactJSON(data, 0)
	}
	if first := bytes.TrimSpace(data); len(first) > 0 && (first[0] == '{' || first[0] == '[') {
		data = redactJSON(data, 0) // a router's output by "| json"
	}
	return []byte(redactText(string(data)))
}

// redactDetail removes the secrets of a text that may quote an answer.
func redactDetail(s string) string { return redactText(string(redactJSON([]byte(s), 0))) }

// secretKeys are JSON members whose value is a secret, as [keyName] spells them
// (facts: expressRouteCircuits serviceKey and authorizationKey, connections
// sharedKey, P2S radiusServerSecret, peering sharedKey, and tokens).
func secretKey(name string) bool {
	switch name {
	case "servicekey", "authorizationkey", "sharedkey", "presharedkey", "radiusserversecret", "secret", "radiusserversecrets",
		"md5key", "bgppassword", "password", "accesstoken", "refreshtoken", "clientsecret", "vpnclientrootcertificatesecret",
		"psk", "connectionsharedkey", "cak", "key", "token":
		return true
	}
	// one of several: sharedKey1, sharedKeys
	name = strings.TrimSuffix(strings.TrimRight(name, "0123456789"), "s")
	for _, end := range []string{
		"sharedkey", "servicekey", "authorizationkey", "authenticationkey", "authkey", "accountkey", "accesskey", "secretkey", "privatekey", "md5key",
		"primarykey", "secondarykey", "password", "passwd", "passphrase", "secret", "psk", "accesstoken", "refreshtoken", "idtoken", "bearertoken",
		"sastoken", "connectionstring",
	} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// keyName folds the spellings of a member name together: case and everything
// that is not a letter or digit is dropped.
func keyName(quoted []byte) string {
	var s string
	if err := json.Unmarshal(quoted, &s); err != nil {
		s = string(quoted)
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return -1
	}, s)
}

// redactJSON replaces every string and number below a secret member. It works
// on the bytes, so whatever is not secret stays as it was received, and so that
// truncated JSON is redacted too. within is how many strings it was found in.
func redactJSON(data []byte, within int) []byte {
	r := redactor{data: data, out: make([]byte, 0, len(data)), secret: -1, within: within}
	for i := 0; i < len(data); {
		i = r.step(i)
	}
	return r.out
}

// redactor copies JSON without its secrets.
type redactor struct {
	data, out []byte
	depth     int
	secret    int // depth of the secret member whose value is being copied, or -1
	within    int
}

// step copies the token at i and returns the index after it.
func (r *redactor) step(i int) int {
	c := r.data[i]
	switch {
	case c == '"':
		return r.text(i)
	case r.secret >= 0 && (c == '-' || c >= '0' && c <= '9'):
		r.out = append(r.out, '0')
		for i < len(r.data) && bytes.IndexByte([]byte("+-.eE0123456789"), r.data[i]) >= 0 {
			i++
		}
		return i
	case c == '{' || c == '[':
		r.depth++
	case c == '}' || c == ']':
		r.depth--
		if r.secret >= r.depth {
			r.secret = -1
		}
	case c == ',' && r.secret == r.depth:
		r.secret = -1
	}
	r.out = append(r.out, c)
	return i + 1
}

// text copies the string that starts at i: a member's name as it is, a value
// unless it is secret.
func (r *redactor) text(i int) int {
	end := stringEnd(r.data, i)
	token := r.data[i:end]
	next := skipBlank(r.data, end)
	isKey := next < len(r.data) && r.data[next] == ':'
	switch {
	case isKey:
		r.out = append(r.out, token...)
		if r.secret < 0 && secretKey(keyName(token)) {
			r.secret = r.depth
		}
		return end
	case r.secret < 0:
		r.out = append(r.out, r.inside(token)...)
		return end
	}
	r.out = append(r.out, '"')
	r.out = append(r.out, Removed...)
	r.out = append(r.out, '"')
	if r.secret == r.depth {
		r.secret = -1
	}
	return end
}

// inside returns a string value without the secrets of the JSON that it may
// hold, as the IKE associations of a connection are a string.
func (r *redactor) inside(token []byte) []byte {
	const deep = 4
	var s string
	if r.within == deep || !bytes.Contains(token, []byte(`\"`)) || json.Unmarshal(token, &s) != nil {
		return token
	}
	plain := redactJSON([]byte(s), r.within+1)
	if string(plain) == s {
		return token
	}
	quoted, err := json.Marshal(string(plain))
	if err != nil {
		return []byte(`"` + Removed + `"`)
	}
	return quoted
}

// stringEnd returns the index after the JSON string that starts at i, or the
// end of data when the string is cut off.
func stringEnd(data []byte, i int) int {
	for j := i + 1; j < len(data); j++ {
		switch data[j] {
		case '\\':
			j++
		case '"':
			return j + 1
		}
	}
	return len(data)
}

func skipBlank(data []byte, i int) int {
	for i < len(data) && bytes.IndexByte([]byte(" \t\r\n"), data[i]) >= 0 {
		i++
	}
	return i
}

// redactText removes the secrets of router configurations: the word after the
// keyword, with its encryption type, on every platform that is read.
func redactText(s string) string {
	if !mayHoldSecrets(s) {
		return s
	}
	for _, re := range secretText() {
		s = re.ReplaceAllString(s, "${1}"+Removed)
	}
	// the peer stands between the keyword and the key
	return presharedKey().ReplaceAllStringFunc(s, func(match string) string {
		m := presharedKey().FindStringSubmatch(match)
		switch strings.ToLower(m[2]) {
		case "address", "hostname":
			return match
		}
		return m[1] + Removed
	})
}

// mayHoldSecrets reports whether s has any of the words that [secretText] and
// [presharedKey] look for. Most outputs, and the longest, have none.
func mayHoldSecrets(s string) bool {
	s = strings.ToLower(s)
	for _, word := range []string{"password", "secret", "key", "md5", "snmp", "tacacs", "radius", "$", "bearer", "ppk", "enc ", "auth", "aead"} {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}

// presharedKey finds the word after the keyword, which is the key itself or says
// that it comes later.
func presharedKey() *regexp.Regexp {
	return regexp.MustCompile(`(?im)(\b(?:pre-)?shared-(?:key|secret)[ \t]+(?:(?:local|remote|ascii-text|hexadecimal|encrypted|[0-9]{1,2})[ \t]+)*)([^\s;]+)`)
}

func secretText() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`(?im)(\b(?:password|plain-text-password-value|secret|key-string|key-octet-string|authentication-key|md5)[ \t]+(?:(?:local|remote|ascii-text|hexadecimal|sha512|encrypted|password|clear|[0-9]{1,2})[ \t]+)*)[^\s;]+`),
		regexp.MustCompile(`(?im)(\bcrypto isakmp key[ \t]+(?:[06][ \t]+)?)\S+`),
		regexp.MustCompile(`(?im)(\bpre-shared-key[ \t]+(?:address|hostname)[ \t][^\n]*?\bkey[ \t]+(?:[0-9]{1,2}[ \t]+)?)\S+`),
		regexp.MustCompile(`(?im)(^[ \t]+key[ \t]+[0-9]{1,2}[ \t]+)\S+`),
		regexp.MustCompile(`(?im)(^[ \t]+key[ \t]+)[^\s;{]*[^\s;{0-9][^\s;{]*[ \t]*\r?$`),
		regexp.MustCompile(`(?im)(\bppk[ \t][^\n]*\bkey[ \t]+(?:(?:hex|ascii|[0-9]{1,2})[ \t]+)*)\S+`),
		// the keys of the kernel's associations, as ip xfrm state prints them
		regexp.MustCompile(`(?im)(^[ \t]*(?:enc|auth|auth-trunc|aead)[ \t]+\S+[ \t]+)0x[0-9a-f]+`),
		regexp.MustCompile(`(?im)(\bsnmp[^\n]*\bauth[ \t]+\S+[ \t]+(?:0x)?)\S+`),
		regexp.MustCompile(`(?im)(\bsnmp[^\n]*\bpriv[ \t]+(?:(?:des|3des|des56|aes|aes-?(?:128|192|256)|128|192|256)[ \t]+)*(?:0x)?)\S+`),
		regexp.MustCompile(`(?im)(\bsnmp(?:-server)? (?:community|user)[ \t]+)\S+`),
		regexp.MustCompile(`(?im)(\bsnmp-server host[ \t]+\S+[ \t]+(?:(?:traps|informs|version[ \t]+(?:1|2c|3[ \t]+\w+)|use-vrf[ \t]+\S+|vrf[ \t]+\S+)[ \t]+)*)\S+`),
		regexp.MustCompile(`(?im)(\b(?:tacacs|radius)[-\w]*[ \t][^\n]*\bkey[ \t]+(?:[0-9]{1,2}[ \t]+)?)\S+`),
		regexp.MustCompile(`(\$(?:9|8|6|5|1|14)\$)\S+`),
		regexp.MustCompile(`(?i)(\bBearer[ \t]+)[A-Za-z0-9._~+/=-]+`),
	}
}
