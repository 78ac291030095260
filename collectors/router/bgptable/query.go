package bgptable

import "net/netip"

// Query is what a command asks of the BGP tables, for readers of their other
// forms.
type Query struct {
	VRF       string     // the one it names; empty for none, and for all
	Neighbor  netip.Addr // whose table it lists
	Direction string     // which one of it, as in an AdjRIB; empty for the router's own table
	Other     bool       // it asks for a family that is not IP unicast
	Slice     string     // why it lists less than the table; empty when it does not
}

// Ask takes a command apart that is without the words that ask for another form
// than text. ok is false for a command that lists no paths.
func Ask(command string) (q Query, ok bool) {
	asked, ok := ask(command)
	return Query{asked.vrf, asked.neighbor, asked.direction, asked.other, asked.slice}, ok
}
