package bgppeers

import (
	"slices"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// preamble recognises what stands before the rows of a summary and behind them,
// and takes the sizes of the BGP table from it.
func (l *list) preamble(text string) bool {
	f := strings.Fields(text)
	if l.size(f, text) {
		return true
	}
	if strings.HasPrefix(text, "Process ") && strings.Contains(text, "RcvTblVer") {
		l.head = true // of IOS-XR, which prints no header for a VRF without neighbours
		return true
	}
	if strings.Trim(f[0], "0123456789/") == "" { // "6 network entries using 888 bytes of memory"
		return slices.ContainsFunc([]string{"entries", "paths", "networks", "prefixes", "neighbor", "identical"}, func(w string) bool {
			return strings.Contains(text, w)
		})
	}
	for _, start := range []string{
		"BGP ", "Table ID: ", "VRF ID: ", "Non-stop routing ", "Speaker ", "RIB entries ", "Peers ", "Peer groups ", "Neighbor Status Codes: ", "Dampening ",
		"History paths ", "Received paths ", "Dynamically created ", "Subnet range ", "* Dynamically created ", "* - dynamic neighbor", "Displayed neighbors ", "Total number of ",
		"Some configured eBGP neighbors ", "do not have both inbound and outbound policies ", "address family. These neighbors ", "receiving no routes and are marked ",
		"Use the 'show bgp neighbor", "Read-only mode ", "Update-delay ", "First neighbor established", "Best-paths ", "Route Reflector", "Graceful ", "Confederation ",
		"Peer group ", "Number of ", "Global ", "Stale ", "Cluster ", "Prefix limit ", "State codes: ", "Flags: ", "Memory ",
	} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	if strings.Trim(text, "-=") == "" {
		return true
	}
	return !l.another(text) && !show.Open(lines.Of([]byte(text)), nil).Next()
}

// size takes what a summary counts of the table: "6 network entries using ...",
// "6 path entries using ...", "6 network entries and 8 paths using ...", "3
// received paths for inbound soft reconfiguration".
func (l *list) size(f []string, text string) bool {
	if len(f) < 4 {
		return false
	}
	n, err := strconv.ParseUint(f[0], 10, 32)
	if err != nil {
		return false
	}
	v := uint32(n)
	switch rest := strings.TrimPrefix(text, f[0]+" "); {
	case strings.HasPrefix(rest, "network entries and "):
		t := l.table()
		if t.Networks = &v; len(f) > 5 && strings.HasPrefix(f[5], "paths") {
			t.Paths = count(f[4])
		}
	case strings.HasPrefix(rest, "network entries using "):
		l.table().Networks = &v
	case strings.HasPrefix(rest, "path entries using "):
		l.table().Paths = &v
	case strings.HasPrefix(rest, "received paths for inbound soft reconfiguration"):
		l.table().Unused = v
	default:
		return false
	}
	return true
}

// table is the size of the table of the current section.
func (l *list) table() *snapshot.TableSize {
	all := &l.out.Sessions.Tables
	if n := len(*all); n > 0 {
		if last := &(*all)[n-1]; last.VRF == l.vrf && last.Family == l.family {
			return last
		}
	}
	*all = append(*all, snapshot.TableSize{VRF: l.vrf, Family: l.family, Line: l.in.Number()})
	return &(*all)[len(*all)-1]
}
