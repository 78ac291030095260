package azure

import (
	"cmp"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// The actions whose answers are kept, as they are named in evidence.
const (
	actionLearned     = "getLearnedRoutes"
	actionPeers       = "getBgpPeerStatus"
	actionAdvertised  = "getAdvertisedRoutes"
	actionRouteTables = "routeTables"
)

// devices are the two edge routers of a private peering.
func devices() [2]string { return [2]string{"primary", "secondary"} }

// Read adds to s what the items under azure/ say: the same for a live run and
// for a replay. It never fails: what it cannot understand goes to s.Unread, a
// table that it could not read whole says so in its Read, and the rest is read.
// The order of the result depends only on the items' paths.
func Read(d *evidence.Dir, s *snapshot.Snapshot) {
	r := reader{dir: d, s: s}
	first := len(s.Unread)
	ix := r.index()
	for _, key := range slices.Sorted(maps.Keys(ix.resources)) {
		r.resource(ix.resources[key])
	}
	for _, key := range slices.Sorted(maps.Keys(ix.actions)) {
		if a := ix.actions[key]; !a.read {
			s.Unread = append(s.Unread, snapshot.Unread{Item: a.item.Path, Text: "there is no resource that this answer belongs to"})
		}
	}
	slices.SortStableFunc(s.Unread[first:], func(a, b snapshot.Unread) int {
		return cmp.Or(strings.Compare(a.Item, b.Item), cmp.Compare(a.Line, b.Line))
	})
}

// reader reads the items of one directory.
type reader struct {
	dir *evidence.Dir
	s   *snapshot.Snapshot
}

// stored is one item that is a resource, with its actions' answers.
type stored struct {
	item    evidence.Item
	id      resourceID // from the path
	actions map[string]*answer
}

// answer is one item that is what an action answered.
type answer struct {
	item evidence.Item
	read bool
}

// index is all items, by path in lower case.
type index struct {
	resources map[string]*stored
	actions   map[string]*answer
}

// index sorts the items into resources and actions. Paths made by hand may have
// any case; a list is no resource, and its status is for whoever reads s.Items.
func (r *reader) index() index {
	ix := index{resources: make(map[string]*stored), actions: make(map[string]*answer)}
	owners := make(map[string]map[string]*answer)
	for _, it := range r.dir.Under("azure/") {
		id, action, ok := cutPath(it.Path)
		switch {
		case !ok && it.Status == snapshot.OK:
			r.unread(it.Path, 0, "not the path of an Azure resource: want azure/<subscription>/<type>/<group>/<name>.json")
		case !ok:
		case action == "":
			ix.resources[it.Path] = &stored{item: it, id: id}
		default:
			a := &answer{item: it}
			ix.actions[it.Path] = a
			key := id.key()
			if owners[key] == nil {
				owners[key] = make(map[string]*answer)
			}
			owners[key][strings.ToLower(action)] = a
		}
	}
	for _, res := range ix.resources {
		res.actions = owners[res.id.key()]
	}
	return ix
}

func (a resourceID) key() string {
	return strings.ToLower(a.sub + "/" + a.typ + "/" + a.group + "/" + a.name)
}

// full is the ARM ID, in lower case.
func (a resourceID) full() string {
	return strings.ToLower("/subscriptions/" + a.sub + "/resourceGroups/" + a.group + "/providers/Microsoft.Network/" + a.typ + "/" + a.name)
}

// cutPath takes azure/<sub>/<type>/<group>/<name>[.<action>[.<argument>]].json
// apart. Names may have dots, so only the actions that are known are cut off.
func cutPath(p string) (id resourceID, action string, ok bool) {
	seg := strings.Split(strings.TrimSuffix(p, ".json"), "/")
	if len(seg) != 5 || path.Ext(p) != ".json" {
		return resourceID{}, "", false
	}
	for i := range seg {
		if plain, err := url.PathUnescape(seg[i]); err == nil {
			seg[i] = plain
		}
	}
	stem := seg[4]
	lower := strings.ToLower(stem)
	for _, a := range []string{actionLearned, actionPeers, actionAdvertised, actionRouteTables} {
		i := strings.LastIndex(lower, "."+strings.ToLower(a))
		if i <= 0 {
			continue
		}
		if end := i + 1 + len(a); end == len(stem) || stem[end] == '.' {
			stem, action = stem[:i], stem[i+1:]
			break
		}
	}
	return resourceID{seg[1], seg[3], seg[2], stem}, action, true
}

// resource reads one resource by its type.
func (r *reader) resource(res *stored) {
	read := r.readerOf(res.id.typ)
	if read == nil {
		r.unread(res.item.Path, 0, "resources of the type "+clean(res.id.typ)+" are not read")
		return
	}
	doc := r.document(res)
	if doc == nil && !strings.EqualFold(res.id.typ, typeConnections) {
		for _, a := range res.actions {
			a.read = true
			if a.item.Status == snapshot.OK {
				r.unread(a.item.Path, 0, "the resource that this answer belongs to could not be read")
			}
		}
		return
	}
	read(res, doc)
}

func (r *reader) readerOf(typ string) func(*stored, *values) {
	switch strings.ToLower(typ) {
	case strings.ToLower(typeVNets):
		return r.vnet
	case strings.ToLower(typeGateways):
		return r.gateway
	case strings.ToLower(typeConnections):
		return r.connection
	case strings.ToLower(typeLocalSites):
		return r.localSite
	case strings.ToLower(typeCircuits):
		return r.circuit
	case strings.ToLower(typeRouteTables):
		return r.routeTable
	case strings.ToLower(typeFirewalls):
		return r.firewall
	}
	return nil
}

// document parses a resource's file, as far as it can be trusted and is whole.
// It is nil when there is nothing to read.
func (r *reader) document(res *stored) *values {
	it := res.item
	if it.Status != snapshot.OK && it.Status != snapshot.Partial {
		return nil
	}
	data, err := r.dir.Bytes(it.Path)
	if err != nil {
		r.unread(it.Path, 0, clean(err.Error()))
		return nil
	}
	n, err := parseJSON(data)
	v := &values{r: r, item: it.Path, root: n}
	if err != nil {
		v.bad(n, "the file is not whole JSON: "+clean(err.Error()))
	}
	switch {
	case n == nil && err == nil, n != nil && n.kind != kindObject:
		v.bad(n, "the file has no JSON object: "+excerpt(n))
		return nil
	case n == nil:
		return nil
	case n.at("id").absent() && n.at("properties").absent():
		v.bad(n, "the file has no resource: "+excerpt(n))
		return nil
	}
	return v
}

func (r *reader) unread(item string, line int, text string) {
	r.s.Unread = append(r.s.Unread, snapshot.Unread{Item: item, Line: line, Text: text})
}
