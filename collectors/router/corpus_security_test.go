package router_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/snapshot"
)

const recordings = "../../../shared/data/routers"

// recorded is one case of the corpus.
type recorded struct {
	Dir      string   `json:"dir"`
	Platform string   `json:"platform"`
	Command  string   `json:"command"`
	Class    string   `json:"class"`
	Raw      string   `json:"raw_file"`
	Expected []string `json:"expected_files"`
}

// recordedCases are the cases of some classes on the platforms that are read.
func recordedCases(tb testing.TB, classes ...string) []recorded {
	tb.Helper()
	f, err := os.Open(filepath.Join(recordings, "manifest.jsonl"))
	if err != nil {
		tb.Skipf("the recorded outputs are not here: %v", err)
	}
	defer f.Close()
	var cases []recorded
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var c recorded
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			tb.Fatal(err)
		}
		if slices.Contains(classes, c.Class) && (strings.HasPrefix(c.Platform, "cisco") || c.Platform == "arista_eos") {
			cases = append(cases, c)
		}
	}
	return cases
}

func (c recorded) platform() string {
	if c.Platform == "cisco_asa" {
		return "cisco_ios" // prints the same, mostly
	}
	return c.Platform
}

// typed is what was typed, where the corpus names a test or a template instead.
func (c recorded) typed() string {
	switch c.Command {
	case "JSON VerifyIPSecConnHealth", "JSON VerifySpecificIPSecConn":
		return "show ip security connection | json"
	case "ShowRouteMapAll":
		return "show route-map all"
	case "show {af} prefix-list":
		return "show ip prefix-list"
	}
	return c.Command
}

func (c recorded) text(tb testing.TB, name string) []byte {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(recordings, c.Dir, name))
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func (c recorded) golden(tb testing.TB) (any, bool) {
	tb.Helper()
	if !slices.Contains(c.Expected, "expected.json") {
		return nil, false
	}
	var v any
	if err := json.Unmarshal(c.text(tb, "expected.json"), &v); err != nil {
		tb.Fatal(err)
	}
	return v, true
}

// unreadable are the commands of these classes that list no table of a snapshot:
// counters, policies, traces. They are answered with "no reader", never guessed.
func unreadable(command string) bool {
	for _, what := range []string{
		"gdoi", "performance", "ikev2 policy", "ikev2 proposal", "stats", "internal", "ipsec profile", "isakmp peer", "event-trace", "pki",
		"platform hardware", "transcript", "macsec post", "statistics", "mka policy", "macsec policy", "mka counters", "lisp", "emplatePeerPolicy",
		"inc peer-policy",
	} {
		if strings.Contains(command, what) {
			return true
		}
	}
	return false
}

// securityExceptions are the cases that do not read whole, each with its reason.
func securityExceptions() map[string]string {
	return map[string]string{
		"cisco_asa_show_crypto_ikev1_sa_detail":                   "ASA's own form; ASA is no supported platform",
		"cisco_asa_show_crypto_ipsec_sa/":                         "raw damaged: addresses were replaced by LOCAL-ADDR-... and REMOTE-PEER-..., which are none",
		"ShowCryptoIkev2Session__cli-equal__golden_output_csr8kv": "raw damaged: 1.1.1::1 is no address; the rows with it are unread",
		"golden_output_isakmp/":                                   "raw damaged: 100.0.10::2 is no address",
		"golden_output_isakmp_no_ipv4/":                           "raw damaged: 100.0.10::2 is no address",
		"ShowMacsecStatusInterface__cli-equal__golden_output/":    "neither the command nor the output names the interface",
		"ShowMacsecStatusInterface__cli-equal__golden_output1/":   "neither the command nor the output names the interface",
		"ShowMacsecStatusInterface__cli-equal__golden_output2/":   "neither the command nor the output names the interface",
		"JSON_Verify": "the short listing names no SPIs, so that it never proves an association",
	}
}

// goldensCut are the cases whose expected reading lost a part of the raw text.
func goldensCut() map[string]string {
	return map[string]string{
		"ShowCryptoIpsecSaInterface__cli-equal__golden_output_2/": "the expected transform ends at the first blank: esp-gcm for esp-gcm 256",
		"ShowCryptoIpsecSaInterface__cli-equal__golden_output_3/": "the expected transform ends at the first blank: esp-aes for esp-aes esp-sha-hmac",
	}
}

func excepted(dir string, list map[string]string) bool {
	for part := range list {
		if strings.Contains(dir+"/", part) {
			return true
		}
	}
	return false
}

