package azure

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// A Role is a custom role of Azure that allows what collecting needs, in the
// scopes where it is needed, and nothing else. It has no wildcard, because
// Microsoft.Network/*/read has granted pre-shared keys before, and whatever
// Azure adds to a wildcard later would be granted unseen.
type Role struct {
	Name          string
	Subscriptions []string
}

const roleDescription = "Reads network topology, routes and BGP sessions for routeproof. Writes nothing and reads no keys."

// RoleFormats are the formats that [Role.Write] accepts.
func RoleFormats() []string { return []string{"json", "bicep", "terraform"} }

// RoleActions are the actions of the role: those of [Actions], and those by
// which [Collector.Check] learns what the identity may do.
func RoleActions() []Action {
	all := append(Actions(), checkActions()...)
	slices.SortStableFunc(all, func(a, b Action) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return slices.CompactFunc(all, func(a, b Action) bool { return strings.EqualFold(a.Name, b.Name) })
}

func (r Role) check() error {
	if !regexp.MustCompile(`^[\pL\pN][\pL\pN ._()-]{0,127}$`).MatchString(r.Name) {
		return fmt.Errorf("role name %q: want up to 128 letters, digits, blanks and the signs . _ ( ) -", r.Name)
	}
	if len(r.Subscriptions) == 0 {
		return fmt.Errorf("role %q: no subscription: want the ID of each one that it is to be assigned in", r.Name)
	}
	id := regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
	seen := make(map[string]bool)
	for _, s := range r.Subscriptions {
		if !id.MatchString(s) {
			return fmt.Errorf("subscription %q: want an ID, as 00000000-0000-0000-0000-000000000000", s)
		}
		if seen[strings.ToLower(s)] {
			return fmt.Errorf("subscription %q: named twice", s)
		}
		seen[strings.ToLower(s)] = true
	}
	return nil
}

func (r Role) scopes() []string {
	var scopes []string
	for _, s := range r.Subscriptions {
		scopes = append(scopes, "/subscriptions/"+s)
	}
	return scopes
}

// Write writes the role's definition: as "json", for az role definition create,
// as "bicep", or as "terraform".
func (r Role) Write(w io.Writer, format string) error {
	if err := r.check(); err != nil {
		return err
	}
	switch format {
	case "json":
		return r.json(w)
	case "bicep":
		return r.bicep(w)
	case "terraform":
		return r.terraform(w)
	}
	return fmt.Errorf("format %q: want %s", format, strings.Join(RoleFormats(), ", "))
}

func (r Role) json(w io.Writer) error {
	var names []string
	for _, a := range RoleActions() {
		names = append(names, a.Name)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Name, Description                                                  string
		IsCustom                                                           bool
		Actions, NotActions, DataActions, NotDataActions, AssignableScopes []string
	}{r.Name, roleDescription, true, names, []string{}, []string{}, []string{}, r.scopes()})
}

func (r Role) bicep(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, `targetScope = 'subscription'

resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid('%s', subscription().id)
  properties: {
    roleName: '%[1]s'
    description: '%s'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
`, r.Name, roleDescription)
	for _, a := range RoleActions() {
		fmt.Fprintf(&b, "          '%s' // %s\n", a.Name, a.Why)
	}
	b.WriteString("        ]\n        notActions: []\n        dataActions: []\n        notDataActions: []\n      }\n    ]\n    assignableScopes: [\n")
	for _, s := range r.scopes() {
		fmt.Fprintf(&b, "      '%s'\n", s)
	}
	b.WriteString("    ]\n  }\n}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (r Role) terraform(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, `resource "azurerm_role_definition" "routeproof" {
  name        = "%s"
  description = "%s"
  scope       = "%s"

  permissions {
    actions = [
`, r.Name, roleDescription, r.scopes()[0])
	for _, a := range RoleActions() {
		fmt.Fprintf(&b, "      %q, # %s\n", a.Name, a.Why)
	}
	b.WriteString("    ]\n    not_actions = []\n  }\n\n  assignable_scopes = [\n")
	for _, s := range r.scopes() {
		fmt.Fprintf(&b, "    %q,\n", s)
	}
	b.WriteString("  ]\n}\n")
	_, err := io.WriteString(w, b.String())
	return err
}
