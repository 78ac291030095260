package azure_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

const gatewayLearned = root + "virtualNetworkGateways/rg-demo/vpngw.getLearnedRoutes.json"

// A lock of a gateway, as by another operator's diagnosis, is waited out longer
// than any number of the SDK's retries; throttling is not.
func TestALockIsWaitedOutAndToldFromThrottling(t *testing.T) {
	learned := regexp.MustCompile(`(?i)/vpngw/getLearnedRoutes`)
	for name, tc := range map[string]struct {
		code   string
		times  int
		status snapshot.Status
		detail string
	}{
		"a lock that goes":      {"RetryableErrorDueToAnotherOperation", 15, snapshot.OK, ""},
		"a lock that stays":     {"RetryableErrorDueToAnotherOperation", 0, snapshot.Throttled, "another operation holds the resource"},
		"throttling that stays": {"SubscriptionRequestsThrottled", 15, snapshot.Throttled, "Azure throttles"},
	} {
		t.Run(name, func(t *testing.T) {
			a := startARM(t, emulator.ARMConfig{Faults: []emulator.ARMFault{
				{Path: learned, Times: tc.times, Reply: emulator.ARMThrottle(tc.code, time.Millisecond)},
			}})
			d, _ := collect(t, options(a))
			it, _ := d.Item(gatewayLearned)
			if it.Status != tc.status || !strings.Contains(it.Detail, tc.detail) || strings.Contains(it.Detail, "throttles") != (tc.detail == "Azure throttles") {
				t.Errorf("%s: %s, want %s: %s", it.Status, it.Detail, tc.status, tc.detail)
			}
		})
	}
}

func TestTokensThatEndInTheMiddleAreRenewed(t *testing.T) {
	for name, tc := range map[string]struct {
		life  time.Duration
		fault *emulator.ARMFault
		end   bool // all tokens end when the first gateway is asked for its routes
	}{
		"at the end of their life": {
			life:  time.Second,
			fault: &emulator.ARMFault{Path: regexp.MustCompile(`getLearnedRoutes`), Times: 2, Reply: emulator.ARMSlow(2500 * time.Millisecond)},
		},
		"before the end of their life":      {end: true},
		"by a challenge of the access rule": {fault: &emulator.ARMFault{Path: regexp.MustCompile(`/connections/|getBgpPeerStatus`), Times: 3, Reply: emulator.ARMRevoke()}},
	} {
		t.Run(name, func(t *testing.T) {
			var a *emulator.ARM
			var tokens atomic.Int32
			var once sync.Once
			started := make(chan struct{})
			cfg := emulator.ARMConfig{TokenLife: tc.life, OnCall: func(_, path, _ string) {
				<-started
				if strings.HasSuffix(path, "/token") {
					tokens.Add(1)
				}
				if tc.end && strings.HasSuffix(path, "/getLearnedRoutes") {
					once.Do(a.ExpireTokens)
				}
			}}
			if tc.fault != nil {
				cfg.Faults = []emulator.ARMFault{*tc.fault}
			}
			a = startARM(t, cfg)
			close(started)
			d, _ := collect(t, options(a))
			if diff := cmp.Diff(undisturbed(t), statuses(d)); diff != "" {
				t.Errorf("statuses (-undisturbed +with renewed tokens):\n%s", diff)
			}
			if n := tokens.Load(); n < 2 || n > 20 {
				t.Errorf("%d tokens were asked for, want a few", n)
			}
		})
	}
}

// A token that Azure never accepts is not asked for at every call.
func TestARefusedTokenIsNotRenewedForEver(t *testing.T) {
	var tokens atomic.Int32
	a := startARM(t, emulator.ARMConfig{
		Faults: []emulator.ARMFault{{Path: regexp.MustCompile(`Microsoft`), Reply: emulator.ARMFail(401, "InvalidAuthenticationTokenTenant")}},
		OnCall: func(_, path, _ string) {
			if strings.HasSuffix(path, "/token") {
				tokens.Add(1)
			}
		},
	})
	d, _ := collect(t, options(a))
	for _, it := range d.Under("azure/") {
		if it.Status != snapshot.Denied || !strings.Contains(it.Detail, "InvalidAuthenticationTokenTenant") {
			t.Errorf("item %s: %s %s, want denied with Azure's word", it.Path, it.Status, it.Detail)
		}
	}
	if n := tokens.Load(); n > 25 {
		t.Errorf("%d tokens were asked for", n)
	}
}

