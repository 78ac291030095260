package azure_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

const (
	sub  = "00000000-0000-0000-0000-000000000000"
	root = "azure/" + sub + "/"
)

func fixtures(tb testing.TB) fs.FS {
	tb.Helper()
	return os.DirFS("testdata/fixtures")
}

// startARM runs an emulator that ends with the test, and checks that it leaves
// no goroutine behind.
func startARM(t *testing.T, cfg emulator.ARMConfig) *emulator.ARM {
	t.Helper()
	if cfg.FS == nil {
		cfg.FS = fixtures(t)
	}
	t.Cleanup(func() { noGoroutines(t) })
	a, err := emulator.StartARM(cfg)
	if err != nil {
		t.Fatalf("StartARM: %v", err)
	}
	t.Cleanup(a.Close)
	return a
}

// noGoroutines waits for the goroutines of this module and of net/http to end.
func noGoroutines(t *testing.T) {
	t.Helper()
	leak := regexp.MustCompile(`collectors/azure\.|emulator\.|net/http\.\(`)
	var left []string
	for range 300 {
		buf := make([]byte, 1<<20)
		left = nil
		for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if leak.MatchString(g) && !strings.Contains(g, "testing.tRunner") {
				left = append(left, g)
			}
		}
		if len(left) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("goroutines are left:\n%s", strings.Join(left, "\n\n"))
}

func options(a *emulator.ARM) azure.Options {
	at := time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC)
	return azure.Options{
		Subscriptions: []string{sub},
		Cloud: azure.Cloud{
			Name: "custom", Endpoint: a.Endpoint, Authority: a.Endpoint, Audience: "https://management.core.windows.net/", CA: a.Pool(),
		},
		Credential:  azure.Credential{Tenant: a.Tenant, Client: a.Client, Secret: a.Secret},
		Now:         func() time.Time { return at },
		PollEvery:   time.Millisecond,
		RetryDelay:  time.Millisecond,
		CallTimeout: 5 * time.Second,
	}
}

