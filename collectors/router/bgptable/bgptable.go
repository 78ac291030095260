// Package bgptable reads BGP tables as text: the form with one line a path that
// IOS began and everyone prints, and the form that `show ip bgp PREFIX` prints.
// The platforms differ in the letters that mark a path and in what stands
// around the rows, not in the rows; a [Platform] says how.
//
// Rows are not cut by the columns of their header: IOS-XE prints them one to the
// right of it, and wrapped rows are shifted again. What holds on every line is
// the distance from the first character of the next hop. A field is the text
// between two of these distances: empty means that it is absent, digits are its
// value, and with anything else the whole row is unread.
package bgptable

import (
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Platform is how a platform prints BGP tables.
type Platform struct {
	// Marks are what the characters left of the network mean.
	Marks *Marks
	// Natural is set where a network without a length has the natural one
	// (RFC 791, 3.2): classes A, B and C, and 0.0.0.0/0.
	Natural bool
	// Names is set where a next hop may be an interface, as that of a neighbour
	// without an address of its own, or carry a host's name in parentheses.
	Names bool
	// Counted is set where a line behind each table counts it. A table without
	// that line was cut off.
	Counted bool
	// AdjCounted is the same for the tables of a neighbour.
	AdjCounted bool
	// Headless is set where a table without routes has a header and no rows.
	Headless bool
	// Refusals are the texts with which the platform refuses a command.
	Refusals []string
}

// Read reads what command printed into r, and reports whether the command lists
// a BGP table, whole or of a neighbour, as text.
//
// A table is ok when its rows were all understood, and where the platform counts
// them, as many as it says. What a command leaves out by a filter, or by naming a
// prefix, is partial in any case, since its rows are not the table. A path of a
// route that was imported under a route distinguisher and belongs to no VRF of
// the router has "rd " and the distinguisher for a VRF.
func Read(p Platform, command string, in *lines.Reader, r *snapshot.Router) bool {
	q, ok := ask(command)
	if !ok || q.other {
		return false
	}
	t := newTable(p, q, in, r)
	for in.Next() {
		t.line(in.Line())
	}
	t.close()
	return true
}
