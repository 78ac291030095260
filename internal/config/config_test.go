package config_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/routeproof/routeproof/internal/config"
	"github.com/routeproof/routeproof/internal/snapshot"
)

const full = `
azure:
  subscriptions: [00000000-0000-0000-0000-000000000000]
  tenant: 11111111-1111-1111-1111-111111111111
  client: 22222222-2222-2222-2222-222222222222
  secret: {env: AZURE_SECRET}
routers:
  - &edge
    name: R1
    address: 192.0.2.1
    platform: cisco_ios
    user: audit
    password: {file: secrets/password}
    knownHosts: known_hosts
  - <<: *edge
    name: R2
    address: "[2001:db8::1]:2222"
sites:
  - name: dc1
    routers: [R1, R2]
    prefixes: [10.10.0.0/16, 2001:db8::/32]
require: [ipsec]
protected:
  - {onprem: 10.10.0.0/24, require: [ipsec, macsec]}
exempt:
  - {onprem: 10.10.9.0/24, azure: 172.16.1.0/24, reason: a lab without customers' data, expires: 2027-06-30}
links:
  - {link: peering/er-primary, router: R2}
schedule: "CRON_TZ=UTC 30 5 * * *"
runAtStart: true
output: /var/lib/routeproof
policies: {dirs: [policies]}
`

func platforms() []string { return []string{"cisco_ios", "frr"} }

func parse(t *testing.T, text string) (config.Config, error) {
	t.Helper()
	return config.Parse("/etc/rp.yaml", []byte(text), platforms())
}

func TestAFullFileIsRead(t *testing.T) {
	c, err := parse(t, full)
	if err != nil {
		t.Fatal(err)
	}
	type router struct{ Name, Address, Platform, Password, KnownHosts string }
	var routers []router
	for _, r := range c.Routers {
		routers = append(routers, router{r.Name, r.Address, r.Platform, r.Password.String(), r.KnownHosts})
	}
	want := []router{
		{"R1", "192.0.2.1", "cisco_ios", "file /etc/secrets/password", "/etc/known_hosts"},
		{"R2", "[2001:db8::1]:2222", "cisco_ios", "file /etc/secrets/password", "/etc/known_hosts"},
	}
	if diff := cmp.Diff(want, routers); diff != "" {
		t.Errorf("routers (-want +got):\n%s", diff)
	}
	scope := snapshot.Scope{
		Sites: []snapshot.Site{{
			Name: "dc1", Routers: []string{"R1", "R2"},
			Prefixes: []netip.Prefix{netip.MustParsePrefix("10.10.0.0/16"), netip.MustParsePrefix("2001:db8::/32")},
		}},
		Require: []string{"ipsec"},
		Protected: []snapshot.Protected{{
			Flow: snapshot.Flow{OnPrem: netip.MustParsePrefix("10.10.0.0/24")}, Require: []string{"ipsec", "macsec"},
		}},
		Exempt: []snapshot.Exempt{{
			Flow:   snapshot.Flow{OnPrem: netip.MustParsePrefix("10.10.9.0/24"), Azure: netip.MustParsePrefix("172.16.1.0/24")},
			Reason: "a lab without customers' data", Expires: time.Date(2027, 6, 30, 0, 0, 0, 0, time.UTC),
		}},
		Links: []snapshot.LinkEnd{{Link: "peering/er-primary", Router: "R2"}},
	}
	if diff := cmp.Diff(scope, c.Scope, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
		t.Errorf("scope (-want +got):\n%s", diff)
	}
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	if got, want := c.Schedule.Next(now), time.Date(2026, 1, 2, 5, 30, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("next run = %s, want %s", got, want)
	}
	if got := c.Azure.Secret.String(); got != "environment variable AZURE_SECRET" || !c.Schedule.AtStart {
		t.Errorf("secret = %q, runAtStart = %t", got, c.Schedule.AtStart)
	}
	if diff := cmp.Diff([]string{"/var/lib/routeproof", "/etc/policies"}, append([]string{c.Output}, c.PolicyDirs...)); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
}

