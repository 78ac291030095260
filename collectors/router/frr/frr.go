// Package frr knows the commands of FRR's vtysh and reads their output. VyOS
// and Cumulus print the same.
package frr

import (
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Platform is the name of the platform in configurations and evidence.
const Platform = "frr"

// Commands are what is collected, every one a read.
func Commands() []string {
	return []string{"show version", "show ip bgp", "show ip bgp summary", "show ip route", "show interface brief", "show running-config"}
}

// NeighborCommands ask what the router advertises to a neighbour that is in a VRF.
// Each is a read.
func NeighborCommands(vrf, neighbor string) []string {
	if vrf != "default" {
		return nil // the tables of other VRFs are not collected either
	}
	return []string{"show ip bgp neighbors " + neighbor + " advertised-routes"}
}

// Setup is sent after login so that output does not stop at a page's end.
func Setup() []string { return []string{"terminal length 0"} }

// Refusals are the texts with which it refuses a command.
func Refusals() []string {
	return []string{"% Unknown command", "% Ambiguous command", "% Command incomplete", "% There is no matched command"}
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
