package azure_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func names(as []azure.Action) []string {
	var out []string
	for _, a := range as {
		out = append(out, a.Name)
	}
	return out
}

// rolePermission is the printed role as the emulator takes it.
func rolePermission(t *testing.T) emulator.ARMPermission {
	t.Helper()
	var b bytes.Buffer
	if err := (azure.Role{Name: "auditor", Subscriptions: []string{sub}}).Write(&b, "json"); err != nil {
		t.Fatal(err)
	}
	var role struct{ Actions, NotActions []string }
	if err := json.Unmarshal(b.Bytes(), &role); err != nil {
		t.Fatal(err)
	}
	return emulator.ARMPermission{Actions: role.Actions, NotActions: role.NotActions}
}

func check(t *testing.T, o azure.Options) []azure.Rights {
	t.Helper()
	c, err := azure.New(o)
	if err != nil {
		t.Fatal(err)
	}
	rights, err := c.Check(t.Context())
	if err != nil {
		t.Fatalf("Check: %v", err)
	}
	return rights
}

func TestTheRoleIsAllThatCollectingNeeds(t *testing.T) {
	a := startARM(t, emulator.ARMConfig{})
	a.SetPermissions(rolePermission(t))
	d, _ := collect(t, options(a))
	for _, it := range d.Under("azure/") {
		if it.Status != snapshot.OK && it.Status != snapshot.Empty {
			t.Errorf("item %s: %s %s, want ok with the role", it.Path, it.Status, it.Detail)
		}
	}
	for _, r := range check(t, options(a)) {
		if r.Unknown != "" || len(r.Lacking)+len(r.Excess) > 0 || !slices.Equal(names(r.Held), names(azure.Actions())) {
			t.Errorf("check with the role: %+v, want every action held and no other", r)
		}
	}
}

func TestTheRoleReadsNoKeysAndWritesNothing(t *testing.T) {
	wrong := regexp.MustCompile(`(?i)\*|/write$|/delete$|sharedkey|/authorizations/|secret|vpndeviceconfig|vpnconfiguration/action|listkeys|/join/`)
	shape := regexp.MustCompile(`^Microsoft\.[A-Za-z]+(/[A-Za-z]+)+/(read|action)$`)
	for _, a := range azure.RoleActions() {
		if wrong.MatchString(a.Name) || !shape.MatchString(a.Name) || a.Why == "" || strings.ContainsAny(a.Why, "\n\r") {
			t.Errorf("action %q (%q) has no place in the role", a.Name, a.Why)
		}
	}
	for _, format := range azure.RoleFormats() {
		var b bytes.Buffer
		r := azure.Role{Name: "auditor (x)", Subscriptions: []string{sub, "ABCDEF01-0000-0000-0000-000000000000"}}
		if err := r.Write(&b, format); err != nil {
			t.Fatal(err)
		}
		for _, a := range azure.RoleActions() {
			if strings.Count(b.String(), a.Name+`"`)+strings.Count(b.String(), a.Name+`'`) != 1 {
				t.Errorf("%s: action %s is not in it once", format, a.Name)
			}
		}
		for _, scope := range []string{"/subscriptions/" + sub, "/subscriptions/ABCDEF01-0000-0000-0000-000000000000"} {
			if !strings.Contains(b.String(), scope) {
				t.Errorf("%s: no scope %s", format, scope)
			}
		}
		if strings.Contains(b.String(), "*") {
			t.Errorf("%s: there is a wildcard in it", format)
		}
	}
	for name, r := range map[string]azure.Role{
		"no subscription":         {Name: "a"},
		"no ID":                   {Name: "a", Subscriptions: []string{"/subscriptions/" + sub}},
		"all subscriptions":       {Name: "a", Subscriptions: []string{"*"}},
		"a subscription twice":    {Name: "a", Subscriptions: []string{sub, sub}},
		"a name that ends a text": {Name: "a' {", Subscriptions: []string{sub}},
		"no name":                 {Subscriptions: []string{sub}},
	} {
		var b bytes.Buffer
		if err := r.Write(&b, "json"); err == nil || b.Len() > 0 {
			t.Errorf("%s: %v, want an error and nothing written", name, err)
		}
	}
	if err := (azure.Role{Name: "a", Subscriptions: []string{sub}}).Write(new(bytes.Buffer), "yaml"); err == nil || !strings.Contains(err.Error(), "bicep") {
		t.Errorf("format yaml: %v, want an error that names the formats", err)
	}
}

