package pseudonym_test

import (
	"io/fs"
	"net/netip"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/audit"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/policy"
	"github.com/routeproof/routeproof/internal/pseudonym"
	"github.com/routeproof/routeproof/policies"
	"github.com/routeproof/routeproof/testdata/scenarios"
)

func open(t *testing.T, fsys fs.FS) *evidence.Dir {
	t.Helper()
	d, err := evidence.Open(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// judged is how often each policy came to each outcome, and what was covered.
func judged(t *testing.T, d *evidence.Dir) (map[string]int, finding.Coverage, []finding.Unread) {
	t.Helper()
	e, err := policy.Load(t.Context(), policies.FS)
	if err != nil {
		t.Fatal(err)
	}
	res, err := audit.Run(t.Context(), d, []audit.Reader{router.Read, azure.Read}, nil, e, "test")
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]int)
	for _, f := range res.Report.Findings {
		out[f.Policy+" "+string(f.Outcome)]++
	}
	return out, res.Report.Coverage, res.Report.Unread
}

func renamed(t *testing.T, d *evidence.Dir, key string) (fstest.MapFS, pseudonym.Bundle) {
	t.Helper()
	b, err := pseudonym.Make(d, []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	files := make(fstest.MapFS)
	for _, f := range b.Files {
		if !fs.ValidPath(f.Item.Path) || files[f.Item.Path] != nil {
			t.Errorf("%s: not a path, or there twice", f.Item.Path)
		}
		files[f.Item.Path] = &fstest.MapFile{Data: f.Body}
	}
	return files, b
}

// The same verdicts follow from every scenario under other names, whatever the
// key, and nothing in it still has its name.
func TestTheSameVerdictsFollow(t *testing.T) {
	for _, name := range scenarios.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys, err := fs.Sub(scenarios.FS(), name)
			if err != nil {
				t.Fatal(err)
			}
			d := open(t, fsys)
			want, covered, unread := judged(t, d)
			for _, key := range []string{"the first of keys", "another key, too", "and a third one."} {
				files, _ := renamed(t, d, key)
				got, coveredNow, unreadNow := judged(t, open(t, files))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("outcomes (-before +after):\n%s", diff)
				}
				if diff := cmp.Diff(covered, coveredNow); diff != "" {
					t.Errorf("coverage (-before +after):\n%s", diff)
				}
				if len(unread) != len(unreadNow) {
					t.Errorf("unread %v, before %v", unreadNow, unread)
				}
				gone(t, files)
			}
		})
	}
}

// gone holds that no name of the scenarios is left.
func gone(t *testing.T, files fstest.MapFS) {
	t.Helper()
	secret := regexp.MustCompile(`(?i)\b(R1|R2|rg-demo|vnet-hub|vnet-spoke|vpngw|ergw|er-circuit|datacenter\w*|azfw|rt-gateway|` +
		`VPN-Gateway-Prefer|Endpoint-Only|Azure-Advertised-Routes|00000000-0000)(\b|_)`)
	for name, f := range files {
		for _, text := range []string{name, string(f.Data)} {
			if at := secret.FindStringIndex(text); at != nil {
				t.Errorf("%s: %q is left in %q", name, text[at[0]:at[1]], text[max(0, at[0]-40):min(len(text), at[1]+40)])
				break
			}
		}
	}
}

