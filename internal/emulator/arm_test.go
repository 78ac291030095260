package emulator_test

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/routeproof/routeproof/internal/emulator"
)

const (
	armGroup = "/subscriptions/S1/resourceGroups/rg/providers/Microsoft.Network"
	armV     = "?api-version=2025-05-01"
)

func armTree() fstest.MapFS {
	fsys := make(fstest.MapFS)
	for p, body := range map[string]string{
		"azure/S1/virtualNetworkGateways/rg/gw.json":                              "{\r\n  \"name\": \"gw\" , \"odd\": [1 ,2]}\n",
		"azure/S1/virtualNetworkGateways/rg/gw.getLearnedRoutes.json":             `{"value":[{"network":"10.0.0.0/8"}]}`,
		"azure/S1/virtualNetworkGateways/rg/gw.getAdvertisedRoutes.10.0.0.1.json": `{"value":[1]}`,
		"azure/S1/virtualNetworkGateways/rg/gw.getBgpPeerStatus.json":             "null",
		"azure/S1/expressRouteCircuits/rg/er.json":                                `{"name":"er"}`,
		"azure/S1/expressRouteCircuits/rg/er.routeTables.primary.json":            `{"value":[2]}`,
		"azure/S1/routeTables/rg/a.json":                                          `{"name":"a"}`,
		"azure/S1/routeTables/rg/b.c.json":                                        `{"name":"b.c"}`,
		"azure/S1/routeTables/rg2/d.json":                                         `{"name":"d"}`,
		"azure/S2/routeTables/rg/e.json":                                          `{"name":"e"}`,
		"azure/S2/virtualNetworks.json":                                           `{"value":[]}`,
	} {
		fsys[p] = &fstest.MapFile{Data: []byte(body)}
	}
	return fsys
}

// armClient is a plain HTTP client with a token: what the emulator says is
// checked without any SDK.
type armClient struct {
	t     *testing.T
	a     *emulator.ARM
	http  *http.Client
	token string
}

func newARM(t *testing.T, cfg emulator.ARMConfig) *armClient {
	t.Helper()
	if cfg.FS == nil {
		cfg.FS = armTree()
	}
	a, err := emulator.StartARM(cfg)
	if err != nil {
		t.Fatalf("StartARM: %v", err)
	}
	t.Cleanup(a.Close)
	// One connection a call: Go tries again, by itself, on a kept one that breaks.
	tr := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: a.Pool(), MinVersion: tls.VersionTLS12}}
	t.Cleanup(tr.CloseIdleConnections)
	c := &armClient{t: t, a: a, http: &http.Client{Transport: tr}}
	status, body := c.login(url.Values{
		"grant_type": {"client_credentials"}, "client_id": {a.Client}, "client_secret": {a.Secret}, "scope": {"https://management.core.windows.net//.default"},
	})
	var v struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(body), &v); err != nil || status != 200 || v.Token == "" {
		t.Fatalf("login: %d %s", status, body)
	}
	c.token = v.Token
	return c
}

func (c *armClient) login(form url.Values) (int, string) {
	c.t.Helper()
	resp, body := c.must("POST", "/"+c.a.Tenant+"/oauth2/v2.0/token", form.Encode())
	return resp.StatusCode, body
}

// armReply is what was answered, without the body.
type armReply struct {
	StatusCode int
	Header     http.Header
}

// call makes a call; where may be a path or a whole URL.
func (c *armClient) call(method, where, body string) (*armReply, string, error) {
	c.t.Helper()
	if strings.HasPrefix(where, "/") {
		where = c.a.Endpoint + where
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, where, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	} else {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return &armReply{resp.StatusCode, resp.Header}, string(b), err
}

func (c *armClient) must(method, where, body string) (*armReply, string) {
	c.t.Helper()
	resp, b, err := c.call(method, where, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, where, err)
	}
	return resp, b
}

