package azure

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// rowsOf reads what an operation answered, row by row. A row of which a part is
// not understood is left out, and the table is then partial.
func rowsOf[T any](r *reader, res *stored, op, argument string, take func(*values, *node) T) (snapshot.Read, []T) {
	var all []T
	read := r.table(res, op, argument, func(v *values, n *node) {
		before := v.flaws
		if row := take(v, n); v.flaws == before {
			all = append(all, row)
		}
	})
	return read, all
}

// below reads a list below a resource. An element of which a part is not
// understood stays, and the list is then partial. inline is a copy of the list
// in the resource itself, which serves where the list is not there.
func below[T any](r *reader, res *stored, v *values, child string, inline *node, take func(*values, *node) T) (snapshot.Read, []T) {
	var all []T
	read := r.table(res, child, "", func(v *values, n *node) { all = append(all, take(v, n)) })
	if read.Status == snapshot.OK || read.Status == snapshot.Empty || len(all) > 0 || inline.absent() {
		return read, all
	}
	before := v.flaws
	for _, n := range v.objects(inline) {
		all = append(all, take(v, n))
	}
	read = snapshot.Read{Item: v.item, Status: snapshot.OK}
	switch {
	case v.cut || v.flaws > before || r.partial(v.item):
		read.Status, read.Detail = snapshot.Partial, "part of the answer could not be read"
	case len(all) == 0:
		read.Status, read.Detail = snapshot.Empty, "the resource names none"
	}
	return read, all
}

// partial reports whether the item itself was not whole.
func (r *reader) partial(item string) bool {
	it, ok := r.dir.Item(item)
	return ok && it.Status != snapshot.OK
}

// table shows each row of an answer, on all of its pages, to take, and says how
// the reading went.
func (r *reader) table(res *stored, op, argument string, take func(*values, *node)) snapshot.Read {
	key := op
	if argument != "" {
		key += "." + argument
	}
	a := res.actions[strings.ToLower(key)]
	if a == nil {
		return snapshot.Read{Detail: "the evidence has no answer to " + key + " for " + clean(res.id.name)}
	}
	instances := op == actionHubLearned || op == actionHubAdvertised
	read := r.page(a, instances, res.actions[strings.ToLower(op)+".2"] != nil && argument == "", take)
	for n := 2; argument == ""; n++ {
		a := res.actions[strings.ToLower(op)+"."+strconv.Itoa(n)]
		if a == nil {
			break
		}
		next := res.actions[strings.ToLower(op)+"."+strconv.Itoa(n+1)] != nil
		if more := r.page(a, false, next, take); more.Status != snapshot.OK && read.Status == snapshot.OK {
			read.Item, read.Status, read.Detail = more.Item, snapshot.Partial, fmt.Sprintf("page %d: %s: %s", n, more.Status, more.Detail)
		}
	}
	return read
}

// page reads one page of an answer. instances is whether it has a list for each
// instance of a hub, and more whether the next page is there.
func (r *reader) page(a *answer, instances, more bool, take func(*values, *node)) snapshot.Read {
	defer evidence.Blame(a.item.Path)
	a.read = true
	read := snapshot.Read{Item: a.item.Path, Status: a.item.Status, Detail: a.item.Detail}
	if read.Status != snapshot.OK && read.Status != snapshot.Partial {
		return read
	}
	v := &values{r: r, item: a.item.Path}
	var rows []*node
	rows, read = r.rows(v, read, instances, more)
	for _, n := range rows {
		take(v, n)
	}
	if v.flaws > 0 && read.Status == snapshot.OK {
		read.Status, read.Detail = snapshot.Partial, "part of the answer could not be read"
	}
	return read
}

// rows parses an answer. Nothing, null and an empty list are empty, which is
// less than a proof that there is nothing.
func (r *reader) rows(v *values, read snapshot.Read, instances, more bool) ([]*node, snapshot.Read) {
	data, err := r.dir.Bytes(v.item)
	if err != nil {
		v.bad(nil, clean(err.Error()))
		return nil, read
	}
	doc, err := parseJSON(data)
	if err != nil {
		v.bad(doc, "the answer is not whole JSON: "+clean(err.Error()))
	}
	list := doc
	if doc != nil && doc.kind == kindObject {
		list = doc.at("value")
		if instances && list == nil && byInstance(doc) {
			return v.instances(doc), read
		}
		if !more && read.Status == snapshot.OK && !doc.at("nextLink").absent() && doc.at("nextLink").scalar() != "" {
			v.bad(doc.at("nextLink"), "the answer goes on at another page, which is not here")
		}
	}
	switch {
	case err == nil && doc.at("value") == nil && !doc.at("error").absent():
		read.Status, read.Detail = snapshot.Error, clean(doc.at("error", "code").scalar()+" "+doc.at("error", "message").scalar())
		if strings.EqualFold(doc.at("error", "code").scalar(), "AuthorizationFailed") {
			read.Status = snapshot.Denied
		}
	case err == nil && list.absent(), err == nil && list.kind == kindArray && len(list.elems) == 0:
		if read.Status == snapshot.OK {
			read.Status, read.Detail = snapshot.Empty, "the answer is empty, which does not prove that there is nothing"
		}
	case !list.absent():
		return v.objects(list), read
	}
	return nil, read
}

// byInstance reports whether an answer has a list for each instance of a hub,
// under the instance's name.
func byInstance(doc *node) bool {
	lists := 0
	for _, n := range doc.elems {
		if n.kind == kindArray {
			lists++
		}
	}
	return lists > 0
}

// instances are the rows of all instances. Each gets its instance's name, which
// is in lower case, as a member.
func (v *values) instances(doc *node) []*node {
	var all []*node
	for i, list := range doc.elems {
		if list.kind != kindArray {
			continue
		}
		for _, n := range v.objects(list) {
			n.add(memberInstance, &node{line: n.line, kind: kindString, text: doc.names[i]})
			all = append(all, n)
		}
	}
	return all
}

// memberInstance is no name that ARM can give: names are in lower case here.
const memberInstance = "Instance"
