package frr

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// swanctl reads `swanctl --list-sas` of strongSwan, which is no command of FRR's
// shell but stands beside it on hosts that do IPsec. Each child is a pair of
// associations.
type swanctl struct {
	ike   []snapshot.IKESA
	sas   []snapshot.IPsecSA
	child snapshot.IPsecSA
	open  bool // a child is being read
	both  int  // which of its directions were seen
	lack  string
	head  *regexp.Regexp
	kid   *regexp.Regexp
	end   *regexp.Regexp
	spi   *regexp.Regexp
	pairs [2]int // where the child's two associations are in sas, from 1
}

func readSwanctl(p *show.Page, r *snapshot.Router) {
	t := &swanctl{
		head: regexp.MustCompile(`^(\S+): #\d+, ([A-Z]+), IKEv([12]), `),
		kid:  regexp.MustCompile(`^(\S+): #\d+, reqid \d+, ([A-Z]+), ([A-Z]+(?:-in-UDP)?), (ESP|AH):(\S+)$`),
		end:  regexp.MustCompile(`^(local|remote)\s+'.*' @ ([0-9a-fA-F.:%a-z]+)\[\d+\]`),
		spi:  regexp.MustCompile(`^(in|out)\s+([0-9a-f]{1,8})(?: \([^)]*\))?,\s+(\d+) bytes,\s+(\d+) packets(?:,.*)?$`),
	}
	for p.Next() {
		if !t.line(p.Text(), p.Indent(), p.Number()) {
			p.Miss()
		}
	}
	t.close()
	r.IPsec.IKE.SAs, r.IPsec.SAs.SAs = t.ike, t.sas
	if len(t.ike) == 0 && t.lack == "" {
		t.lack = "no association is listed, and nothing says that there is none"
	}
	p.Close(&r.IPsec.IKE.Read, t.lack)
	p.Close(&r.IPsec.SAs.Read, t.lack)
}

func (t *swanctl) line(l string, indent, number int) bool {
	if m := t.head.FindStringSubmatch(l); m != nil && indent == 0 {
		t.close()
		version, _ := strconv.Atoi(m[3])
		t.ike = append(t.ike, snapshot.IKESA{Version: version, State: m[2], Up: m[2] == "ESTABLISHED", VRF: "default", Line: number, LastLine: number})
		return true
	}
	if len(t.ike) == 0 {
		return false
	}
	ike := &t.ike[len(t.ike)-1]
	if m := t.kid.FindStringSubmatch(l); m != nil {
		t.close()
		return t.begin(m, ike, number)
	}
	if t.open {
		return t.detail(l, number)
	}
	ike.LastLine = number
	if m := t.end.FindStringSubmatch(l); m != nil {
		a, err := netip.ParseAddr(m[2])
		if m[1] == "local" {
			ike.Local = a
		} else {
			ike.Remote = a
		}
		return err == nil
	}
	if parts := strings.Split(l, "/"); len(parts) >= 3 && !strings.Contains(l, " ") {
		ike.Encryption = parts[0]
		for _, part := range parts[1:] {
			switch {
			case strings.HasPrefix(part, "PRF_"):
				ike.PRF = part
			case strings.HasPrefix(part, "HMAC_"), strings.HasPrefix(part, "AES_XCBC"), strings.HasPrefix(part, "AES_CMAC"):
				ike.Integrity = part
			default:
				ike.Group = strings.TrimPrefix(ike.Group+"/"+part, "/")
			}
		}
		return true
	}
	for _, start := range []string{"established ", "queued: ", "active: ", "passive: ", "local ", "remote "} {
		if strings.HasPrefix(l, start) {
			return true
		}
	}
	return false
}

// begin reads "net: #1, reqid 1, INSTALLED, TUNNEL, ESP:AES_CBC-256/HMAC_SHA2_256_128".
func (t *swanctl) begin(m []string, ike *snapshot.IKESA, number int) bool {
	cipher, integrity, _ := strings.Cut(m[5], "/")
	t.open, t.both, t.pairs = true, 0, [2]int{}
	t.child = snapshot.IPsecSA{
		Name: m[1], VRF: "default", Local: ike.Local, Remote: ike.Remote, Protocol: strings.ToLower(m[4]), Transform: m[4] + ":" + m[5],
		Encryption: cipher, Integrity: integrity, State: m[2], Line: number, LastLine: number,
	}
	t.child.Null = m[4] == "AH" || strings.HasPrefix(cipher, "NULL")
	if strings.HasPrefix(cipher, "HMAC_") { // AH has no cipher
		t.child.Encryption, t.child.Integrity = "", cipher
		t.child.Null = true
	}
	return true
}

func (t *swanctl) detail(l string, number int) bool {
	if m := t.spi.FindStringSubmatch(l); m != nil {
		sa := t.child
		spi, _ := strconv.ParseUint(m[2], 16, 32)
		bytes, err := strconv.ParseUint(m[3], 10, 64)
		packets, err2 := strconv.ParseUint(m[4], 10, 64)
		if err != nil || err2 != nil {
			return false
		}
		sa.SPI, sa.Bytes, sa.Packets, sa.Inbound, sa.Line, sa.LastLine = uint32(spi), &bytes, &packets, m[1] == "in", number, number
		sa.Up = sa.State == "INSTALLED" && spi != 0
		bit := 1
		if sa.Inbound {
			bit = 2
		}
		if t.both&bit != 0 {
			return false
		}
		t.both |= bit
		t.sas = append(t.sas, sa)
		t.pairs[bit-1] = len(t.sas)
		return true
	}
	f := strings.Fields(l)
	if (f[0] == "local" || f[0] == "remote") && len(f) >= 2 {
		return t.selector(f[0], f[1:])
	}
	for _, start := range []string{"installed ", "dynamic", "created "} {
		if strings.HasPrefix(l, start) {
			return true
		}
	}
	return false
}

// selector gives the child's associations their network on one side. One that is
// narrower than a prefix has none.
func (t *swanctl) selector(side string, networks []string) bool {
	network, _, limited := strings.Cut(networks[0], "[")
	p, err := netip.ParsePrefix(network)
	if err != nil && !strings.Contains(network, "..") {
		return false
	}
	for _, at := range t.pairs {
		if at == 0 {
			continue
		}
		if err != nil || limited || len(networks) > 1 {
			t.sas[at-1].Narrow = side + " " + strings.Join(networks, " ")
		}
		if limited || err != nil {
			continue
		}
		if side == "local" {
			t.sas[at-1].LocalNet = p
		} else {
			t.sas[at-1].RemoteNet = p
		}
	}
	return true
}

// close concludes a child: an installed one has both directions.
func (t *swanctl) close() {
	if t.open && t.child.State == "INSTALLED" && t.both != 3 {
		t.lack = fmt.Sprintf("the child on line %d has one direction only, or none: the output was cut off", t.child.Line)
	}
	t.open = false
}
