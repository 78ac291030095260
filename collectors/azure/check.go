package azure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// Rights are what the collector's identity may do in one subscription, as Azure
// itself says. Deny assignments, roles on single resources, and roles that have
// to be activated first are not in it.
type Rights struct {
	Subscription string
	// Unknown says why the permissions, or a part of them, could not be had.
	Unknown string
	// Held are the actions that collecting needs and the identity has in the
	// whole subscription; Lacking are the others. Both are in order of name.
	Held    []Action
	Lacking []Grant
	// Excess are rights that the identity should not have.
	Excess []Grant
}

// A Grant is an action with the resource groups in which alone the identity has
// it, in order of name. Of one that is Lacking, no group means nowhere; of one
// in Excess, the whole subscription.
type Grant struct {
	Action
	Groups []string
	// Opens is what of an audit stays open without an action that is lacking.
	Opens string
}

// The versions of the calls of a check.
const (
	permissionsVersion = "2022-04-01"
	groupsVersion      = "2021-04-01"
)

// checkActions are the actions that [Collector.Check] itself needs.
func checkActions() []Action {
	return []Action{
		{Name: "Microsoft.Authorization/permissions/read", Why: "what the identity itself may do, and so whether lists are whole"},
		{Name: "Microsoft.Resources/subscriptions/resourceGroups/read", Why: "the resource groups that a role may be limited to", Optional: true},
	}
}

// unwanted are actions that an identity which only audits should not have. The
// first ones answer with keys: Azure has named the reading of a connection's
// pre-shared key sharedKey/read before and sharedKey/action now.
func unwanted() []Action {
	secret := func(action, what string) Action { return Action{Name: network + action, Why: "reads " + what} }
	change := func(action, what string) Action { return Action{Name: action, Why: "may " + what} }
	const vpnLink = "vpnGateways/vpnConnections/vpnLinkConnections/sharedKeys/"
	return []Action{
		secret("connections/sharedKey/action", "the pre-shared keys of tunnels"),
		secret("connections/sharedKey/read", "the pre-shared keys of tunnels"),
		secret("connections/vpnDeviceConfigurationScript/action", "the pre-shared keys of tunnels, in a device's configuration"),
		secret(vpnLink+"read", "the pre-shared keys of hubs' tunnels"),
		secret(vpnLink+"default/listSharedKey/action", "the pre-shared keys of hubs' tunnels"),
		secret("virtualWans/vpnConfiguration/action", "the pre-shared keys of hubs' tunnels, in the sites' configuration"),
		secret("expressRouteCircuits/authorizations/read", "the keys by which circuits can be used"),
		secret("expressRoutePorts/authorizations/read", "the keys by which ExpressRoute Direct ports can be used"),
		secret("virtualNetworkGateways/listRadiusSecrets/action", "RADIUS secrets"),
		secret("virtualNetworkGateways/listAllRadiusServersSecrets/action", "RADIUS secrets"),
		secret("vpnServerConfigurations/listRadiusSecrets/action", "RADIUS secrets"),
		secret("vpnServerConfigurations/listAllRadiusServersSecrets/action", "RADIUS secrets"),
		change("Microsoft.Network/connections/write", "change tunnels"),
		change("Microsoft.Network/virtualNetworkGateways/write", "change gateways"),
		change("Microsoft.Network/expressRouteCircuits/write", "change circuits"),
		change("Microsoft.Network/routeTables/write", "change routing"),
		change("Microsoft.Network/virtualNetworks/write", "change networks"),
		change("Microsoft.Authorization/roleAssignments/write", "give itself any right"),
	}
}

// Check asks Azure what the identity may do in each subscription, in their
// order. It reads no resource and no key. The error is for a credential that
// does not work, and for ctx being done; what one subscription does not tell is
// in its Rights.
func (c *Collector) Check(ctx context.Context) ([]Rights, error) {
	defer c.http.CloseIdleConnections()
	if err := c.authenticate(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		_, detail := loginStatus(err, c.opts.CallTimeout)
		return nil, errors.New("azure: " + detail)
	}
	pipe, err := newPipeline(c)
	if err != nil {
		return nil, fmt.Errorf("azure client: %w", err)
	}
	all := make([]Rights, len(c.opts.Subscriptions))
	t := newTasks(ctx, c.opts.Concurrency)
	for i, id := range c.opts.Subscriptions {
		t.start(func(ctx context.Context) error {
			ck := checker{c: c, pipe: pipe, sub: id}
			r, err := ck.rights(ctx)
			all[i] = r
			return err
		})
	}
	return all, t.wait()
}

