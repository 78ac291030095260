package ribtable

import (
	"net/netip"
	"slices"
	"strconv"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// Finish sets the status of the table when the output was read to its end.
func (t *Table) Finish() {
	t.Close()
	t.out.Routes = t.rows
	if len(t.full) > 0 {
		t.out.Routes = slices.Concat(append(t.full, t.rows)...)
	}
	read := &t.out.Read
	read.Status, read.Detail = snapshot.Partial, ""
	switch {
	case t.refused != "":
		read.Status, read.Detail = snapshot.Error, "the router answered "+strconv.Quote(t.refused)
	case t.in.Err() != nil:
		read.Detail = "the output ended early: " + t.in.Err().Error()
	case t.in.Missed() > 0:
		read.Detail = strconv.Itoa(t.in.Missed()) + " line(s) of the table were not understood"
	case t.nothing != "" && len(t.out.Routes) == 0:
		read.Status, read.Detail = snapshot.Empty, "the router answered "+strconv.Quote(t.nothing)
	case t.query.Slice != "":
		read.Detail = t.query.Slice
	case !t.head:
		read.Detail = "the head of the table is missing: the output was cut off, or is another command's"
	case t.short != "":
		read.Detail = t.short
	case t.repeated() > 0:
		read.Detail = "line " + strconv.Itoa(t.repeated()) + " lists again what was listed before: a part of the output came twice"
	case len(t.out.Routes) == 0:
		read.Status, read.Detail = snapshot.Empty, "the router lists no route"
	default:
		read.Status = snapshot.OK
	}
}

// repeated is the line of a row that came twice, 0 when none did. Rows that are
// in order cannot have; only where they are not, all are held against each other.
func (t *Table) repeated() int {
	if t.twice > 0 {
		return t.twice
	}
	if !t.disorder {
		return 0
	}
	type row struct {
		vrf, protocol string
		prefix        netip.Prefix
		distance      uint32
		hop           snapshot.NextHop
	}
	seen := make(map[row]struct{}, len(t.out.Routes))
	for i := range t.out.Routes {
		r := &t.out.Routes[i]
		k := row{vrf: r.VRF, prefix: r.Prefix}
		if t.offers {
			k.protocol, k.hop = r.Protocol, r.NextHops[0]
			k.hop.Line = 0
			if r.Distance != nil {
				k.distance = *r.Distance
			}
		}
		if _, ok := seen[k]; ok {
			return r.Line
		}
		seen[k] = struct{}{}
	}
	return 0
}