func TestARMEntraChecksWhoLogsIn(t *testing.T) {
	c := newARM(t, emulator.ARMConfig{Tenant: "T", Client: "C", Secret: "right"})
	c.token = ""
	resp, body := c.must("GET", "/T/v2.0/.well-known/openid-configuration", "")
	var oidc struct {
		Issuer string `json:"issuer"`
		Token  string `json:"token_endpoint"`
	}
	if err := json.Unmarshal([]byte(body), &oidc); err != nil || resp.StatusCode != 200 ||
		oidc.Issuer != c.a.Endpoint+"/T/v2.0" || oidc.Token != c.a.Endpoint+"/T/oauth2/v2.0/token" {
		t.Errorf("openid-configuration: %d %s", resp.StatusCode, body)
	}
	good := url.Values{"grant_type": {"client_credentials"}, "client_id": {"C"}, "client_secret": {"right"}, "scope": {"x/.default"}}
	for name, tc := range map[string]struct {
		key, value string
		status     int
		code       string
	}{
		"a wrong secret":    {"client_secret", "wrong", 401, "AADSTS7000215"},
		"a wrong client":    {"client_id", "D", 400, "AADSTS700016"},
		"a wrong grant":     {"grant_type", "password", 400, "AADSTS70003"},
		"a wrong scope":     {"scope", "x", 400, "AADSTS1002012"},
		"a wrong assertion": {"client_assertion", "a.b.c", 401, "AADSTS700027"},
	} {
		form := maps.Clone(good)
		form.Set(tc.key, tc.value)
		if status, body := c.login(form); status != tc.status || !strings.Contains(body, tc.code) || strings.Contains(body, "right") {
			t.Errorf("%s: %d %s, want %d %s", name, status, body, tc.status, tc.code)
		}
	}
	if resp, body := c.must("GET", "/other/v2.0/.well-known/openid-configuration", ""); resp.StatusCode != 400 {
		t.Errorf("another tenant: %d %s", resp.StatusCode, body)
	}
}

func TestARMAnswersAsAzureDoes(t *testing.T) {
	c := newARM(t, emulator.ARMConfig{})
	for name, tc := range map[string]struct {
		method, where string
		status        int
		want          string
	}{
		"a resource":              {"GET", armGroup + "/virtualNetworkGateways/gw" + armV, 200, "{\r\n  \"name\": \"gw\" , \"odd\": [1 ,2]}\n"},
		"in another case":         {"GET", "/SUBSCRIPTIONS/s1/resourcegroups/RG/Providers/microsoft.network/virtualnetworkgateways/GW" + armV, 200, "{\r\n  \"name\": \"gw\" , \"odd\": [1 ,2]}\n"},
		"a name with a dot":       {"GET", armGroup + "/routeTables/b.c" + armV, 200, `{"name":"b.c"}`},
		"a list of a group":       {"GET", armGroup + "/routeTables" + armV, 200, `{"value":[{"name":"a"},{"name":"b.c"}]}`},
		"a list of all":           {"GET", "/subscriptions/S1/providers/Microsoft.Network/routeTables" + armV, 200, `{"value":[{"name":"a"},{"name":"b.c"},{"name":"d"}]}`},
		"an empty list":           {"GET", "/subscriptions/S2/providers/Microsoft.Network/virtualNetworks" + armV, 200, `{"value":[]}`},
		"no api-version":          {"GET", armGroup + "/routeTables", 400, "MissingApiVersionParameter"},
		"an unknown resource":     {"GET", armGroup + "/routeTables/x" + armV, 404, "ResourceNotFound"},
		"an unknown subscription": {"GET", "/subscriptions/S3/providers/Microsoft.Network/routeTables" + armV, 404, "SubscriptionNotFound"},
		"another provider":        {"GET", "/subscriptions/S1/providers/Microsoft.Compute/disks" + armV, 404, "InvalidResourceType"},
		"an unknown operation":    {"GET", "/subscriptions/S1/providers/Microsoft.Network/locations/l/operationResults/x" + armV, 404, "OperationNotFound"},
		"a write":                 {"PUT", armGroup + "/routeTables/a" + armV, 405, "MethodNotAllowed"},
		"the root":                {"GET", "/" + armV, 404, "InvalidResourceType"},
	} {
		resp, body := c.must(tc.method, tc.where, "")
		if resp.StatusCode != tc.status || !strings.Contains(body, tc.want) || tc.status == 200 && body != tc.want {
			t.Errorf("%s: %d %q, want %d %q", name, resp.StatusCode, body, tc.status, tc.want)
		}
		for _, h := range []string{"X-Ms-Request-Id", "X-Ms-Correlation-Request-Id", "Date"} {
			if resp.Header.Get(h) == "" {
				t.Errorf("%s: no header %s", name, h)
			}
		}
	}
	c.token = ""
	resp, body := c.must("GET", armGroup+"/routeTables"+armV, "")
	if resp.StatusCode != 401 || !strings.HasPrefix(resp.Header.Get("WWW-Authenticate"), "Bearer ") || !strings.Contains(body, "AuthenticationFailed") {
		t.Errorf("without a token: %d %v %s", resp.StatusCode, resp.Header, body)
	}
}

