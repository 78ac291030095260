package pseudonym

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/routeproof/routeproof/internal/evidence"
)

// names are those that people gave: routers, hosts, sites, resources, VRFs,
// policies.
type names struct {
	key   [32]byte
	known map[string]bool // in lower case
	words map[string]bool // of the formats, which are no names even where something is called so
}

// learnJSON takes the names out of an answer of Azure's: those in resource IDs and
// the names of resources. Members' names are words of the format.
func (n *names) learnJSON(body []byte) {
	var v any
	if json.Unmarshal(body, &v) == nil {
		n.learnValue("", v)
	}
	for _, key := range regexp.MustCompile(`"([A-Za-z0-9_]+)"\s*:`).FindAllSubmatch(body, -1) {
		n.words[strings.ToLower(string(key[1]))] = true
	}
}

func (n *names) learnValue(key string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			if k != "sku" { // whose name is Azure's
				n.learnValue(k, inner)
			}
		}
	case []any:
		for _, inner := range v {
			n.learnValue(key, inner)
		}
	case string:
		switch {
		case strings.HasPrefix(strings.ToLower(v), "/subscriptions/"):
			n.learnID(v)
		case strings.EqualFold(key, "name"):
			n.add(v)
		}
	}
}

// learnID takes the names in a resource ID: after each type.
func (n *names) learnID(id string) {
	parts := strings.Split(strings.Trim(id, "/"), "/")
	for i := 0; i+1 < len(parts); i += 2 {
		if !strings.EqualFold(parts[i], "providers") {
			n.add(parts[i+1])
			continue
		}
	}
}

// learnText takes the names out of what a router printed, above all out of its
// configuration.
func (n *names) learnText(body []byte) {
	for _, pattern := range []string{
		`(?m)^\s*(?:set system )?host-?name:? +(\S+)`,
		`(?m)\broute-map +(\S+)`, `(?m)\bprefix-list +(\S+)`, `(?m)\b(?:prefix|community|as-path|rd)-set +(\S+)`, `(?m)\broute-policy +([\w.-]+)`,
		`(?m)\bpolicy-statement +(\S+)`, `(?m)\b(?:peer-group|neighbor-group|peer-session|peer-policy|inherit peer) +(\S+)`,
		`(?m)\b(?:filter-list|distribute-list|community-list|as-path access-list) +(\S+)`,
		`(?m)^(?:ip +)?vrf +(?:definition +|context +|instance +|forwarding +)?(\S+)`, `(?m)\bvrf +(?:forwarding +|member +)?(\S+)`, `(?m)\btunnel vrf +(\S+)`,
		`(?m)\brouting-instances? +(\S+)`, `(?m)\bset protocols bgp group +(\S+)`,
		`(?m)\bcrypto (?:map|keyring|ipsec profile|ikev2 (?:profile|keyring|policy|proposal)|isakmp profile) +(\S+)`, `(?m)\bprotection ipsec profile +(\S+)`,
		`(?m)\b(?:ike|ipsec) (?:gateway|policy|proposal|vpn) +(\S+)`, `(?m)\b(?:key chain|keychain) +(\S+)`,
	} {
		for _, m := range regexp.MustCompile(pattern).FindAllSubmatch(body, -1) {
			n.add(strings.Trim(string(m[1]), `",;:`))
		}
	}
}

// add makes a text a name, unless formats use it as a word.
func (n *names) add(name string) {
	if len(name) > 1 || name == strings.ToUpper(name) && name != "" {
		n.known[strings.ToLower(name)] = true
	}
}

// isName reports whether a text is a name that is to be replaced.
func (n *names) isName(text string) bool {
	low := strings.ToLower(text)
	return n.known[low] && !n.words[low] && strings.Trim(low, "0123456789.:/*") != ""
}

// rename is what stands for a name. Where case does not matter, as in Azure, lower
// case is given.
func (n *names) rename(name string) string {
	return "n" + strings.ToLower(base32.StdEncoding.EncodeToString(n.digest(name)[:5]))
}

// guid is what stands for a GUID.
func (n *names) guid(text string) string {
	d := hex.EncodeToString(n.digest(strings.ToLower(text))[:16])
	return d[:8] + "-" + d[8:12] + "-" + d[12:16] + "-" + d[16:20] + "-" + d[20:]
}

func (n *names) digest(text string) []byte {
	h := hmac.New(sha256.New, n.key[:])
	h.Write([]byte(text))
	return h.Sum(nil)
}

// formatWords are words that mean something to a device or to Azure.
func formatWords() map[string]bool {
	out := make(map[string]bool)
	for w := range strings.FieldsSeq(`
		gatewaysubnet azurefirewallsubnet azurefirewallmanagementsubnet routeserversubnet azurebastionsubnet
		azureprivatepeering azurepublicpeering microsoftpeering default none internet primary secondary in out
		permit deny ip ipv4 ipv6 bgp vrf all any unicast multicast connected static local internal external up down
		active passive true false yes no on off main global inet.0 inet6.0 master mgmt management import export both
		set match address neighbor network route map list seq prefix le ge description remote-as update-source password
		interface tunnel loopback ethernet vlan lo eth0 lan wan detail summary json exit end is`) {
		out[w] = true
	}
	return out
}

// left are the names that are also words of the formats, and stay.
func (n *names) left() []string {
	var out []string
	for name := range n.known {
		if n.words[name] && !formatWords()[name] {
			out = append(out, name)
		}
	}
	return out
}

// learnItem takes the names out of one item.
func (n *names) learnItem(it evidence.Item, body []byte) {
	if strings.HasSuffix(it.Path, ".json") {
		n.learnJSON(body)
		return
	}
	n.learnText(body)
}
