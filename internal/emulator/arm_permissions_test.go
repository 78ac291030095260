package emulator_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/routeproof/routeproof/internal/emulator"
)

func TestARMRefusesWhatNoRoleAllows(t *testing.T) {
	c := newARM(t, emulator.ARMConfig{})
	const all = "/subscriptions/S1/providers/Microsoft.Network/"
	for name, tc := range map[string]struct {
		permissions   []emulator.ARMPermission
		method, where string
		status        int
		want          string
	}{
		"nothing": {nil, "GET", all + "routeTables", 403, "perform action 'Microsoft.Network/routeTables/read' over scope '" + all + "routeTables'"},
		"everything": {
			[]emulator.ARMPermission{{Actions: []string{"*"}}}, "GET", armGroup + "/routeTables/a", 200, `"a"`,
		},
		"by a pattern in another case": {
			[]emulator.ARMPermission{{Actions: []string{"MICROSOFT.network/*/Read"}}}, "GET", armGroup + "/routeTables/a", 200, `"a"`,
		},
		"a read is no action": {
			[]emulator.ARMPermission{{Actions: []string{"*/read"}}},
			"POST", armGroup + "/virtualNetworkGateways/gw/getLearnedRoutes", 403,
			"'Microsoft.Network/virtualNetworkGateways/getLearnedRoutes/action'",
		},
		"a role's exception": {
			[]emulator.ARMPermission{{Actions: []string{"*"}, NotActions: []string{"Microsoft.Network/routeTables/*"}}}, "GET", armGroup + "/routeTables/a", 403, "AuthorizationFailed",
		},
		"an exception of one role that another has": {
			[]emulator.ARMPermission{{Actions: []string{"*"}, NotActions: []string{"*/read"}}, {Actions: []string{"*/read"}}}, "GET", armGroup + "/routeTables/a", 200, `"a"`,
		},
		"another group": {
			[]emulator.ARMPermission{{Group: "rg2", Actions: []string{"*"}}}, "GET", armGroup + "/routeTables/a", 403, "AuthorizationFailed",
		},
		"a list of what one group has": {
			[]emulator.ARMPermission{{Group: "RG2", Actions: []string{"*"}}}, "GET", all + "routeTables", 200, `{"value":[{"name":"d"}]}`,
		},
		"an edge router's table, as an action": {
			[]emulator.ARMPermission{{Actions: []string{"Microsoft.Network/expressRouteCircuits/peerings/routeTables/action"}}},
			"POST", armGroup + "/expressRouteCircuits/er/peerings/AzurePrivatePeering/routeTables/primary", 202, "null",
		},
		"an edge router's table, as a read": {
			[]emulator.ARMPermission{{Actions: []string{"Microsoft.Network/expressRouteCircuits/peerings/routeTables/read"}}},
			"POST", armGroup + "/expressRouteCircuits/er/peerings/AzurePrivatePeering/routeTables/primary", 202, "null",
		},
		"a result": {
			[]emulator.ARMPermission{{Actions: []string{"*/action"}}},
			"GET", all + "locations/l/operationResults/x", 403,
			"'Microsoft.Network/locations/operationResults/read'",
		},
		"its permissions": {
			[]emulator.ARMPermission{{Actions: []string{"*/read"}, NotActions: []string{"a/b"}}},
			"GET",
			"/subscriptions/S1/providers/Microsoft.Authorization/permissions", 200, `{"value":[{"actions":["*/read"],"dataActions":[],"notActions":["a/b"],"notDataActions":[]}]}`,
		},
		"its groups": {
			[]emulator.ARMPermission{{Group: "rg2", Actions: []string{"*"}}}, "GET", "/subscriptions/S1/resourcegroups", 200, `"name":"rg2"`,
		},
	} {
		c.a.SetPermissions(tc.permissions...)
		resp, body := c.must(tc.method, tc.where+armV, "")
		if resp.StatusCode != tc.status || !strings.Contains(body, tc.want) {
			t.Errorf("%s: %d %s, want %d %s", name, resp.StatusCode, body, tc.status, tc.want)
		}
		if name == "its groups" && strings.Contains(body, `"rg"`) {
			t.Errorf("%s: %s names a group that may not be seen", name, body)
		}
	}
	c.a.SetPermissions(emulator.ARMPermission{Group: "rg2", Actions: []string{"*/read"}})
	_, body := c.must("POST", "/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01",
		`{"query":"resources | where type in~ ('microsoft.network/routetables')","subscriptions":["S1"]}`)
	if !strings.Contains(body, "/d\"") || strings.Contains(body, "/a\"") {
		t.Errorf("Resource Graph: %s, want only what may be read", body)
	}
}

func TestARMTokensEnd(t *testing.T) {
	c := newARM(t, emulator.ARMConfig{})
	c.a.ExpireTokens()
	resp, body := c.must("GET", armGroup+"/routeTables"+armV, "")
	if resp.StatusCode != 401 || !strings.Contains(body, "ExpiredAuthenticationToken") || strings.Contains(resp.Header.Get("Www-Authenticate"), "claims") {
		t.Errorf("with an expired token: %d %s", resp.StatusCode, body)
	}
	short := newARM(t, emulator.ARMConfig{TokenLife: time.Second})
	if resp, _ := short.must("GET", armGroup+"/routeTables"+armV, ""); resp.StatusCode != 200 {
		t.Errorf("with a new token: %d", resp.StatusCode)
	}
	time.Sleep(2200 * time.Millisecond)
	if resp, _ := short.must("GET", armGroup+"/routeTables"+armV, ""); resp.StatusCode != 401 {
		t.Errorf("with an old token: %d", resp.StatusCode)
	}
}

func TestARMRepeatsAPage(t *testing.T) {
	c := newARM(t, emulator.ARMConfig{PageSize: 1, Faults: []emulator.ARMFault{{Path: regexp.MustCompile(`/routeTables\?`), Reply: emulator.ARMRepeat()}}})
	const where = "/subscriptions/S1/providers/Microsoft.Network/routeTables" + armV
	_, first := c.must("GET", where, "")
	_, second := c.must("GET", where+"&$skiptoken=1", "")
	if !strings.Contains(first, `"a"`) || !strings.Contains(second, `"a"`) || !strings.Contains(second, "skiptoken=2") || first == second {
		t.Errorf("pages %s and %s, want the rows of the first in both and the links of each", first, second)
	}
}

func TestARMRevokesWithAChallenge(t *testing.T) {
	c := newARM(t, emulator.ARMConfig{Faults: []emulator.ARMFault{{Path: regexp.MustCompile(`/routeTables`), Reply: emulator.ARMRevoke()}}})
	resp, _ := c.must(http.MethodGet, armGroup+"/routeTables"+armV, "")
	if resp.StatusCode != 401 || !strings.Contains(resp.Header.Get("Www-Authenticate"), `error="insufficient_claims", claims="`) {
		t.Errorf("%d %s, want the challenge of continuous access evaluation", resp.StatusCode, resp.Header.Get("Www-Authenticate"))
	}
}

func TestARMLatencyIsOfEachAnswer(t *testing.T) {
	c := newARM(t, emulator.ARMConfig{Latency: 50 * time.Millisecond})
	began := time.Now() //nolint:forbidigo // the latency is measured
	c.must(http.MethodGet, armGroup+"/routeTables"+armV, "")
	if took := time.Since(began); took < 50*time.Millisecond {
		t.Errorf("answered after %s, want at least 50 ms", took)
	}
}
