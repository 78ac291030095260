package azure_test

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func TestAFailingCallIsAnItemAndLosesNothingElse(t *testing.T) {
	learned := regexp.MustCompile(`(?i)/vpngw/getLearnedRoutes`)
	const learnedItem = "virtualNetworkGateways/rg-demo/vpngw.getLearnedRoutes.json"
	connection := regexp.MustCompile(`/connections/datacenter01_connection`)
	const connectionItem = "connections/rg-demo/datacenter01_connection.json"
	tables := regexp.MustCompile(`/routeTables\?`)
	graph := regexp.MustCompile(`ResourceGraph`)
	whole := len(files(t, fixtures(t)))
	for name, tc := range map[string]struct {
		fault  emulator.ARMFault
		item   string
		status snapshot.Status
		detail string
		lost   int // fixtures that are not collected
	}{
		"403 on an action": {
			emulator.ARMFault{Path: learned, Reply: emulator.ARMDeny("Microsoft.Network/virtualNetworkGateways/getLearnedRoutes/action")},
			learnedItem, snapshot.Denied, "lacks the action Microsoft.Network/virtualNetworkGateways/getLearnedRoutes/action: grant", 0,
		},
		"403 on the poll": {
			emulator.ARMFault{Path: learned, Result: true, Reply: emulator.ARMDeny("Microsoft.Network/locations/operationResults/read")},
			learnedItem, snapshot.Denied, "Microsoft.Network/locations/operationResults/read", 0,
		},
		"403 without a message": {
			emulator.ARMFault{Path: learned, Reply: emulator.ARMBody(403, "")},
			learnedItem, snapshot.Denied, "Microsoft.Network/virtualNetworkGateways/getLearnedRoutes/action: grant", 0,
		},
		"429 for throttling": {
			emulator.ARMFault{Path: learned, Reply: emulator.ARMThrottle("SubscriptionRequestsThrottled", 10*time.Millisecond)},
			learnedItem, snapshot.Throttled, "SubscriptionRequestsThrottled", 0,
		},
		"429 with a Retry-After that is too long": {
			emulator.ARMFault{Path: learned, Reply: emulator.ARMThrottle("SubscriptionRequestsThrottled", time.Hour)},
			learnedItem, snapshot.Throttled, "SubscriptionRequestsThrottled", 0,
		},
		"429 for a lock": {
			emulator.ARMFault{Path: learned, Reply: emulator.ARMThrottle("RetryableErrorDueToAnotherOperation", 10*time.Millisecond)},
			learnedItem, snapshot.Throttled, "RetryableErrorDueToAnotherOperation", 0,
		},
		"500 on the poll for ever": {
			emulator.ARMFault{Path: learned, Result: true, Reply: emulator.ARMFail(500, "InternalServerError")},
			learnedItem, snapshot.Timeout, "the last answer was 500 InternalServerError", 0,
		},
		"400 on the poll": {
			emulator.ARMFault{Path: learned, Result: true, Reply: emulator.ARMFail(400, "VirtualNetworkGatewayNotReady")},
			learnedItem, snapshot.Error, "400 VirtualNetworkGatewayNotReady", 0,
		},
		"a slow answer": {
			emulator.ARMFault{Path: learned, Reply: emulator.ARMSlow(time.Hour)},
			learnedItem, snapshot.Timeout, "no answer within", 0,
		},
		"204": {
			emulator.ARMFault{Path: learned, Result: true, Reply: emulator.ARMBody(204, "")},
			learnedItem, snapshot.Empty, "no content", 0,
		},
		"null": {
			emulator.ARMFault{Path: learned, Result: true, Reply: emulator.ARMBody(200, "null")},
			learnedItem, snapshot.Empty, "null", 0,
		},
		"an empty list": {
			emulator.ARMFault{Path: learned, Result: true, Reply: emulator.ARMBody(200, `{"value":[]}`)},
			learnedItem, snapshot.Empty, "empty list", 0,
		},
		"a failed operation": {
			emulator.ARMFault{Path: learned, Result: true, Reply: emulator.ARMBody(200, `{"status":"Failed","error":{"code":"GatewayDown","message":"m"}}`)},
			learnedItem, snapshot.Error, "GatewayDown", 0,
		},
		"an answer with another page": {
			emulator.ARMFault{Path: learned, Result: true, Reply: emulator.ARMBody(200, `{"value":[{"network":"10.0.0.0/8"}],"nextLink":"https://x/"}`)},
			learnedItem, snapshot.Partial, "another page", 0,
		},
		"202 without a place for the result": {
			emulator.ARMFault{Path: learned, Reply: func(_ *http.Request, r emulator.ARMReply) emulator.ARMReply { r.Header = nil; return r }},
			learnedItem, snapshot.Error, "accepted the operation", 0,
		},
		"a result that is a bare list": {
			emulator.ARMFault{Path: learned, Result: true, Reply: emulator.ARMBody(200, `[7]`)},
			learnedItem, snapshot.Partial, "not a JSON object", 0,
		},
		"JSON that is cut": {
			emulator.ARMFault{Path: learned, Result: true, Reply: emulator.ARMCut(700)},
			learnedItem, snapshot.Partial, "700 bytes is not whole JSON", 0,
		},
		"a connection that breaks in the answer": {
			emulator.ARMFault{Path: learned, Result: true, Reply: emulator.ARMReset(700)},
			learnedItem, snapshot.Partial, "broke off after 700 bytes", 0,
		},
		"a connection that breaks before the answer": {
			emulator.ARMFault{Path: learned, Reply: emulator.ARMReset(0)},
			learnedItem, snapshot.Error, "closed before an answer", 0,
		},
		"404 on a connection": {
			emulator.ARMFault{Path: connection, Reply: emulator.ARMFail(404, "ResourceNotFound")},
			connectionItem, snapshot.Error, "404 ResourceNotFound", 0,
		},
		"401 in the middle": {
			emulator.ARMFault{Path: connection, Reply: emulator.ARMFail(401, "ExpiredAuthenticationToken")},
			connectionItem, snapshot.Denied, "ExpiredAuthenticationToken", 0,
		},
		"a resource that is null": {
			emulator.ARMFault{Path: connection, Reply: emulator.ARMBody(200, "null")},
			connectionItem, snapshot.Empty, "null", 0,
		},
		"a resource without an ID": {
			emulator.ARMFault{Path: connection, Reply: emulator.ARMBody(200, "{}")},
			connectionItem, snapshot.Partial, "no ID", 0,
		},
		"403 on a list": {
			emulator.ARMFault{Path: tables, Reply: emulator.ARMDeny("Microsoft.Network/routeTables/read")},
			"routeTables.json", snapshot.Denied, "Microsoft.Network/routeTables/read", 2,
		},
		"403 on the second page": {
			emulator.ARMFault{Path: regexp.MustCompile(`/routeTables\?.*skiptoken`), Reply: emulator.ARMDeny("Microsoft.Network/routeTables/read")},
			"routeTables.json", snapshot.Partial, "page 2 of the list: denied", 1,
		},
		"a list of which the end is cut": {
			emulator.ARMFault{Path: tables, Reply: emulator.ARMCut(1300)},
			"routeTables.json", snapshot.Partial, "page 1 of the list: partial", 1,
		},
		"an empty list of resources": {
			emulator.ARMFault{Path: tables, Reply: emulator.ARMBody(200, `{"value":[]}`)},
			"routeTables.json", snapshot.Empty, "none in this subscription", 2,
		},
		"a list with a stranger": {
			emulator.ARMFault{Path: tables, Reply: emulator.ARMBody(200, `{"value":[{"id":"/x"}]}`)},
			"routeTables.json", snapshot.Partial, "/x", 2,
		},
		"pages that overlap": {
			emulator.ARMFault{Path: regexp.MustCompile(`/virtualNetworks\?.*skiptoken`), Reply: firstVNetAgain},
			"virtualNetworks.json", snapshot.Partial, "twice", 1,
		},
		"403 on the inventory": {
			emulator.ARMFault{Path: graph, Reply: emulator.ARMDeny("Microsoft.ResourceGraph/resources/read")},
			// the gateways are found in the GatewaySubnets
			"virtualNetworkGateways.json", snapshot.Partial, "Microsoft.ResourceGraph/resources/read", 5,
		},
		"403 on the inventory, for the connections": {
			emulator.ARMFault{Path: graph, Reply: emulator.ARMDeny("Microsoft.ResourceGraph/resources/read")},
			"connections.json", snapshot.Denied, "Microsoft.ResourceGraph/resources/read", 5,
		},
		"an inventory without anything": {
			emulator.ARMFault{Path: graph, Reply: emulator.ARMBody(200, `{"totalRecords":0,"count":0,"data":[],"facets":[],"resultTruncated":"false"}`)},
			"virtualNetworkGateways.json", snapshot.Partial, "a GatewaySubnet holds the gateway rg-demo/vpngw, which Resource Graph does not list", 5,
		},
		"an inventory that is truncated": {
			emulator.ARMFault{Path: graph, Reply: emulator.ARMBody(200, `{"totalRecords":9,"count":0,"data":[],"facets":[],"resultTruncated":"true"}`)},
			"localNetworkGateways.json", snapshot.Partial, "left rows out", 5,
		},
		"VNets that are denied": {
			emulator.ARMFault{Path: regexp.MustCompile(`/virtualNetworks\?`), Reply: emulator.ARMDeny("Microsoft.Network/virtualNetworks/read")},
			"virtualNetworks.json", snapshot.Denied, "Microsoft.Network/virtualNetworks/read", 2,
		},
		"a VNet that lost its gateways": {
			emulator.ARMFault{Path: regexp.MustCompile(`/virtualNetworks\?`), Reply: emulator.ARMBody(200, `{"value":[]}`)},
			"virtualNetworkGateways.json", snapshot.Partial, "which no GatewaySubnet holds", 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := emulator.StartARM(emulator.ARMConfig{FS: fixtures(t), PageSize: pageSize(name), Faults: []emulator.ARMFault{tc.fault}})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			o := options(a)
			if tc.status == snapshot.Timeout {
				o.CallTimeout = 500 * time.Millisecond
			}
			d, dir := collect(t, o)
			it, ok := d.Item(root + tc.item)
			if !ok || it.Status != tc.status || !strings.Contains(it.Detail, tc.detail) {
				t.Errorf("item %s: status %q, detail %q; want %q, %q", tc.item, it.Status, it.Detail, tc.status, tc.detail)
			}
			kept := 0
			for p := range files(t, os.DirFS(dir)) {
				if _, err := fs.Stat(fixtures(t), p); err == nil {
					kept++
				}
			}
			if kept != whole-tc.lost {
				t.Errorf("%d of the %d fixtures are in the evidence, want %d", kept, whole, whole-tc.lost)
			}
			checkTables(t, d, tc.item, tc.status)
		})
	}
}

