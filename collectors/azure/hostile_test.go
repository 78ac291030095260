package azure_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Whatever the answers of one call are, the collection ends soon, says of that call
// why it has no whole answer, and has the others.
func TestHostileAnswersEndAndAreNotWhole(t *testing.T) {
	learned := regexp.MustCompile(`(?i)/vpngw/getLearnedRoutes`)
	tables := regexp.MustCompile(`/routeTables\?`)
	const tablesItem = root + "routeTables.json"
	retryAfter := func(v string) func(*http.Request, emulator.ARMReply) emulator.ARMReply {
		return func(*http.Request, emulator.ARMReply) emulator.ARMReply {
			return emulator.ARMReply{
				Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {v}},
				Body: []byte(`{"error":{"code":"SubscriptionRequestsThrottled","message":"later"}}`),
			}
		}
	}
	for name, tc := range map[string]struct {
		fault  emulator.ARMFault
		item   string
		status snapshot.Status
		detail string
	}{
		"Retry-After of 30 years": {
			emulator.ARMFault{Path: learned, Reply: retryAfter("1000000000")}, gatewayLearned, snapshot.Throttled, "SubscriptionRequestsThrottled",
		},
		"Retry-After beyond any number": {
			emulator.ARMFault{Path: learned, Reply: retryAfter(strings.Repeat("9", 40))}, gatewayLearned, snapshot.Throttled, "SubscriptionRequestsThrottled",
		},
		"Retry-After as a date to come": {
			emulator.ARMFault{Path: learned, Reply: retryAfter("Fri, 31 Dec 2199 23:59:59 GMT")}, gatewayLearned, snapshot.Throttled, "SubscriptionRequestsThrottled",
		},
		"Retry-After as a date that is past": {
			emulator.ARMFault{Path: learned, Reply: retryAfter("Thu, 01 Jan 2015 00:00:00 GMT")}, gatewayLearned, snapshot.Throttled, "SubscriptionRequestsThrottled",
		},
		"an operation that never ends, and asks to be polled at once": {
			emulator.ARMFault{Path: learned, Result: true, Reply: func(r *http.Request, _ emulator.ARMReply) emulator.ARMReply {
				return emulator.ARMReply{Status: http.StatusAccepted, Header: http.Header{"Location": {"https://" + r.Host + r.URL.RequestURI()}, "Retry-After": {"0"}}}
			}},
			gatewayLearned, snapshot.Timeout, "no result within",
		},
		"an operation that was cancelled": {
			emulator.ARMFault{Path: learned, Result: true, Reply: emulator.ARMBody(200, `{"status":"Canceled","error":{"code":"Canceled","message":"m"}}`)},
			gatewayLearned, snapshot.Error, "Canceled",
		},
		"a page that names itself": {
			emulator.ARMFault{Path: tables, Reply: func(r *http.Request, _ emulator.ARMReply) emulator.ARMReply {
				return emulator.ARMReply{Status: 200, Body: fmt.Appendf(nil, `{"value":[],"nextLink":"https://%s%s"}`, r.Host, r.URL.RequestURI())}
			}},
			tablesItem, snapshot.Partial, "does not end",
		},
		"JSON that is nested without end": {
			emulator.ARMFault{Path: learned, Result: true, Reply: emulator.ARMBody(200, `{"value":`+strings.Repeat("[", 1<<20))},
			gatewayLearned, snapshot.Partial, "not whole JSON",
		},
		"a page of HTML": {
			emulator.ARMFault{Path: learned, Result: true, Reply: func(*http.Request, emulator.ARMReply) emulator.ARMReply {
				return emulator.ARMReply{Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte("<html>Sign in</html>")}
			}},
			gatewayLearned, snapshot.Partial, "not whole JSON",
		},
		"little that unpacks to more than an item may be": {
			emulator.ARMFault{Path: learned, Result: true, Reply: packed(t, 80<<20)},
			gatewayLearned, snapshot.Partial, "longer than 64 MiB",
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := startARM(t, emulator.ARMConfig{Faults: []emulator.ARMFault{tc.fault}})
			o := options(a)
			o.CallTimeout = 30 * time.Second // what is large takes its time on a busy machine
			if tc.status == snapshot.Timeout {
				o.CallTimeout = time.Second
			}
			late := time.AfterFunc(time.Minute, func() { t.Error("the collection takes more than a minute") })
			defer late.Stop()
			d, _ := collect(t, o)
			if it, _ := d.Item(tc.item); it.Status != tc.status || !strings.Contains(it.Detail, tc.detail) {
				t.Errorf("%s: %s %s, want %s: %s", tc.item, it.Status, it.Detail, tc.status, tc.detail)
			}
			want := undisturbed(t)
			for p, status := range statuses(d) {
				if _, single := want[p]; single && p != tc.item && want[p] != status {
					t.Errorf("%s: %s, want %s", p, status, want[p])
				}
			}
		})
	}
}

// A list whose every page names a new one ends at a bound, which is an own test
// because of its length.
func TestAListWithoutEndIsLeft(t *testing.T) {
	var pages atomic.Int64
	a := startARM(t, emulator.ARMConfig{Faults: []emulator.ARMFault{{
		Path: regexp.MustCompile(`/routeTables\?`),
		Reply: func(r *http.Request, _ emulator.ARMReply) emulator.ARMReply {
			next, _ := json.Marshal(fmt.Sprintf("https://%s%s?api-version=1&page=%d", r.Host, r.URL.Path, pages.Add(1)))
			return emulator.ARMReply{Status: 200, Body: fmt.Appendf(nil, `{"value":[],"nextLink":%s}`, next)}
		},
	}}})
	d, _ := collect(t, options(a))
	if it, _ := d.Item(root + "routeTables.json"); it.Status != snapshot.Partial || !strings.Contains(it.Detail, "does not end") {
		t.Errorf("%s %s after %d pages", it.Status, it.Detail, pages.Load())
	}
}

// packed answers that many blanks in gzip.
func packed(t *testing.T, n int) func(*http.Request, emulator.ARMReply) emulator.ARMReply {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	blanks := bytes.Repeat([]byte(" "), 1<<20)
	for range n >> 20 {
		if _, err := z.Write(blanks); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return func(*http.Request, emulator.ARMReply) emulator.ARMReply {
		return emulator.ARMReply{Status: 200, Header: http.Header{"Content-Encoding": {"gzip"}}, Body: b.Bytes()}
	}
}