// checker checks one subscription.
type checker struct {
	c    *Collector
	pipe runtime.Pipeline
	sub  string
}

// assigned is what one role assignment allows.
type assigned struct {
	Actions    []string `json:"actions"`
	NotActions []string `json:"notActions"`
}

func (k checker) rights(ctx context.Context) (Rights, error) {
	r := Rights{Subscription: k.sub}
	scope := "/subscriptions/" + url.PathEscape(k.sub)
	whole, why, err := k.permissions(ctx, scope)
	if err != nil {
		return r, err
	}
	if why != "" {
		r.Unknown = "what the identity may do is not known: " + why
		return r, nil
	}
	groups, why, err := k.groups(ctx, scope)
	if err != nil {
		return r, err
	}
	if why == "" && !allows(whole, checkActions()[1].Name) {
		why = "it may not see all of them: grant it the action " + checkActions()[1].Name
	}
	if why != "" {
		r.Unknown = "what the identity may do in single resource groups is not known: " + why
	}
	in := make(map[string][]assigned)
	for _, g := range groups {
		ps, why, err := k.permissions(ctx, scope+"/resourceGroups/"+url.PathEscape(g))
		if err != nil {
			return r, err
		}
		if why != "" && r.Unknown == "" {
			r.Unknown = "what the identity may do in the resource group " + clean(g) + " is not known: " + why
		}
		in[g] = ps
	}
	r.judge(whole, groups, in)
	return r, nil
}

func (r *Rights) judge(whole []assigned, groups []string, in map[string][]assigned) {
	held := func(action string) (inGroups []string) {
		for _, g := range groups {
			if allows(in[g], action) {
				inGroups = append(inGroups, g)
			}
		}
		return inGroups
	}
	for _, a := range Actions() {
		if allows(whole, a.Name) {
			r.Held = append(r.Held, a)
			continue
		}
		r.Lacking = append(r.Lacking, Grant{a, held(a.Name), opens(a.Name)})
	}
	for _, a := range unwanted() {
		if allows(whole, a.Name) {
			r.Excess = append(r.Excess, Grant{Action: a})
		} else if gs := held(a.Name); len(gs) > 0 {
			r.Excess = append(r.Excess, Grant{Action: a, Groups: gs})
		}
	}
}

// permissions asks for what the identity may do at a scope. why says what kept
// it from being known.
func (k checker) permissions(ctx context.Context, scope string) (ps []assigned, why string, err error) {
	rows, why, err := k.list(ctx, scope+"/providers/Microsoft.Authorization/permissions", permissionsVersion, checkActions()[0].Name)
	for _, raw := range rows {
		var p assigned
		if whole := json.Unmarshal(raw, &p) == nil; !whole {
			return nil, "Azure's answer has an element that is no permission", nil
		}
		ps = append(ps, p)
	}
	return ps, why, err
}

// groups asks for the names of the resource groups.
func (k checker) groups(ctx context.Context, scope string) (names []string, why string, err error) {
	rows, why, err := k.list(ctx, scope+"/resourcegroups", groupsVersion, checkActions()[1].Name)
	for _, raw := range rows {
		var g struct {
			Name string `json:"name"`
		}
		if whole := json.Unmarshal(raw, &g) == nil; !whole || g.Name == "" {
			return nil, "Azure's answer has an element that is no resource group", nil
		}
		names = append(names, g.Name)
	}
	slices.Sort(names)
	return slices.Compact(names), why, err
}

// list asks for all pages of a list.
func (k checker) list(ctx context.Context, path, version, action string) (rows []json.RawMessage, why string, err error) {
	endpoint := strings.TrimSuffix(k.c.cloud.Services[cloud.ResourceManager].Endpoint, "/") + "/"
	next := endpoint + strings.TrimPrefix(path, "/") + "?api-version=" + version
	s := subscription{c: k.c, id: k.sub}
	for range maxPages {
		// the token must not go where an answer says
		if !strings.HasPrefix(next, endpoint) {
			return nil, "Azure names a next page that is not its own", nil
		}
		r, err := s.run(ctx, call{kind: manyRows, action: action, limit: k.c.opts.CallTimeout, do: func(ctx context.Context) error { return k.get(ctx, next) }})
		if err != nil {
			return nil, "", err
		}
		p := readPage(r.body, "value")
		if r.status != snapshot.OK && (r.status != snapshot.Empty || !p.whole || !p.found) {
			return nil, r.detail, nil
		}
		rows = append(rows, p.rows...)
		if next = p.next; next == "" {
			return rows, "", nil
		}
	}
	return nil, "the list does not end", nil
}

