package azure_test

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// size is how large a generated tenant is.
type size struct{ subscriptions, gateways, vnets, subnets, routeTables int }

// tenant generates the resources of a tenant, spread evenly. A gateway is in
// the first subnet of a VNet of its own, has two peers and one connection.
func tenant(n size) (fstest.MapFS, []string) {
	fsys := make(fstest.MapFS)
	var subs []string
	for i := range n.subscriptions {
		subs = append(subs, fmt.Sprintf("00000000-0000-0000-0000-%012d", i))
	}
	put := func(sub, typ, name, format string, args ...any) {
		fsys["azure/"+sub+"/"+typ+"/rg/"+name+".json"] = &fstest.MapFile{Data: fmt.Appendf(nil, format, args...)}
	}
	id := func(sub, typ, name string) string {
		return "/subscriptions/" + sub + "/resourceGroups/rg/providers/Microsoft.Network/" + typ + "/" + name
	}
	for i := range n.routeTables {
		sub, name := subs[i%len(subs)], fmt.Sprintf("rt-%d", i)
		put(sub, "routeTables", name, `{"id":%q,"name":%q,"location":"westeurope","properties":{"disableBgpRoutePropagation":false,"routes":[%s]}}`,
			id(sub, "routeTables", name), name, `{"name":"r","properties":{"addressPrefix":"10.0.0.0/8","nextHopType":"VirtualAppliance","nextHopIpAddress":"10.1.1.4"}}`)
	}
	perVNet := n.subnets / n.vnets
	for i := range n.vnets {
		sub, name := subs[i%len(subs)], fmt.Sprintf("vnet-%d", i)
		var subnets []string
		for j := range perVNet {
			subnet, config := fmt.Sprintf("subnet-%d", j), ""
			if j == 0 && i < n.gateways {
				subnet, config = "GatewaySubnet", fmt.Sprintf(`,"ipConfigurations":[{"id":%q}]`, id(sub, "virtualNetworkGateways", fmt.Sprintf("gw-%d", i))+"/ipConfigurations/c")
			}
			subnets = append(subnets, fmt.Sprintf(`{"id":%q,"name":%q,"properties":{"addressPrefix":"10.%d.%d.0/24"%s}}`,
				id(sub, "virtualNetworks", name)+"/subnets/"+subnet, subnet, i%250, j, config))
		}
		put(sub, "virtualNetworks", name, `{"id":%q,"name":%q,"location":"westeurope","properties":{"addressSpace":{"addressPrefixes":["10.%d.0.0/16"]},"subnets":[%s]}}`,
			id(sub, "virtualNetworks", name), name, i%250, strings.Join(subnets, ","))
	}
	for i := range n.gateways {
		sub, name := subs[i%len(subs)], fmt.Sprintf("gw-%d", i)
		put(sub, "virtualNetworkGateways", name, `{"id":%q,"name":%q,"location":"westeurope","properties":{"gatewayType":"Vpn","vpnType":"RouteBased","enableBgp":true,"bgpSettings":{"asn":65515}}}`,
			id(sub, "virtualNetworkGateways", name), name)
		put(sub, "connections", "cn-"+name, `{"id":%q,"name":%q,"location":"westeurope","properties":{"connectionType":"IPsec","connectionStatus":"Connected"}}`, id(sub, "connections", "cn-"+name), "cn-"+name)
		var routes []string
		for j := range 200 {
			routes = append(routes, fmt.Sprintf(`{"localAddress":"10.64.0.4","network":"10.%d.%d.0/24","nextHop":"169.254.21.1","sourcePeer":"169.254.21.1","origin":"EBgp","asPath":"65001","weight":32768}`, i%250, j))
		}
		put(sub, "virtualNetworkGateways", name+".getLearnedRoutes", `{"value":[%s]}`, strings.Join(routes, ","))
		put(sub, "virtualNetworkGateways", name+".getBgpPeerStatus", `{"value":[{"neighbor":"169.254.21.1","asn":65001,"state":"Connected"},{"neighbor":"169.254.22.1","asn":65001,"state":"Connected"}]}`)
		for _, peer := range []string{"169.254.21.1", "169.254.22.1"} {
			put(sub, "virtualNetworkGateways", name+".getAdvertisedRoutes."+peer, `{"value":[%s]}`, strings.Join(routes[:20], ","))
		}
	}
	return fsys, subs
}

// meter measures a collection from outside of it.
type meter struct{ calls atomic.Int64 }

func (m *meter) call(_, path, _ string) {
	if strings.Contains(path, "/oauth2/") || strings.Contains(path, "/.well-known/") {
		return
	}
	m.calls.Add(1)
}

