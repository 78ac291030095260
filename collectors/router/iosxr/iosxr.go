// Package iosxr knows the commands of IOS-XR and reads their output.
package iosxr

import (
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Platform is the name of the platform in configurations and evidence.
const Platform = "cisco_xr"

// Commands are what is collected, every one a read.
func Commands() []string {
	return []string{
		"show version",
		"show bgp ipv4 unicast",
		"show bgp vrf all",
		"show bgp summary",
		"show bgp vrf all summary",
		"show bgp neighbors",
		"show bgp vrf all neighbors",
		"show route",
		"show route vrf all",
		"show ipv4 vrf all interface",
		"show macsec mka session detail",
		"show running-config",
	}
}

// NeighborCommands ask what the router advertises to a neighbour that is in a VRF,
// and what it received from it. Each is a read.
func NeighborCommands(vrf, neighbor string) []string {
	of := "show bgp neighbors " + neighbor
	if vrf != "default" {
		of = "show bgp vrf " + vrf + " neighbors " + neighbor
	}
	return []string{of + " advertised-routes", of + " received routes"}
}

// Setup is sent after login so that output does not stop at a page's end. It
// changes the session only.
func Setup() []string { return []string{"terminal length 0", "terminal width 512"} }

// Refusals are the texts with which it refuses a command.
func Refusals() []string {
	return []string{
		"% Invalid input",
		"% Ambiguous command",
		"% Incomplete command",
		"% This command is not authorized",
	}
}

// Read takes what a command printed into r, and reports whether it has a reader
// for the command. What was not understood is in's to tell. A table's status is
// ok only when it was read whole.
func Read(command string, in *lines.Reader, r *snapshot.Router) bool {
	for _, read := range []func(string, *lines.Reader, *snapshot.Router) bool{readBGP, readRIB, readSessions, readSecurity, readConfig} {
		if read(command, in, r) {
			return true
		}
	}
	return false
}