// get asks for one page. The answer is in the exchange of ctx.
func (k checker) get(ctx context.Context, where string) error {
	req, err := runtime.NewRequest(ctx, http.MethodGet, where)
	if err != nil {
		return err
	}
	req.Raw().Header.Set("Accept", "application/json")
	resp, err := k.pipe.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if !runtime.HasStatusCode(resp, http.StatusOK) {
		return runtime.NewResponseError(resp)
	}
	_, err = runtime.Payload(resp)
	return err
}

// allows reports whether any of the permissions has the action. What one role
// excludes another one may still allow.
func allows(ps []assigned, action string) bool {
	return slices.ContainsFunc(ps, func(p assigned) bool {
		matches := func(pattern string) bool { return matchAction(pattern, action) }
		return slices.ContainsFunc(p.Actions, matches) && !slices.ContainsFunc(p.NotActions, matches)
	})
}

// rights are what the identity may do in the whole subscription, or why that is
// not known.
type rights struct {
	whole []assigned
	why   string
}

// learnRights asks for the rights of a subscription that is collected.
func (s *subscription) learnRights(ctx context.Context) error {
	var err error
	k := checker{c: s.c, pipe: s.pipeline, sub: s.id}
	s.rights.whole, s.rights.why, err = k.permissions(ctx, "/subscriptions/"+url.PathEscape(s.id))
	return err
}

// hides says why a list of a type that looks whole may not be: Azure leaves out
// of lists what the identity may not read, and says nothing of it. The status is
// denied when it may not read any in the whole subscription, and partial when
// that is not known, which matters for Resource Graph only: it answers also
// those who may read nothing.
func (s *subscription) hides(typ string) (snapshot.Status, string) {
	action := permission(typ, "")
	switch {
	case s.rights.why == "" && !allows(s.rights.whole, action):
		return snapshot.Denied, "the identity does not have the action " + action + " in the whole subscription, and Azure leaves out of a list what may not be read: grant it a role that has this action"
	case s.rights.why != "" && slices.Contains(graphTypes(), typ):
		return snapshot.Partial, "Resource Graph leaves out what may not be read, and what may be read is not known: " + s.rights.why
	}
	return snapshot.OK, ""
}

// matchAction compares an action with a pattern, in which * is any text, without
// regard to case. It takes each part at its first place, which is always enough.
func matchAction(pattern, action string) bool {
	parts := strings.Split(strings.ToLower(pattern), "*")
	rest, ok := strings.CutPrefix(strings.ToLower(action), parts[0])
	if !ok || len(parts) == 1 {
		return ok && rest == ""
	}
	last := parts[len(parts)-1]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, p)
		if i < 0 {
			return false
		}
		rest = rest[i+len(p):]
	}
	return strings.HasSuffix(rest, last)
}

// opens says what of an audit stays open without an action.
func opens(action string) string {
	const all = "encryption, the GatewaySubnet's way over ExpressRoute, and firewall symmetry"
	switch strings.TrimPrefix(action, network) {
	case "virtualNetworks/read", "virtualNetworkGateways/read", "virtualNetworkGateways/getLearnedRoutes/action", "connections/read",
		"localNetworkGateways/read", "expressRouteCircuits/read", "locations/operationResults/read", "Microsoft.ResourceGraph/resources/read":
		return all
	case "routeTables/read":
		return "encryption, what routes do to the GatewaySubnet, and firewall symmetry, where there are route tables"
	case "firewallPolicies/read":
		return "firewall symmetry, in what firewalls translate that have a policy"
	case "virtualNetworkGateways/getBgpPeerStatus/action":
		return "encryption and firewall symmetry, in whether the tunnels' BGP neighbours are connected"
	case "publicIPAddresses/read":
		return "encryption, in whether the VPN gateways' public addresses are of a SKU that allows private ones"
	case "azureFirewalls/read":
		return "encryption and firewall symmetry, where routes lead through a firewall"
	case "virtualNetworkGateways/getAdvertisedRoutes/action":
		return "encryption, as to what the gateways of a network tell each other"
	case "virtualHubs/read":
		return "encryption, as to ways past the tunnels: virtual hubs and Route Servers"
	}
	return "the evidence that " + action + " gives (EVI-01), and what it would have confirmed"
}
