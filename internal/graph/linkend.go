package graph

import (
	"fmt"
	"slices"
	"strings"
)

// endOf is the router at the customer's end of a link: the one that the
// configuration names, or the only one that has what the link's end must have.
// Without such a router it says why, and what would settle it. what is the address
// and what it is the end of.
func (g *Graph) endOf(link, what string, has func(*router) bool) (r *router, nobody string) {
	for _, l := range g.snap.Scope.Links {
		if !strings.EqualFold(l.Link, link) {
			continue
		}
		i := slices.IndexFunc(g.routers, func(r *router) bool { return r.snap.Name == l.Router })
		if i < 0 {
			return nil, fmt.Sprintf("the configuration says that router %s is at the end of %s, and it is not in the evidence: collect it", l.Router, link)
		}
		return g.routers[i], ""
	}
	var names []string
	for _, o := range g.routers {
		if has(o) {
			r = o
			names = append(names, o.id)
		}
	}
	switch len(names) {
	case 0:
		return nil, nowhere(what)
	case 1:
		return r, ""
	}
	return nil, fmt.Sprintf("%s have %s; say in the configuration which of them it is: links: [{link: %s, router: %s}]",
		strings.Join(names, " and "), what, link, strings.TrimPrefix(names[0], "router/"))
}

func nowhere(what string) string { return "no router in the evidence has " + what + "; collect it" }