func TestCryptoAndMACsecCorpus(t *testing.T) {
	score := map[string][3]int{} // cases, read whole, compared and equal
	for _, c := range recordedCases(t, "crypto", "macsec") {
		raw := c.text(t, c.Raw)
		got, err := router.Parse(c.platform(), c.typed(), bytes.NewReader(raw))
		if unreadable(c.typed()) {
			if err == nil {
				t.Errorf("%s: read, and is on the list of what has no reader", c.Dir)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.Dir, err)
			continue
		}
		key := c.Platform + " " + c.Class
		n := score[key]
		n[0]++
		whole := got.Complete || got.Status == snapshot.Empty && len(got.Unread) == 0
		if whole {
			n[1]++
		}
		if whole == excepted(c.Dir, securityExceptions()) {
			t.Errorf("%s: whole %v: %s %s %v", c.Dir, whole, got.Status, got.Detail, got.Unread)
		}
		again, _ := router.Parse(c.platform(), c.typed(), bytes.NewReader(raw))
		if diff := cmp.Diff(asJSON(t, got), asJSON(t, again)); diff != "" {
			t.Errorf("%s: read again, it differs: %s", c.Dir, diff)
		}
		if golden, ok := c.golden(t); ok {
			want, facts := goldenFacts(c.Command, golden), ourFacts(c.Command, got)
			if len(want) > 0 && !excepted(c.Dir, securityExceptions()) && !excepted(c.Dir, goldensCut()) {
				if diff := cmp.Diff(want, facts); diff != "" {
					t.Errorf("%s (-want +got):\n%s", c.Dir, diff)
				} else {
					n[2]++
				}
			}
		}
		score[key] = n
	}
	for key, n := range score {
		t.Logf("%s: %d cases, %d read whole, %d compared with an expected reading and equal", key, n[0], n[1], n[2])
	}
}

