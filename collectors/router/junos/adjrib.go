package junos

import (
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// adjRIB takes what one neighbour sent or was sent, one table for each VRF.
type adjRIB struct {
	query
	neighbor  netip.Addr
	direction string
	of        map[string]int // the place in out of each VRF's
	out       []snapshot.AdjRIB
}

// adjQuery reads `show route receive-protocol bgp A` and `advertising-protocol`. What
// a router received and its import policy rejected is hidden: it is listed by `all`,
// or on its own by `hidden`.
func adjQuery(command string) (*adjRIB, bool) {
	typed, _, _ := strings.Cut(command, "|")
	f := strings.Fields(strings.ToLower(typed))
	if len(f) < 4 || f[0] != "show" || f[1] != "route" {
		return nil, false
	}
	a := &adjRIB{query: query{command: command, style: "brief", neighbor: true}, of: map[string]int{}}
	switch f[2] {
	case "receive-protocol":
		a.direction = snapshot.Accepted
	case "advertising-protocol":
		a.direction = snapshot.Advertised
	default:
		return nil, false
	}
	a.arguments(f[4:])
	return a, true
}

// arguments reads what is typed behind the protocol. A word that stands for an
// address, as in a manual, is none.
func (a *adjRIB) arguments(f []string) {
	for i := 0; i < len(f); i++ {
		addr, err := netip.ParseAddr(f[i])
		switch {
		case err == nil && !a.neighbor.IsValid():
			a.neighbor = addr
		case f[i] == "table":
			i++
		case f[i] == "terse" || f[i] == "detail" || f[i] == "extensive" || f[i] == "brief":
			a.style = f[i]
		case f[i] == "all" && a.direction == snapshot.Accepted:
			a.direction = snapshot.Received
		case f[i] == "hidden":
			a.slice = "the command lists the hidden routes only"
		case f[i] == "all" || !strings.ContainsAny(f[i], ".:/0123456789"):
		default:
			a.slice = "the command lists the routes with " + strings.Join(f[i:], " ") + " only"
			return
		}
	}
}

func (a *adjRIB) echo(command string) {
	if q, ok := adjQuery(command); ok && !a.neighbor.IsValid() {
		a.neighbor, a.direction, a.slice = q.neighbor, q.direction, q.slice
	}
}

func (a *adjRIB) read(in *lines.Reader, r *snapshot.Router) {
	readRoutes(a.query, in, a)
	r.AdjRIBs = append(r.AdjRIBs, a.out...)
}

func (a *adjRIB) add(e *entry) bool {
	vrf, ok := unicast(e.table)
	if !ok {
		return true
	}
	p, ok := e.path()
	if !ok {
		return false
	}
	i, ok := a.of[vrf]
	if !ok {
		i = len(a.out)
		a.of[vrf] = i
		a.out = append(a.out, snapshot.AdjRIB{VRF: vrf, Neighbor: a.neighbor, Direction: a.direction})
	}
	a.out[i].Paths = append(a.out[i].Paths, p)
	return true
}

func (a *adjRIB) done(o *outcome, in *lines.Reader) {
	if len(a.out) == 0 {
		a.out = []snapshot.AdjRIB{{VRF: "default", Neighbor: a.neighbor, Direction: a.direction}}
	}
	o.partial = a.slice
	for i := range a.out {
		o.status(&a.out[i].Read, in, len(a.out[i].Paths))
	}
}
