package azure

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// isList reports whether a path is that of a list of a subscription, or of
// another answer about it.
func isList(p string) bool {
	return strings.HasPrefix(p, "azure/") && strings.Count(p, "/") == 2 && path.Ext(p) == ".json"
}

// lists says how the lists went. Of a whole list only the resources are kept,
// so that one without an item is whole if a collector stored its resources.
func (r *reader) lists(ix index) {
	known := make(map[string]bool)
	for _, it := range ix.lists {
		seg := strings.Split(strings.ToLower(strings.TrimSuffix(it.Path, ".json")), "/")
		if seg[2] == typeProviders {
			continue
		}
		known[seg[1]+"/"+seg[2]] = true
		l := snapshot.List{Subscription: seg[1], Type: seg[2], Read: snapshot.Read{Item: it.Path, Status: it.Status, Detail: it.Detail}}
		if it.Status == snapshot.OK { // made by hand: what it lists is not read
			l.Status, l.Detail = r.handMade(it)
		}
		r.s.Azure.Lists = append(r.s.Azure.Lists, l)
	}
	for _, res := range ix.resources {
		sub, typ := strings.ToLower(res.id.sub), strings.ToLower(res.id.typ)
		if known[sub+"/"+typ] || res.item.At.IsZero() {
			continue
		}
		known[sub+"/"+typ] = true
		r.s.Azure.Lists = append(r.s.Azure.Lists, snapshot.List{Subscription: sub, Type: typ, Read: snapshot.Read{Status: snapshot.OK}})
	}
	slices.SortFunc(r.s.Azure.Lists, func(a, b snapshot.List) int {
		return cmp.Or(strings.Compare(a.Subscription, b.Subscription), strings.Compare(a.Type, b.Type))
	})
}

// handMade judges a list that somebody put into a directory: only one that says
// that there is nothing can be used.
func (r *reader) handMade(it evidence.Item) (snapshot.Status, string) {
	defer evidence.Blame(it.Path)
	data, err := r.dir.Bytes(it.Path)
	if err == nil {
		if p := readPage(bytes.TrimSpace(data), "value"); p.whole && p.found && len(p.rows) == 0 {
			return snapshot.Empty, "Azure lists none in this subscription"
		}
	}
	r.unread(it.Path, 0, "a list of resources is not read: put each into a file of its own")
	return snapshot.Partial, "the list was not read"
}

// heldGateway is where a gateway's IP configuration is, by the subnet's words.
type heldGateway struct{ ref snapshot.Ref }

// hold notes the gateways that a subnet holds, by its properties. Not every copy of a subnet says
// what it holds.
func (r *reader) hold(v *values, p *node, id string) {
	for _, c := range v.objects(p.at("ipConfigurations")) {
		r.tells[id] = true
		if g, ok := parseID(v.text(c.at("id"))); ok && strings.EqualFold(g.typ, typeGateways) {
			if _, again := r.held[g.full()]; !again {
				r.held[g.full()] = heldGateway{v.ref(c)}
			}
		}
	}
}

// disagreements compares the gateways that were read with those that subnets
// hold, and with what Resource Graph listed where its answer was kept.
func (r *reader) disagreements() {
	a := &r.s.Azure
	add := func(ref snapshot.Ref, id, text string) {
		a.Disagreements = append(a.Disagreements, snapshot.Disagreement{Ref: ref, ID: id, Text: text})
	}
	read := make(map[string]bool)
	for _, g := range a.Gateways {
		read[g.ID] = true
		if _, held := r.held[g.ID]; !held && r.tells[g.Subnet] {
			add(g.Ref, g.ID, "the gateway names a subnet that does not hold it")
		}
	}
	listed := r.graphLists()
	for _, id := range slices.Sorted(maps.Keys(r.held)) {
		if !read[id] {
			add(r.held[id].ref, id, "a subnet holds the gateway, and there is no answer about it")
		}
		g, _ := parseID(id)
		if l, ok := listed[g.sub]; ok && !l.ids[id] {
			add(snapshot.Ref{Item: l.item}, id, "a subnet holds the gateway, and Resource Graph does not list it")
		}
	}
}

// graphList is what Resource Graph listed in one subscription.
type graphList struct {
	item string
	ids  map[string]bool
}

// graphLists reads the answers of Resource Graph about gateways that were kept,
// by subscription. One without rows to compare with is left out.
func (r *reader) graphLists() map[string]graphList {
	lists := make(map[string]graphList)
	for _, l := range r.s.Azure.Lists {
		if l.Type != strings.ToLower(typeGateways) || l.Item == "" {
			continue
		}
		data, err := r.dir.Bytes(l.Item)
		if err != nil {
			continue
		}
		if ids := graphIDs(data); ids != nil {
			lists[l.Subscription] = graphList{l.Item, ids}
		}
	}
	return lists
}

// graphIDs are the IDs of gateways in pages of Resource Graph, one after the
// other; nil where there is no page, or one that is not whole.
func graphIDs(pages []byte) map[string]bool {
	var ids map[string]bool
	d := json.NewDecoder(bytes.NewReader(pages))
	for {
		var p struct {
			Data []struct {
				ID string `json:"id"`
			} `json:"data"`
		}
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return ids
		}
		if err != nil {
			return nil
		}
		if p.Data != nil && ids == nil {
			ids = make(map[string]bool)
		}
		for _, row := range p.Data {
			if g, ok := parseID(row.ID); ok && ids != nil {
				ids[g.full()] = true
			}
		}
	}
}

// settle makes whole those items that are empty and prove by that that there is
// nothing, as a list of resources does, or from which alone nothing is
// concluded. What is read from them still says that it is empty.
func (r *reader) settle() {
	for i := range r.s.Items {
		it := &r.s.Items[i]
		if it.Status != snapshot.Empty || !strings.HasPrefix(it.Path, "azure/") {
			continue
		}
		_, action, _ := cutPath(it.Path, r.ops)
		op, _, _ := strings.Cut(action, ".")
		if isList(it.Path) || op != "" && !routesNeedIt(op) {
			it.Status = snapshot.OK
		}
	}
}

// routesNeedIt reports whether paths cannot be told without what an operation
// answers.
func routesNeedIt(op string) bool {
	return slices.ContainsFunc([]string{actionLearned, actionPeers, actionAdvertised, actionRouteTables}, func(n string) bool {
		return strings.EqualFold(n, op)
	})
}
