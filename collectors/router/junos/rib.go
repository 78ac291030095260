package junos

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readRIB reads the routing tables and the list of interfaces.
func readRIB(command string, in *lines.Reader, r *snapshot.Router) bool {
	q, ok := routeQuery(command)
	switch {
	case ok && q.protocol != "bgp":
		readRoutes(q, in, &rib{out: &r.RIB, partial: q.slice})
		return true
	case readInstances(command, in, r):
		return true
	case interfacesCommand(command):
		readInterfaces(command, in, r)
		return true
	}
	return false
}

// query is what a `show route` command asks for.
type query struct {
	command  string
	protocol string // the one it is limited to, "" for all
	slice    string // why it lists less than the tables hold, "" when it does not
	counted  bool   // it lists all that the head of a table counts
	neighbor bool   // it lists what one neighbour sent or was sent
	style    string // brief unless "terse", "detail" or "extensive"
}

// routeQuery reads a `show route` command that lists routes.
func routeQuery(command string) (query, bool) {
	q := query{command: command, counted: true, style: "brief"}
	if strings.HasPrefix(command, "get-route-information") {
		return q, true
	}
	typed, _, _ := strings.Cut(command, "|")
	f := strings.Fields(strings.ToLower(typed))
	if len(f) < 2 || f[0] != "show" || f[1] != "route" {
		return q, false
	}
	for i := 2; i < len(f); i++ {
		argument := ""
		if i+1 < len(f) {
			argument = f[i+1]
		}
		switch f[i] {
		case "receive-protocol", "advertising-protocol", "forwarding-table", "instance", "summary", "resolution", "label", "martians", "flow", "export", "cumulative":
			return q, false
		case "protocol":
			q.protocol, q.counted = argument, false
			if argument != "bgp" {
				q.slice = "the command lists the routes of " + argument + " only"
			}
			i++
		case "table":
			i++
		case "logical-system", "rib":
			i++
		case "terse", "detail", "extensive", "brief":
			q.style = f[i]
		case "all":
		case "active-path":
			q.counted = false
		default:
			q.slice, q.counted = "the command lists the routes with "+strings.Join(f[i:], " ")+" only", false
			i = len(f)
		}
	}
	return q, true
}

// entry is one offer of a protocol for a destination, as Junos lists it.
type entry struct {
	table       string
	destination string // with its length
	tag         string // * active, + active now, - active before, "" not
	protocol    string
	preference  string
	metric, med string
	pref        string // LOCAL_PREF
	asPath      string // with the origin, and what is said of it
	state       string // flags, as in a detailed listing
	kind        string // of the next hop: Discard, Reject, Local...
	hops        []snapshot.NextHop
	protocolHop string // the next hop that the protocol gave
	gateway     string // who it was learned from
	hidden      bool
	line, last  int
}

// best reports whether the entry is the one in use. A dash marks the one that
// was in use before.
func (e *entry) best() bool { return strings.ContainsAny(e.tag, "*+@#") }

// A sink takes the tables of a listing of routes.
type sink interface {
	// add takes an entry. It returns false when the entry makes no sense.
	add(e *entry) bool
	// echo is shown the command as it was typed, where the output repeats it.
	echo(command string)
	// done is told when the listing ends.
	done(o *outcome, in *lines.Reader)
}

// readRoutes reads a listing in any form into to.
func readRoutes(q query, in *lines.Reader, to sink) {
	o := &outcome{}
	text := &routeText{in: in, o: o, to: to, q: q}
	if f := formOf(q.command, in, text.echo); f != textForm {
		t := &routeTree{in: in, o: o, to: to}
		o.cut = visit(f, in, o, visitor{keep: t.keep, enter: t.enter, take: t.take})
	} else {
		text.read()
	}
	to.done(o, in)
}

// unicast tells whether a table forwards IP packets by destination, and the VRF
// it is of. The others hold labels, copies for multicast, VPN routes before they
// are imported, and the like.
func unicast(table string) (vrf string, ok bool) {
	for _, family := range []string{"inet.0", "inet6.0"} {
		if table == family {
			return "default", true
		}
		if name, ok := strings.CutSuffix(table, "."+family); ok && name != "" {
			return name, true
		}
	}
	return "", false
}

// rib takes entries as routes.
type rib struct {
	out     *snapshot.RIB
	partial string
}

func (t *rib) add(e *entry) bool {
	vrf, ok := unicast(e.table)
	if !ok || e.hidden {
		return true
	}
	p, err := netip.ParsePrefix(e.destination)
	protocol, known := protocolOf(e.protocol)
	distance, ok1 := optional(e.preference)
	metric, ok2 := optional(e.metric)
	if metric == nil {
		metric, ok2 = optional(e.med)
	}
	if err != nil || !known || !ok1 || !ok2 {
		return false
	}
	t.out.Routes = append(t.out.Routes, snapshot.Route{
		VRF: vrf, Prefix: p, Protocol: protocol, Distance: distance, Metric: metric,
		Selected: e.best(), Installed: e.best() && e.tag != "@", NextHops: e.nextHops(), Line: e.line, LastLine: e.last,
	})
	return true
}

func (t *rib) echo(command string) {
	if q, ok := routeQuery(command); ok && t.partial == "" {
		t.partial = q.slice
	}
}

func (t *rib) done(o *outcome, in *lines.Reader) {
	o.partial = t.partial
	o.status(&t.out.Read, in, len(t.out.Routes))
}

// nextHops are the ways out of an entry. The next hop that the protocol gave
// comes first where it had to be resolved.
func (e *entry) nextHops() []snapshot.NextHop {
	hops := slices.Clone(e.hops)
	if k := strings.ToLower(e.kind); k == "discard" || k == "reject" {
		return []snapshot.NextHop{{Blackhole: true, Line: e.line}}
	}
	a, err := netip.ParseAddr(e.protocolHop)
	if err != nil || slices.ContainsFunc(hops, func(h snapshot.NextHop) bool { return h.Addr == a }) {
		return hops
	}
	return append([]snapshot.NextHop{{Addr: a, Recursive: true, Line: e.line}}, hops...)
}

// protocolOf gives a protocol the name that all platforms share; one that only
// Junos has keeps its own, in lower case.
func protocolOf(name string) (string, bool) {
	switch name {
	case "Direct":
		return snapshot.Connected, true
	case "Local":
		return snapshot.Local, true
	case "Static":
		return snapshot.Static, true
	case "BGP":
		return snapshot.BGPProto, true
	case "OSPF", "OSPF2", "OSPF3":
		return snapshot.OSPF, true
	case "IS-IS":
		return snapshot.ISIS, true
	case "RIP", "RIPng":
		return snapshot.RIP, true
	}
	return strings.ToLower(name), name != "" && word([]byte(name))
}

// optional reads a number that may be absent.
func optional(s string) (*uint32, bool) {
	if s == "" {
		return nil, true
	}
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		return nil, false
	}
	v := uint32(n)
	return &v, true
}
