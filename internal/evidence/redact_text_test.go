package evidence_test

import (
	"strings"
	"testing"

	"github.com/routeproof/routeproof/internal/evidence"
)

func TestRouterSecretsAreRemovedAndWhatStandsByThemStays(t *testing.T) {
	const marker = "planted-c0ffee"
	for in, keeps := range map[string]string{
		"crypto keyring K\n  pre-shared-key address 192.0.2.1 key " + marker + "\n":                 "pre-shared-key address 192.0.2.1 key ",
		"crypto keyring K\n  pre-shared-key address 192.0.2.1 255.255.255.255 key 6 " + marker:      "address 192.0.2.1 255.255.255.255 key 6 ",
		"  pre-shared-key hostname peer.example key " + marker + "\r\n":                             "hostname peer.example key ",
		"crypto ikev2 keyring K\n peer P\n  pre-shared-key local 6 " + marker + "\n":                "pre-shared-key local 6 ",
		"set security ike policy P pre-shared-key ascii-text \"" + marker + "\"\n":                  "pre-shared-key ascii-text ",
		"tacacs server T\n address ipv4 192.0.2.9\n key 7 " + marker + "\n":                         "address ipv4 192.0.2.9\n key 7 ",
		"tacacs server T\n key " + marker + "\r\n timeout 5\r\n":                                    "timeout 5\r\n",
		"key chain C\n key 1\n  key-string 7 " + marker + "\n  cryptographic-algorithm hmac\n":      "key chain C\n key 1\n  key-string 7 ",
		"snmp-server host 192.0.2.7 version 2c " + marker + "\n":                                    "snmp-server host 192.0.2.7 version 2c ",
		"snmp-server host 192.0.2.7 traps version 2c " + marker + " udp-port 162\n":                 " udp-port 162",
		"snmp-server host 192.0.2.7 " + marker + "\n":                                               "192.0.2.7 ",
		"set snmp community " + marker + " authorization read-only\n":                               " authorization read-only",
		"set system root-authentication plain-text-password-value \"" + marker + "\"\n":             "set system root-authentication",
		"neighbor 192.0.2.2 password 7 " + marker + "\n neighbor 192.0.2.2 remote-as 65000\n":       "neighbor 192.0.2.2 remote-as 65000",
		"key chain C\n key 1\n  key-string password " + marker + "\n":                               "  key-string password ",
		"  ppk manual id X key 6 " + marker + " required\n":                                         " required\n",
		"src 192.0.2.1 dst 192.0.2.2\n\tproto esp spi 0x1\n\tenc cbc(aes) 0xc0ffee\n":               "proto esp spi 0x1\n\tenc cbc(aes) ",
		"\taead rfc4106(gcm(aes)) 0xc0ffee 128\n":                                                   "\taead rfc4106(gcm(aes)) ",
		"snmp-server user u g v3 auth sha " + marker + " priv aes 128 " + marker + "\n":             " g v3 auth sha ",
		"{\"vrfs\": {\"default\": {\"peer\": {\"password\": \"" + marker + "\", \"asn\": 65000}}}}": "\"asn\": 65000",
	} {
		got := string(evidence.Redact("routers/R1/show_running-config.txt", []byte(in)))
		if strings.Contains(got, marker) || strings.Contains(got, "0xc0ffee") || !strings.Contains(got, keeps) || strings.Count(got, "\n") != strings.Count(in, "\n") {
			t.Errorf("%q becomes %q, want %q kept", in, got, keeps)
		}
	}
}

func TestSecretsInStringsOfJSONAreRemoved(t *testing.T) {
	const marker = "planted-c0ffee"
	in := `{"value":"{\"sa\":[{\"sharedKey\":\"` + marker + `\",\"spi\":\"0x1\",\"deep\":\"{\\\"psk\\\":\\\"` + marker + `\\\"}\"}]}","other":"a \"quoted\" word"}`
	got := string(evidence.Redact("x.json", []byte(in)))
	if strings.Contains(got, marker) || !strings.Contains(got, `\"spi\":\"0x1\"`) || !strings.Contains(got, `"other":"a \"quoted\" word"`) {
		t.Errorf("%s becomes %s", in, got)
	}
}
