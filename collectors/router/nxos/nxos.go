// Package nxos knows the commands of NX-OS and reads their output.
package nxos

import (
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Platform is the name of the platform in configurations and evidence.
const Platform = "cisco_nxos"

// Commands are what is collected, every one a read.
func Commands() []string {
	return []string{
		"show version",
		"show ip bgp vrf all",
		"show ip bgp summary vrf all",
		"show ip bgp neighbors vrf all",
		"show ip route vrf all",
		"show ip interface vrf all",
		"show interface",
		"show macsec mka session details",
		"show running-config",
	}
}

// NeighborCommands ask what the router advertises to a neighbour that is in a VRF,
// and what it received from it. Each is a read.
func NeighborCommands(vrf, neighbor string) []string {
	of := "show bgp vrf " + vrf + " all neighbors " + neighbor
	return []string{of + " advertised-routes", of + " received-routes"}
}

// Setup is sent after login so that output does not stop at a page's end. It
// changes the session only.
func Setup() []string { return []string{"terminal length 0", "terminal width 511"} }

// Refusals are the texts with which it refuses a command.
func Refusals() []string {
	return []string{
		"% Invalid command",
		"% Invalid number",
		"% Incomplete command",
		"% Permission denied for the role",
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
