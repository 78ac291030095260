package ios

import "strings"

// transform takes a transform apart into its encryption and its integrity, each
// as printed. IOS writes the key's length before or behind the cipher, by train:
// "esp-256-aes", "esp-aes 256", "esp-gcm-256", "esp-gcm 256". A word that is
// neither makes the whole not understood, since it could mean no encryption.
func transform(s, protocol string) (encryption, integrity string, ok bool) {
	s = strings.TrimSuffix(s, "no compression")
	for word := range strings.FieldsSeq(strings.ReplaceAll(s, ",", " ")) {
		switch {
		case strings.Trim(word, "0123456789") == "" && encryption != "" && integrity == "":
			encryption += " " + word
		case isCipher(word):
			encryption = word
		case isHash(word):
			integrity = word
		case word == "comp-lzs", word == "compression", word == "esn":
		default:
			return encryption, integrity, false
		}
	}
	return encryption, integrity, encryption != "" || integrity != "" || protocol == "pcp"
}

// isCipher reports whether a word of an ESP transform names its cipher, null
// and GMAC included.
func isCipher(word string) bool {
	name, ok := strings.CutPrefix(word, "esp-")
	if !ok {
		return false
	}
	for part := range strings.SplitSeq(name, "-") {
		switch part {
		case "aes", "gcm", "ccm", "gmac", "des", "3des", "seal", "null", "ctr", "chacha20", "poly1305":
		case "128", "160", "192", "256":
		default:
			return false
		}
	}
	return true
}

func isHash(word string) bool {
	name, esp := strings.CutPrefix(word, "esp-")
	if !esp {
		if name, esp = strings.CutPrefix(word, "ah-"); !esp {
			return false
		}
	}
	if name == "none" {
		return true
	}
	return strings.HasSuffix(name, "-hmac") && (strings.HasPrefix(name, "sha") || strings.HasPrefix(name, "md5") || strings.HasPrefix(name, "rfc"))
}

// isNull reports whether a cipher leaves the packet readable: none, ESP-NULL
// (RFC 2410), or AES-GMAC, which authenticates only (RFC 4543).
func isNull(encryption string) bool {
	return encryption == "" || strings.Contains(encryption, "null") || strings.Contains(encryption, "gmac")
}
