package junos

import (
	"slices"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// maxConfigElements is how many elements a block of a configuration may hold.
const maxConfigElements = 2_000_000

// readConfig reads the configuration: as set commands, with braces, JSON or XML.
func readConfig(command string, in *lines.Reader, r *snapshot.Router) bool {
	typed, _, _ := strings.Cut(command, "|")
	f := strings.Fields(typed)
	switch {
	case len(f) > 1 && f[0] == "show" && f[1] == "configuration":
		f = f[2:]
	case len(f) > 0 && (f[0] == "configuration" || f[0] == "get-configuration"):
		f = nil
	default:
		return false
	}
	c := &config{in: in, o: &outcome{}, prefix: f}
	c.read(command)
	c.apply(&r.Config)
	c.o.status(&r.Config.Read, in, c.seen)
	return true
}

// statement is one line of a configuration as `display set` has it, without the
// word set.
type statement struct {
	path []string
	line int
}

// config gathers the statements of the blocks that are modelled. They are applied
// when all are known, for a later one may take back an earlier one.
type config struct {
	in         *lines.Reader
	o          *outcome
	prefix     []string // the block that the command names
	statements []statement
	inactive   [][]string // paths that are taken back
	groups     bool       // groups hold statements of modelled blocks
	seen       int        // statements of all blocks
	version    bool
}

// read reads a configuration in any form.
func (c *config) read(command string) {
	f := formOf(command, c.in, func(string) {})
	switch {
	case f != textForm:
		c.o.cut = visit(f, c.in, c.o, visitor{most: maxConfigElements, keep: c.keep, enter: c.enter, take: c.take})
		return
	case strings.Contains(command, "display set"):
		c.sets()
	default:
		c.text()
	}
	switch {
	case c.o.cut != nil:
	case len(c.prefix) > 0:
		c.o.partial = "the command lists " + strings.Join(c.prefix, " ") + " only"
	case c.seen > 0 && !c.version:
		c.o.partial = "the configuration has no version: its head was cut off, or the account may not see all of it"
	}
}

// text tells set commands from braces by the first statement.
func (c *config) text() {
	for c.in.Next() {
		l := strings.TrimSpace(string(c.in.Line()))
		if l == "" || strings.HasPrefix(l, "#") || c.o.known([]byte(l)) {
			continue
		}
		c.in.Back()
		if strings.HasPrefix(l, "set ") || strings.HasPrefix(l, "deactivate ") {
			c.sets()
		} else {
			c.braces()
		}
		return
	}
}

// sets reads `display set`.
func (c *config) sets() {
	for c.in.Next() {
		l := strings.TrimSpace(string(c.in.Line()))
		words, ok := split(l)
		switch {
		case l == "" || strings.HasPrefix(l, "#") || c.o.known([]byte(l)):
		case !ok || len(words) < 2 || spliced(l):
			c.miss(c.in.Number(), l)
		case words[0] == "set":
			c.o.seen = true
			c.add(words[1:], c.in.Number())
		case words[0] == "deactivate":
			c.inactive = append(c.inactive, words[1:])
		case words[0] == "protect" || words[0] == "annotate":
		default:
			c.miss(c.in.Number(), l)
		}
	}
}

// split takes a line apart at blanks, but not within quotes. ok is false when a
// quote is not closed.
func split(l string) (words []string, ok bool) {
	for {
		l = strings.TrimLeft(l, " \t")
		if l == "" {
			return words, true
		}
		if l[0] == '"' {
			end := 1
			for end < len(l) && l[end] != '"' {
				if l[end] == '\\' {
					end++
				}
				end++
			}
			if end >= len(l) {
				return words, false
			}
			words = append(words, l[1:end])
			l = l[end+1:]
			continue
		}
		end := strings.IndexAny(l, " \t")
		if end < 0 {
			end = len(l)
		}
		words = append(words, l[:end])
		l = l[end:]
	}
}

// miss counts a statement as not understood, without what may be a secret.
func (c *config) miss(line int, text string) {
	c.in.MissAt(line, []byte(withoutSecrets(text)))
}

// withoutSecrets cuts a statement at the first word that a secret may follow.
func withoutSecrets(text string) string {
	low := strings.ToLower(text)
	cut := len(text)
	for _, word := range []string{"key", "secret", "password", "cak", "ckn", "$", "ascii-text", "hexadecimal", "community"} {
		if i := strings.Index(low, word); i >= 0 && i < cut {
			cut = i + len(word)
			if word == "$" {
				cut = i
			}
		}
	}
	if cut < len(text) {
		return strings.TrimRight(text[:cut], " ") + " ..."
	}
	return text
}

// add takes a statement of a block that is modelled.
func (c *config) add(path []string, line int) {
	c.seen++
	switch path[0] {
	case "version":
		c.version = true
	case "groups":
		c.groups = c.groups || len(path) > 2 && modelled(path[2:])
	case "apply-groups", "apply-groups-except":
		c.statements = append(c.statements, statement{path, line})
	default:
		if modelled(path) {
			c.statements = append(c.statements, statement{path, line})
		}
	}
}

// modelled reports whether a statement is of a block that is read.
func modelled(path []string) bool {
	second := ""
	if len(path) > 1 {
		second = path[1]
	}
	switch path[0] {
	case "protocols":
		return second == "bgp"
	case "security":
		return second == "ipsec" || second == "ike" || second == "macsec"
	case "services":
		return second == "ipsec-vpn"
	case "interfaces":
		return second != "fxp0" && second != "em0" && second != "em1" && second != "me0"
	case "policy-options", "routing-options", "routing-instances", "firewall", "logical-systems", "tenants":
		return true
	}
	return false
}

func (c *config) keep(name string) bool {
	switch name {
	case "version", "groups", "protocols", "security", "services", "interfaces", "policy-options", "routing-options", "routing-instances",
		"firewall", "logical-systems", "tenants", "system", "snmp", "access", "chassis", "class-of-service", "forwarding-options", "event-options", "vlans":
		return true
	}
	return isMessage(name)
}

func (c *config) enter(name string, _ int) { c.o.seen = c.o.seen || name == "configuration" }

// take takes a block of JSON or XML.
func (c *config) take(e *element) {
	switch {
	case isMessage(e.name):
		c.o.message(e)
	case c.keep(e.name) || e.name == "apply-groups":
		c.o.seen = true
		c.walk(nil, e)
	}
}

// walk turns an element into statements. An element is named by its child name;
// what has no children is a statement. JSON and XML have elements that the other
// forms leave out.
func (c *config) walk(above []string, e *element) {
	at := slices.Clip(above)
	if !hidden(above, e.name) {
		at = append(at, e.name)
	}
	if e.has("address") && (e.name == "route-filter" || e.name == "rf_list") {
		c.add(append(at, filterWords(e)...), e.line)
		return
	}
	name := e.child("name")
	if name != nil {
		at = append(at, name.text)
	}
	if e.inactive {
		c.inactive = append(c.inactive, at)
	}
	kids := 0
	for _, k := range e.kids {
		if of, ok := strings.CutPrefix(k.name, "@"); ok && k.has("inactive") {
			c.inactive = append(c.inactive, slices.Concat(at, strings.Fields(of))) // JSON: "@" is of e, "@x" of its x
		}
		if k == name || strings.HasPrefix(k.name, "@") {
			continue
		}
		kids++
		c.walk(at, k)
	}
	if kids > 0 {
		return
	}
	if e.text != "" && name == nil {
		at = append(at, e.text)
	}
	if len(at) > 0 {
		c.add(at, e.line)
	}
}

// hidden reports whether an element is not a word of the set commands.
func hidden(above []string, name string) bool {
	switch name {
	case "prefix-list-item", "rf_list", "as-number", "contents":
		return true
	case "interface", "instance":
		return len(above) > 0 && (above[len(above)-1] == "interfaces" || above[len(above)-1] == "routing-instances")
	}
	return len(above) > 1 && above[len(above)-1] == name // <metric><metric>7</metric></metric>
}

// filterWords are the words of a route filter: `10.0.0.0/8 upto /24`.
func filterWords(e *element) []string {
	var words []string
	for _, k := range e.kids {
		if k.name != "address" && !strings.HasPrefix(k.name, "choice-") {
			words = append(words, k.name)
		}
		if k.text != "" {
			words = append(words, k.text)
		}
	}
	return words
}
