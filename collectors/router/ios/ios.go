// Package ios knows the commands of IOS and IOS-XE and reads their output.
package ios

import (
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/runningconfig"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Platform is the name of the platform in configurations and evidence.
const Platform = "cisco_ios"

// Commands are what is collected, every one a read.
func Commands() []string {
	return []string{
		"show version",
		"show ip bgp",
		"show bgp vpnv4 unicast all",
		"show bgp ipv6 unicast",
		"show ip bgp summary",
		"show bgp vpnv4 unicast all summary",
		"show ip bgp neighbors",
		"show ip route vrf *", // the global table too
		"show ip interface",   // unlike the brief form with lengths and VRFs
		"show interfaces",
		"show crypto ikev2 sa detailed",
		"show crypto isakmp sa detail",
		"show crypto ipsec sa",
		"show mka sessions detail",
		"show running-config | section ^" + strings.Join(runningconfig.Sections(), "|^"),
	}
}

// VRFNeighbors lists the neighbours in VRFs, each with the name of its own, which
// their summary does not say. It is asked where the summary lists any: without
// VRFs it may print nothing at all.
const VRFNeighbors = "show bgp vpnv4 unicast all neighbors"

// NeighborCommands ask what the router advertises to a neighbour that is in a VRF,
// and what it received from it. Each is a read.
func NeighborCommands(vrf, neighbor string) []string {
	of := "show ip bgp neighbors " + neighbor
	if vrf != "default" {
		of = "show ip bgp vpnv4 vrf " + vrf + " neighbors " + neighbor
	}
	return []string{of + " advertised-routes", of + " received-routes"}
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
		"% Unknown command",
		"% Authorization failed",
		"Command authorization failed",
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
