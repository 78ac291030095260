// Package junos knows the commands of Junos and reads their output.
package junos

import (
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Platform is the name of the platform in configurations and evidence.
const Platform = "juniper_junos"

// Commands are what is collected, every one a read that needs the permissions
// view and view-configuration only. BGP is asked for in detail, since only then is
// the next hop the one that the neighbour sent. Text is asked for where it tells
// more: the instance of an interface, and which channels of MACsec are of which
// interface. `show bgp summary` would list the neighbours once more, with less.
func Commands() []string {
	return []string{
		"show version | no-more",
		"show route protocol bgp all detail | display json | no-more",
		"show bgp neighbor | display json | no-more",
		"show route active-path | display json | no-more",
		"show interfaces terse routing-instance all | no-more",
		"show security ike security-associations detail | display json | no-more",
		"show security ipsec security-associations detail | display json | no-more",
		"show security macsec connections | no-more",
		"show configuration | display set | no-more",
	}
}

// NeighborCommands ask what the router advertises to a neighbour and what it
// received from it, in whatever routing instance that is. Each is a read.
func NeighborCommands(_, neighbor string) []string {
	return []string{"show route advertising-protocol bgp " + neighbor + " | no-more", "show route receive-protocol bgp " + neighbor + " all | no-more"}
}

// Setup is sent after login so that output does not stop at a page's end. It
// changes the session only.
func Setup() []string { return []string{"set cli screen-length 0", "set cli screen-width 0"} }

// Refusals are the texts with which it refuses a command.
func Refusals() []string {
	return []string{
		"unknown command",
		"syntax error",
		"error: permission denied",
		"missing argument",
		"is ambiguous",
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
