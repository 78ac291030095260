// Package frr knows the commands of FRR's vtysh and reads their output. VyOS
// and Cumulus print the same.
package frr

import (
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Platform is the name of the platform in configurations and evidence.
const Platform = "frr"

// Commands are what is collected, every one a read. The interfaces come first:
// they tell whether there are VRFs.
func Commands() []string {
	return []string{"show version", "show interface brief", "show ip bgp", "show ip bgp summary", "show ip route", "show running-config"}
}

// InVRFs is a command as a router is asked that has more VRFs than the default
// one, where it differs. Others are not asked so: Quagga does not know these
// forms, and `show bgp vrf all` without ip would list IPv6.
func InVRFs(command string) string {
	switch command {
	case "show ip bgp":
		return "show ip bgp vrf all"
	case "show ip bgp summary":
		return "show ip bgp vrf all summary"
	case "show ip route":
		return "show ip route vrf all"
	}
	return command
}

// NeighborCommands ask what the router advertises to a neighbour that is in a VRF,
// and what it received from it. Each is a read.
func NeighborCommands(vrf, neighbor string) []string {
	of := "show ip bgp neighbors " + neighbor
	if vrf != "default" {
		of = "show ip bgp vrf " + vrf + " neighbors " + neighbor
	}
	return []string{of + " advertised-routes", of + " received-routes"}
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