// measured is what one collection took.
type measured struct {
	calls int64
	took  time.Duration
	ideal time.Duration
	peak  uint64 // of the live heap, emulator included, above what was there before
	bytes int64
	items int
}

// The limits of the collector that the ideal is reckoned by: calls under way at
// once, of all subscriptions and of each.
const (
	atOnce       = 64
	atOncePerSub = 4
)

func measure(tb testing.TB, n size, latency time.Duration) measured {
	tb.Helper()
	fsys, subs := tenant(n)
	var m meter
	a, err := emulator.StartARM(emulator.ARMConfig{FS: fsys, Latency: latency, OnCall: m.call})
	if err != nil {
		tb.Fatal(err)
	}
	defer a.Close()
	o := options(a)
	o.Subscriptions, o.CallTimeout, o.Concurrency = subs, time.Minute, atOncePerSub
	c, err := azure.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	dir := filepath.Join(tb.TempDir(), "evidence")
	w, err := evidence.Create(dir)
	if err != nil {
		tb.Fatal(err)
	}
	defer w.Abort()
	stop := watchHeap()
	began := time.Now() //nolint:forbidigo // a benchmark measures
	if err := c.Collect(context.Background(), w); err != nil {
		tb.Fatal(err)
	}
	got := measured{took: time.Since(began), calls: m.calls.Load(), peak: stop()}
	got.ideal = time.Duration(got.calls) * latency / time.Duration(min(atOnce, atOncePerSub*len(subs)))
	if err := w.Close(evidence.Manifest{Tool: "bench"}); err != nil {
		tb.Fatal(err)
	}
	d, err := evidence.Open(os.DirFS(dir))
	if err != nil {
		tb.Fatal(err)
	}
	for _, it := range d.Manifest.Items {
		if it.Status != snapshot.OK && it.Status != snapshot.Empty {
			tb.Fatalf("item %s: %s %s", it.Path, it.Status, it.Detail)
		}
	}
	got.items = len(d.Manifest.Items)
	err = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		got.bytes += info.Size()
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return got
}

// watchHeap watches how much heap is in use until it is told to stop.
func watchHeap() (stop func() uint64) {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	done := make(chan struct{})
	var peak uint64
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
				runtime.ReadMemStats(&now)
				peak = max(peak, now.HeapInuse)
			}
		}
	})
	return func() uint64 {
		close(done)
		wg.Wait()
		return peak - min(peak, before.HeapInuse)
	}
}

// BenchmarkCollect collects a large tenant from an emulator that answers after
// 10 ms, and says what it took beside the ideal: calls x latency / concurrency.
// At 100 ms, as Azure is, what is left of the difference is the order of calls;
// at 10 ms it is the processor and the disk, which emulator and collector share.
func BenchmarkCollect(b *testing.B) {
	for _, latency := range []time.Duration{10 * time.Millisecond, 100 * time.Millisecond} {
		b.Run(latency.String(), func(b *testing.B) { benchCollect(b, latency) })
	}
}

func benchCollect(b *testing.B, latency time.Duration) {
	b.Helper()
	n := size{subscriptions: 50, gateways: 200, vnets: 1000, subnets: 5000, routeTables: 2000}
	var all []measured
	for b.Loop() {
		all = append(all, measure(b, n, latency))
	}
	slices.SortFunc(all, func(x, y measured) int { return cmp.Compare(x.took, y.took) })
	for _, got := range all[len(all)/2 : len(all)/2+1] { // the median
		b.ReportMetric(float64(got.calls), "calls")
		b.ReportMetric(got.took.Seconds(), "s")
		b.ReportMetric(got.ideal.Seconds(), "s-ideal")
		b.ReportMetric(got.took.Seconds()/got.ideal.Seconds(), "x-ideal")
		b.ReportMetric(float64(got.peak)/1e6, "MB-peak")
		b.ReportMetric(float64(got.bytes)/1e6, "MB-evidence")
		b.ReportMetric(float64(got.items), "items")
	}
}

// A tenant is collected with as many calls as it has lists, resources and
// operations, and all of it is kept.
func TestATenantIsCollectedWhole(t *testing.T) {
	n := size{subscriptions: 3, gateways: 6, vnets: 12, subnets: 36, routeTables: 15}
	got := measure(t, n, time.Millisecond)
	tree, _ := tenant(n)
	if got.items < len(tree) {
		t.Errorf("%d items, want at least the %d that there are", got.items, len(tree))
	}
	t.Logf("%d calls, %d items, %s", got.calls, got.items, got.took)
}