// What the check says is lacking is what a collection is denied.
func TestTheCheckSaysWhatCollectingIsDenied(t *testing.T) {
	for _, lack := range azure.Actions() {
		t.Run(lack.Name, func(t *testing.T) {
			t.Parallel()
			a, err := emulator.StartARM(emulator.ARMConfig{FS: fixtures(t)})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			p := rolePermission(t)
			p.Actions = slices.DeleteFunc(p.Actions, func(s string) bool { return s == lack.Name })
			a.SetPermissions(p)
			r := check(t, options(a))[0]
			if len(r.Lacking) != 1 || r.Lacking[0].Name != lack.Name || r.Lacking[0].Why == "" || len(r.Excess) > 0 || r.Unknown != "" {
				t.Errorf("check: %+v, want only this action lacking", r)
			}
			d, _ := collect(t, options(a))
			said := false
			for _, it := range d.Under("azure/") {
				if it.Status == snapshot.Denied && !strings.Contains(strings.ToLower(it.Detail), strings.ToLower(lack.Name)) {
					t.Errorf("item %s: %s, want it to name the action %s", it.Path, it.Detail, lack.Name)
				}
				said = said || it.Status == snapshot.Denied || it.Status == snapshot.Partial
			}
			if list := regexp.MustCompile(`^Microsoft.Network/[^/]+/read$`).MatchString(lack.Name); list && !said && !lack.Optional {
				t.Errorf("a collection without %s says nothing of it", lack.Name)
			}
		})
	}
}

func TestTheCheckFindsRightsThatAreTooWide(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	a := startARM(t, emulator.ARMConfig{OnCall: func(method, path, _ string) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, method+" "+path)
	}})
	role := rolePermission(t)
	for name, tc := range map[string]struct {
		also  []emulator.ARMPermission
		want  []string // "action" or "action in group"
		lacks int
	}{
		"the role alone": {},
		"Reader": {
			[]emulator.ARMPermission{{Actions: []string{"*/read"}}},
			[]string{
				"Microsoft.Network/connections/sharedKey/read",
				"Microsoft.Network/vpnGateways/vpnConnections/vpnLinkConnections/sharedKeys/read",
				"Microsoft.Network/expressRouteCircuits/authorizations/read", "Microsoft.Network/expressRoutePorts/authorizations/read",
			},
			0,
		},
		"the listing of keys, in one group": {
			[]emulator.ARMPermission{{Group: "rg-demo", Actions: []string{"microsoft.network/CONNECTIONS/sharedkey/*"}}},
			[]string{
				"Microsoft.Network/connections/sharedKey/action in rg-demo", "Microsoft.Network/connections/sharedKey/read in rg-demo",
			},
			0,
		},
		"all but keys": {
			[]emulator.ARMPermission{{
				Actions:    []string{"Microsoft.Network/*/action"},
				NotActions: []string{"*/sharedKey/*", "*Secrets/*", "*/listSharedKey/action", "*/vpnDeviceConfigurationScript/action", "Microsoft.Network/virtualWans/*"},
			}}, nil, 0,
		},
		"the rights to change": {
			[]emulator.ARMPermission{{Actions: []string{"Microsoft.Authorization/*", "Microsoft.Network/routeTables/write"}}},
			[]string{"Microsoft.Network/routeTables/write", "Microsoft.Authorization/roleAssignments/write"},
			0,
		},
	} {
		a.SetPermissions(append([]emulator.ARMPermission{role}, tc.also...)...)
		r := check(t, options(a))[0]
		var got []string
		for _, g := range r.Excess {
			got = append(got, strings.Join(append([]string{g.Name}, g.Groups...), " in "))
		}
		if diff := cmp.Diff(tc.want, got); diff != "" || len(r.Lacking) != tc.lacks {
			t.Errorf("%s: excess (-want +got):\n%s%d lacking", name, diff, len(r.Lacking))
		}
	}
	mu.Lock()
	defer mu.Unlock()
	allowed := regexp.MustCompile(`(?i)^GET /subscriptions/[^/]+(/resourceGroups/[^/]+)?/providers/Microsoft.Authorization/permissions$|^GET /subscriptions/[^/]+/resourcegroups$|/oauth2/|openid-configuration$`)
	for _, call := range asked {
		if !allowed.MatchString(call) {
			t.Errorf("the check asked for %s", call)
		}
	}
}

func TestTheCheckTellsGroupsFromTheSubscription(t *testing.T) {
	a := startARM(t, emulator.ARMConfig{})
	role := rolePermission(t)
	role.Group = "rg-demo"
	a.SetPermissions(role, emulator.ARMPermission{Actions: []string{"Microsoft.Authorization/permissions/read", "Microsoft.Network/virtualNetworks/read"}})
	r := check(t, options(a))[0]
	if got := names(r.Held); !slices.Equal(got, []string{"Microsoft.Network/virtualNetworks/read"}) {
		t.Errorf("held: %v, want only what is granted in the subscription", got)
	}
	for _, g := range r.Lacking {
		if !slices.Equal(g.Groups, []string{"rg-demo"}) {
			t.Errorf("lacking %s in groups %v, want rg-demo", g.Name, g.Groups)
		}
	}
}