// collect runs a collection and opens what it wrote.
func collect(t *testing.T, o azure.Options) (*evidence.Dir, string) {
	t.Helper()
	c, err := azure.New(o)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	dir := filepath.Join(t.TempDir(), "evidence")
	w, err := evidence.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	if err := c.Collect(t.Context(), w); err != nil {
		t.Fatalf("Collect: %v", err)
	}
	if err := w.Close(evidence.Manifest{Tool: "test"}); err != nil {
		t.Fatal(err)
	}
	d, err := evidence.Open(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	return d, dir
}

func read(d *evidence.Dir) snapshot.Snapshot {
	var s snapshot.Snapshot
	azure.Read(d, &s)
	return s
}

func files(tb testing.TB, fsys fs.FS) map[string]string {
	tb.Helper()
	got := make(map[string]string)
	err := fs.WalkDir(fsys, "azure", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(fsys, p)
		got[p] = string(b)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return got
}

// onePage puts the pages of lists below resources together, without the blanks
// that then differ. A list of resources separates them itself.
func onePage(t *testing.T, files map[string]string) map[string]string {
	t.Helper()
	below := regexp.MustCompile(`^(.*\.(?:natRules|links|bgpConnections|ipConfigurations|hub[A-Za-z]+|routingIntent|routeMaps|vpnConnections|expressRouteConnections))(\.[0-9]+)?(\.json)$`)
	out := make(map[string]string)
	byPage := func(a, b string) int { // x.json before x.2.json
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	}
	for _, p := range slices.SortedFunc(maps.Keys(files), byPage) {
		m := below.FindStringSubmatch(p)
		if m == nil {
			out[p] = strings.TrimRight(files[p], "\n")
			continue
		}
		var page struct {
			Value []json.RawMessage `json:"value"`
		}
		if err := json.Unmarshal([]byte(files[p]), &page); err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		for _, row := range page.Value {
			var b bytes.Buffer
			if err := json.Compact(&b, row); err != nil {
				t.Fatal(err)
			}
			out[m[1]+m[3]] += b.String() + "\n"
		}
	}
	return out
}

func TestCollectStoresWhatAzureHasByteForByte(t *testing.T) {
	for name, cfg := range map[string]emulator.ARMConfig{
		"on one page":        {},
		"on pages of one":    {PageSize: 1},
		"after three polls":  {Polls: 3},
		"one call a gateway": {Polls: 2, OneOperation: true},
	} {
		t.Run(name, func(t *testing.T) {
			a := startARM(t, cfg)
			d, dir := collect(t, options(a))
			want, got := onePage(t, files(t, fixtures(t))), onePage(t, files(t, os.DirFS(dir)))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("evidence (-fixtures +collected):\n%s", diff)
			}
			for _, it := range d.Under("azure/") {
				if it.Status != snapshot.OK || it.Identity["subscription"] != sub || len(it.Identity["requestID"]) != 36 ||
					it.Source != "azure/"+sub || it.At.IsZero() || it.Detail != "" || !strings.Contains(it.What, "api-version=") {
					t.Errorf("item %+v: want ok, from the subscription, with a request", it)
				}
			}
		})
	}
}

func TestCollectedAndFixturesReadAlike(t *testing.T) {
	a := startARM(t, emulator.ARMConfig{})
	live, _ := collect(t, options(a))
	byHand, err := evidence.Open(fixtures(t))
	if err != nil {
		t.Fatal(err)
	}
	got, want := read(live), read(byHand)
	if len(got.Azure.Lists) != 18 || len(want.Azure.Lists) != 0 {
		t.Errorf("%d lists collected and %d by hand, want 18 and none", len(got.Azure.Lists), len(want.Azure.Lists))
	}
	for _, l := range got.Azure.Lists {
		if l.Status != snapshot.OK {
			t.Errorf("list of %s: %s %s, want ok", l.Type, l.Status, l.Detail)
		}
	}
	got.Azure.Lists = nil // a directory made by hand has none
	if diff := cmp.Diff(want, got, cmpAddrs()); diff != "" {
		t.Errorf("snapshot (-by hand +collected):\n%s", diff)
	}
	if len(got.Unread) > 0 {
		t.Errorf("unread: %+v", got.Unread)
	}
}

func TestWhatIsSentNamesTheCall(t *testing.T) {
	a := startARM(t, emulator.ARMConfig{})
	d, _ := collect(t, options(a))
	base := "/subscriptions/" + sub + "/resourceGroups/rg-demo/providers/Microsoft.Network/"
	for p, want := range map[string]string{
		"virtualNetworkGateways/rg-demo/vpngw.getAdvertisedRoutes.169.254.21.1.json": "POST " + base + "virtualNetworkGateways/vpngw/getAdvertisedRoutes?api-version=2025-05-01&peer=169.254.21.1",
		"expressRouteCircuits/rg-demo/er-circuit.routeTables.secondary.json":         "POST " + base + "expressRouteCircuits/er-circuit/peerings/AzurePrivatePeering/routeTables/secondary?api-version=2025-05-01",
		"connections/rg-demo/datacenter01_connection.json":                           "GET " + base + "connections/datacenter01_connection?api-version=2025-05-01",
		"virtualNetworks/rg-demo/vnet-hub.json":                                      "GET /subscriptions/" + sub + "/providers/Microsoft.Network/virtualNetworks?api-version=2025-05-01",
	} {
		it, _ := d.Item(root + p)
		if it.What != want {
			t.Errorf("%s: what = %q, want %q", p, it.What, want)
		}
	}
}

func TestCollectEndsWithItsContext(t *testing.T) {
	a := startARM(t, emulator.ARMConfig{Faults: []emulator.ARMFault{
		{Path: regexp.MustCompile(`Microsoft`), Reply: emulator.ARMSlow(time.Hour)},
	}})
	c, err := azure.New(options(a))
	if err != nil {
		t.Fatal(err)
	}
	w, err := evidence.Create(filepath.Join(t.TempDir(), "evidence"))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := c.Collect(ctx, w); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Collect = %v, want %v", err, context.DeadlineExceeded)
	}
}

