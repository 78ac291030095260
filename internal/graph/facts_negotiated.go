package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Negotiated is what a router and Azure agreed on for the packets of a tunnel, by
// the router's security associations that are up, in Azure's words (IpsecEncryption
// and IpsecIntegrity of ARM). Integrity is empty where the cipher proves integrity,
// too. Printed are the router's words.
type Negotiated struct {
	Tunnel     string        `json:"tunnel"`
	Router     string        `json:"router"`
	Encryption string        `json:"encryption"`
	Integrity  string        `json:"integrity,omitempty"`
	Printed    string        `json:"printed"`
	Evidence   []finding.Ref `json:"evidence"`
}

// negotiated adds what routers say of a connection's tunnels: each pair of a cipher
// and a hash once a tunnel, at the first association that has it.
func (g *Graph) negotiated(out *IPsecConnection, c *snapshot.Connection) {
	var doubts, silent []string
	for _, t := range g.tunnels {
		if t.conn != c {
			continue
		}
		if why := t.nobodySays(); why != "" {
			silent = append(silent, why)
			continue
		}
		found, doubt := t.negotiated()
		out.Negotiated = append(out.Negotiated, found...)
		if doubt != "" {
			doubts = append(doubts, doubt)
		}
	}
	if why := g.noTunnel(c); why != "" {
		silent = append(silent, why)
	}
	if len(c.Policies) == 0 {
		doubts = append(doubts, silent...)
	}
	slices.Sort(doubts)
	out.Unnegotiated = strings.Join(slices.Compact(doubts), "; ")
}

// nobodySays says why no router lists the tunnel's associations, "" where one does
// or should.
func (t *tunnel) nobodySays() string {
	if t.router == nil {
		return "no router in the evidence is at the end of " + t.id
	}
	if state, _ := t.associations(); state == saSilent {
		return t.router.id + " does not list security associations"
	}
	return ""
}

func (t *tunnel) negotiated() (found []Negotiated, doubt string) {
	if state, why := t.associations(); state == saUnknown {
		doubt = why
	}
	table := t.router.snap.IPsec.SAs
	for _, sa := range table.SAs {
		if !t.owns(sa) || sa.SPI == 0 || !sa.Up {
			continue
		}
		n, unknown := inAzuresWords(sa)
		if unknown != "" {
			doubt = fmt.Sprintf("%s has a security association (line %d) with the %s, of which it is not known what it is worth", t.router.id, sa.Line, unknown)
			continue
		}
		same := func(o Negotiated) bool { return o.Encryption == n.Encryption && o.Integrity == n.Integrity }
		if !slices.ContainsFunc(found, same) {
			n.Tunnel, n.Router = t.id, t.router.id
			n.Evidence = []finding.Ref{{Item: cmp.Or(sa.Item, table.Item), Line: sa.Line, LastLine: sa.LastLine}}
			found = append(found, n)
		}
	}
	return found, doubt
}

// inAzuresWords is an association's cipher and hash, or which of them is not known.
func inAzuresWords(sa snapshot.IPsecSA) (n Negotiated, unknown string) {
	n.Printed = cmp.Or(sa.Transform, strings.TrimSpace(sa.Encryption+" "+sa.Integrity))
	n.Encryption = "None"
	if !sa.Null {
		if n.Encryption = cipher(sa.Encryption); n.Encryption == "" {
			return n, fmt.Sprintf("cipher %q", sa.Encryption)
		}
	}
	if strings.HasPrefix(n.Encryption, "GCM") {
		return n, ""
	}
	if n.Integrity = hash(sa.Integrity); n.Integrity == "" {
		return n, fmt.Sprintf("hash %q", sa.Integrity)
	}
	return n, ""
}

// cipher is Azure's word for a platform's: "esp-gcm 256", "aes-cbc (256 bits)",
// "AES_GCM_16-256", "aes256gcm128", "esp-3des". Without a length, AES has 128 bits.
// It is empty for one that is not known.
func cipher(word string) string {
	word = strings.ToLower(word)
	bits := "128"
	for n := range strings.FieldsFuncSeq(word, func(r rune) bool { return r < '0' || r > '9' }) {
		if n == "128" || n == "192" || n == "256" {
			bits = n
			break // what follows is the length of the check value
		}
	}
	switch {
	case strings.Contains(word, "gcm"):
		return "GCMAES" + bits
	case strings.Contains(word, "aes") && !strings.Contains(word, "mac") && !strings.Contains(word, "ccm"):
		return "AES" + bits
	case strings.Contains(word, "3des"):
		return "DES3"
	case strings.Contains(word, "des"):
		return "DES"
	}
	return ""
}

// hash is Azure's word for a platform's: "esp-sha256-hmac", "hmac-sha1-96",
// "HMAC_SHA2_256_128". It is "None" for none, and empty for one that is not known.
func hash(word string) string {
	word = strings.ToLower(word)
	switch {
	case word == "" || word == "none":
		return "None"
	case strings.Contains(word, "md5"):
		return "MD5"
	case !strings.Contains(word, "sha"):
		return ""
	}
	for _, bits := range []string{"256", "384", "512"} {
		if strings.Contains(word, bits) {
			return "SHA" + bits
		}
	}
	return "SHA1"
}
