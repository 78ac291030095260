package audit_test

import (
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
	item  string // whose status says so, below azureRoot
	list  bool   // or one resource: no long-running operation
	pages bool   // a list of several pages
	// opens are the policies that are open without the answer, by scenario. The
	// policy on missing evidence always is. Calls are tried in these scenarios.
	opens map[string]string
}

const (
	asWritten  = "guideline-as-written"
	asymmetric = "firewall-asymmetric"
)

func faultyCalls() []faultyCall {
	const (
		learned    = "ENC-01 ENC-02 ENC-03 ENC-04 GWS-02"
		everything = "ENC-01 ENC-02 ENC-03 ENC-04 ENC-05 ENC-07 GWS-01 GWS-02 SYM-01 SYM-02"
		firewall   = "ENC-01 ENC-02 ENC-03 ENC-04 SYM-01"
		tunnel     = "ENC-01 ENC-03 ENC-04 ENC-05 ENC-07 SYM-02"
		tunnels    = "ENC-01 ENC-02 ENC-03 ENC-04 ENC-05 ENC-07 SYM-01 SYM-02"
	)
	return []faultyCall{
		{`/vpngw/getLearnedRoutes`, "virtualNetworkGateways/rg-demo/vpngw.getLearnedRoutes.json", false, false, map[string]string{asWritten: learned + " SYM-01", asymmetric: learned}},
		{`/ergw/getLearnedRoutes`, "virtualNetworkGateways/rg-demo/ergw.getLearnedRoutes.json", false, false, map[string]string{asWritten: learned + " SYM-01", asymmetric: learned}},
		{`/vpngw/getBgpPeerStatus`, "virtualNetworkGateways/rg-demo/vpngw.getBgpPeerStatus.json", false, false, map[string]string{asWritten: ""}},
		{`/vpngw/getAdvertisedRoutes.*169.254.21.1`, "virtualNetworkGateways/rg-demo/vpngw.getAdvertisedRoutes.169.254.21.1.json", false, false, map[string]string{asWritten: ""}},
		{`/routeTables/primary`, "expressRouteCircuits/rg-demo/er-circuit.routeTables.primary.json", false, false, map[string]string{asWritten: ""}},
		{`/virtualNetworks\?`, "virtualNetworks.json", true, true, map[string]string{asWritten: everything, asymmetric: everything}},
		{`/routeTables\?`, "routeTables.json", true, false, map[string]string{asymmetric: firewall}},
		{`/azureFirewalls\?`, "azureFirewalls.json", true, false, map[string]string{asymmetric: firewall}},
		{`/expressRouteCircuits\?`, "expressRouteCircuits.json", true, false, map[string]string{
			asWritten: learned + " ENC-07 SYM-01", asymmetric: everything,
		}},
		{`/connections/datacenter01_connection`, "connections/rg-demo/datacenter01_connection.json", true, false, map[string]string{asWritten: tunnel + " SYM-01", asymmetric: tunnel}},
		{`/localNetworkGateways/datacenter_router01`, "localNetworkGateways/rg-demo/datacenter_router01.json", true, false, map[string]string{
			asWritten: tunnel + " SYM-01", asymmetric: tunnel,
		}},
		{`/virtualNetworkGateways/vpngw\?`, "virtualNetworkGateways/rg-demo/vpngw.json", true, false, map[string]string{asWritten: tunnels, asymmetric: tunnels}},
		{`ResourceGraph`, "connections.json", true, false, map[string]string{asWritten: tunnels, asymmetric: tunnels}},
	}
}

// known are changes that should not be, each with its reason.
func known() map[string]string {
	const noTunnel = "a tunnel that is not known is no resource to judge; ENC and EVI are open"
	const noEnd = "without the tunnel's far end, the route to it is taken for a leak: an alarm too many, not one too few"
	return map[string]string{
		"GWS-01 fail->notApplicable": noTunnel,
		"ENC-02 pass->fail":          noEnd,
	}
}

// wrong is what can go wrong with a call, and the status that its item gets.
type wrong struct {
	fault  emulator.ARMFault
	status string
	short  bool // the timeout has to be waited for
	pages  int
	opens  map[string]string // instead of the call's, where a part is read
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
		all["a page that repeats"] = wrong{fault: call(emulator.ARMRepeat()), status: "partial", pages: 1, opens: map[string]string{
			// the hub is known, and with it the GatewaySubnet; a spoke is not
			asWritten: "ENC-01 ENC-02 ENC-03 ENC-04 ENC-05 SYM-01 SYM-02", asymmetric: "ENC-01 ENC-02 ENC-03 ENC-04 ENC-05 ENC-07 SYM-01 SYM-02",
		}}
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
		if diff := cmp.Diff(conclude(run(t, engine, fsys).Report), conclude(live[name])); diff != "" {
			t.Fatalf("%s: conclusions (-of the scenario +collected):\n%s", name, diff)
		}
	}
	for _, c := range faultyCalls() {
		for kind, w := range wrongs(c) {
			for name, opens := range c.opens {
				if part, ok := w.opens[name]; ok {
					opens = part
				}
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
					compare(t, live[name], got, strings.Fields(opens+" EVI-01"))
				})
			}
		}
	}
}

// compare holds that exactly the policies of opens became open, and that what
// else changed is no violation less and none more.
func compare(t *testing.T, was, is finding.Report, opens []string) {
	t.Helper()
	before, after := conclude(was), conclude(is)
	var opened []string
	for id, j := range before.Policies {
		now := after.Policies[id].Outcome
		change := id + " " + string(j.Outcome) + "->" + string(now)
		switch {
		case now == j.Outcome:
		case now == finding.Open:
			opened = append(opened, id)
		case j.Outcome == finding.Pass && now == finding.NotApplicable, known()[change] != "":
		default:
			t.Errorf("policy %s, want it as it was, or open", change)
		}
	}
	slices.Sort(opened)
	slices.Sort(opens)
	if diff := cmp.Diff(opens, opened); diff != "" {
		t.Errorf("policies that are open (-want +got):\n%s", diff)
	}
	if is.Verdict == finding.Pass {
		t.Error("the verdict is pass without all of the evidence")
	}
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
