package router

import (
	"fmt"

	"github.com/routeproof/routeproof/collectors/router/ios"
	"github.com/routeproof/routeproof/collectors/router/nxos"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// holdAgainstSizes compares the BGP tables with what summaries count of them, on
// the platforms that print no count behind a table. A table that is cut off
// between two rows looks whole otherwise.
func holdAgainstSizes(r *snapshot.Router) {
	if r.Platform != ios.Platform && r.Platform != nxos.Platform || r.BGP.Status != snapshot.OK && r.BGP.Status != snapshot.Empty {
		return
	}
	for _, size := range r.Sessions.Tables {
		if why := differs(&r.BGP, size); why != "" {
			r.BGP.Status, r.BGP.Detail = snapshot.Partial, why
			return
		}
	}
}

// counted is how many networks and paths one command listed of a table. Spare
// are those of the paths that may not count: IOS lists a default route that it
// originates for a neighbour as a path without any mark.
type counted struct{ networks, paths, spare uint32 }

// differs says how a table differs from its size. It is enough that one of the
// commands that listed it listed all. A table that no command lists is not
// compared.
func differs(t *snapshot.BGP, size snapshot.TableSize) string {
	if size.VRF == "" {
		return "" // of all VRFs, whose tables are counted where they are listed
	}
	six := size.Family == "ipv6 unicast"
	if !six && size.Family != "" && size.Family != "ipv4 unicast" {
		return ""
	}
	lists := tally(t, size.VRF, six)
	var most counted
	for _, c := range lists {
		if c.fits(size) {
			return ""
		}
		if c.paths > most.paths {
			most = *c
		}
	}
	if len(lists) == 0 {
		return ""
	}
	said := ""
	if size.Networks != nil {
		said = fmt.Sprintf(" %d networks", *size.Networks)
	}
	if size.Paths != nil {
		said += fmt.Sprintf(" %d paths", *size.Paths)
	}
	return fmt.Sprintf("the summary counts%s in the BGP table of VRF %s, and %d networks with %d paths were read: the table was cut off, or changed in between",
		said, size.VRF, most.networks, most.paths)
}

// tally counts what each item lists of a VRF's table of one address family.
func tally(t *snapshot.BGP, vrf string, six bool) map[string]*counted {
	lists := make(map[string]*counted)
	var last *snapshot.Path
	for i := range t.Paths {
		p := &t.Paths[i]
		if p.VRF != vrf || p.Prefix.Addr().Is6() != six {
			continue
		}
		c := lists[p.Item]
		if c == nil {
			c = &counted{}
			lists[p.Item] = c
		}
		if last == nil || last.Prefix != p.Prefix || last.Item != p.Item {
			c.networks++ // a network's paths stand below each other
		}
		if c.paths++; !p.Valid && !p.Best && p.NextHop == "0.0.0.0" {
			c.spare++
		}
		last = p
	}
	return lists
}

// fits reports whether so many rows can be all. Paths that are only kept as they
// were received may be among those that the summary counts.
func (c counted) fits(size snapshot.TableSize) bool {
	within := func(have uint32, want *uint32) bool {
		return want == nil || have-min(have, c.spare) <= *want && *want-min(*want, have) <= size.Unused
	}
	return within(c.networks, size.Networks) && within(c.paths, size.Paths)
}
