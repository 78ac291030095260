package junos

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// routeText reads a listing of routes that is text. Rows are told by their
// shape, not by their columns: a prefix that is too long moves the rest.
type routeText struct {
	in      *lines.Reader
	o       *outcome
	to      sink
	q       query
	table   string
	active  int  // entries in use that the head of the table counts
	seen    int  // and that were read
	short   bool // some table had fewer entries than its head counts
	layout  layout
	columns terseColumns
	dest    string // of the rows above; "" when a row must bring its own
	star    bool   // dest stood alone and was marked as active
	from    int    // the line of dest
	e       *entry
	text    []byte // the first line of e
	inner   bool   // behind the attributes of e: how its next hop was resolved
}

// layout is how the rows of the current table are laid out.
type layout int

const (
	brief layout = iota
	terse
	detail
	neighbor // what a neighbour sent, in columns
)

func (t *routeText) read() {
	each(t.in, t.line)
	t.close()
	if t.short {
		t.o.cut = errors.New("a table has fewer active routes than its head counts: the output was cut off")
	}
}

func (t *routeText) line(l string) bool {
	switch {
	case t.head(l), t.legend(l):
		return true
	case noise([]byte(l)):
		t.echo(l)
		return true
	case t.table == "":
		return t.o.known([]byte(l))
	case t.destination(l):
		return true
	}
	switch t.layout {
	case detail:
		return t.detailLine(l)
	case terse:
		return t.terseLine(t.in.Line())
	case neighbor:
		return t.neighborLine(t.in.Line())
	default:
		return t.briefLine(l)
	}
}

// head reads `inet.0: 12 destinations, 13 routes (12 active, 0 holddown, 1 hidden)`.
func (t *routeText) head(l string) bool {
	name, counts, ok := strings.Cut(l, ": ")
	if !ok || !strings.Contains(counts, " destinations, ") || !word([]byte(name)) {
		return false
	}
	var destinations, routes, active, holddown, hidden int
	if n, _ := fmt.Sscanf(counts, "%d destinations, %d routes (%d active, %d holddown, %d hidden)", &destinations, &routes, &active, &holddown, &hidden); n != 5 {
		return false
	}
	t.close()
	t.table, t.active, t.seen, t.layout, t.dest = name, active, 0, brief, ""
	if t.q.style == "detail" || t.q.style == "extensive" {
		t.layout = detail
	}
	t.o.seen = true
	return true
}

// legend reads the lines below the head of a table.
func (t *routeText) legend(l string) bool {
	if strings.HasPrefix(l, "+ = Active Route") || strings.HasPrefix(l, "@ = Routing Use Only") ||
		strings.HasPrefix(l, "Restart Complete") || strings.HasPrefix(l, "Restart Pending") || strings.HasPrefix(l, "Limit/Threshold:") {
		return true
	}
	switch {
	case strings.HasPrefix(l, "Prefix") && strings.HasPrefix(strings.TrimLeft(l[len("Prefix"):], " \t"), "Nexthop"):
		t.flush()
		t.layout, t.dest = neighbor, ""
		return true
	case strings.HasPrefix(l, "A Destination") || strings.HasPrefix(l, "A V Destination"):
		t.flush()
		t.dest = ""
		t.layout, t.columns = terse, columnsOf(t.in.Line())
		return true
	}
	return false
}

// echo takes the command that stands before the output, which may ask for less
// than the one that is said to have been typed.
func (t *routeText) echo(l string) {
	if _, typed, ok := strings.Cut(l, "show route"); ok {
		if q, ok := routeQuery("show route" + typed); ok {
			t.q.counted = t.q.counted && q.counted
		}
		t.to.echo("show route" + typed)
	}
}

// destination reads the line that starts a destination in a detailed listing:
// `10.0.0.0/8 (1 entry, 1 announced)`.
func (t *routeText) destination(l string) bool {
	if !strings.HasSuffix(l, "announced)") {
		return false
	}
	at := strings.LastIndex(l, " (")
	if at < 0 {
		return false
	}
	name, tag := strings.TrimSpace(l[:at]), ""
	if len(name) > 1 && strings.IndexByte("*+-", name[0]) >= 0 {
		name, tag = strings.TrimSpace(name[1:]), name[:1]
	}
	var entries, announced int
	counts := strings.NewReplacer("entries", "entry").Replace(l[at+1:])
	if n, _ := fmt.Sscanf(counts, "(%d entry, %d announced)", &entries, &announced); n != 2 || strings.ContainsRune(name, ' ') {
		return false
	}
	t.flush()
	t.layout, t.dest, t.inner = detail, name, false
	if t.q.neighbor {
		t.begin()
		t.e.tag = tag
	}
	return true
}

