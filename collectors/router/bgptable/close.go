package bgptable

import (
	"strconv"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// close concludes the reading.
func (t *table) close() {
	t.endEntry()
	t.section()
	t.uncounted()
	if t.q.direction == "" {
		t.status(&t.r.BGP.Read, len(t.r.BGP.Paths))
		return
	}
	for _, rib := range t.ribs {
		rib.Neighbor, rib.Direction = t.q.neighbor, t.q.direction
		t.status(&rib.Read, len(rib.Paths))
		t.r.AdjRIBs = append(t.r.AdjRIBs, *rib)
	}
}

// status says what a table is worth of which so many rows were read.
func (t *table) status(read *snapshot.Read, rows int) {
	refused := t.refused
	if refused == "" && t.listed == 0 {
		refused = t.unknownPeer
	}
	read.Status, read.Detail = snapshot.OK, ""
	switch missed := t.in.Missed(); {
	case refused != "":
		read.Status, read.Detail = snapshot.Error, "the router answered "+strconv.Quote(refused)
	case missed > 0:
		read.Status, read.Detail = snapshot.Partial, strconv.Itoa(missed)+" line(s) of the output were not understood"
	case t.in.Err() != nil:
		read.Status, read.Detail = snapshot.Partial, "the output ended early: "+t.in.Err().Error()
	case t.lack != "":
		read.Status, read.Detail = snapshot.Partial, t.lack
	case t.kept != "" && rows == 0:
		read.Status, read.Detail = snapshot.Missing, KeepsNone(t.kept)
	case t.kept != "":
		read.Status, read.Detail = snapshot.Partial, KeepsNone(t.kept)
	case !t.begun && rows == 0:
		read.Status, read.Detail = snapshot.Partial, "the router printed nothing: neither a table nor that there is none"
	case rows == 0 && t.nothing != "":
		read.Status, read.Detail = snapshot.Empty, "the router answered "+strconv.Quote(t.nothing)
	case rows == 0 && t.q.other:
		read.Status, read.Detail = snapshot.Empty, "the command lists no IP routes"
	case t.q.slice != "":
		read.Status, read.Detail = snapshot.Partial, t.q.slice
	case rows == 0 && t.headed && !t.p.Headless && t.listed == 0:
		read.Status, read.Detail = snapshot.Partial, "the table has a header and no routes: the output was cut off"
	case rows == 0 && (t.headed || t.families):
		read.Status, read.Detail = snapshot.Empty, "the router listed no route"
	case rows == 0:
		read.Status, read.Detail = snapshot.Partial, "the table's header is missing: the output was cut off"
	}
}

// KeepsNone is the detail of a table of received routes that is missing because the
// router, in the words given, keeps none. Nothing is open for it: few routers do, and
// only what a neighbour sends and the router does not take is unknown then.
func KeepsNone(words string) string {
	return "the router keeps no routes as this neighbour sends them: it answered " + strconv.Quote(words) +
		"; soft-reconfiguration inbound (on IOS XR with always) makes it keep them"
}
