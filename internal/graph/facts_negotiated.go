package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Negotiated is what a router and Azure agreed on for the packets of a tunnel, or,
// by IKE, for agreeing on that: by the router's security associations that are up, in
// Azure's words (IpsecEncryption, IpsecIntegrity, IkeEncryption, IkeIntegrity and
// DhGroup of ARM). Integrity is empty where the cipher proves integrity, too, and
// Group where it is not IKE's. Printed are the router's words.
type Negotiated struct {
	Tunnel     string        `json:"tunnel"`
	Router     string        `json:"router"`
	IKE        bool          `json:"ike"`
	Encryption string        `json:"encryption"`
	Integrity  string        `json:"integrity,omitempty"`
	Group      string        `json:"group,omitempty"`
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
		found, doubt, why := t.negotiatedByIKE()
		out.Negotiated = append(out.Negotiated, found...)
		if doubt != "" {
			doubts = append(doubts, doubt)
		}
		if why != "" {
			silent = append(silent, why)
		}
	}
	if why := g.noTunnel(c); why != "" {
		silent = append(silent, why)
	}
	if len(out.Negotiated) == 0 && g.strayAssociation(c) {
		doubts = append(doubts, "a router has a security association of no tunnel that is known, and it may be of this connection")
	}
	if len(c.Policies) == 0 {
		doubts = append(doubts, silent...)
	}
	slices.Sort(doubts)
	out.Unnegotiated = strings.Join(slices.Compact(doubts), "; ")
}

// strayAssociation reports whether a router has an association that is up, of none of
// the tunnels, and from the connection's local network gateway as far as that is known.
func (g *Graph) strayAssociation(c *snapshot.Connection) bool {
	site := g.siteOf(c)
	return slices.ContainsFunc(g.snap.Routers, func(r snapshot.Router) bool {
		return slices.ContainsFunc(r.IPsec.SAs.SAs, func(sa snapshot.IPsecSA) bool {
			own := site == nil || sa.Local == site.Endpoint
			return own && sa.SPI != 0 && sa.Up && !slices.ContainsFunc(g.tunnels, func(t *tunnel) bool {
				return t.router != nil && t.router.snap.Name == r.Name && t.owns(sa)
			})
		})
	})
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

// negotiatedByIKE is the same of IKE. silent is why the router says nothing of it.
func (t *tunnel) negotiatedByIKE() (found []Negotiated, doubt, silent string) {
	table := t.router.snap.IPsec.IKE
	if !table.Whole() {
		silent = t.router.id + "'s IKE security associations were not read whole"
	}
	for _, sa := range table.SAs {
		mine := sa.Up && sa.Remote == t.remote && (sa.Local == t.local || !sa.Local.IsValid())
		if !mine {
			continue
		}
		n, unknown := ikeInAzuresWords(sa)
		if unknown != "" {
			doubt = fmt.Sprintf("%s has an IKE security association (line %d) with the %s, of which it is not known what it is worth", t.router.id, sa.Line, unknown)
			continue
		}
		same := func(o Negotiated) bool {
			return o.Encryption == n.Encryption && o.Integrity == n.Integrity && o.Group == n.Group
		}
		if !slices.ContainsFunc(found, same) {
			n.Tunnel, n.Router = t.id, t.router.id
			n.Evidence = []finding.Ref{{Item: cmp.Or(sa.Item, table.Item), Line: sa.Line, LastLine: sa.LastLine}}
			found = append(found, n)
		}
	}
	if len(found) == 0 && doubt == "" && silent == "" {
		silent = t.router.id + " lists no IKE security association of " + t.id
	}
	return found, doubt, silent
}

// ikeInAzuresWords is what IKE agreed on, or which of it is not known. What the
// platform does not print of a cipher or hash is left out.
func ikeInAzuresWords(sa snapshot.IKESA) (n Negotiated, unknown string) {
	n = Negotiated{IKE: true, Printed: strings.Join(strings.Fields(sa.Encryption+" "+sa.Integrity+" "+sa.Group), " ")}
	if n.Encryption = cipher(sa.Encryption); n.Encryption == "" {
		return n, fmt.Sprintf("cipher %q", sa.Encryption)
	}
	if !strings.HasPrefix(n.Encryption, "GCM") {
		if n.Integrity = hash(cmp.Or(sa.Integrity, sa.PRF)); n.Integrity == "" || n.Integrity == "None" {
			return n, fmt.Sprintf("hash %q", sa.Integrity)
		}
	}
	if n.Group = dhGroup(sa.Group); n.Group == "" {
		return n, fmt.Sprintf("Diffie-Hellman group %q", sa.Group)
	}
	return n, ""
}

// dhGroup is Azure's word for a Diffie-Hellman group of a platform's, by its number
// (IANA, IKEv2 Transform Type 4): "20", "DH-group-14", "MODP_2048", "ECP_384". One
// that Azure does not offer is named alike. It is empty for one that is not known.
func dhGroup(word string) string {
	word = strings.ToLower(strings.TrimSpace(word))
	named := map[string]string{
		"modp_768": "1", "modp_1024": "2", "modp_1536": "5", "modp_2048": "14", "modp_3072": "15", "modp_4096": "16",
		"ecp_256": "19", "ecp_384": "20", "ecp_521": "21", "modp_2048_256": "24", "curve_25519": "31",
	}
	number, ok := named[word]
	if !ok {
		number = strings.TrimLeft(word, "dhgroup- ")
	}
	n, err := strconv.ParseUint(number, 10, 16)
	switch {
	case err != nil || n == 0:
		return ""
	case n == 19:
		return "ECP256"
	case n == 20:
		return "ECP384"
	}
	return fmt.Sprintf("DHGroup%d", n)
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
