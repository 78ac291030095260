package azure

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resourcegraph/armresourcegraph"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// inventory is what Resource Graph knows of the types that ARM lists only group
// by group.
type inventory struct {
	ids    map[string][]resourceID // by type
	last   reply
	body   []byte              // all pages
	flaws  []string            // of Resource Graph's answer
	detail map[string][]string // by type: disagreements
}

func graphTypes() []string { return []string{typeGateways, typeConnections, typeLocalSites} }

// inventory asks Resource Graph. It is eventually consistent and shows only what
// the identity may read, so it serves for IDs only and is cross-checked.
func (s *subscription) inventory(ctx context.Context) (inventory, error) {
	inv := inventory{ids: make(map[string][]resourceID), detail: make(map[string][]string)}
	var quoted []string
	for _, t := range graphTypes() {
		quoted = append(quoted, "'microsoft.network/"+strings.ToLower(t)+"'")
	}
	query := "resources | where type in~ (" + strings.Join(quoted, ",") + ") | project id, type | order by id asc"
	token, seen := "", make(map[string]bool)
	for n := 1; ; n++ {
		options := &armresourcegraph.QueryRequestOptions{ResultFormat: to.Ptr(armresourcegraph.ResultFormatObjectArray)}
		if token != "" {
			options.SkipToken = &token
		}
		r, err := s.run(ctx, call{
			kind: graphRows, action: permission(typeInventory, ""), limit: s.c.opts.CallTimeout,
			do: func(ctx context.Context) error {
				_, err := s.graph.Resources(ctx, armresourcegraph.QueryRequest{
					Query: &query, Options: options, Subscriptions: []*string{&s.id},
				}, nil)
				return err
			},
		})
		if err != nil {
			return inventory{}, err
		}
		inv.last = r
		inv.body = append(append(inv.body, r.body...), '\n')
		p := readPage(bytes.TrimSpace(r.body), "data")
		if r.status == snapshot.Empty && p.whole {
			inv.last.status = snapshot.OK // none of these types, or an empty page
		}
		inv.take(p.rows)
		if inv.last.status != snapshot.OK {
			inv.last.detail = fmt.Sprintf("page %d of the inventory: %s", n, r.detail)
			return inv, nil
		}
		if p.next == "" || seen[p.next] || n == maxPages {
			if p.cut || p.next != "" {
				inv.flaws = append(inv.flaws, "Resource Graph left rows out of its answer")
			}
			return inv, nil
		}
		seen[p.next], token = true, p.next
	}
}

func (inv *inventory) take(rows []json.RawMessage) {
	for _, raw := range rows {
		id := idOf(raw)
		rid, ok := parseID(id)
		i := slices.IndexFunc(graphTypes(), func(t string) bool { return strings.EqualFold(t, rid.typ) })
		if !ok || i < 0 {
			inv.flaws = append(inv.flaws, "Resource Graph gave a row that was not asked for: "+clean(string(raw)))
			continue
		}
		inv.add(graphTypes()[i], rid)
	}
}

// add takes an ID in, and reports whether it is new.
func (inv *inventory) add(typ string, id resourceID) bool {
	if slices.ContainsFunc(inv.ids[typ], id.same) {
		return false
	}
	id.typ = typ
	inv.ids[typ] = append(inv.ids[typ], id)
	return true
}

func (a resourceID) same(b resourceID) bool {
	return strings.EqualFold(a.sub, b.sub) && strings.EqualFold(a.group, b.group) && strings.EqualFold(a.name, b.name)
}

// crossCheck compares the gateways with those that the GatewaySubnets hold. One
// that only a subnet knows is collected as well; every disagreement is noted.
// whole is whether all subnets are known.
func (inv *inventory) crossCheck(held []resourceID, whole bool) {
	listed := slices.Clone(inv.ids[typeGateways])
	for _, g := range held {
		if inv.add(typeGateways, g) {
			inv.detail[typeGateways] = append(inv.detail[typeGateways],
				"a GatewaySubnet holds the gateway "+clean(g.group+"/"+g.name)+", which Resource Graph does not list")
		}
	}
	if !whole {
		return
	}
	for _, g := range listed {
		if !slices.ContainsFunc(held, g.same) {
			inv.detail[typeGateways] = append(inv.detail[typeGateways],
				"Resource Graph lists the gateway "+clean(g.group+"/"+g.name)+", which no GatewaySubnet holds")
		}
	}
}

// gatewaysIn are the gateways whose IP configurations a VNet's subnets name.
func gatewaysIn(vnet []byte) []resourceID {
	doc, _ := parseJSON(vnet)
	var ids []resourceID
	for _, subnet := range doc.at("properties", "subnets").items() {
		for _, c := range subnet.at("properties", "ipConfigurations").items() {
			id, ok := parseID(c.at("id").scalar())
			if ok && strings.EqualFold(id.typ, typeGateways) && !slices.ContainsFunc(ids, id.same) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// storeInventory keeps the inventory for each type of which it is not whole, or
// empty, or in disagreement with the subnets.
func (s *subscription) storeInventory(inv *inventory) error {
	for _, typ := range graphTypes() {
		r := inv.last
		details := slices.Concat(inv.flaws, inv.detail[typ])
		hidden, why := s.hides(typ)
		if why != "" {
			details = append(details, why)
		}
		switch {
		case r.status == snapshot.Empty: // no content, or null: that is no list
			r.status = snapshot.Partial
		case r.status != snapshot.OK:
			if len(inv.ids[typ]) > 0 {
				details = append([]string{string(r.status) + ": " + r.detail}, details...)
				r.status = snapshot.Partial
			}
		case hidden == snapshot.Denied && len(inv.ids[typ]) == 0:
			r.status = snapshot.Denied
		case len(details) > 0:
			r.status = snapshot.Partial
		case len(inv.ids[typ]) == 0:
			r.status, r.detail = snapshot.Empty, "Resource Graph lists none in this subscription"
		default:
			continue
		}
		if len(details) > 0 {
			r.detail = strings.Join(details, "; ")
		}
		if _, err := s.store(listPath(s.id, typ), r, inv.body); err != nil {
			return err
		}
	}
	return nil
}