func TestAGatewayNeverHasTwoOperations(t *testing.T) {
	var mu sync.Mutex
	calls := 0
	a := startARM(t, emulator.ARMConfig{OneOperation: true, Polls: 2, OnCall: func(method, _, _ string) {
		mu.Lock()
		defer mu.Unlock()
		if method == "POST" {
			calls++
		}
	}})
	o := options(a)
	o.Concurrency = 64
	collect(t, o)
	mu.Lock()
	defer mu.Unlock()
	// one token for the collector's check and its calls, one inventory, nine
	// operations of the gateways, six of the circuit, five of the hubs, and two
	// machines of a subnet of which one runs: a locked resource would make more
	if want := 1 + 1 + 9 + 6 + 5 + 2; calls != want {
		t.Errorf("%d calls by POST, want %d: one was refused and tried again", calls, want)
	}
}

func TestTheDefaultCredentialIsTheChainOfTheSDKs(t *testing.T) {
	a := startARM(t, emulator.ARMConfig{})
	t.Setenv("AZURE_TENANT_ID", a.Tenant)
	t.Setenv("AZURE_CLIENT_ID", a.Client)
	t.Setenv("AZURE_CLIENT_SECRET", a.Secret)
	o := options(a)
	o.Credential = azure.Credential{}
	d, _ := collect(t, o)
	if got, want := len(d.Under("azure/")), len(files(t, fixtures(t))); got != want {
		t.Errorf("%d items, want %d", got, want)
	}
}

func TestEveryCloudIsKnown(t *testing.T) {
	for _, name := range []string{"", "public", "usgovernment", "china"} {
		_, err := azure.New(azure.Options{
			Now: func() time.Time { return time.Time{} }, Subscriptions: []string{sub}, Cloud: azure.Cloud{Name: name},
			Credential: azure.Credential{Tenant: "t", Client: "c", Secret: "s"},
		})
		if err != nil {
			t.Errorf("cloud %q: %v", name, err)
		}
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	now := func() time.Time { return time.Time{} }
	for name, tc := range map[string]struct {
		o    azure.Options
		want string
	}{
		"no clock":                  {azure.Options{Subscriptions: []string{"s"}}, "clock"},
		"no subscription":           {azure.Options{Now: now}, "at least one subscription"},
		"a path as subscription":    {azure.Options{Now: now, Subscriptions: []string{"a/b"}}, `"a/b"`},
		"a subscription twice":      {azure.Options{Now: now, Subscriptions: []string{"A", "a"}}, "twice"},
		"an unknown cloud":          {azure.Options{Now: now, Subscriptions: []string{"s"}, Cloud: azure.Cloud{Name: "mars"}}, `"mars"`},
		"a custom cloud over http":  {azure.Options{Now: now, Subscriptions: []string{"s"}, Cloud: azure.Cloud{Name: "custom", Endpoint: "http://x"}}, `"http://x"`},
		"an endpoint in the public": {azure.Options{Now: now, Subscriptions: []string{"s"}, Cloud: azure.Cloud{Endpoint: "https://x"}}, `"https://x"`},
		"a client without a secret": {azure.Options{Now: now, Subscriptions: []string{"s"}, Credential: azure.Credential{Client: "c"}}, `"c"`},
		"a secret without a tenant": {azure.Options{Now: now, Subscriptions: []string{"s"}, Credential: azure.Credential{Client: "c", Secret: "x"}}, "tenant"},
		"a certificate of nonsense": {azure.Options{Now: now, Subscriptions: []string{"s"}, Credential: azure.Credential{Tenant: "t", Client: "c", Certificate: []byte("x")}}, "certificate"},
		"a negative timeout":        {azure.Options{Now: now, Subscriptions: []string{"s"}, CallTimeout: -1}, "timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := azure.New(tc.o)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("New = %v, want an error that says %q", err, tc.want)
			}
		})
	}
}