// begin starts an entry of the current destination at the current line.
func (t *routeText) begin() {
	t.flush()
	n := t.in.Number()
	t.e = &entry{table: t.table, destination: t.dest, line: n, last: n}
	t.text = append(t.text[:0], t.in.Line()...)
	t.inner = false
}

// flush hands over the entry that is complete.
func (t *routeText) flush() {
	e := t.e
	t.e = nil
	if e == nil {
		return
	}
	if strings.ContainsAny(e.tag, "*+") {
		t.seen++
	}
	unfinished := t.layout == brief && len(e.hops) == 0 && e.kind == "" // where it goes was cut off
	if unfinished || !t.to.add(e) {
		t.in.MissAt(e.line, t.text)
	}
}

// close ends a table.
func (t *routeText) close() {
	t.flush()
	if _, ok := unicast(t.table); ok && t.q.counted && t.seen < t.active {
		t.short = true
	}
	t.table = ""
}

// briefLine reads a line of the form that `show route` has by default.
func (t *routeText) briefLine(l string) bool {
	if strings.HasPrefix(l, "AS path:") {
		if t.e == nil || t.e.asPath != "" {
			return false
		}
		t.e.asPath, t.e.last = strings.TrimPrefix(l, "AS path:"), t.in.Number()
		return true
	}
	if t.e != nil && t.e.via(l, t.in.Number()) {
		return true
	}
	first, rest, two := strings.Cut(l, " ")
	if strings.ContainsRune(first, '[') {
		rest = l
	} else {
		t.flush()
		t.dest, t.from = first, t.in.Number()
		if !two {
			return strings.ContainsAny(first, "./:")
		}
	}
	if t.dest == "" {
		return false // its destination was cut off
	}
	return t.offer(strings.TrimSpace(rest))
}

// offer reads `*[BGP/170] 00:04:17, MED 200, localpref 100, from 10.0.0.1`.
func (t *routeText) offer(l string) bool {
	open, end := strings.IndexByte(l, '['), strings.IndexByte(l, ']')
	if open < 0 || open > 1 || end < open {
		return false
	}
	t.begin()
	e := t.e
	e.tag = l[:open]
	if strings.Trim(e.tag, "*+-@#") != "" {
		t.e = nil
		return false
	}
	inside := strings.Split(strings.TrimSpace(l[open+1:end]), "/")
	e.protocol = strings.TrimSpace(inside[0])
	if len(inside) > 1 {
		e.preference = inside[1]
	} else {
		e.hidden = true
	}
	if !e.attributes(l[end+1:]) {
		t.e = nil
		return false
	}
	return true
}

// attributes reads the age of an entry and what follows it, between commas.
func (e *entry) attributes(s string) bool {
	age, rest, _ := strings.Cut(s, ",")
	if strings.Trim(age, " 0123456789:ywd") != "" {
		return false
	}
	for rest != "" {
		var one string
		one, rest, _ = strings.Cut(rest, ",")
		key, value, _ := strings.Cut(strings.TrimSpace(one), " ")
		switch key {
		case "metric":
			e.metric = value
		case "MED":
			e.med = value
		case "localpref":
			e.pref = value
		case "from":
			e.gateway = value
		case "metric2", "metric3", "tag", "tag2", "pref", "pref2", "resolved", "color", "color2", "weight", "L1", "L2":
		default:
			return false
		}
	}
	return true
}

// detailLine reads a line of the detailed form.
func (t *routeText) detailLine(l string) bool {
	if i := strings.Index(l, "Preference:"); i > 0 && i < 24 && t.dest != "" && !strings.HasPrefix(l, "Inactive") {
		return t.detailOffer(l[:i], l[i:])
	}
	if t.e != nil {
		t.e.last = t.in.Number()
	}
	key, value, ok := strings.Cut(l, ":")
	if !ok {
		if t.e != nil && !t.inner && strings.HasPrefix(l, "Accepted") {
			t.e.state += " " + l
		}
		return t.dest != "" && bare(l)
	}
	if t.e == nil || t.inner {
		return t.dest != "" && (attribute(key) || resolution(l))
	}
	return t.detailValue(key, strings.TrimSpace(value))
}