func TestWhatTheCheckCannotKnowItSays(t *testing.T) {
	const permissions = `Microsoft.Authorization/permissions`
	for name, tc := range map[string]struct {
		fault  emulator.ARMFault
		denied bool
		want   string
		part   bool // the rest is known
	}{
		"no permission to ask": {denied: true, want: "lacks the action Microsoft.Authorization/permissions/read"},
		"an answer that is cut": {
			fault: emulator.ARMFault{Path: regexp.MustCompile(permissions), Reply: emulator.ARMCut(20)}, want: "not whole JSON",
		},
		"an answer of another kind": {
			fault: emulator.ARMFault{Path: regexp.MustCompile(permissions), Reply: emulator.ARMBody(200, `{"value":["*"]}`)}, want: "no permission",
		},
		"no content": {
			fault: emulator.ARMFault{Path: regexp.MustCompile(permissions), Reply: emulator.ARMBody(204, ``)}, want: "no content",
		},
		"another page elsewhere": {
			fault: emulator.ARMFault{Path: regexp.MustCompile(permissions), Reply: emulator.ARMBody(200, `{"value":[{"actions":["*"]}],"nextLink":"https://elsewhere.example/"}`)},
			want:  "not its own",
		},
		"throttling": {
			fault: emulator.ARMFault{Path: regexp.MustCompile(permissions), Reply: emulator.ARMThrottle("SubscriptionRequestsThrottled", time.Hour)}, want: "throttles",
		},
		"groups that are not to be had": {
			fault: emulator.ARMFault{Path: regexp.MustCompile(`/resourcegroups\?`), Reply: emulator.ARMDeny("Microsoft.Resources/subscriptions/resourceGroups/read")},
			want:  "in single resource groups is not known", part: true,
		},
		"one group": {
			fault: emulator.ARMFault{Path: regexp.MustCompile(`/resourceGroups/rg-demo/providers/` + permissions), Reply: emulator.ARMFail(404, "ResourceGroupNotFound")},
			want:  "in the resource group rg-demo is not known", part: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := startARM(t, emulator.ARMConfig{})
			if tc.denied {
				a.SetPermissions()
			}
			if tc.fault.Reply != nil {
				a.SetFaults(tc.fault)
			}
			r := check(t, options(a))[0]
			if !strings.Contains(r.Unknown, tc.want) || (len(r.Held) > 0) != tc.part {
				t.Errorf("%+v, want unknown to say %q", r, tc.want)
			}
		})
	}
}

func TestTheCheckFailsWithoutAWorkingCredential(t *testing.T) {
	a := startARM(t, emulator.ARMConfig{})
	o := options(a)
	o.Credential.Secret = "wrong-secret-a8f1"
	c, err := azure.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "AADSTS7000215") || strings.Contains(err.Error(), o.Credential.Secret) {
		t.Errorf("Check = %v, want what Entra said, without the secret", err)
	}
}

// The collector's reading of patterns and the regular expression that they
// stand for agree.
func TestPatternsOfActionsAreReadAsAzureDoes(t *testing.T) {
	a := startARM(t, emulator.ARMConfig{})
	o := options(a)
	action := azure.Actions()[0]
	rapid.Check(t, func(t *rapid.T) {
		cut := rapid.SliceOfNDistinct(rapid.IntRange(0, len(action.Name)), 0, 4, rapid.ID[int]).Draw(t, "cut")
		slices.Sort(cut)
		pattern := action.Name
		for _, at := range slices.Backward(cut) {
			drop := rapid.IntRange(0, min(3, len(pattern)-at)).Draw(t, "drop")
			pattern = pattern[:at] + "*" + pattern[at+drop:]
		}
		if rapid.Bool().Draw(t, "other") {
			pattern = strings.Replace(pattern, "e", "x", 1)
		}
		parts := strings.Split(strings.ToLower(pattern), "*")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		want := regexp.MustCompile("^" + strings.Join(parts, ".*") + "$").MatchString(strings.ToLower(action.Name))
		a.SetPermissions(
			emulator.ARMPermission{Actions: []string{"Microsoft.Authorization/permissions/read", "Microsoft.Resources/*"}},
			emulator.ARMPermission{Actions: []string{pattern}},
		)
		c, err := azure.New(o)
		if err != nil {
			t.Fatal(err)
		}
		rights, err := c.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Contains(names(rights[0].Held), action.Name); got != want {
			t.Fatalf("pattern %q holds %s: %v, want %v", pattern, action.Name, got, want)
		}
	})
}
