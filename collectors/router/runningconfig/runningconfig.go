// Package runningconfig reads the configuration that a router prints, in the
// language that IOS, NX-OS, IOS-XR, EOS and FRR share: blocks by indentation, a
// statement a line. It reads the blocks that path selection and protection need
// and passes over the others; what it keeps holds no secret.
package runningconfig

import (
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Dialect is a platform's manner of the language.
type Dialect int

// The dialects that are read.
const (
	IOS Dialect = iota
	NXOS
	XR
	EOS
	FRR
)

// line is one statement.
type line struct {
	text   string
	words  []string
	number int
}

func (l line) starts(words ...string) bool {
	if len(l.words) < len(words) {
		return false
	}
	for i, w := range words {
		if l.words[i] != w {
			return false
		}
	}
	return true
}

// after is the line without its first n words, as written.
func (l line) after(n int) string { return strings.Join(l.words[min(n, len(l.words)):], " ") }

// block is what reads the lines below a line. A block that reads nothing is of
// no concern. The number of its last line is kept in last.
type block struct {
	read func(line) block
	last *int
}

type frame struct {
	indent int
	block
}

// reader goes through a configuration once.
type reader struct {
	dialect    Dialect
	p          *show.Page
	stack      []frame
	banner     string // what ends the banner that is being passed over
	head, ends bool
	part       string // why it is a part only

	host       string
	bgp        bgp
	statics    []snapshot.StaticRoute
	interfaces []*snapshot.InterfaceConfig
	policy     policy
	ipsec      ipsec
	macsec     map[string]string // security policies of MACsec by name
	seen       map[string]bool   // what a configuration says once
}

// repeated reports whether something that a configuration says once was said
// before: a part of the output is there twice.
func (t *reader) repeated(key string) bool {
	known := t.seen[key]
	t.seen[key] = true
	return known
}

// Answer reads what a command printed into r, and reports whether it shows the
// configuration or the lists of policies in it. refusals are the texts with which
// the platform refuses a command.
func Answer(d Dialect, command string, in *lines.Reader, r *snapshot.Router, refusals []string) bool {
	words := strings.Fields(command)
	p := show.Open(in, refusals)
	switch {
	case show.Matches(words, "show running-config"), show.Matches(words, "show startup-config"):
		read(d, command, p, r)
	case show.Matches(words, "show route-map"):
		routeMaps(p, r)
	case show.Matches(words, "show ip prefix-list"), show.Matches(words, "show ipv6 prefix-list"):
		prefixLists(p, r)
	default:
		return false
	}
	return true
}

// read reads a configuration.
func read(d Dialect, command string, p *show.Page, r *snapshot.Router) {
	t := &reader{dialect: d, p: p, seen: map[string]bool{}, macsec: map[string]string{"system-default-macsec-policy": "should-secure"}}
	base, first := 0, true
	for p.Next() {
		if first {
			base, first = p.Indent(), false
		}
		t.line(p.Indent() - base)
	}
	t.conclude(&r.Config)
	r.Host = t.host
	lack := t.lack(command)
	p.Close(&r.Config.Read, lack)
}

// line reads the current line, in the block it is in.
func (t *reader) line(indent int) {
	text := t.p.Text()
	switch {
	case t.banner != "":
		if strings.Contains(text, t.banner) {
			t.banner = ""
		}
		return
	case text[0] == '!', text[0] == '#' && t.dialect == FRR:
		t.comment(text)
		return
	}
	l := line{text: text, words: strings.Fields(text), number: t.p.Number()}
	for len(t.stack) > 0 && t.stack[len(t.stack)-1].indent >= indent {
		t.stack = t.stack[:len(t.stack)-1]
	}
	var b block
	if len(t.stack) == 0 {
		b = t.top(l)
	} else {
		for _, f := range t.stack {
			if f.last != nil {
				*f.last = l.number
			}
		}
		if parent := t.stack[len(t.stack)-1]; parent.read != nil {
			b = parent.read(l)
		}
	}
	t.stack = append(t.stack, frame{indent, b})
}

// comment looks for the marks of a whole configuration among comments.
func (t *reader) comment(text string) {
	switch t.dialect {
	case NXOS:
		t.head = t.head || text == "!Command: show running-config"
	case XR:
		t.head = t.head || strings.HasPrefix(text, "!! IOS XR Configuration")
	case EOS:
		t.head = t.head || text == "! Command: show running-config" || text == "! Command: show running-config sanitized" || strings.HasPrefix(text, "! device: ")
	default:
	}
}

// top reads a line that is in no block.
func (t *reader) top(l line) block {
	switch l.words[0] {
	case "Current", "hostname":
		if t.repeated(l.words[0]) {
			t.miss(l)
		}
	}
	switch l.words[0] {
	case "Current":
		t.head = t.head || t.dialect == IOS && l.starts("Current", "configuration", ":") || t.dialect == FRR && l.text == "Current configuration:"
	case "Configuration":
		t.part = "it is a partition of the configuration"
	case "end":
		t.ends = t.ends || len(l.words) == 1
	case "hostname", "switchname":
		t.host = strings.Trim(l.after(1), `"`)
	case "banner":
		t.startBanner(l)
	case "interface":
		return t.startInterface(l)
	case "route-map":
		return t.startRouteMap(l)
	case "route-policy":
		return t.startRoutePolicy(l)
	case "prefix-set":
		return t.startPrefixSet(l)
	case "vrf":
		return t.startVRF(l)
	case "ip", "ipv6":
		return t.ip(l, "default")
	case "router":
		return t.router(l)
	case "crypto":
		return t.crypto(l)
	case "macsec", "macsec-policy":
		return t.macsecPolicy(l)
	case "mac":
		return t.macSecurity(l)
	}
	return block{}
}

// ip reads the statements that start with ip and ipv6, in a VRF.
func (t *reader) ip(l line, vrf string) block {
	if len(l.words) < 2 {
		return block{}
	}
	switch {
	case l.words[1] == "route" && len(l.words) > 3:
		t.static(l, vrf)
	case l.words[1] == "prefix-list":
		return t.prefixList(l)
	case l.starts("ip", "security"):
		return t.ipSecurity()
	case l.starts("ip", "local", "policy"):
		t.miss(l) // routes what the router itself sends past the table
	}
	return block{}
}

func (t *reader) router(l line) block {
	switch {
	case l.starts("router", "bgp") && len(l.words) > 2:
		return t.startBGP(l)
	case l.starts("router", "static"):
		return t.routerStatic("default")
	}
	return block{}
}

// startVRF reads the statements of a VRF's own block: static routes.
func (t *reader) startVRF(l line) block {
	name := ""
	switch {
	case l.starts("vrf", "context") && len(l.words) == 3:
		name = l.words[2]
	case t.dialect == FRR && len(l.words) == 2:
		name = l.words[1]
	default:
		return block{}
	}
	return block{read: func(l line) block {
		if l.words[0] == "ip" || l.words[0] == "ipv6" {
			return t.ip(l, name)
		}
		return block{}
	}}
}

// startBanner passes over a banner, whose text can look like anything.
func (t *reader) startBanner(l line) {
	if t.dialect == EOS {
		t.banner = "EOF"
		return
	}
	text := strings.TrimSpace(l.after(2))
	if text == "" {
		return
	}
	mark := text[:1]
	if strings.HasPrefix(text, "^C") {
		mark = "^C"
	}
	if !strings.Contains(text[len(mark):], mark) {
		t.banner = mark
	}
}

// miss counts a line of a block of concern as not understood.
func (t *reader) miss(l line) { t.p.MissAs(masked(l)) }

// masked is a line without what could be a secret: whatever follows a word that
// names one.
func masked(l line) string {
	for i, w := range l.words {
		w = strings.ToLower(w)
		for _, name := range []string{"key", "password", "secret", "psk", "auth", "md5", "sha", "pass", "community", "token", "cak", "chap"} {
			if strings.Contains(w, name) && i+1 < len(l.words) {
				return strings.Join(l.words[:i+1], " ") + " " + evidence.Removed
			}
		}
	}
	return l.text
}

// lack says why the configuration is not whole; empty when it is. A user who may
// not see all gets a configuration with lines missing and no error, so that only
// the marks at both ends tell.
func (t *reader) lack(command string) string {
	switch {
	case t.part != "":
		return t.part
	case t.banner != "":
		return "a banner has no end: the output was cut off"
	case !t.head:
		return "the start of a whole configuration is missing: it was cut off, filtered, or the user may not see all of it"
	case !t.ends && t.dialect != NXOS:
		return "the configuration's end is missing: it was cut off, filtered, or the user may not see all of it"
	}
	return partial(t.dialect, command)
}

// partial says what part of the configuration a command asks for; empty when it
// is all that is read.
func partial(d Dialect, command string) string {
	_, rest, _ := strings.Cut(command, " ")
	_, rest, _ = strings.Cut(rest, " ")
	what, filter, _ := strings.Cut(rest, "|")
	for w := range strings.FieldsSeq(what) {
		switch w {
		case "sanitized", "view", "full", "all", "brief", "no-header", "json":
		default:
			return "the command asks for a part of the configuration: " + strings.TrimSpace(what)
		}
	}
	filter = strings.TrimSpace(filter)
	if filter == "" || filter == "no-more" || filter == "nomore" {
		return ""
	}
	expression, ok := strings.CutPrefix(filter, "section ")
	if !ok || d != IOS {
		return "the command asks for a part of the configuration: " + filter
	}
	for _, need := range Sections() {
		if !covered(expression, need) {
			return "the command does not ask for the section " + need
		}
	}
	return ""
}

// Sections are the starts of the blocks that are read from IOS, for a command
// that asks for no more than them.
func Sections() []string {
	return []string{
		"Current configuration", "hostname", "interface", "router bgp", "route-map", "ip prefix-list", "ipv6 prefix-list", "ip route",
		"ipv6 route", "ip local policy", "crypto ipsec", "end",
	}
}

func covered(expression, need string) bool {
	for alternative := range strings.SplitSeq(expression, "|") {
		if a := strings.TrimPrefix(strings.TrimSpace(alternative), "^"); a != "" && strings.HasPrefix(need, a) {
			return true
		}
	}
	return false
}

// conclude makes the configuration of what was collected.
func (t *reader) conclude(c *snapshot.Config) {
	for _, i := range t.interfaces {
		if word, written := strings.CutPrefix(i.MACsecPolicy, "="); written {
			i.MACsecPolicy = word
		} else {
			i.MACsecPolicy = t.macsec[i.MACsecPolicy]
		}
		c.Interfaces = append(c.Interfaces, *i)
	}
	c.Statics = t.statics
	c.BGP = t.bgp.result()
	c.RouteMaps, c.PrefixLists = t.policy.result()
	c.IPsec = t.ipsec.result()
}
