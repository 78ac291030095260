package azure

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// values takes typed values out of one item. A value that is not there, null or
// empty is the zero value; one that cannot be understood is unread, and counted.
type values struct {
	r     *reader
	item  string
	root  *node
	flaws int
	cut   bool // the item is not whole, so any list in it may lack elements
}

func (v *values) bad(n *node, text string) {
	v.flaws++
	line := 0
	if n != nil {
		line = n.line
	}
	v.r.unread(v.item, line, text)
}

func (v *values) ref(n *node) snapshot.Ref {
	if n == nil {
		return snapshot.Ref{Item: v.item}
	}
	return snapshot.Ref{Item: v.item, Line: n.line}
}

// excerpt shows an unreadable value.
func excerpt(n *node) string {
	switch {
	case n == nil:
		return "(nothing)"
	case n.kind == kindObject:
		return "{" + clean(strings.Join(n.names, ", ")) + "}"
	case n.kind == kindArray:
		return "[" + strconv.Itoa(len(n.elems)) + " elements]"
	case n.kind == kindNull:
		return "null"
	}
	return clean(n.text)
}

// props are a resource's properties. Azure's command line prints them on the
// resource itself, and such outputs are pasted into files.
func (v *values) props(n *node) *node {
	p := n.at("properties")
	if p.absent() {
		return n
	}
	if p.kind != kindObject {
		v.bad(p, "want the properties of a resource: "+excerpt(p))
		return nil
	}
	return p
}

// listed counts the lists of n that are not there. Azure prints those of a resource
// also when they are empty.
func (v *values) listed(n *node, names ...string) {
	for _, name := range names {
		if n.at(name) == nil {
			v.bad(n, "a resource without the list of its "+name)
		}
	}
}

// text is a string, made fit to be shown.
func (v *values) text(n *node) string {
	if n.absent() {
		return ""
	}
	if n.kind != kindString {
		v.bad(n, "want a string: "+excerpt(n))
		return ""
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, n.text)
}

// tags are a resource's tags, in their order.
func (v *values) tags(n *node) []snapshot.Tag {
	if n.absent() {
		return nil
	}
	if n.kind != kindObject {
		v.bad(n, "want tags: "+excerpt(n))
		return nil
	}
	var out []snapshot.Tag
	for i, e := range n.elems {
		name := v.text(&node{kind: kindString, text: n.names[i], line: e.line})
		out = append(out, snapshot.Tag{Ref: v.ref(e), Name: name, Value: v.text(e)})
	}
	return out
}

// id is the ID of the resource that n refers to, or is, in lower case.
func (v *values) id(n *node) string {
	if !n.absent() && n.kind != kindObject {
		v.bad(n, "want a resource: "+excerpt(n))
	}
	return strings.ToLower(v.text(n.at("id")))
}

// word is a string that ARM takes from a list of words; a known word has ARM's
// own spelling, and an unknown one stays.
func (v *values) word(n *node, known ...string) string {
	s := v.text(n)
	for _, k := range known {
		if strings.EqualFold(k, s) {
			return k
		}
	}
	return s
}

// flagOr is a flag that is def where it is not there.
func (v *values) flagOr(n *node, def bool) bool {
	if n.absent() {
		return def
	}
	return v.flag(n)
}

func (v *values) flag(n *node) bool {
	if n.absent() {
		return false
	}
	if n.kind != kindBool {
		v.bad(n, "want true or false: "+excerpt(n))
	}
	return n.kind == kindBool && n.text == "true"
}

// number is a whole number, also one that is written as a string.
func (v *values) number(n *node) int64 {
	s := strings.TrimSpace(n.scalar())
	if n.absent() || n.kind == kindString && s == "" {
		return 0
	}
	i, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n.kind == kindBool {
		v.bad(n, "want a whole number: "+excerpt(n))
		return 0
	}
	return i
}

// uint32 is a number such as an AS number; "asdot" is understood as well.
func (v *values) uint32(n *node) (uint32, bool) {
	s := strings.TrimSpace(n.scalar())
	if n.absent() || n.kind == kindString && s == "" {
		return 0, false
	}
	if high, low, ok := strings.Cut(s, "."); ok && n.kind == kindString {
		h, err1 := strconv.ParseUint(high, 10, 16)
		l, err2 := strconv.ParseUint(low, 10, 16)
		if err1 == nil && err2 == nil {
			s = strconv.FormatUint(h<<16|l, 10)
		}
	}
	i, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n.kind == kindBool {
		v.bad(n, "want a number of 32 bits: "+excerpt(n))
		return 0, false
	}
	return uint32(i), true
}

// megabits is a bandwidth that is given in Gbit/s, which may be a fraction.
func (v *values) megabits(gbps *node) int64 {
	s := strings.TrimSpace(gbps.scalar())
	if gbps.absent() || s == "" {
		return 0
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || gbps.kind == kindBool || f < 0 || f > 1e9 {
		v.bad(gbps, "want a bandwidth: "+excerpt(gbps))
		return 0
	}
	return int64(f * 1000)
}

func (v *values) asn(n *node) uint32 {
	i, _ := v.uint32(n)
	return i
}

// elements are those of the lists that are there.
func (v *values) elements(lists ...*node) []*node {
	var all []*node
	for _, n := range lists {
		if n.absent() {
			continue
		}
		if n.kind != kindArray {
			v.bad(n, "want a list: "+excerpt(n))
		}
		all = append(all, n.items()...)
	}
	return all
}

// some are the elements of a list, or a value that stands for a list of one.
func (v *values) some(n *node) []*node {
	if n != nil && n.kind == kindString {
		if n.text == "" {
			return nil
		}
		return []*node{n}
	}
	return v.elements(n)
}

// words are the strings of a list.
func (v *values) words(list *node) []string {
	var all []string
	for _, n := range v.some(list) {
		if s := v.text(n); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// refs are the IDs in a list of strings.
func (v *values) refs(list *node) []string {
	all := v.words(list)
	for i := range all {
		all[i] = strings.ToLower(all[i])
	}
	return all
}

// ids are those of a list of resources.
func (v *values) ids(list *node) []string {
	var all []string
	for _, n := range v.objects(list) {
		if id := v.id(n); id != "" {
			all = append(all, id)
		}
	}
	return all
}

// objects are the elements of a list that has to hold objects.
func (v *values) objects(list *node) []*node {
	var rows []*node
	for _, n := range v.elements(list) {
		if n.kind == kindObject {
			rows = append(rows, n)
			continue
		}
		v.bad(n, "want an object: "+excerpt(n))
	}
	return rows
}