func TestPagesThatRepeatLoseNoneOfTheOthers(t *testing.T) {
	a := startARM(t, emulator.ARMConfig{PageSize: 1, Faults: []emulator.ARMFault{
		// the second of three pages repeats the first; there are two tables
		{Path: regexp.MustCompile(`/routeTables\?`), Reply: emulator.ARMRepeat()},
	}})
	d, _ := collect(t, options(a))
	it, _ := d.Item(root + "routeTables.json")
	if it.Status != snapshot.Partial || !strings.Contains(it.Detail, "twice") {
		t.Errorf("%s %s, want partial: a resource is listed twice", it.Status, it.Detail)
	}
	want := undisturbed(t)
	for p, status := range statuses(d) {
		if _, single := want[p]; single && !strings.Contains(p, "/routeTables") && want[p] != status {
			t.Errorf("%s: %s, want %s", p, status, want[p])
		}
	}
}

// Azure leaves out of lists what an identity may not read, and says nothing.
func TestListsOfWhatMayNotBeReadAreNotWhole(t *testing.T) {
	role := rolePermission(t)
	for name, tc := range map[string]struct {
		permissions []emulator.ARMPermission
		item        string
		status      snapshot.Status
		detail      string
	}{
		"connections that Resource Graph hides": {
			[]emulator.ARMPermission{{Actions: role.Actions, NotActions: []string{"Microsoft.Network/connections/read"}}},
			"connections.json", snapshot.Denied, "Microsoft.Network/connections/read",
		},
		"route tables of one group only": {
			[]emulator.ARMPermission{
				{Actions: role.Actions, NotActions: []string{"Microsoft.Network/routeTables/read"}},
				{Group: "rg-demo", Actions: []string{"Microsoft.Network/routeTables/read"}},
			},
			"routeTables.json", snapshot.Partial, "in the whole subscription",
		},
		"connections of one group only": {
			[]emulator.ARMPermission{
				{Actions: role.Actions, NotActions: []string{"Microsoft.Network/connections/read"}},
				{Group: "rg-demo", Actions: []string{"Microsoft.Network/connections/read"}},
			},
			"connections.json", snapshot.Partial, "in the whole subscription",
		},
		"what may be read is not known": {
			[]emulator.ARMPermission{{Actions: role.Actions, NotActions: []string{"Microsoft.Authorization/*"}}},
			"connections.json", snapshot.Partial, "Microsoft.Authorization/permissions/read",
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := startARM(t, emulator.ARMConfig{})
			a.SetPermissions(tc.permissions...)
			d, _ := collect(t, options(a))
			if it, _ := d.Item(root + tc.item); it.Status != tc.status || !strings.Contains(it.Detail, tc.detail) {
				t.Errorf("%s: %s %s, want %s: %s", tc.item, it.Status, it.Detail, tc.status, tc.detail)
			}
		})
	}
}

// A Retry-After beyond the minute at which the SDK gives up by default is waited
// for; one of an hour is not (see the faults above).
func TestARetryAfterOfMoreThanAMinuteIsWaitedFor(t *testing.T) {
	a := startARM(t, emulator.ARMConfig{Faults: []emulator.ARMFault{
		{Path: regexp.MustCompile(`getLearnedRoutes`), Reply: emulator.ARMThrottle("SubscriptionRequestsThrottled", 61*time.Second)},
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
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if err := c.Collect(ctx, w); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Collect = %v, want it to wait still", err)
	}
}

func TestASubscriptionHasFewCallsUnderWay(t *testing.T) {
	var mu sync.Mutex
	now, most := 0, 0
	a := startARM(t, emulator.ARMConfig{Faults: []emulator.ARMFault{{
		Path: regexp.MustCompile(`Microsoft`),
		Reply: func(_ *http.Request, r emulator.ARMReply) emulator.ARMReply {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(5 * time.Millisecond)
			mu.Lock()
			now--
			mu.Unlock()
			return r
		},
	}}})
	o := options(a)
	o.Concurrency = 3
	collect(t, o)
	mu.Lock()
	defer mu.Unlock()
	if most < 2 || most > 3 {
		t.Errorf("%d calls were under way at once, want up to 3", most)
	}
}