func TestAWrongFileIsRefusedWithTheLineAndWhatIsAccepted(t *testing.T) {
	router := "{name: R1, address: r1, platform: frr, user: u, agent: true, knownHosts: k}"
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", "/etc/rp.yaml: the file is empty"},
		{"an empty document", "---\n", "/etc/rp.yaml: the file is empty"},
		{"only a comment", "# later\n", "/etc/rp.yaml: the file is empty"},
		{"not yaml", "a: [", "/etc/rp.yaml: line 1: did not find expected node content"},
		{"a tab", "azure:\n\tcloud: public\n", "/etc/rp.yaml: line 2: found character that cannot start any token: want blanks where a tab is"},
		{"two documents", "require: []\n---\nrequire: []\n", "more than one YAML document"},
		{"not a mapping", "- a\n", "/etc/rp.yaml:1: got a list, want a mapping of keys to values"},
		{"unknown key", "require: []\nrouter: []\n", `/etc/rp.yaml:2: unknown key "router" (want azure, routers, sites, require, protected, exempt, links, waivers, schedule`},
		{"unknown nested key", "routers:\n- name: R1\n  addr: r1\n", `/etc/rp.yaml:3: routers[0]: unknown key "addr" (want name, address, platform`},
		{"key twice", "require: []\nrequire: []\n", `/etc/rp.yaml:2: key "require" stands on line 1 already`},
		{"merged into itself", "routers:\n- &a\n  <<: *a\n  name: R1\n", "routers[0]: a mapping is merged into itself"},
		{"list for text", "schedule: [a]\n", "/etc/rp.yaml:1: schedule: got a list, want text"},
		{"text for list", "azure: {subscriptions: a}\n", "azure.subscriptions: got text, want a list"},
		{"text for bool", "runAtStart: sure\n", "runAtStart: got text, want true or false"},
		{"number for text", "output: 7\n", "output: got a number, want text (quote it"},
		{"inline secret", "routers:\n- name: R1\n  password: hunter2\n", "/etc/rp.yaml:3: routers[0].password: a secret is not written into the configuration: want {env: NAME} or {file: PATH}"},
		{"inline number secret", "azure:\n  secret: 4711\n", "/etc/rp.yaml:2: azure.secret: a secret is not written"},
		{"empty secret", "azure:\n  secret: {}\n", "/etc/rp.yaml:2: azure.secret: is empty: want {env: NAME}"},
		{"secret with both", "azure:\n  secret: {env: A, file: b}\n", "azure.secret: env and file are both given"},
		{"secret as variable name", "azure:\n  secret: {env: 'hunter 2'}\n", "azure.secret.env: that is not the name of an environment variable"},
		{"no subscriptions", "azure:\n  cloud: public\n", "/etc/rp.yaml:2: azure.subscriptions: is missing"},
		{"bad subscription", "azure: {subscriptions: [prod]}\n", `azure.subscriptions[0]: "prod" is not a subscription ID`},
		{"bad cloud", "azure: {cloud: mars}\n", `azure.cloud: "mars": want public, usgovernment, china or custom`},
		{"endpoint without custom", "azure: {endpoint: https://x}\n", "azure.cloud: is \"\": endpoint, authority and audience are for the cloud custom"},
		{"custom without endpoint", "azure: {cloud: custom}\n", "want endpoint, authority and audience too"},
		{"secret without client", "azure: {secret: {env: A}}\n", "tenant and client are missing"},
		{"secret and certificate", "azure: {secret: {env: A}, certificate: {file: b}}\n", "secret and certificate are both given"},
		{"certificate password alone", "azure: {certificatePassword: {env: A}}\n", "there is no certificate"},
		{"bad router name", "routers:\n- {name: ../R1}\n", `routers[0].name: "../R1": want a name`},
		{"router twice", "routers:\n- " + router + "\n- " + strings.Replace(router, "R1", "r1", 1), `/etc/rp.yaml:3: routers[1].name: "r1" is the name of routers[0] already`},
		{"bad address", "routers:\n- {address: 'a b'}\n", `routers[0].address: "a b": want a host name or address`},
		{"bad port", "routers:\n- {address: 'r1:0'}\n", `routers[0].address: "r1:0": the port is not a number from 1 to 65535`},
		{"bad platform", "routers:\n- {platform: ios}\n", `/etc/rp.yaml:2: routers[0].platform: "ios": want cisco_ios or frr`},
		{"no way to log in", "routers:\n- {name: R1}\n", "routers[0]: no way to log in: want password, key or agent: true"},
		{"no user", "routers:\n- {name: R1}\n", "routers[0].user: is missing"},
		{"no host key", "routers:\n- {name: R1}\n", "routers[0].knownHosts: is missing"},
		{"passphrase alone", "routers:\n- {passphrase: {env: A}}\n", "routers[0].passphrase: there is no key"},
		{"site of no router", "routers:\n- " + router + "\nsites:\n- {name: dc, routers: [R9], prefixes: [10.0.0.0/8]}\n", `/etc/rp.yaml:4: sites[0].routers[0]: "R9" is not the name of a router: want R1`},
		{"site twice", "sites:\n- {name: dc, routers: [R1], prefixes: [10.0.0.0/8]}\n- {name: dc}\n", `sites[1].name: "dc" is the name of sites[0] already`},
		{"site without prefixes", "sites:\n- {name: dc}\n", "sites[0].prefixes: is missing"},
		{"site without routers", "sites:\n- {name: dc}\n", "sites[0].routers: is missing"},
		{"not a prefix", "sites:\n- {name: dc, prefixes: [10.0.0.1]}\n", `sites[0].prefixes[0]: "10.0.0.1": want a prefix`},
		{"prefix with host bits", "sites:\n- {name: dc, prefixes: [10.10.1.0/16]}\n", `"10.10.1.0/16" has address bits after its length: want 10.10.0.0/16`},
		{"bad protection", "require: [tls]\n", `require[0]: "tls": want ipsec or macsec`},
		{"link of no router", "links:\n- {link: peering/a}\n", `links[0].router: "" is not the name of a router`},
		{"not a link", "links:\n- {link: er, router: R1}\n- {link: er, router: R1}\n", `links[0].link: "er": want a link as reports name it`},
		{"protected by nothing", "protected:\n- {azure: 10.0.0.0/8}\n", "protected[0].require: is missing: want ipsec, macsec or both"},
		{"protected without prefixes", "protected:\n- {require: [ipsec]}\n", "protected[0]: names no prefix: want onprem, azure or both"},
		{"protected with a reason", "protected:\n- {azure: 10.0.0.0/8, require: [ipsec], reason: x}\n", "protected[0]: has a reason or an end"},
		{"two address families", "protected:\n- {onprem: '::/0', azure: 10.0.0.0/8, require: [ipsec]}\n", "protected[0]: ::/0 and 10.0.0.0/8 are of two address families"},
		{"exempt without a reason", "exempt:\n- {azure: 10.0.0.0/8, expires: 2027-01-01}\n", "exempt[0].reason: is missing"},
		{"exempt for ever", "exempt:\n- {azure: 10.0.0.0/8, reason: x}\n", `exempt[0].expires: "": want the day (UTC) on which the exemption ends, like 2027-06-30`},
		{"exempt and protected", "exempt:\n- {azure: 10.0.0.1/8, reason: x, expires: 2027-01-01, require: [ipsec]}\n", "exempt[0].require: is of protected flows"},
		{"protection twice", "require: [ipsec, ipsec]\n", `require[1]: "ipsec" is named twice`},
		{"bad schedule", "schedule: daily\n", `/etc/rp.yaml:1: schedule: "daily": `},
		{"schedule of a zone only", "schedule: TZ=UTC\n", "a time zone and no fields"},
		{"policies without a name", "policies: {dirs: ['']}\n", "policies.dirs[0]: is empty"},
		{"a key for policies that is none", "policies:\n  dirs: [p]\n  key: ''\n", "/etc/rp.yaml:3: policies.key: is empty: want the file"},
		{"a key for policies, forgotten", "policies:\n  dirs: [p]\n  key:\n", "/etc/rp.yaml:3: policies.key: is empty: want the file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := parse(t, test.text)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error = %v, want one with %q", err, test.want)
			}
			for _, secret := range []string{"hunter", "4711"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("error %q shows the secret", err)
				}
			}
		})
	}
}

