package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestALoginIsReadWithItsJumpHosts(t *testing.T) {
	c, err := parse(t, `
routersAtOnce: 4
routers:
  - name: R1
    address: 192.0.2.1
    platform: frr
    user: audit
    key: {file: id}
    passphrase: {env: PASS}
    certificate: id-cert.pub
    knownHosts: known
    legacyAlgorithms: true
    connectTimeout: 5s
    commandTimeout: 20m
    idleTimeout: 90s
    jump:
      - {address: "bastion:2222", user: jump, agent: true, certificate: jump-cert.pub, knownHosts: bastions}
      - {address: inner, user: jump2, password: {env: INNER}, knownHosts: bastions, legacyAlgorithms: true}
`)
	if err != nil {
		t.Fatal(err)
	}
	r := c.Routers[0]
	type login struct {
		Address, User, Password, Key, Passphrase, Certificate, KnownHosts string
		Agent, Legacy                                                     bool
	}
	var got []login
	for _, l := range append(r.Jump, r.Login) {
		got = append(got, login{l.Address, l.User, l.Password.String(), l.Key.String(), l.Passphrase.String(), l.Certificate, l.KnownHosts, l.Agent, l.Legacy})
	}
	want := []login{
		{"bastion:2222", "jump", "none", "none", "none", "/etc/jump-cert.pub", "/etc/bastions", true, false},
		{"inner", "jump2", "environment variable INNER", "none", "none", "", "/etc/bastions", false, true},
		{"192.0.2.1", "audit", "none", "file /etc/id", "environment variable PASS", "/etc/id-cert.pub", "/etc/known", false, true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("logins (-want +got):\n%s", diff)
	}
	times := []time.Duration{r.ConnectTimeout, r.CommandTimeout, r.IdleTimeout}
	if diff := cmp.Diff([]time.Duration{5 * time.Second, 20 * time.Minute, 90 * time.Second}, times); diff != "" || c.RoutersAtOnce != 4 {
		t.Errorf("%d routers at once, times (-want +got):\n%s", c.RoutersAtOnce, diff)
	}
}

func TestARoutersMistakesAreNamed(t *testing.T) {
	good := "name: R1, address: r1, platform: frr, user: u, agent: true, knownHosts: k"
	for name, tt := range map[string]struct{ text, want string }{
		"a jump host without a key":       {"routers:\n- {" + good + ", jump: [{address: b, user: u, agent: true}]}\n", "/etc/rp.yaml:2: routers[0].jump[0].knownHosts: is missing: want a file with the host's host key"},
		"a jump host without credentials": {"routers:\n- {" + good + ", jump: [{address: b, user: u, knownHosts: k}]}\n", "routers[0].jump[0]: no way to log in"},
		"a jump host without a name":      {"routers:\n- {" + good + ", jump: [{user: u, agent: true, knownHosts: k}]}\n", `routers[0].jump[0].address: "": want a host name`},
		"a jump host's password in place": {"routers:\n- {" + good + ", jump: [{password: hunter2}]}\n", "routers[0].jump[0].password: a secret is not written into the configuration"},
		"an unknown key of a jump host":   {"routers:\n- {" + good + ", jump: [{strictHostKey: false}]}\n", `unknown key "strictHostKey"`},
		"a way around host keys":          {"routers:\n- {" + good + ", strictHostKey: false}\n", `unknown key "strictHostKey"`},
		"one jump host, not in a list":    {"routers:\n- {" + good + ", jump: {address: b}}\n", "routers[0].jump: got a mapping, want a list"},
		"a certificate alone":             {"routers:\n- {name: R1, password: {env: A}, certificate: c}\n", "routers[0].certificate: there is no key that it could be for"},
		"a number for a time":             {"routers:\n- {" + good + ", idleTimeout: 30}\n", "routers[0].idleTimeout: got a number, want text"},
		"a time without a unit":           {"routers:\n- {" + good + ", idleTimeout: '30'}\n", `routers[0].idleTimeout: "30": want a time of up to 24h, like 30s or 5m`},
		"no time at all":                  {"routers:\n- {" + good + ", connectTimeout: 0s}\n", `routers[0].connectTimeout: "0s": want a time`},
		"a time that runs backwards":      {"routers:\n- {" + good + ", commandTimeout: -5s}\n", `routers[0].commandTimeout: "-5s": want a time`},
		"text for a number":               {"routersAtOnce: many\n", "routersAtOnce: got text, want a whole number"},
		"part of a router at once":        {"routersAtOnce: 0.5\n", "routersAtOnce: got a number, want a whole number"},
		"no router at once":               {"routersAtOnce: 0\n", "/etc/rp.yaml:1: routersAtOnce: 0: want 1 to 1024"},
		"too many routers at once":        {"routersAtOnce: 100000\n", "routersAtOnce: 100000: want 1 to 1024"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(t, tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter") {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
	c, err := parse(t, "routers:\n- {"+good+"}\n")
	if err != nil || c.RoutersAtOnce < 1 {
		t.Errorf("%d routers at once (%v), want a default", c.RoutersAtOnce, err)
	}
}