func TestARMPagesHoldEveryResourceOnce(t *testing.T) {
	c := newARM(t, emulator.ARMConfig{PageSize: 1})
	next, pages := "/subscriptions/S1/providers/Microsoft.Network/routeTables"+armV, []string{}
	for next != "" {
		_, body := c.must("GET", next, "")
		var v struct {
			Value []struct {
				Name string `json:"name"`
			} `json:"value"`
			NextLink string `json:"nextLink"`
		}
		if err := json.Unmarshal([]byte(body), &v); err != nil || len(v.Value) != 1 {
			t.Fatalf("page %s: %v", body, err)
		}
		pages, next = append(pages, v.Value[0].Name), v.NextLink
	}
	if want := []string{"a", "b.c", "d"}; !slices.Equal(pages, want) {
		t.Errorf("pages %v, want %v", pages, want)
	}
}

func TestARMOperationsAreAsOnTheWire(t *testing.T) {
	c := newARM(t, emulator.ARMConfig{Polls: 2})
	for where, want := range map[string]string{
		"/virtualNetworkGateways/gw/getLearnedRoutes" + armV:                                      `{"value":[{"network":"10.0.0.0/8"}]}`,
		"/virtualNetworkGateways/GW/GETBGPPEERSTATUS" + armV:                                      "null",
		"/virtualNetworkGateways/gw/getAdvertisedRoutes" + armV + "&peer=10.0.0.1":                `{"value":[1]}`,
		"/virtualNetworkGateways/gw/getAdvertisedRoutes" + armV + "&peer=10.0.0.2":                "{\r\n  \"value\": []\r\n}",
		"/expressRouteCircuits/er/peerings/azureprivatepeering/routeTables/primary" + armV:        `{"value":[2]}`,
		"/expressRouteCircuits/er/peerings/AzurePrivatePeering/routeTables/secondary" + armV:      "{\r\n  \"value\": []\r\n}",
		"/expressRouteCircuits/er/peerings/AzurePrivatePeering/routeTablesSummary/primary" + armV: "{\r\n  \"value\": []\r\n}",
	} {
		resp, body := c.must("POST", armGroup+where, "")
		location := resp.Header.Get("Location")
		if resp.StatusCode != 202 || body != "null" || !strings.HasPrefix(location, c.a.Endpoint+"/subscriptions/S1/providers/Microsoft.Network/locations/") ||
			resp.Header.Get("Azure-AsyncOperation")+resp.Header.Get("Retry-After") != "" {
			t.Fatalf("%s: %d %q %v", where, resp.StatusCode, body, resp.Header)
		}
		for range 2 {
			if resp, _ := c.must("GET", location, ""); resp.StatusCode != 202 || resp.Header.Get("Location") != location {
				t.Errorf("%s: poll %d %v", where, resp.StatusCode, resp.Header)
			}
		}
		resp, body = c.must("GET", location, "")
		if resp.StatusCode != 200 || body != want || resp.Header.Get("Location") != location {
			t.Errorf("%s: %d %q, want %q with its Location", where, resp.StatusCode, body, want)
		}
	}
}

func TestARMLocksAGatewayDuringAnOperation(t *testing.T) {
	c := newARM(t, emulator.ARMConfig{OneOperation: true})
	first, _ := c.must("POST", armGroup+"/virtualNetworkGateways/gw/getLearnedRoutes"+armV, "")
	if resp, body := c.must("POST", armGroup+"/virtualNetworkGateways/gw/getBgpPeerStatus"+armV, ""); resp.StatusCode != 429 ||
		!strings.Contains(body, "RetryableErrorDueToAnotherOperation") || resp.Header.Get("Retry-After") == "" {
		t.Errorf("a second operation: %d %s", resp.StatusCode, body)
	}
	c.must("GET", first.Header.Get("Location"), "")
	if resp, body := c.must("POST", armGroup+"/virtualNetworkGateways/gw/getBgpPeerStatus"+armV, ""); resp.StatusCode != 202 {
		t.Errorf("after the first: %d %s", resp.StatusCode, body)
	}
}

func TestARMResourceGraphListsTypes(t *testing.T) {
	c := newARM(t, emulator.ARMConfig{PageSize: 2})
	where := "/providers/Microsoft.ResourceGraph/resources" + "?api-version=2024-04-01"
	ask := func(subs, token string) (ids []string, next string) {
		_, body := c.must("POST", where, `{"query":"resources | where type in~ ('Microsoft.Network/RouteTables', 'x') | project id","subscriptions":[`+subs+`],"options":{"$skipToken":"`+token+`"}}`)
		var v struct {
			Data []struct {
				ID string `json:"id"`
			} `json:"data"`
			Next  string `json:"$skipToken"`
			Total int    `json:"totalRecords"`
		}
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		for _, row := range v.Data {
			ids = append(ids, row.ID[strings.LastIndex(row.ID, "/")+1:])
		}
		return ids, v.Next
	}
	ids, next := ask(`"s1"`, "")
	more, end := ask(`"s1"`, next)
	if got := slices.Concat(ids, more); !slices.Equal(got, []string{"a", "b.c", "d"}) || next == "" || end != "" {
		t.Errorf("ids %v, tokens %q %q", got, next, end)
	}
	if ids, _ := ask(`"S2"`, ""); !slices.Equal(ids, []string{"e"}) {
		t.Errorf("ids of S2: %v", ids)
	}
	for _, q := range []string{`{"query":"resources"}`, `x`} {
		if resp, body := c.must("POST", where, q); resp.StatusCode != 400 {
			t.Errorf("query %s: %d %s", q, resp.StatusCode, body)
		}
	}
}

