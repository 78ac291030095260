package ios

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// ikeTable reads the lists of IKEv2 associations. Addresses stand in the row, or
// when they are of IPv6 on lines of their own.
type ikeTable struct {
	out    []snapshot.IKESA
	head   bool
	ended  bool // the heading of the second list, IPv6's, was read
	whole  bool // the last association's lifetime was read
	seen   map[string]bool
	life   *regexp.Regexp
	plain  *regexp.Regexp
	short  *regexp.Regexp
	detail *regexp.Regexp
}

func newIKETable() *ikeTable {
	return &ikeTable{
		plain:  regexp.MustCompile(`^(\d+)\s+(\S+/\d+)\s+(\S+/\d+)\s+(\S+)/(\S+)\s+(\S+)$`),
		short:  regexp.MustCompile(`^(\d+)\s+([^/\s]+)/([^/\s]+)\s+([A-Z][A-Z_-]+)$`),
		life:   regexp.MustCompile(`^Life/Active Time: \d+/\d+ sec$`),
		seen:   map[string]bool{},
		detail: regexp.MustCompile(`^[A-Z][A-Za-z0-9 ./()_-]{1,40}:`),
	}
}

func (t *ikeTable) sa() *snapshot.IKESA {
	if len(t.out) == 0 {
		return nil
	}
	return &t.out[len(t.out)-1]
}

// line reads one line of a list, and reports whether it was understood.
func (t *ikeTable) line(l string, number int) bool {
	if words := strings.Fields(l); len(words) == 4 && words[1] == "Crypto" && words[2] == "IKEv2" && (words[3] == "SA" || words[3] == "Session") {
		t.head = true
		t.ended = t.ended || words[0] == "IPv6"
		return words[0] == "IPv4" || words[0] == "IPv6"
	}
	if strings.HasPrefix(l, "Tunnel-id") && strings.Contains(l, "fvrf/ivrf") {
		t.head = true
		return true
	}
	if t.begins(l, number) {
		return true
	}
	sa := t.sa()
	if sa == nil {
		return false
	}
	sa.LastLine = number
	for name, to := range map[string]*netip.Addr{"Local": &sa.Local, "Remote": &sa.Remote} {
		if rest, ok := strings.CutPrefix(l, name+" "); ok {
			if a, ok := show.Addr(strings.TrimSpace(rest)); ok && !to.IsValid() {
				*to = a
				return true
			}
		}
	}
	if strings.HasPrefix(l, "Encr: ") {
		return sa.Encryption == "" && suite(l, sa)
	}
	t.whole = t.whole || t.life.MatchString(l)
	return t.detail.MatchString(l) || ikeNoise(l)
}

// begins reads the row that starts an association.
func (t *ikeTable) begins(l string, number int) bool {
	if m := t.plain.FindStringSubmatch(l); m != nil {
		local, ok := show.Addr(m[2])
		remote, ok2 := show.Addr(m[3])
		if !ok || !ok2 {
			return false
		}
		return t.add(snapshot.IKESA{Local: local, Remote: remote, VRF: show.VRF(m[4]), State: m[6]}, m[1]+m[2]+m[3], number)
	}
	if m := t.short.FindStringSubmatch(l); m != nil {
		return t.add(snapshot.IKESA{VRF: show.VRF(m[2]), State: m[4]}, m[1], number)
	}
	return false
}

func (t *ikeTable) add(sa snapshot.IKESA, id string, number int) bool {
	known := t.seen[id]
	t.seen[id], t.whole = true, false
	sa.Version, sa.Up, sa.Line, sa.LastLine = 2, sa.State == "READY", number, number
	t.out = append(t.out, sa)
	return !known
}

// suite reads "Encr: AES-CBC, keysize: 256, PRF: SHA1, Hash: SHA96, DH Grp:2,
// Auth sign: PSK, Auth verify: PSK".
func suite(l string, sa *snapshot.IKESA) bool {
	for field := range strings.SplitSeq(l, ",") {
		name, value, found := strings.Cut(strings.TrimSpace(field), ":")
		value = strings.TrimSpace(value)
		switch name {
		case "Encr":
			sa.Encryption = value
		case "keysize":
			if value != "0" && value != "" {
				sa.Encryption += "-" + value
			}
		case "PRF":
			sa.PRF = value
		case "Hash":
			sa.Integrity = value
		case "DH Grp":
			sa.Group = value
		case "Auth sign":
			sa.Auth = value
		case "Auth verify":
			if value != sa.Auth {
				sa.Auth += "/" + value
			}
		case "QR", "":
		default:
			if !found || name != "PPK" && name != "AKE" {
				return false
			}
		}
	}
	return sa.Encryption != ""
}

// ikeNoise are details of an association that say nothing of its state.
func ikeNoise(l string) bool {
	if addr, mask, ok := strings.Cut(l, " "); ok { // a line below "Remote subnets:"
		if _, ok := show.Masked(addr, mask); ok {
			return true
		}
	}
	if _, err := netip.ParsePrefix(l); err == nil {
		return true
	}
	for _, start := range []string{
		"DPD ", "IETF Std Fragmentation ", "Fragmentation ", "Extended Authentication ", "NAT-T is ", "Cisco Trust Security SGT is ",
		"Quantum-safe Encryption ", "Quantum Resistance ", "PEER TYPE", "Local req ", "Initiator of SA", "Config-mode", "Mobike",
		"IKEv2 Fragmentation ",
	} {
		if strings.HasPrefix(l, start) {
			return true
		}
	}
	return false
}

// lack is what is missing of the list. An association with no addresses, or one
// whose suite did not follow, was cut off.
func (t *ikeTable) lack() string {
	for _, sa := range t.out {
		if !sa.Local.IsValid() || !sa.Remote.IsValid() || sa.Up && sa.Encryption == "" {
			return fmt.Sprintf("the association on line %d is not whole: the output was cut off", sa.Line)
		}
	}
	if len(t.out) > 0 && !t.whole {
		return "the last association is not whole: the output was cut off"
	}
	if !t.head {
		return "the list's heading is missing: the output was cut off"
	}
	return ""
}

func readIKEv2SA(p *show.Page, r *snapshot.Router) {
	t, none := newIKETable(), ""
	for p.Next() {
		switch l := p.Text(); {
		case slices.Contains([]string{"There are no IKEv2 SAs", "There are no SAs"}, l):
			none = l
		case !t.line(l, p.Number()):
			p.Miss()
		}
	}
	r.IPsec.IKE.SAs = t.out
	closeIKE(p, r, t.lack(), none, t.ended)
}

// closeIKE concludes the list. Both headings with nothing below them are an
// empty list; one alone may have been cut off.
func closeIKE(p *show.Page, r *snapshot.Router, lack, none string, ended bool) {
	if none == "" && lack == "" && len(r.IPsec.IKE.SAs) == 0 {
		if ended {
			none = "headings with nothing below them"
		} else {
			lack = "there is nothing below the heading: the output was cut off, or there is no association"
		}
	}
	if none != "" && len(r.IPsec.IKE.SAs) == 0 {
		p.Nothing(&r.IPsec.IKE.Read, none)
		return
	}
	p.Close(&r.IPsec.IKE.Read, lack)
}
