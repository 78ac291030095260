package evidence_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/routeproof/routeproof/internal/evidence"
)

func TestAzureSecretsAreRemovedUnderAnySpelling(t *testing.T) {
	const marker = "planted-c0ffee"
	for _, name := range []string{
		"serviceKey", "ServiceKey", "service_key", "service-key", "authorizationKey", "AUTHORIZATIONKEY", "sharedKey", `shared\u004bey`,
		"radiusServerSecret", "radiusServerSecrets", "preSharedKey", "primarySharedKey", "peeringSharedKey", "md5Key", "md5AuthenticationKey", "cak", "psk", "vpnPsk",
		"password", "bgpPassword", "adminPassword", "clientSecret", "secret", "accessToken", "access_token", "refreshToken", "idToken",
		"privateKey", "connectionString", "sasToken", "storageAccountKey", "ikeSharedSecret",
	} {
		for _, value := range []string{
			`"` + marker + `"`, `{"value":"` + marker + `"}`, `["` + marker + `",{"a":["` + marker + `"]}]`, ` "\"` + marker + `\\"`, "\r\n\t\"" + marker + "\"",
		} {
			doc := "{\"name\":\"kept\",\n\"properties\":{\"" + name + "\":" + value + ",\"after\":\"kept\"}}"
			got := string(evidence.Redact("azure/s/connections/g/c.json", []byte(doc)))
			if strings.Contains(got, marker) || strings.Count(got, "kept") != 2 || !json.Valid([]byte(got)) || strings.Count(got, "\n") != strings.Count(doc, "\n") {
				t.Errorf("%s becomes %s", doc, got)
			}
			for end := range doc {
				cut := string(evidence.Redact("x.json", []byte(doc[:end])))
				if strings.Contains(cut, marker[:7]) {
					t.Fatalf("cut to %s, becomes %s", doc[:end], cut)
				}
			}
		}
	}
}

func TestAzureValuesThatAreNoSecretsStay(t *testing.T) {
	for _, doc := range []string{
		`{"cakSecretIdentifier":"https://kv/secrets/cak","cknSecretIdentifier":"https://kv/secrets/ckn"}`,
		`{"saLifeTimeSeconds":27000,"ipsecPolicies":[{"ikeEncryption":"GCMAES256"}]}`,
		`{"authenticationType":"PSK","sharedKeyLength":32,"keyVaultId":"/x","nextHop":"10.0.0.1*"}`,
		"{\r\n  \"value\": [ ]\r\n}", "null", "",
	} {
		if got := string(evidence.Redact("x.json", []byte(doc))); got != doc {
			t.Errorf("%s becomes %s", doc, got)
		}
	}
}