func pageSize(name string) int {
	if strings.Contains(name, "page") {
		return 1
	}
	return 0
}

// checkTables holds that reading gives the status to the table it belongs to,
// and to no other.
func checkTables(t *testing.T, d *evidence.Dir, item string, want snapshot.Status) {
	t.Helper()
	s := read(d)
	for _, g := range s.Azure.Gateways {
		for p, got := range map[string]snapshot.Read{
			"virtualNetworkGateways/rg-demo/" + g.Name + ".getLearnedRoutes.json": g.Learned.Read,
			"virtualNetworkGateways/rg-demo/" + g.Name + ".getBgpPeerStatus.json": g.Peers.Read,
		} {
			expected := snapshot.OK
			if p == item {
				expected = want
			}
			if got.Status != expected || got.Item != root+p {
				t.Errorf("read of %s = %+v, want %q", p, got, expected)
			}
			if expected != snapshot.OK && expected != snapshot.Partial && len(g.Learned.Routes) > 0 {
				t.Errorf("%s has %d routes with status %q, want none", p, len(g.Learned.Routes), expected)
			}
		}
	}
	for _, c := range s.Azure.Connections {
		expected := snapshot.OK
		if c.Read.Item == root+item {
			expected = want
		}
		if c.Read.Status != expected {
			t.Errorf("read of connection %s = %+v, want %q", c.Name, c.Read, expected)
		}
	}
}

