package ios

import (
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/collectors/router/tunnels"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readSecurity reads IKE, IPsec, tunnels, MACsec and the version.
func readSecurity(command string, in *lines.Reader, r *snapshot.Router) bool {
	words := strings.Fields(command)
	read := func(f func(*show.Page, *snapshot.Router)) bool {
		f(show.Open(in, Refusals()), r)
		return true
	}
	is := func(pattern string) bool { return show.Matches(words, pattern) }
	switch {
	case is("show crypto ipsec sa"):
		return read(readIPsecSA)
	case is("show crypto ikev2 session"):
		return read(readIKEv2Session)
	case is("show crypto ikev2 sa"):
		return read(readIKEv2SA)
	case is("show crypto isakmp sa"), is("show crypto ikev1 sa"):
		return read(readISAKMP)
	case is("show crypto session"):
		return read(readCryptoSession)
	case is("show interfaces") && (len(words) == 2 || isTunnelName(words[2])):
		return read(tunnels.Read)
	case is("show macsec summary"):
		return read(readMACsecSummary)
	case is("show macsec interface"):
		return read(readMACsecInterface(last(words)))
	case is("show macsec status interface"):
		return read(readMACsecInterface(last(words)))
	case is("show mka sessions") && has(words, "detail"):
		return read(readMKADetail)
	case is("show mka sessions"):
		return read(readMKASessions)
	case is("show version"):
		return read(readVersion)
	}
	return false
}

func last(words []string) string { return words[len(words)-1] }

// has reports whether the word, or an abbreviation of four letters and more, is
// among those typed.
func has(words []string, word string) bool {
	for _, w := range words {
		if len(w) >= 3 && strings.HasPrefix(word, w) || strings.HasPrefix(w, word) {
			return true
		}
	}
	return false
}

// readVersion takes the router's name from "edge1 uptime is 2 weeks".
func readVersion(p *show.Page, r *snapshot.Router) {
	for p.Next() {
		if name, _, ok := strings.Cut(p.Text(), " uptime is "); ok && !strings.Contains(name, " ") && r.Host == "" {
			r.Host = name
		}
	}
}
