package audit_test

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/finding"
)

// collected is a scenario whose Azure half was collected from an emulator in
// which things go wrong.
func collected(t *testing.T, fsys fs.FS, timeout time.Duration, pages int, faults ...emulator.ARMFault) fs.FS {
	t.Helper()
	a, err := emulator.StartARM(emulator.ARMConfig{FS: fsys, PageSize: pages, Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	return collectFrom(t, fsys, collectorOf(t, a, timeout))
}

func taken() time.Time { return time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC) }

func collectorOf(t *testing.T, a *emulator.ARM, timeout time.Duration) *azure.Collector {
	t.Helper()
	c, err := azure.New(azure.Options{
		Subscriptions: []string{"00000000-0000-0000-0000-000000000000"},
		Cloud: azure.Cloud{
			Name: "custom", Endpoint: a.Endpoint, Authority: a.Endpoint, Audience: "https://management.core.windows.net/", CA: a.Pool(),
		},
		Credential: azure.Credential{Tenant: a.Tenant, Client: a.Client, Secret: a.Secret},
		Now:        taken, PollEvery: time.Millisecond, RetryDelay: time.Millisecond, CallTimeout: timeout,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// collectFrom is what c collects, with the routers of fsys.
func collectFrom(t *testing.T, fsys fs.FS, c *azure.Collector) fs.FS {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "evidence")
	w, err := evidence.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	if err := c.Collect(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	d, err := evidence.Open(fsys)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range d.Under("routers/") {
		body, err := fs.ReadFile(fsys, it.Path)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Add(it, body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(evidence.Manifest{Tool: "test", Finished: taken(), Scope: d.Manifest.Scope}); err != nil {
		t.Fatal(err)
	}
	return os.DirFS(dir)
}

const azureRoot = "azure/00000000-0000-0000-0000-000000000000/"

// faultyCall is a call that things go wrong with.
type faultyCall struct {
	path  string
	item  string   // whose status says so, below azureRoot
	list  bool     // or one resource: no long-running operation
	pages bool     // a list of several pages
	in    []string // the scenarios that it is tried in
}

const (
	asWritten  = "guideline-as-written"
	asymmetric = "firewall-asymmetric"
)

func faultyCalls() []faultyCall {
	both, one := []string{asWritten, asymmetric}, []string{asWritten}
	return []faultyCall{
		{`/vpngw/getLearnedRoutes`, "virtualNetworkGateways/rg-demo/vpngw.getLearnedRoutes.json", false, false, both},
		{`/ergw/getLearnedRoutes`, "virtualNetworkGateways/rg-demo/ergw.getLearnedRoutes.json", false, false, both},
		{`/vpngw/getBgpPeerStatus`, "virtualNetworkGateways/rg-demo/vpngw.getBgpPeerStatus.json", false, false, one},
		{`/vpngw/getAdvertisedRoutes.*169.254.21.1`, "virtualNetworkGateways/rg-demo/vpngw.getAdvertisedRoutes.169.254.21.1.json", false, false, one},
		{`/routeTables/primary`, "expressRouteCircuits/rg-demo/er-circuit.routeTables.primary.json", false, false, one},
		{`/virtualNetworks\?`, "virtualNetworks.json", true, true, both},
		{`/routeTables\?`, "routeTables.json", true, false, []string{asymmetric}},
		{`/azureFirewalls\?`, "azureFirewalls.json", true, false, []string{asymmetric}},
		{`/expressRouteCircuits\?`, "expressRouteCircuits.json", true, false, both},
		{`/connections/datacenter01_connection`, "connections/rg-demo/datacenter01_connection.json", true, false, both},
		{`/localNetworkGateways/datacenter_router01`, "localNetworkGateways/rg-demo/datacenter_router01.json", true, false, both},
		{`/virtualNetworkGateways/vpngw\?`, "virtualNetworkGateways/rg-demo/vpngw.json", true, false, both},
		{`ResourceGraph`, "connections.json", true, false, both},
	}
}

// opens are the policies that are open without the answer to a call, by scenario
// and call: testdata/opens.json. Where only a page of an answer came, "in part"
// stands behind the call. The policy on missing evidence always is. With -update
// it is written anew; read the difference before committing it.
func opens(t *testing.T) map[string][]string {
	t.Helper()
	raw, err := os.ReadFile("testdata/opens.json")
	if err != nil {
		t.Fatal(err)
	}
	var out map[string][]string
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// writeOpens writes them as one kind of fault has them; the others must agree.
func writeOpens(t *testing.T, live map[string]finding.Report) {
	t.Helper()
	all := make(map[string][]string)
	engine := engine(t)
	for _, c := range faultyCalls() {
		for kind := range wrongs(c) {
			for _, name := range c.in {
				w := wrongs(c)[kind] // a fault may remember what it answered
				if kind == "403" || w.part {
					got := run(t, engine, collected(t, scenario(t, name), 30*time.Second, w.pages, w.fault)).Report
					all[w.of(name, c)] = opened(t, live[name], got)
				}
			}
		}
	}
	raw, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("testdata/opens.json", append(raw, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// wrong is what can go wrong with a call, and the status that its item gets.
type wrong struct {
	fault  emulator.ARMFault
	status string
	short  bool // the timeout has to be waited for
	pages  int
	part   bool // a part of the answer is read
}

// of is the place of what is open in [opens].
func (w wrong) of(name string, c faultyCall) string {
	key := name + " " + strings.TrimSuffix(strings.ReplaceAll(c.item, "rg-demo/", ""), ".json")
	if w.part {
		key += " in part"
	}
	return key
}

func wrongs(c faultyCall) map[string]wrong {
	at := regexp.MustCompile(c.path)
	call := func(reply func(*http.Request, emulator.ARMReply) emulator.ARMReply) emulator.ARMFault {
		return emulator.ARMFault{Path: at, Reply: reply}
	}
	result := func(reply func(*http.Request, emulator.ARMReply) emulator.ARMReply) emulator.ARMFault {
		return emulator.ARMFault{Path: at, Result: !c.list, Reply: reply}
	}
	nothing := "empty"
	if !strings.Contains(c.item, "/") {
		nothing = "partial" // what is no list does not say that there is nothing
	}
	all := map[string]wrong{
		"403":           {fault: call(emulator.ARMDeny("Microsoft.Network/x/read")), status: "denied"},
		"429":           {fault: call(emulator.ARMThrottle("SubscriptionRequestsThrottled", time.Millisecond)), status: "throttled"},
		"429 by a lock": {fault: call(emulator.ARMThrottle("RetryableErrorDueToAnotherOperation", time.Millisecond)), status: "throttled"},
		"500":           {fault: call(emulator.ARMFail(500, "InternalServerError")), status: "error"},
		"reset":         {fault: call(emulator.ARMReset(0)), status: "error"},
		"reset halfway": {fault: result(emulator.ARMReset(120)), status: "partial"},
		"cut":           {fault: result(emulator.ARMCut(120)), status: "partial"},
		"204":           {fault: result(emulator.ARMBody(204, "")), status: nothing},
		"null":          {fault: result(emulator.ARMBody(200, "null")), status: nothing},
		"expired token": {fault: call(emulator.ARMFail(401, "ExpiredAuthenticationToken")), status: "denied"},
	}
	if !c.list {
		all["500 on every poll"] = wrong{fault: result(emulator.ARMFail(500, "InternalServerError")), status: "timeout", short: true}
		all["empty"] = wrong{fault: result(emulator.ARMBody(200, `{"value":[]}`)), status: "empty"}
	}
	if c.pages {
		all["slow"] = wrong{fault: call(emulator.ARMSlow(time.Hour)), status: "timeout", short: true}
		all["a page that repeats"] = wrong{fault: call(emulator.ARMRepeat()), status: "partial", pages: 1, part: true}
	}
	return all
}

// Whatever goes wrong with a call, the policies that need its answer are open,
// no other is, and no violation is gone.
func TestWhatACallDoesNotAnswerIsOpen(t *testing.T) {
	engine := engine(t)
	live := make(map[string]finding.Report)
	for _, name := range []string{asWritten, asymmetric} {
		fsys := scenario(t, name)
		live[name] = run(t, engine, collected(t, fsys, 5*time.Second, 0)).Report
		if diff := cmp.Diff(timeless(run(t, engine, fsys).Report), timeless(live[name])); diff != "" {
			t.Fatalf("%s: conclusions (-of the scenario +collected):\n%s", name, diff)
		}
	}
	if *update {
		writeOpens(t, live)
	}
	want := opens(t)
	for _, c := range faultyCalls() {
		for kind := range wrongs(c) {
			for _, name := range c.in {
				w := wrongs(c)[kind] // a fault may remember what it answered
				t.Run(name+" "+c.path+" "+kind, func(t *testing.T) {
					t.Parallel()
					timeout := 30 * time.Second
					if w.short {
						timeout = time.Second
					}
					got := run(t, engine, collected(t, scenario(t, name), timeout, w.pages, w.fault)).Report
					at := slices.IndexFunc(got.Evidence, func(it finding.Item) bool { return it.Path == azureRoot+c.item })
					if at < 0 || got.Evidence[at].Status != w.status {
						t.Errorf("evidence %+v, want %s %s", got.Evidence[max(at, 0)], c.item, w.status)
					}
					if diff := cmp.Diff(want[w.of(name, c)], opened(t, live[name], got)); diff != "" {
						t.Errorf("policies that are open (-want +got):\n%s", diff)
					}
					if got.Verdict == finding.Pass {
						t.Error("the verdict is pass without all of the evidence")
					}
				})
			}
		}
	}
}

// timeless is what is concluded of evidence that does not say when it was read, as
// scenarios do not.
func timeless(r finding.Report) conclusion {
	c := conclude(r)
	for _, id := range []string{"EVI-03", "EVI-04"} {
		delete(c.Policies, id)
	}
	return c
}

// opened are the policies that became open. What else changed must be no violation
// less and none more.
func opened(t *testing.T, was, is finding.Report) []string {
	t.Helper()
	before, after := conclude(was), conclude(is)
	var out []string
	for id, j := range before.Policies {
		now := after.Policies[id].Outcome
		switch {
		case now == j.Outcome:
		case now == finding.Open:
			out = append(out, id)
		case j.Outcome == finding.Pass && now == finding.NotApplicable:
		default:
			t.Errorf("policy %s was %s and is %s, want it as it was, or open", id, j.Outcome, now)
		}
	}
	slices.Sort(out)
	return out
}

// What the preflight says will be open without an action is open without it, in
// one scenario or the other.
func TestThePreflightNamesWhatStaysOpen(t *testing.T) {
	engine := engine(t)
	whole := make(map[string]conclusion)
	for _, name := range []string{asWritten, asymmetric} {
		whole[name] = conclude(run(t, engine, collected(t, scenario(t, name), 5*time.Second, 0)).Report)
	}
	for _, lack := range azure.Actions() {
		t.Run(lack.Name, func(t *testing.T) {
			t.Parallel()
			if strings.HasPrefix(lack.Name, "Microsoft.ResourceGraph") {
				t.Skip("the emulator answers Resource Graph to everybody, as Azure may")
			}
			lost, says := make(map[string]bool), ""
			for name, before := range whole {
				a, err := emulator.StartARM(emulator.ARMConfig{FS: scenario(t, name)})
				if err != nil {
					t.Fatal(err)
				}
				defer a.Close()
				a.SetPermissions(roleWithout(lack.Name))
				rights, err := collectorOf(t, a, 5*time.Second).Check(t.Context())
				if err != nil || len(rights[0].Lacking) != 1 {
					t.Fatalf("check: %+v, %v", rights, err)
				}
				says = rights[0].Lacking[0].Opens
				less := conclude(run(t, engine, collectFrom(t, scenario(t, name), collectorOf(t, a, 5*time.Second))).Report)
				for id, j := range before.Policies {
					now := less.Policies[id].Outcome
					lost[id[:3]] = lost[id[:3]] || j.Outcome != now && (now == finding.Open || now == finding.NotApplicable)
				}
			}
			for family, word := range map[string]string{"ENC": "encryption", "GWS": "GatewaySubnet", "SYM": "symmetry"} {
				if lost[family] != strings.Contains(says, word) {
					t.Errorf("%s policies are lost: %v; the preflight says %q", family, lost[family], says)
				}
			}
		})
	}
}

func roleWithout(action string) emulator.ARMPermission {
	var role emulator.ARMPermission
	for _, a := range azure.RoleActions() {
		if a.Name != action {
			role.Actions = append(role.Actions, a.Name)
		}
	}
	return role
}
