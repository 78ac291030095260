package junos

import (
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// routeTree reads a listing of routes that is JSON or XML.
type routeTree struct {
	in    *lines.Reader
	o     *outcome
	to    sink
	table string
	named bool // the current table has said its name
}

func (t *routeTree) keep(name string) bool { return name == "rt" || isMessage(name) }

func (t *routeTree) enter(name string, _ int) {
	switch name {
	case "route-information":
		t.o.seen = true
	case "route-table":
		t.table, t.named = "", false
	}
}

func (t *routeTree) take(e *element) {
	switch {
	case isMessage(e.name):
		t.o.message(e)
	case e.name == "table-name":
		t.table, t.named = e.text, true
	case e.name == "rt":
		t.route(e)
	}
}

// route takes a destination with its entries. Entries without their own belong
// to the destination itself, as a listing of what a neighbour sent has them.
func (t *routeTree) route(rt *element) {
	if !t.named {
		t.in.MissAt(rt.line, []byte("(a route before the name of its table)"))
		return
	}
	destination := rt.val("rt-destination")
	if length := rt.val("rt-prefix-length"); length != "" && !strings.Contains(destination, "/") {
		destination += "/" + length
	}
	entries := rt.all("rt-entry")
	for _, x := range entries {
		e := entryOf(x)
		e.table, e.destination = t.table, destination
		if !t.to.add(&e) {
			t.in.MissAt(x.line, []byte(destination+" "+e.protocol+" "+e.asPath))
		}
	}
	if len(entries) == 0 {
		t.in.MissAt(rt.line, []byte(destination))
	}
}

func entryOf(x *element) entry {
	e := entry{
		tag: x.val("active-tag"), protocol: x.val("protocol-name"), preference: x.val("preference"),
		metric: x.val("metric"), med: x.val("med"), pref: x.val("local-preference"), asPath: asPathOf(x),
		kind: x.val("nh-type"), protocolHop: protocolHop(x), gateway: x.val("gateway"), line: x.line, last: x.last,
	}
	e.state = strings.Join([]string{x.val("rt-entry-state"), x.val("bgp-rt-flag")}, " ")
	for _, flag := range x.all("bgp-rt-flag") {
		e.state += " " + flag.text
	}
	if e.kind == "" {
		e.kind = x.val("nhh", "nh-type")
	}
	e.hidden = strings.Contains(e.state, "Hidden") || e.kind == "Unusable" || x.has("hidden-reason") || e.protocol != "" && e.preference == ""
	for _, nh := range x.all("nh") {
		if h, ok := hopOf(nh); ok {
			e.hops = append(e.hops, h)
		}
		if e.gateway == "" && nh.val("to") != "" {
			e.gateway = nh.val("to")
		}
	}
	return e
}

// hopOf reads one next hop. ok is false when it names no way out, as those of
// labels do.
func hopOf(nh *element) (h snapshot.NextHop, ok bool) {
	h.Line = nh.line
	h.Addr, _ = netip.ParseAddr(nh.val("to"))
	for _, name := range []string{"via", "nh-local-interface", "nh-interface", "nh-table"} {
		if v := nh.val(name); v != "" && h.Interface == "" {
			h.Interface = v
		}
	}
	return h, h.Addr.IsValid() || h.Interface != ""
}

// asPathOf is the AS path; a detailed listing may have it only among the path's
// attributes.
func asPathOf(x *element) string {
	for _, s := range []string{x.val("as-path"), x.val("bgp-path-attributes", "attr-as-path-effective", "attr-value")} {
		if s != "" {
			return s
		}
	}
	return ""
}

// protocolHop is the next hop as the protocol gave it, before it is resolved.
func protocolHop(x *element) string {
	for _, s := range []string{x.val("protocol-nh", "to"), x.val("protocol-nh", "nh-address"), x.val("protocol-next-hop")} {
		if _, err := netip.ParseAddr(s); err == nil {
			return s
		}
	}
	return ""
}