func TestACutTableKeepsItsWholeRows(t *testing.T) {
	a := startARM(t, emulator.ARMConfig{Faults: []emulator.ARMFault{
		{Path: regexp.MustCompile(`/vpngw/getLearnedRoutes`), Result: true, Reply: emulator.ARMCut(700)},
	}})
	d, _ := collect(t, options(a))
	s := read(d)
	for _, g := range s.Azure.Gateways {
		if g.Type == snapshot.VPN && (len(g.Learned.Routes) != 3 || g.Learned.Status != snapshot.Partial) {
			t.Errorf("%d routes, status %q; want the 3 whole rows and partial", len(g.Learned.Routes), g.Learned.Status)
		}
	}
	if len(s.Unread) == 0 {
		t.Error("the cut is not unread")
	}
}

func TestATransientFaultIsRetried(t *testing.T) {
	a := startARM(t, emulator.ARMConfig{Faults: []emulator.ARMFault{
		{Path: regexp.MustCompile(`getLearnedRoutes`), Times: 2, Reply: emulator.ARMThrottle("SubscriptionRequestsThrottled", 10*time.Millisecond)},
		{Path: regexp.MustCompile(`getBgpPeerStatus`), Result: true, Times: 1, Reply: emulator.ARMFail(503, "ServerTimeout")},
		{Path: regexp.MustCompile(`/connections/`), Times: 1, Reply: emulator.ARMReset(0)},
		{Path: regexp.MustCompile(`/azureFirewalls`), Times: 1, Reply: emulator.ARMReset(50)},
	}})
	d, _ := collect(t, options(a))
	if diff := cmp.Diff(undisturbed(t), statuses(d)); diff != "" {
		t.Errorf("statuses (-without faults +with):\n%s", diff)
	}
}

// statuses are those of a collection's items.
func statuses(d *evidence.Dir) map[string]snapshot.Status {
	all := make(map[string]snapshot.Status)
	for _, it := range d.Under("azure/") {
		all[it.Path] = it.Status
	}
	return all
}