func TestARMFaultsHitWhatTheyMatch(t *testing.T) {
	where := armGroup + "/routeTables/a" + armV
	one := regexp.MustCompile(`/routeTables/a`)
	c := newARM(t, emulator.ARMConfig{})
	for name, tc := range map[string]struct {
		reply  func(*http.Request, emulator.ARMReply) emulator.ARMReply
		status int
		body   string
		header string
		broken bool
	}{
		"denied":    {reply: emulator.ARMDeny("A/b"), status: 403, body: "perform action 'A/b' over scope '" + armGroup + "/routeTables/a'"},
		"throttled": {reply: emulator.ARMThrottle("SubscriptionRequestsThrottled", 17*time.Second), status: 429, body: "SubscriptionRequestsThrottled", header: "17"},
		"failed":    {reply: emulator.ARMFail(503, "Busy"), status: 503, body: "Busy"},
		"none":      {reply: emulator.ARMBody(204, ""), status: 204},
		"null":      {reply: emulator.ARMBody(200, "null"), status: 200, body: "null"},
		"cut":       {reply: emulator.ARMCut(4), status: 200, body: `{"na`},
		"reset":     {reply: emulator.ARMReset(4), status: 200, body: `{"na`, broken: true},
		"gone":      {reply: emulator.ARMReset(0), broken: true},
		"slow":      {reply: emulator.ARMSlow(time.Millisecond), status: 200, body: `{"name":"a"}`},
	} {
		c.a.SetFaults(emulator.ARMFault{Method: "GET", Path: one, Times: 1, Reply: tc.reply})
		resp, body, err := c.call("GET", where, "")
		if (err != nil) != tc.broken || !strings.Contains(body, tc.body) ||
			resp != nil && (resp.StatusCode != tc.status || resp.Header.Get("Retry-After") != tc.header) {
			t.Errorf("%s: %v %q %v", name, resp, body, err)
		}
		if resp, body := c.must("GET", where, ""); resp.StatusCode != 200 || body != `{"name":"a"}` {
			t.Errorf("after %s: %d %q", name, resp.StatusCode, body)
		}
	}
	c.a.SetFaults(emulator.ARMFault{Path: regexp.MustCompile(`getLearnedRoutes`), Result: true, Reply: emulator.ARMFail(500, "X")})
	resp, _ := c.must("POST", armGroup+"/virtualNetworkGateways/gw/getLearnedRoutes"+armV, "")
	if resp.StatusCode != 202 {
		t.Errorf("a fault of the result hit the call: %d", resp.StatusCode)
	}
	if resp, _ := c.must("GET", resp.Header.Get("Location"), ""); resp.StatusCode != 500 {
		t.Errorf("the result: %d, want 500", resp.StatusCode)
	}
}

func TestARMCloseEndsWhatIsSlow(t *testing.T) {
	a, err := emulator.StartARM(emulator.ARMConfig{FS: armTree(), Faults: []emulator.ARMFault{{Reply: emulator.ARMSlow(time.Hour)}}})
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: a.Pool(), MinVersion: tls.VersionTLS12}}
	defer tr.CloseIdleConnections()
	c := &armClient{t: t, a: a, http: &http.Client{Transport: tr}}
	answered := make(chan error, 1)
	go func() {
		_, _, err := c.call("GET", "/", "")
		answered <- err
	}()
	time.Sleep(50 * time.Millisecond)
	done := make(chan struct{})
	go func() { a.Close(); a.Close(); close(done) }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("Close does not end")
	}
	if err := <-answered; err == nil {
		t.Error("a call was answered after Close")
	}
}

func TestARMRefusesATreeWithoutResources(t *testing.T) {
	for _, cfg := range []emulator.ARMConfig{{}, {FS: fstest.MapFS{}}, {FS: fstest.MapFS{"azure/S/x.json": {}}}} {
		if a, err := emulator.StartARM(cfg); err == nil {
			a.Close()
			t.Errorf("StartARM(%v) started", cfg.FS)
		}
	}
}