// detailOffer starts an entry: `*BGP    Preference: 170/-101`.
func (t *routeText) detailOffer(name, rest string) bool {
	name = strings.TrimSpace(name)
	tag := ""
	if len(name) > 1 && strings.IndexByte("*+-@#", name[0]) >= 0 {
		tag, name = name[:1], name[1:]
	}
	t.begin()
	t.e.tag, t.e.protocol = tag, name
	t.e.preference, _, _ = strings.Cut(strings.TrimSpace(strings.TrimPrefix(rest, "Preference:")), "/")
	if t.e.preference == "" {
		t.e.hidden = true
	}
	return word([]byte(name))
}

// detailValue takes one attribute of an entry.
func (t *routeText) detailValue(key, value string) bool {
	e := t.e
	switch key {
	case "Next hop type":
		e.kind, _, _ = strings.Cut(value, ",")
		e.hidden = e.hidden || e.kind == "Unusable"
	case "Next hop", "Interface":
		if a, err := netip.ParseAddr(value); err == nil {
			e.hops = append(e.hops, snapshot.NextHop{Addr: a, Line: t.in.Number()})
		} else if value != "" && !strings.HasPrefix(value, "#") { // a link-layer address
			return e.via(detailHop(key, value), t.in.Number())
		}
	case "Nexthop":
		e.protocolHop = value
	case "Protocol next hop":
		e.protocolHop, _, _ = strings.Cut(value, " ")
	case "Source":
		e.gateway = value
	case "State":
		e.state += " " + strings.Trim(value, "<>")
		e.hidden = e.hidden || strings.Contains(value, "Hidden")
	case "Age":
		_, metric, ok := strings.Cut(value, "Metric:")
		if ok {
			e.metric = firstField(metric)
		}
	case "Metric", "MED":
		e.med = firstField(value)
		return e.med != ""
	case "Localpref":
		e.pref = firstField(value)
		return e.pref != ""
	case "AS path":
		if e.asPath == "" {
			e.asPath = value
		}
	case "Hidden reason":
		e.hidden = true
	case "Indirect next hops", "Advertised metrics":
		t.inner = true
	default:
		return attribute(key)
	}
	return true
}

func firstField(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), " ")
	return s
}

// detailHop turns `10.0.0.1 via ge-0/0/0.0 weight 0x1, selected` into what a
// brief listing prints.
func detailHop(key, value string) string {
	value = strings.TrimSuffix(value, ", selected")
	value, _, _ = strings.Cut(value, " weight ")
	value, _, _ = strings.Cut(value, " balance ")
	switch {
	case key == "Interface":
		return "via " + value
	case strings.HasPrefix(value, "via ") || strings.HasPrefix(value, "to "):
		return value
	}
	return "to " + value
}

// attribute reports whether a key is one that a detailed listing has: words of
// letters, with a number in brackets at the most.
func attribute(key string) bool {
	if i := strings.Index(key, " ("); i > 0 && strings.HasSuffix(key, ")") {
		if _, err := strconv.Atoi(key[i+2 : len(key)-1]); err == nil {
			key = key[:i]
		}
	}
	switch key {
	case "TSI", "Metric2", "AIGP", "FLUSH", "AS2 PA", "AS4 PA", "AS path":
		return true
	}
	if len(key) < 3 || len(key) > 45 || key[0] < 'A' || key[0] > 'Z' {
		return false
	}
	for _, c := range key {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == ' ' || c == '-' || c == '/' || c == '_'
		if !letter {
			return false
		}
	}
	return true
}

// resolution reports whether a line with a colon tells how a next hop was found,
// or to whom the route was announced.
func resolution(l string) bool {
	return strings.Contains(l, " Originating RIB: ") || strings.HasPrefix(l, "Page ") || strings.HasPrefix(l, "Vector len ") ||
		strings.HasPrefix(l, "KRT in-kernel ") || strings.HasPrefix(l, "Indirect next hop") || strings.HasPrefix(l, "Path ")
}

// bare reports whether a line without a colon is one of a detailed listing.
func bare(l string) bool {
	for _, start := range []string{
		"Accepted", "Rejected", "KRT ", "Page ", "Path ", "from ", "Vector len", "Import", "VPN Label", "Entropy label", "Longlived", "LongLived",
		"Primary", "Secondary", "Label ", "Unable to", "Multipath", "Indirect", "Not Advertised", "BGP group ", "Opaque", "(", "Reserved", "Stale",
		"NoAdvertise", "to table ", "OSPF3 realm", "Advertised", "Color", "Flags", "FIB ",
	} {
		if strings.HasPrefix(l, start) {
			return true
		}
	}
	return false
}
