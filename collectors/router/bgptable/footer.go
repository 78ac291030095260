package bgptable

import (
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// footer reads the line that counts a table's routes, and compares.
func (t *table) footer(text string) bool {
	f := strings.Fields(text)
	number := func(i int) int {
		if i >= len(f) {
			return -1
		}
		n, err := strconv.Atoi(strings.Trim(f[i], ",()"))
		if err != nil {
			return -1
		}
		return n
	}
	var routes int
	paths := -1
	switch {
	case strings.HasPrefix(text, "Total number of prefixes "):
		routes = number(4)
	case len(f) >= 5 && f[0] == "Processed" && strings.HasPrefix(f[2], "prefix") && strings.HasPrefix(f[4], "path"):
		routes, paths = number(1), number(3)
	case len(f) >= 6 && f[0] == "Displayed" && f[2] == "out" && f[3] == "of": // Quagga
		routes, paths = number(1), number(4)
	case len(f) >= 7 && f[0] == "Displayed" && strings.HasPrefix(f[2], "route") && f[3] == "and":
		routes, paths = number(1), number(4)
	default:
		return false
	}
	if routes < 0 || f[0] != "Total" && paths < 0 {
		return false
	}
	if routes == 0 && t.nothing == "" {
		t.nothing = text
	}
	t.count(routes, paths)
	return true
}

// count compares a count with what was read since the last. A neighbour's routes
// are counted by path on some platforms.
func (t *table) count(routes, paths int) {
	wrong := routes != t.networks && (routes != t.rows || paths >= 0 && t.q.direction == "")
	if t.q.direction == "" && t.q.slice == "" && paths >= 0 {
		wrong = wrong || paths != t.rows
	}
	if wrong && !t.other && t.lack == "" {
		said := strconv.Itoa(routes) + " routes"
		if paths >= 0 {
			said += " and " + strconv.Itoa(paths) + " paths"
		}
		t.lack = "the router counts " + said + "; " + strconv.Itoa(t.networks) + " routes with " + strconv.Itoa(t.rows) + " paths were read"
	}
	t.section()
	t.open = false
	t.cols = columns{}
	t.rows, t.networks = 0, 0
}

// answer reads the device's words that it has no table.
func (t *table) answer(text string) bool {
	plain := strings.TrimLeft(text, "% ")
	for _, words := range []string{
		"BGP not active", "BGP is not active", "BGP inactive", "BGP instance not found", "Default BGP instance not found", "BGP is not running", "BGP not running",
		"BGP instance 'default' not active", "No BGP process is configured", "Network not in table", "No BGP prefixes displayed", "No matching routes found", "No BGP network exists",
		"No such prefix", "BGP router is not configured", "BGP is not configured", "There are no routes", "No BGP routes",
	} {
		if strings.HasPrefix(plain, words) {
			t.nothing, t.open = text, false
			t.section()
			return true
		}
	}
	for _, words := range []string{"Neighbor not found", "Can't find neighbor", "No such neighbor"} {
		if strings.HasPrefix(plain, words) {
			if t.nothing == "" && t.listed == 0 && t.rows == 0 {
				t.unknownPeer = text
			}
			return true
		}
	}
	if t.keepsNone(plain) {
		return true
	}
	if strings.HasPrefix(text, "%") {
		t.refuse(text)
		return true
	}
	return false
}

// keepsNone reads a router's words that it does not keep what a neighbour sends as
// it came. NX-OS says so of each address family, IOS XR in a sentence of three lines.
func (t *table) keepsNone(plain string) bool {
	if t.q.direction != snapshot.Received {
		return false
	}
	if of, ok := strings.CutPrefix(plain, "Inbound soft reconfiguration "); ok {
		family, _, not := strings.Cut(of, "not ")
		if family = strings.TrimSpace(family); not && (family == "" || family == "for IPv4 Unicast") {
			t.kept = plain
		}
		return not
	}
	if strings.HasPrefix(plain, "The 'show bgp neighbor received routes' command is only available when inbound soft reconfiguration is active") {
		t.kept = plain
		return true
	}
	return t.kept != "" && (strings.HasPrefix(plain, "To activate inbound soft reconfiguration") || strings.HasPrefix(plain, "If the neighbor supports route-refresh"))
}
