package azure_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// An answer may name any host as the one of the next page or of a result. It is not
// asked: whoever has a token of Azure Resource Manager may do what its owner may.
func TestTokensGoToAzureResourceManagerOnly(t *testing.T) {
	learned := regexp.MustCompile(`(?i)/vpngw/getLearnedRoutes`)
	for name, tc := range map[string]struct {
		fault  func(elsewhere string) emulator.ARMFault
		item   string
		status snapshot.Status
	}{
		"the next page": {func(elsewhere string) emulator.ARMFault {
			return emulator.ARMFault{Path: regexp.MustCompile(`/routeTables\?`), Reply: emulator.ARMBody(200, `{"value":[],"nextLink":"`+elsewhere+`/next"}`)}
		}, root + "routeTables.json", snapshot.Error},
		"the result": {func(elsewhere string) emulator.ARMFault {
			return emulator.ARMFault{Path: learned, Reply: headers(http.StatusAccepted, "Location", elsewhere+"/result")}
		}, gatewayLearned, snapshot.Error},
		"the progress": {func(elsewhere string) emulator.ARMFault {
			return emulator.ARMFault{Path: learned, Reply: headers(http.StatusAccepted, "Azure-AsyncOperation", elsewhere+"/progress")}
		}, gatewayLearned, snapshot.Error},
		"a redirect": {func(elsewhere string) emulator.ARMFault {
			return emulator.ARMFault{Path: learned, Reply: headers(http.StatusTemporaryRedirect, "Location", elsewhere+"/moved")}
		}, gatewayLearned, snapshot.Error},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			elsewhere := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				_, _ = w.Write([]byte(`{"value":[]}`))
			}))
			a := startARM(t, emulator.ARMConfig{Faults: []emulator.ARMFault{tc.fault(elsewhere.URL)}})
			t.Cleanup(elsewhere.Close) // before startARM looks for goroutines
			o := options(a)
			o.Cloud.CA.AddCert(elsewhere.Certificate())
			d, _ := collect(t, o)
			if n := asked.Load(); n > 0 {
				t.Errorf("another host was asked %d times", n)
			}
			if it, _ := d.Item(tc.item); it.Status != tc.status || !strings.Contains(it.Detail, "which is not Azure Resource Manager") {
				t.Errorf("%s: %s %s, want %s", tc.item, it.Status, it.Detail, tc.status)
			}
		})
	}
}

func headers(status int, name, value string) func(*http.Request, emulator.ARMReply) emulator.ARMReply {
	return func(*http.Request, emulator.ARMReply) emulator.ARMReply {
		return emulator.ARMReply{Status: status, Header: http.Header{name: {value}}}
	}
}