func TestASiteMayNameRoutersOfEvidenceCollectedByOthers(t *testing.T) {
	if _, err := parse(t, "sites: [{name: dc, routers: [core-1], prefixes: [10.0.0.0/8]}]\n"); err != nil {
		t.Error(err)
	}
}

func TestAliasesDoNotExplode(t *testing.T) {
	var b strings.Builder
	b.WriteString("routers:\n- &a0 {name: R}\n")
	for i := range 40 {
		fmt.Fprintf(&b, "- &a%d {<<: *a%d, <<: *a%[2]d}\n", i+1, i)
	}
	_, err := parse(t, b.String())
	if err == nil || !strings.Contains(err.Error(), "too large, with its aliases") {
		t.Errorf("error = %.200v", err)
	}
}

func TestEveryProblemIsNamedAtOnce(t *testing.T) {
	_, err := parse(t, "azure: {cloud: mars}\nrequire: [tls]\n")
	if err == nil {
		t.Fatal("no error")
	}
	if got := strings.Count(err.Error(), "/etc/rp.yaml:"); got != 3 {
		t.Errorf("%d problems, want 3:\n%v", got, err)
	}
}

func TestLoadNamesAFileThatIsMissingOrTooLarge(t *testing.T) {
	dir := t.TempDir()
	if _, err := config.Load(filepath.Join(dir, "none.yaml"), nil); err == nil || !strings.Contains(err.Error(), "none.yaml") {
		t.Errorf("missing file: error = %v", err)
	}
	large := filepath.Join(dir, "large.yaml")
	if err := os.WriteFile(large, []byte(strings.Repeat("#\n", 3<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(large, nil); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("large file: error = %v", err)
	}
}

func TestASecretIsReadFromItsPlace(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"good": "pass word \r\n", "empty": "\n", "large": strings.Repeat("x", 2<<20)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"SET": "hunter2", "BLANK": ""}
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	for _, test := range []struct{ name, ref, want, err string }{
		{"an environment variable", "{env: SET}", "hunter2", ""},
		{"a file, without its last line break", "{file: good}", "pass word ", ""},
		{"a variable that is not set", "{env: UNSET}", "", "environment variable UNSET is not set"},
		{"a variable that is empty", "{env: BLANK}", "", "environment variable BLANK is empty"},
		{"a file that does not exist", "{file: none}", "", "no such file"},
		{"a file that is empty", "{file: empty}", "", "is empty"},
		{"a file that is too large", "{file: large}", "", "too large"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := "azure: {subscriptions: [00000000-0000-0000-0000-000000000000], tenant: t, client: c, secret: " + test.ref + "}"
			c, err := config.Parse(filepath.Join(dir, "rp.yaml"), []byte(text), nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.Azure.Secret.Read(lookup)
			if string(got) != test.want || (err == nil) != (test.err == "") {
				t.Fatalf("Read() = %q, %v, want %q, error %q", got, err, test.want, test.err)
			}
			if err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("error = %v, want one with %q", err, test.err)
			}
		})
	}
}

func TestNoSecretIsNone(t *testing.T) {
	if got, err := (config.Secret{}).Read(nil); got != nil || err != nil {
		t.Errorf("Read() = %q, %v, want nothing", got, err)
	}
}

func TestAScheduleThatIsNotGivenNeverComes(t *testing.T) {
	if got := (config.Schedule{}).Next(time.Unix(0, 0)); !got.IsZero() {
		t.Errorf("Next() = %s, want never", got)
	}
}

// A configuration is never worth a crash, whatever it holds.
func FuzzParse(f *testing.F) {
	f.Add(full)
	f.Add("a: &a [*a]\n")
	f.Add("schedule: 'CRON_TZ= '\n")
	f.Fuzz(func(_ *testing.T, text string) {
		_, _ = config.Parse("f", []byte(text), platforms())
	})
}
