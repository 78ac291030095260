package frr

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/bgptable"
	"github.com/routeproof/routeproof/collectors/router/jsontable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/ribtable"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readJSON reads what is printed when a command ends in json.
func readJSON(command string, in *lines.Reader, r *snapshot.Router) bool {
	words := strings.Fields(strings.NewReplacer(`"`, " ", `'`, " ", "|", " ").Replace(command))
	at := slices.Index(words, "json")
	if at < 0 {
		return false
	}
	words = slices.Delete(words, at, at+1)
	for len(words) > 0 && slices.Contains([]string{"sudo", "vtysh", "-c", "net"}, words[0]) {
		words = words[1:] // of a shell, or Cumulus
	}
	is := func(pattern string) bool { return show.Matches(words, pattern) }
	switch {
	case is("show ip route"), is("show ipv6 route"):
		q, ok := ribtable.Ask(words[3:])
		if ok {
			readRoutesJSON(q, in, &r.RIB)
		}
		return ok
	case is("show interface"):
		readPortsJSON(words[2:], in, &r.Ports)
		return true
	case !slices.Contains(words, "bgp"):
		return false
	case isWord(words, "summary"):
		readSummaryJSON(words, in, r)
		return true
	}
	q, ok := bgptable.Ask(strings.Join(words, " "))
	switch {
	case ok && !q.Other:
		readPathsJSON(q, in, r)
		return true
	case !ok && isWord(words, "neighbors") && !isWord(words, "routes") && !isWord(words, "dampened-routes"):
		readNeighborsJSON(words, in, r)
		return true
	}
	return false
}

// isWord reports whether one of words is word, or it shortened.
func isWord(words []string, word string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return len(w) > 2 && strings.HasPrefix(word, w) })
}

// family is an address family in words, as in "ipv4 unicast", of a member's name
// such as "ipv4Unicast" or "IPv4 Unicast". It is empty for what is none.
func family(name string) string {
	plain := strings.ToLower(strings.ReplaceAll(name, " ", ""))
	for _, afi := range []string{"ipv4", "ipv6", "l2vpn"} {
		rest, ok := strings.CutPrefix(plain, afi)
		if !ok {
			continue
		}
		switch rest {
		case "unicast", "multicast", "vpn", "encap", "evpn", "flowspec":
			return afi + " " + rest
		case "labeledunicast", "labelledunicast":
			return afi + " labeled-unicast"
		}
	}
	return ""
}

// unicast reports whether a family's routes are those of IP unicast, in VRFs or
// not.
func unicast(family string) bool {
	return family == "" || strings.HasSuffix(family, " unicast") || strings.HasSuffix(family, " vpn")
}

// scope is the document, or the part of one, that is of one VRF.
type scope struct {
	vrf    string // as it names itself, or as the member is called that it stands under
	family string
	named  bool // it says of which VRF it is

	from            int // where its rows begin
	networks, paths int // how many it had

	key    string    // the member that it stands under; empty for the document
	outer  string    // the VRF of what it stands in, where that is known
	holder bool      // it holds neighbours, or VRFs that do
	peer   *neighbor // it is one
}

// inside is the scope of a member that is an object.
func (s scope) inside(key string, from int) scope {
	inner := scope{vrf: key, family: s.family, named: true, from: from, key: key}
	if s.named || s.vrf != "default" {
		inner.outer = s.vrf
	}
	if f := family(key); f != "" {
		inner.vrf, inner.named, inner.family = s.vrf, s.named, f
	}
	return inner
}

// document is a reading of documents that are made of scopes within each other.
type document struct {
	*jsontable.Output
	asked  string // the VRF that the command names
	strict bool   // an array that member does not know is not understood
	// member reads a member of a scope, whose value it is in front of. done is
	// false, and nothing was read, when it does not know it.
	member func(s *scope, key string) (done bool, err error)
	ended  func(s *scope)
	rows   func() int // how many there are so far
}

// read reads a document, whose members go to member, or are scopes themselves.
func (d *document) read() error {
	s := scope{vrf: d.asked, from: d.rows(), holder: true}
	if s.vrf == "" {
		s.vrf = "default"
	}
	members := 0
	err := d.Documents(func() {}, func(key string) error {
		members++
		return d.one(&s, key)
	})
	d.ended(&s)
	if members == 0 && err == nil {
		d.Nothing("{}")
	}
	return err
}

func (d *document) one(s *scope, key string) error {
	switch key {
	case "vrfName":
		name, err := d.Text()
		if s.named = name != ""; s.named {
			s.vrf, s.holder = vrfName(name), true
		}
		return err
	case "warning", "error", "message":
		return d.Words()
	}
	if done, err := d.member(s, key); done || err != nil {
		return err
	}
	t, err := d.Token()
	switch {
	case err != nil:
		return err
	case t == json.Delim('{'):
		inner := s.inside(key, d.rows())
		err = d.Members(func(key string) error { return d.one(&inner, key) })
		d.ended(&inner)
		return err
	case t == json.Delim('['):
		if d.strict {
			d.MissAt(d.Line(), []byte(key))
		}
		return d.Elements(d.Skip)
	}
	return nil
}

// vrfName is a VRF's name in the one spelling of all commands.
func vrfName(name string) string {
	if strings.EqualFold(name, "default") {
		return "default"
	}
	return name
}

// identity takes the router's own numbers.
func identity(d *document, key string, r *snapshot.Router) (done bool, err error) {
	switch key {
	case "routerId", "bgpLocalRouterId":
		text, err := d.Text()
		if a, bad := netip.ParseAddr(text); bad == nil && !r.BGP.RouterID.IsValid() {
			r.BGP.RouterID = a
		}
		return true, err
	case "localAS", "as":
		text, err := d.Text()
		if as, ok := jsontable.ParseAS(text); ok && r.BGP.LocalAS == 0 {
			r.BGP.LocalAS = as
		}
		return true, err
	}
	return false, nil
}
