package nxos

import (
	"encoding/json"
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/bgptable"
	"github.com/routeproof/routeproof/collectors/router/jsontable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readJSON reads what is printed for commands with "| json" and its kin, which is
// made of tables within each other's rows: {"TABLE_x": {"ROW_x": ...}}. One row
// is an object, several are an array.
func readJSON(command string, in *lines.Reader, r *snapshot.Router) bool {
	bare, pipe, _ := strings.Cut(command, "|")
	if !strings.HasPrefix(strings.TrimSpace(pipe), "json") {
		return false
	}
	words := strings.Fields(bare)
	is := func(pattern string) bool { return show.Matches(words, pattern) }
	switch {
	case is("show ip route"), is("show ipv6 route"), is("show routing ip"):
		q, ok := ribtable.Ask(words[3:])
		if ok {
			readRoutesJSON(q, in, &r.RIB)
		}
		return ok
	case is("show ip interface"):
		readPortsJSON(words[3:], in, &r.Ports)
		return true
	}
	bgp := -1
	for i, w := range words {
		if w == "bgp" && i <= 2 {
			bgp = i + 1
		}
	}
	if bgp < 0 || len(words[0]) < 2 || !strings.HasPrefix("show", words[0]) {
		return false
	}
	q, ok := bgptable.Ask(strings.Join(words, " "))
	switch {
	case isWord(words[bgp:], "summary"), isWord(words[bgp:], "sessions"):
		readSessionsJSON(words, in, r, summaryRow)
	case ok && !q.Other:
		readPathsJSON(q, in, r)
	case !ok && isWord(words[bgp:], "neighbors") && !isWord(words, "routes"):
		readSessionsJSON(words, in, r, neighborRow)
	default:
		return false
	}
	return true
}

// isWord reports whether one of words is word, or it shortened.
func isWord(words []string, word string) bool {
	for _, w := range words {
		if len(w) > 2 && strings.HasPrefix(word, w) {
			return true
		}
	}
	return false
}

// scope is a row that has tables, with what it inherits from the row that it is
// in.
type scope struct {
	vrf, family string
	named       bool // the VRF is named

	from int                // where its rows begin
	size snapshot.TableSize // as it is counted
}

// tree is a reading of tables within each other's rows.
type tree struct {
	*jsontable.Output
	vrf   string                                              // the one the command names
	row   func(s *scope, table string, raw []byte, first int) // takes a row
	leaf  func(s *scope, table string) bool                   // a table's rows go to row whole
	field func(s *scope, key, text string)                    // takes a field of a row with tables
	ended func(s *scope)                                      // behind such a row
	rows  func() int                                          // how many there are so far
}

// read reads a document.
func (t *tree) read() error {
	s := scope{vrf: t.vrf, from: t.rows()}
	if s.vrf == "" {
		s.vrf = "default"
	}
	members := 0
	err := t.Documents(func() {}, func(key string) error {
		members++
		return t.member(&s, key)
	})
	t.ended(&s)
	if members == 0 && err == nil {
		t.Nothing("{}")
	}
	return err
}

// member reads a member of a row, or of the document.
func (t *tree) member(s *scope, key string) error {
	if table, ok := strings.CutPrefix(key, "ROW_"); ok && t.leaf(s, table) {
		t.Found()
		raw, first, err := t.Raw()
		if err == nil {
			jsontable.Each(raw, first, func(raw []byte, first, _ int) { t.row(s, table, raw, first) })
		}
		return err
	}
	token, err := t.Token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case json.Delim:
		return t.inner(s, key, token)
	case string:
		t.take(s, key, token)
	case json.Number:
		t.take(s, key, token.String())
	case bool:
		if token {
			t.take(s, key, "true")
		}
	}
	return nil
}

// inner reads what is in an object or array, which was opened.
func (t *tree) inner(s *scope, key string, open json.Delim) error {
	if strings.HasPrefix(key, "TABLE_") {
		t.Found()
	}
	if open == '[' {
		return t.Elements(func() error { return t.member(s, key) })
	}
	if !strings.HasPrefix(key, "ROW_") {
		return t.Members(func(key string) error { return t.member(s, key) })
	}
	inner := scope{vrf: s.vrf, family: s.family, named: s.named, from: t.rows()}
	err := t.Members(func(key string) error { return t.member(&inner, key) })
	t.ended(&inner)
	return err
}

func (t *tree) take(s *scope, key, text string) {
	switch key {
	case "vrf-name-out", "vrf-name":
		if s.vrf, s.named = text, true; s.vrf == "" {
			s.vrf = "default"
		}
	case "af-name", "addrf":
		s.family = strings.ToLower(text)
	}
	t.field(s, key, text)
}

// identity takes the router's own numbers, of which those of the global table are
// those of the router.
func identity(s *scope, key, text string, r *snapshot.Router) {
	own := s.vrf == "default"
	switch key {
	case "router-id", "vrf-router-id", "localrouterid":
		if a, err := netip.ParseAddr(text); err == nil && (own || !r.BGP.RouterID.IsValid()) {
			r.BGP.RouterID = a
		}
	case "vrf-local-as", "local-as", "localas":
		if as, ok := jsontable.ParseAS(text); ok && (own || r.BGP.LocalAS == 0) {
			r.BGP.LocalAS = as
		}
	}
}

// isUnicast reports whether a family's routes are those of IP unicast.
func isUnicast(family string) bool {
	switch family {
	case "", "ipv4", "ipv6", "ipv4 unicast", "ipv6 unicast", "vpnv4 unicast", "vpnv6 unicast":
		return true
	}
	return false
}

// either is the first text that is one.
func either(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