// undisturbed are the statuses when nothing goes wrong.
func undisturbed(t *testing.T) map[string]snapshot.Status {
	t.Helper()
	a, err := emulator.StartARM(emulator.ARMConfig{FS: fixtures(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	d, _ := collect(t, options(a))
	return statuses(d)
}

func TestACredentialThatIsRefusedIsTriedOnce(t *testing.T) {
	tokens := make(chan struct{}, 100)
	a := startARM(t, emulator.ARMConfig{OnCall: func(_, p, _ string) {
		if strings.HasSuffix(p, "/token") {
			tokens <- struct{}{}
		}
	}})
	o := options(a)
	o.Credential.Secret = "wrong-secret-a8f1"
	d, dir := collect(t, o)
	items := d.Under("azure/")
	if len(items) < 7 {
		t.Errorf("%d items, want one for each of the lists", len(items))
	}
	for _, it := range items {
		if it.Status != snapshot.Denied || !strings.Contains(it.Detail, "AADSTS7000215") {
			t.Errorf("item %s: %s %q, want denied and AADSTS7000215", it.Path, it.Status, it.Detail)
		}
	}
	if len(tokens) != 1 {
		t.Errorf("%d requests for a token, want 1", len(tokens))
	}
	grepDisk(t, dir, o.Credential.Secret)
	if s := read(d); len(s.Azure.Gateways)+len(s.Unread) > 0 {
		t.Errorf("snapshot of nothing: %+v", s)
	}
}

// firstVNetAgain answers the second page of a list with what the first had.
func firstVNetAgain(_ *http.Request, reply emulator.ARMReply) emulator.ARMReply {
	body, err := os.ReadFile("testdata/fixtures/" + root + "virtualNetworks/rg-demo/vnet-hub.json")
	if err != nil {
		panic(err)
	}
	reply.Body = []byte(`{"value":[` + string(body) + `]}`)
	return reply
}

func grepDisk(t *testing.T, dir, marker string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		if strings.Contains(string(b), marker) {
			t.Errorf("%s has the secret", p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSecretsNeverReachTheDisk(t *testing.T) {
	const marker = "planted-c0ffee"
	fsys := make(fstest.MapFS)
	planted := 0
	for p, body := range files(t, fixtures(t)) {
		for _, name := range []string{"serviceKey", "authorizationKey", "sharedKey", "radiusServerSecret", "SharedKey"} {
			at := strings.Index(body, `"properties": {`) + len(`"properties": {`)
			if at < len(`"properties": {`) {
				continue
			}
			secret := "\n    \"" + name + "\": \"" + marker + "\",\n    \"nested\": [{\"" + name + "\": {\"value\": \"" + marker + "\"}}],"
			body = body[:at] + secret + body[at:]
			planted++
		}
		fsys[p] = &fstest.MapFile{Data: []byte(body)}
	}
	if planted < 50 {
		t.Fatalf("only %d secrets are planted", planted)
	}
	for name, faults := range map[string][]emulator.ARMFault{
		"in whole answers": nil,
		"in cut answers": {
			{Path: regexp.MustCompile(`expressRouteCircuits\?`), Reply: emulator.ARMCut(420)},
			{Path: regexp.MustCompile(`/connections/`), Reply: emulator.ARMReset(430)},
			{Path: regexp.MustCompile(`/virtualNetworkGateways/`), Reply: emulator.ARMCut(437)},
		},
		"in error answers": {
			{Path: regexp.MustCompile(`/connections/`), Reply: emulator.ARMBody(400, `{"error":{"code":"Bad","message":"m","sharedKey":"`+marker+`"}}`)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := startARM(t, emulator.ARMConfig{FS: fsys, Faults: faults})
			_, dir := collect(t, options(a))
			grepDisk(t, dir, marker)
			grepDisk(t, dir, a.Secret)
			grepDisk(t, dir, "Bearer")
		})
	}
}

func TestAClientCertificateLogsIn(t *testing.T) {
	cert, pem := newCertificate(t)
	a := startARM(t, emulator.ARMConfig{Certificate: cert})
	o := options(a)
	o.Credential = azure.Credential{Tenant: a.Tenant, Client: a.Client, Certificate: pem}
	d, _ := collect(t, o)
	if diff := cmp.Diff(undisturbed(t), statuses(d)); diff != "" {
		t.Errorf("statuses (-with a secret +with a certificate):\n%s", diff)
	}
	other, otherPEM := newCertificate(t)
	if other.Equal(cert) {
		t.Fatal("the certificates are equal")
	}
	o.Credential.Certificate = otherPEM
	d, _ = collect(t, o)
	for _, it := range d.Under("azure/") {
		if it.Status != snapshot.Denied {
			t.Errorf("item %s: %s with a strange certificate, want denied", it.Path, it.Status)
		}
	}
}
