package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// flows reads what is demanded of some pairs of prefixes, in place of require.
func (v *validator) flows(d document, scope *snapshot.Scope) {
	for i, f := range d.Protected {
		at := fmt.Sprintf("protected[%d]", i)
		if f.Reason != "" || f.Expires != "" {
			v.bad(at, "has a reason or an end: those are of exempt flows")
		}
		if len(f.Require) == 0 {
			v.bad(at+".require", "is missing: want ipsec, macsec or both, any one of which is enough")
		}
		v.protections(at+".require", f.Require)
		scope.Protected = append(scope.Protected, snapshot.Protected{Flow: v.flow(at, f), Require: f.Require})
	}
	for i, f := range d.Exempt {
		at := fmt.Sprintf("exempt[%d]", i)
		if len(f.Require) > 0 {
			v.bad(at+".require", "is of protected flows: an exempt one needs nothing")
		}
		e := snapshot.Exempt{Flow: v.flow(at, f), Reason: strings.TrimSpace(f.Reason)}
		if e.Reason == "" {
			v.bad(at+".reason", "is missing: want why this traffic may be in clear")
		}
		var err error
		if e.Expires, err = time.Parse(time.DateOnly, f.Expires); err != nil {
			v.bad(at+".expires", "%q: want the day (UTC) on which the exemption ends, like 2027-06-30", f.Expires)
		}
		scope.Exempt = append(scope.Exempt, e)
	}
}

// flow reads a pair of prefixes, of which one may be left out.
func (v *validator) flow(at string, f flowDoc) snapshot.Flow {
	if f.OnPrem == "" && f.Azure == "" {
		v.bad(at, "names no prefix: want onprem, azure or both; what all traffic needs is said by require")
	}
	var out snapshot.Flow
	if f.OnPrem != "" {
		out.OnPrem = v.prefix(at+".onprem", f.OnPrem)
	}
	if f.Azure != "" {
		out.Azure = v.prefix(at+".azure", f.Azure)
	}
	if out.OnPrem.IsValid() && out.Azure.IsValid() && out.OnPrem.Addr().Is4() != out.Azure.Addr().Is4() {
		v.bad(at, "%s and %s are of two address families, between which there is no traffic", out.OnPrem, out.Azure)
	}
	return out
}

// prefix reads a prefix.
func (v *validator) prefix(at, text string) netip.Prefix {
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		v.bad(at, "%q: want a prefix, like 10.10.0.0/16", text)
	case p != p.Masked():
		v.bad(at, "%q has address bits after its length: want %s", text, p.Masked())
	}
	return p.Masked()
}

// protections reads a list of protections.
func (v *validator) protections(at string, list []string) {
	for i, r := range list {
		at := fmt.Sprintf("%s[%d]", at, i)
		v.oneOf(at, r, "ipsec", "macsec")
		if slices.Contains(list[:i], r) {
			v.bad(at, "%q is named twice", r)
		}
	}
}

// links reads which routers are at the ends of links.
func (v *validator) links(d document, c *Config) {
	for i, l := range d.Links {
		at := fmt.Sprintf("links[%d]", i)
		if kind, name, _ := strings.Cut(l.Link, "/"); kind != "peering" && kind != "connection" || name == "" {
			v.bad(at+".link", "%q: want a link as reports name it, like peering/CIRCUIT-primary or connection/NAME", l.Link)
		}
		if slices.ContainsFunc(c.Scope.Links, func(o snapshot.LinkEnd) bool { return strings.EqualFold(o.Link, l.Link) }) {
			v.bad(at+".link", "%q is named twice", l.Link)
		}
		// As with sites, without routers the names are those of the evidence.
		if known := slices.ContainsFunc(c.Routers, func(r Router) bool { return r.Name == l.Router }); l.Router == "" || len(c.Routers) > 0 && !known {
			v.bad(at+".router", "%q is not the name of a router: want %s", l.Router, names(c.Routers))
		}
		c.Scope.Links = append(c.Scope.Links, snapshot.LinkEnd{Link: l.Link, Router: l.Router})
	}
}
