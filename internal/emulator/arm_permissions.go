package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// ARMPermission is what one role gives the identity. Names and patterns are
// compared as Azure does: without regard to case, and * is any text.
type ARMPermission struct {
	// Group is the resource group that the role is assigned in; empty means the
	// whole subscription.
	Group               string
	Actions, NotActions []string
}

// SetPermissions replaces what the identity may do, in every subscription. A
// call that it may not make is answered 403, and lists leave out what it may
// not read. Before the first call of SetPermissions it may do everything; with
// none it may do nothing.
func (a *ARM) SetPermissions(ps ...ARMPermission) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.permissions = slices.Clone(ps)
	if a.permissions == nil {
		a.permissions = []ARMPermission{}
	}
}

// granted are the permissions in a group, or those in the whole subscription
// when group is empty.
func (a *ARM) granted(group string) []ARMPermission {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.permissions == nil {
		return []ARMPermission{{Actions: []string{"*"}}}
	}
	var ps []ARMPermission
	for _, p := range a.permissions {
		if p.Group == "" || strings.EqualFold(p.Group, group) {
			ps = append(ps, p)
		}
	}
	return ps
}

// may reports whether the identity has one of the actions in a group.
func (a *ARM) may(group string, actions ...string) bool {
	ps := a.granted(group)
	return slices.ContainsFunc(actions, func(action string) bool {
		return slices.ContainsFunc(ps, func(p ARMPermission) bool {
			matches := func(pattern string) bool { return armPattern(pattern, action) }
			return slices.ContainsFunc(p.Actions, matches) && !slices.ContainsFunc(p.NotActions, matches)
		})
	})
}

// mayAnywhere reports whether the identity has the action in the subscription
// or in any of its groups.
func (a *ARM) mayAnywhere(action string) bool {
	if a.may("", action) {
		return true
	}
	a.mu.Lock()
	ps := a.permissions
	a.mu.Unlock()
	return slices.ContainsFunc(ps, func(p ARMPermission) bool { return p.Group != "" && a.may(p.Group, action) })
}

// armPattern compares an action with a role's pattern.
func armPattern(pattern, action string) bool {
	part := strings.Split(strings.ToLower(pattern), "*")
	action = strings.ToLower(action)
	if len(part) == 1 {
		return part[0] == action
	}
	action, ok := strings.CutPrefix(action, part[0])
	if !ok {
		return false
	}
	last := len(part) - 1
	for _, p := range part[1:last] {
		_, after, found := strings.Cut(action, p)
		if !found {
			return false
		}
		action = after
	}
	return strings.HasSuffix(action, part[last])
}

// armActions are the actions of a role that allow a call, any of which will do.
// seg is the path after the subscription and the group.
func armActions(method string, seg []string) []string {
	switch {
	case len(seg) == 1 && strings.EqualFold(seg[0], "resourcegroups"):
		return nil // a list that leaves out what may not be read
	case len(seg) == 2 && strings.EqualFold(seg[0], "providers"):
		return []string{"Microsoft.Resources/subscriptions/providers/read"}
	case len(seg) < 3 || !strings.EqualFold(seg[0], "providers"):
		return nil
	}
	name := []string{seg[1]}
	if strings.EqualFold(seg[2], "locations") && len(seg) > 4 {
		name, seg = append(name, seg[2]), seg[2:] // locations/westeurope/operationResults/<id>
	}
	for i := 2; i < len(seg); i += 2 {
		name = append(name, seg[i])
	}
	action := strings.Join(name, "/")
	if method != http.MethodPost {
		return []string{action + "/read"}
	}
	if strings.HasSuffix(strings.ToLower(name[len(name)-2]), "peerings") {
		return []string{action + "/action", action + "/read"} // the documents name both
	}
	return []string{action + "/action"}
}

// refused answers a call that the identity may not make, and is false for one
// that it may.
func (a *ARM) refused(r *http.Request) (ARMReply, bool) {
	seg := strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	for i := range seg {
		if plain, err := url.PathUnescape(seg[i]); err == nil {
			seg[i] = plain
		}
	}
	if len(seg) < 3 || !strings.EqualFold(seg[0], "subscriptions") {
		return ARMReply{}, false // Resource Graph leaves out what may not be read
	}
	rest, group := seg[2:], ""
	if len(rest) > 1 && strings.EqualFold(rest[0], "resourceGroups") {
		group, rest = rest[1], rest[2:]
	}
	actions := armActions(r.Method, rest)
	list := group == "" && len(rest) == 3 && r.Method == http.MethodGet && !strings.EqualFold(rest[1], "Microsoft.Authorization")
	switch {
	case len(actions) == 0, a.may(group, actions...), list && a.mayAnywhere(actions[0]):
		return ARMReply{}, false
	}
	return ARMDeny(actions[0])(r, ARMReply{}), true
}

// readable are the resources that the identity may read.
func (a *ARM) readable(rs []*armResource) []*armResource {
	return slices.DeleteFunc(slices.Clone(rs), func(res *armResource) bool {
		return !a.may(res.group, "Microsoft.Network/"+res.typ+"/read")
	})
}

// authorization answers what the identity may do at a scope, as
// ".../providers/Microsoft.Authorization/permissions" does.
func (a *ARM) authorization(group string) ARMReply {
	rows := []map[string]any{}
	for _, p := range a.granted(group) {
		rows = append(rows, map[string]any{
			"actions": slices.Concat([]string{}, p.Actions), "notActions": slices.Concat([]string{}, p.NotActions),
			"dataActions": []string{}, "notDataActions": []string{},
		})
	}
	return armJSON(http.StatusOK, map[string]any{"value": rows})
}

// groups answers the resource groups of a subscription that the identity may
// see.
func (a *ARM) groups(sub string) ARMReply {
	var names []string
	for _, res := range a.store.all {
		known := slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, res.group) })
		if strings.EqualFold(res.sub, sub) && !known && a.may(res.group, "Microsoft.Resources/subscriptions/resourceGroups/read") {
			names = append(names, res.group)
		}
	}
	rows := []map[string]any{}
	for _, n := range names {
		rows = append(rows, map[string]any{
			"id": "/subscriptions/" + sub + "/resourceGroups/" + n, "name": n, "type": "Microsoft.Resources/resourceGroups", "location": "westeurope",
		})
	}
	return armJSON(http.StatusOK, map[string]any{"value": rows})
}
