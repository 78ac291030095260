package azure

import (
	"cmp"
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Read adds to s what the items under azure/ say: the same for a live run and
// for a replay. It never fails: what it cannot understand goes to s.Unread, a
// table that it could not read whole says so in its Read, and the rest is read.
// The order of the result depends only on the items' paths.
func Read(d *evidence.Dir, s *snapshot.Snapshot) {
	r := reader{dir: d, s: s, ops: operationsOf(), held: make(map[string]heldGateway), tells: make(map[string]bool)}
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
	r.lists(ix)
	r.disagreements()
	r.settle()
	slices.SortStableFunc(s.Unread[first:], func(a, b snapshot.Unread) int {
		return cmp.Or(strings.Compare(a.Item, b.Item), cmp.Compare(a.Line, b.Line))
	})
}

// reader reads the items of one directory.
type reader struct {
	dir  *evidence.Dir
	s    *snapshot.Snapshot
	ops  map[string][]string // what is asked of each type, in lower case
	held map[string]heldGateway
	// tells are the subnets that say what they hold.
	tells map[string]bool
}

// operationsOf is what the table of calls asks of each type.
func operationsOf() map[string][]string {
	ops := make(map[string][]string)
	for _, c := range calls() {
		if c.op != "" {
			ops[strings.ToLower(c.typ)] = append(ops[strings.ToLower(c.typ)], strings.ToLower(c.op))
		}
	}
	return ops
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
	lists     []evidence.Item // what is kept of a list that was not whole
}

// index sorts the items into resources and actions. Paths made by hand may have
// any case; a list is no resource, and its status is for whoever reads s.Items.
func (r *reader) index() index {
	ix := index{resources: make(map[string]*stored), actions: make(map[string]*answer)}
	owners := make(map[string]map[string]*answer)
	for _, it := range r.dir.Under("azure/") {
		id, action, ok := cutPath(it.Path, r.ops)
		switch {
		case isList(it.Path):
			ix.lists = append(ix.lists, it)
		case !ok:
			if it.Status == snapshot.OK {
				r.unread(it.Path, 0, "not the path of an Azure resource: want azure/<subscription>/<type>/<group>/<name>.json")
			}
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
// apart. Names may have dots, so only what is asked of the type is cut off.
func cutPath(p string, ops map[string][]string) (id resourceID, action string, ok bool) {
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
	for _, op := range ops[strings.ToLower(seg[2])] {
		i := strings.LastIndex(lower, "."+op)
		if i <= 0 {
			continue
		}
		if end := i + 1 + len(op); end == len(stem) || stem[end] == '.' {
			stem, action = stem[:i], stem[i+1:]
			break
		}
	}
	return resourceID{seg[1], seg[3], seg[2], stem}, action, true
}

// resource reads one resource by its type.
func (r *reader) resource(res *stored) {
	defer evidence.Blame(res.item.Path)
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
	before := r.s.Azure
	if read(res, doc); doc != nil && doc.flaws > 0 {
		r.leaveOut(res, doc, before)
	}
}

// readerOf is how resources of a type are read, or nil.
func (r *reader) readerOf(typ string) func(*stored, *values) {
	for name, read := range map[string]func(*stored, *values){
		typeVNets: r.vnet, typeGateways: r.gateway, typeConnections: r.connection, typeLocalSites: r.localSite,
		typeCircuits: r.circuit, typePorts: r.port, typeRouteTables: r.routeTable, typeFirewalls: r.firewall,
		typeFirewallPolicies: r.firewallPolicy, typeLoadBalancers: r.loadBalancer, typeNICs: r.nic, typePublicIPs: r.publicIP,
		typeNSGs: r.nsg, typeWANs: r.wan, typeHubs: r.hub, typeVPNGateways: r.hubVPNGateway, typeERGateways: r.hubERGateway,
		typeVPNSites: r.vpnSite,
	} {
		if strings.EqualFold(name, typ) {
			return read
		}
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
		v.cut = true
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

// leaveOut takes back a resource that was not understood whole, as if it had not
// been collected: what it lacks, packets would be taken not to meet, and that is
// worse than not to know of it at all. A connection says itself that it is unread.
func (r *reader) leaveOut(res *stored, v *values, before snapshot.Azure) {
	if strings.EqualFold(res.id.typ, typeConnections) {
		return
	}
	r.s.Azure = before
	for i := range r.s.Items {
		if it := &r.s.Items[i]; it.Path == v.item && it.Status == snapshot.OK {
			it.Status, it.Detail = snapshot.Partial, "not all of it was understood, and it is left out: "+strconv.Itoa(v.flaws)+" unread"
		}
	}
}

func (r *reader) unread(item string, line int, text string) {
	r.s.Unread = append(r.s.Unread, snapshot.Unread{Item: item, Line: line, Text: text})
}