// Of any two addresses, as many leading bits are the same afterwards as before,
// and a network stays one.
func TestAddressesKeepHowTheyLie(t *testing.T) {
	block := func(p netip.Prefix) string {
		for _, s := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"} {
			if netip.MustParsePrefix(s).Contains(p.Addr()) {
				return s
			}
		}
		return ""
	}
	rapid.Check(t, func(t *rapid.T) {
		var before []netip.Prefix
		var text strings.Builder
		for range rapid.IntRange(2, 12).Draw(t, "prefixes") {
			first := rapid.SampledFrom([]byte{10, 100, 169, 172, 192, 198, 8}).Draw(t, "first")
			a := netip.AddrFrom4([4]byte{first, rapid.Byte().Draw(t, "b"), rapid.Byte().Draw(t, "c"), rapid.Byte().Draw(t, "d")})
			p, _ := a.Prefix(rapid.IntRange(9, 32).Draw(t, "length"))
			if p.Addr() == netip.MustParseAddr("168.63.129.16") {
				continue
			}
			before = append(before, p)
			text.WriteString(p.String() + "\n")
		}
		d, err := evidence.Open(fstest.MapFS{"routers/R1/show.txt": {Data: []byte(text.String())}})
		if err != nil {
			t.Fatal(err)
		}
		b, err := pseudonym.Make(d, []byte(rapid.StringN(16, 20, -1).Draw(t, "key")))
		if err != nil {
			t.Fatal(err)
		}
		var after []netip.Prefix
		for line := range strings.FieldsSeq(string(b.Files[0].Body)) {
			p, err := netip.ParsePrefix(line)
			if err != nil || p != p.Masked() {
				t.Fatalf("%q is no network: %v", line, err)
			}
			after = append(after, p)
		}
		for i, p := range before {
			if block(p) != block(after[i]) || p.Bits() != after[i].Bits() {
				t.Fatalf("%s became %s", p, after[i])
			}
			for j, q := range before {
				if common(p.Addr(), q.Addr()) != common(after[i].Addr(), after[j].Addr()) {
					t.Fatalf("%s and %s became %s and %s", p, q, after[i], after[j])
				}
			}
		}
	})
}

func common(a, b netip.Addr) int {
	for n := a.BitLen(); n > 0; n-- {
		if p, _ := a.Prefix(n); p.Contains(b) {
			return n
		}
	}
	return 0
}

func TestWordsOfTheFormatsStay(t *testing.T) {
	files, b := renamed(t, open(t, fstest.MapFS{
		"routers/R1/show_running-config.txt": {Data: []byte("version 4.21.1.1F\nhostname edge-1\nusername acmeadmin role x\nsnmp-server contact Acme NOC\nsnmp-server location Acme Hall 1\nip domain-name acme.example\nbanner motd #Acme Corp#\ninterface Ethernet1\n description to Acme\n ip address 10.1.2.1 255.255.255.252\nroute-map in permit 10\n")},
		"routers/R1/show_ip_bgp.txt":         {Data: []byte("   Network          Next Hop            Metric\n* i10.1.0.0/16      10.9.9.9                 0\n")},
		"azure/11111111-2222-3333-4444-555555555555/virtualNetworks/rg-acme/default.json": {Data: []byte(
			`{"name": "default", "id": "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-acme/providers/Microsoft.Network/virtualNetworks/default", "properties": {"subnets": [{"name": "GatewaySubnet"}], "description": "Acme \"Corp\""}, "tags": {"owner": "Acme \"NOC\"", "link": "MACsec", "macsec": "no"}}`)},
	}), "the first of keys")
	var all strings.Builder
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for n := range files {
			if !yield(n) {
				return
			}
		}
	}) {
		all.WriteString(name + "\n" + string(files[name].Data) + "\n")
	}
	got := all.String()
	for _, want := range []string{"255.255.255.252", "version 4.21.1.1F", "interface Ethernet1", "route-map in permit 10", `"GatewaySubnet"`, "description hidden", "username hidden", "location hidden", `"link": "MACsec"`, `"macsec": "no"`, "/default.json", "#xxxx xxxx#"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is gone from\n%s", want, got)
		}
	}
	for _, secret := range []string{"Acme", "acme", "edge-1", "10.1.", "10.9.", "11111111"} {
		if strings.Contains(got, secret) {
			t.Errorf("%q is left in\n%s", secret, got)
		}
	}
	rows := strings.Split(string(files[path.Join(slices.Collect(func(yield func(string) bool) {
		for n := range files {
			if strings.HasSuffix(n, "show_ip_bgp.txt") {
				yield(n)
			}
		}
	})...)].Data), "\n")
	if len(rows) < 2 || len(rows[0]) != len(rows[1]) {
		t.Errorf("the columns have moved:\n%s", strings.Join(rows, "\n"))
	}
	if len(b.Left) != 0 {
		t.Errorf("left %q", b.Left)
	}
}

func TestAShortKeyIsRefused(t *testing.T) {
	if _, err := pseudonym.Make(open(t, fstest.MapFS{"routers/R1/show_version.txt": {}}), []byte("short")); err == nil || !strings.Contains(err.Error(), "want at least 16") {
		t.Errorf("error %v", err)
	}
}
