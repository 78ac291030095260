// Package eos knows the commands of EOS and reads their output.
package eos

import (
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Platform is the name of the platform in configurations and evidence.
const Platform = "arista_eos"

// Commands are what is collected, every one a read. The tables are asked for as
// JSON: as text they have no footer, and a cut between two rows does not show.
func Commands() []string {
	return []string{
		"show hostname",
		"show ip bgp vrf all | json",
		"show ip bgp summary vrf all | json",
		"show ip bgp neighbors vrf all",
		"show ip route vrf all | json",
		"show ip interface | json",
		"show interfaces",
		"show ip security connection vrf all detail",
		"show mac security interface detail | json",
		"show running-config sanitized",
	}
}

// NeighborCommands ask what the router advertises to a neighbour that is in a VRF,
// and what it received from it. Each is a read.
func NeighborCommands(vrf, neighbor string) []string {
	of, in := "show ip bgp neighbors "+neighbor, " vrf "+vrf+" | json"
	return []string{of + " advertised-routes" + in, of + " received-routes" + in}
}

// Setup is sent after login so that output does not stop at a page's end. It
// changes the session only.
func Setup() []string { return []string{"terminal length 0", "terminal width 32767"} }

// Refusals are the texts with which it refuses a command.
func Refusals() []string {
	return []string{
		"% Invalid input",
		"% Ambiguous command",
		"% Incomplete command",
		"% Authorization denied",
	}
}

// Read takes what a command printed into r, and reports whether it has a reader
// for the command. What was not understood is in's to tell. A table's status is
// ok only when it was read whole.
func Read(command string, in *lines.Reader, r *snapshot.Router) bool {
	for _, read := range []func(string, *lines.Reader, *snapshot.Router) bool{readJSON, readBGP, readRIB, readSessions, readSecurity, readConfig} {
		if read(command, in, r) {
			return true
		}
	}
	return false
}