func asJSON(tb testing.TB, v any) string {
	tb.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// goldenFacts are the facts of an expected reading that a snapshot has a place
// for, as sorted lines.
func goldenFacts(command string, golden any) []string {
	facts := map[string]bool{}
	add := func(format string, args ...any) { facts[strings.ToLower(fmt.Sprintf(format, args...))] = true }
	walk("", golden, func(key string, m map[string]any) {
		for _, direction := range []string{"inbound", "outbound"} {
			sas, _ := m[direction+"_esp_sas"].(map[string]any)
			spis, _ := sas["spi"].(map[string]any)
			for spi, sa := range spis {
				hex, _, _ := strings.Cut(spi, "(")
				add("%s esp %s %s %s", direction, hex, said(sa, "transform"), said(sa, "status"))
			}
			list, _ := m[direction+"_esp_sas"].([]any)
			for _, sa := range list {
				hex, _, _ := strings.Cut(said(sa, "spi"), "(")
				add("%s esp %s %s %s", direction, hex, said(sa, "transform"), said(sa, "status"))
			}
		}
		switch {
		case m["esp_spi_in"] != nil: // a child of an IKEv2 session
		case m["local_ip"] != nil && m["status"] != nil && m["encryption"] != nil:
			add("ike %s %s %s %s-%v %s %s %v", m["local_ip"], m["remote_ip"], m["status"], m["encryption"], m["keysize"], m["prf"], m["hash"], m["dh_group"])
		case m["dst"] != nil && m["src"] != nil:
			add("ike %s %s %s %s", m["src"], m["dst"], m["state"], m["status"])
		case m["sa_status"] != nil && m["local"] != nil:
			add("ike %s %s %s", m["local"], m["remote"], m["sa_status"])
		case m["sa_status"] != nil:
			add("ike %s %s %s", m["local_address"], m["remote_address"], m["sa_status"])
		case m["ikev1_status"] != nil:
			add("ike %s %s %s", m["local_ip"], m["remote_ip"], m["ikev1_status"])
		case m["local_txSci"] != nil && m["peers"] != nil:
			add("macsec %s %s %v", key, m["status"], m["peers"])
		case m["ca_peer_cnt"] != nil:
			add("macsec %s %s %v %s", key, m["status"], m["ca_peer_cnt"], strings.TrimPrefix(fmt.Sprint(m["conf_offset"]), "CONF-OFFSET-"))
		case m["num_macsec_capable_live_peers"] != nil:
			add("macsec %s %v %v", m["interface_name"], m["num_macsec_capable_live_peers"], m["confidentiality_offset"])
		case m["transmit_sc"] != nil && m["receive_sc"] != nil && m["capabilities"] == nil:
			add("macsec %s %v transmit sc, %v receive sc", strings.Replace(key, "TenGigabitEthernet", "Te", 1), m["transmit_sc"], m["receive_sc"])
		case m["access_control"] != nil:
			add("macsec %s %s %v", m["access_control"], m["cipher"], m["confidentiality_offset"])
		case m["macsec-data"] != nil:
			data := m["macsec-data"]
			add("macsec %s %s %v", strings.ReplaceAll(fmt.Sprint(m["access-control"]), " ", "-"), said(data, "cipher"), said(data, "confidentiality-offset"))
		case m["principal"] == "True":
			add("macsec %s principal, success", m["interface"])
		}
	})
	if strings.Contains(command, "ikev2 session") {
		return nil
	}
	return sortedKeys(facts)
}

// ourFacts are the same facts of our reading.
func ourFacts(command string, p router.Parsed) []string {
	facts := map[string]bool{}
	add := func(format string, args ...any) { facts[strings.ToLower(fmt.Sprintf(format, args...))] = true }
	for _, sa := range p.IPsec {
		direction := map[bool]string{true: "inbound", false: "outbound"}[sa.Inbound]
		if sa.SPI != 0 {
			add("%s %s 0x%08x %s %s", direction, sa.Protocol, sa.SPI, sa.Transform, sa.State)
		}
	}
	for _, sa := range p.IKE {
		switch {
		case strings.Contains(command, "ikev2 sa"):
			add("ike %s %s %s %s %s %s %s", sa.Local, sa.Remote, sa.State, sa.Encryption, sa.PRF, sa.Integrity, sa.Group)
		default:
			add("ike %s %s %s", sa.Local, sa.Remote, sa.State)
		}
	}
	number := func(n *uint32) string {
		if n == nil {
			return "?"
		}
		return fmt.Sprint(*n)
	}
	for _, l := range p.MACsec {
		switch {
		case strings.HasPrefix(command, "show macsec mka session details"):
			add("macsec %s %s %s %s", l.Interface, l.State, number(l.Peers), number(l.ConfidentialityOffset))
		case strings.HasPrefix(command, "show macsec mka session"):
			add("macsec %s %s %s", l.Interface, l.State, number(l.Peers))
		case strings.HasPrefix(command, "show mka session"):
			add("macsec %s %s %s", l.Interface, number(l.Peers), number(l.ConfidentialityOffset))
		case strings.HasPrefix(command, "show macsec interface"), strings.HasPrefix(command, "show macsec status"):
			add("macsec %s %s %s", l.Policy, l.Cipher, number(l.ConfidentialityOffset))
		default:
			add("macsec %s %s", l.Interface, l.State)
		}
	}
	return sortedKeys(facts)
}

// walk visits every object of a JSON value with the key that it stands under.
func walk(key string, v any, visit func(string, map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		visit(key, v)
		for k, e := range v {
			walk(k, e, visit)
		}
	case []any:
		for _, e := range v {
			walk(key, e, visit)
		}
	}
}

func sortedKeys(m map[string]bool) []string {
	var keys []string
	for k := range m {
		keys = append(keys, strings.Join(strings.Fields(k), " "))
	}
	slices.Sort(keys)
	return keys
}

func TestNullEncryptionIsToldFromTheTransformWhateverTheCountersSay(t *testing.T) {
	for _, c := range recordedCases(t, "crypto") {
		raw := c.text(t, c.Raw)
		if !bytes.Contains(bytes.ToLower(raw), []byte("esp-null")) {
			continue
		}
		got, err := router.Parse(c.platform(), c.typed(), bytes.NewReader(raw))
		if err != nil || len(got.IPsec) == 0 {
			t.Fatalf("%s: %v, %d associations", c.Dir, err, len(got.IPsec))
		}
		for _, sa := range got.IPsec {
			if !sa.Null {
				t.Errorf("%s: %s on line %d counts as encrypted", c.Dir, sa.Transform, sa.Line)
			}
		}
	}
}

// under is the object below some keys of a JSON value, empty when there is none.
func under(v any, keys ...string) map[string]any {
	for _, k := range keys {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	m, _ := v.(map[string]any)
	return m
}

// said is the value below some keys, as text, numbers in full.
func said(v any, keys ...string) string {
	switch x := under(v, keys[:len(keys)-1]...)[keys[len(keys)-1]].(type) {
	case nil:
		return ""
	case float64:
		return fmt.Sprintf("%.0f", x)
	default:
		return fmt.Sprint(x)
	}
}
