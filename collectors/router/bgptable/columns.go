package bgptable

import "bytes"

// columns are where a table's fields stand. Metric, pref and weight are where
// those numbers end, counted from the first character of the next hop; the path
// starts one blank behind the weight. In a table whose fields are at the left
// they are where they begin.
type columns struct {
	kind                 kind
	network, hop         int // of the header
	metric, pref, weight int
	aigp                 int // of EOS; -1 where it has none
}

// kind is a kind of table.
type kind int

const (
	none       kind = iota // no header was seen
	right                  // numbers stand at the right of their columns
	left                   // every field is filled and stands at the left: EOS
	advertised             // network, next hop, neighbour and path: IOS-XR to a neighbour
	failures               // what the RIB refused: `show ip bgp rib-failure`
)

// header reads the line with the names of a table's columns.
func header(l []byte) (c columns, ok bool) {
	word := bytes.TrimLeft(l, " ")
	if !bytes.HasPrefix(word, []byte("Network ")) {
		return c, false
	}
	at := func(name string) int { return bytes.Index(l, []byte(name)) }
	c.network, c.hop = len(l)-len(word), at("Next Hop")
	switch metric, path := at(" Metric"), at(" Path"); {
	case c.hop < 0:
		return c, false
	case at(" From ") > 0 && at(" AS Path") > 0:
		c.kind = advertised
	case at("RIB-failure") > 0:
		c.kind = failures
	case metric < 0 || path < 0:
		return c, false
	case at(" LocPref ") > 0 && at(" Weight ") > 0:
		c.kind = left
		c.metric, c.aigp, c.pref, c.weight = metric+1-c.hop, at(" AIGP "), at(" LocPref ")+1-c.hop, at(" Weight ")+1-c.hop
		if c.aigp >= 0 {
			c.aigp += 1 - c.hop
		}
	case at(" LocPrf ") > 0 && at(" Weight ") > 0:
		c.kind = right
		end := func(name string) int { return at(name) + len(name) - 1 - c.hop }
		c.metric, c.pref, c.weight = end(" Metric "), end(" LocPrf "), end(" Weight ")
		if c.metric != 26 && c.metric != 48 || c.pref-c.metric < 7 || c.weight-c.pref < 7 {
			return c, false // what no platform prints: of a header that was cut or pasted
		}
	default:
		return c, false
	}
	return c, true
}
