// Package scenarios holds the networks that the demo and the tests audit: one
// folder each, with the evidence as it was recorded and, in want.json, what an
// audit of it must conclude.
package scenarios

import (
	"embed"
	"io/fs"
)

//go:embed */azure */routers
var files embed.FS

// FS has a directory for each scenario, which can be read as an evidence
// directory.
func FS() fs.FS { return files }

// Names are the scenarios, in the order in which the guideline builds its
// network up.
func Names() []string {
	return []string{
		"expressroute-only", "vpn-unsteered", "guideline-as-written", "underlay-pinned", "fail-closed",
		"firewall-asymmetric", "firewall-symmetric", "leak-same-prefix",
	}
}

// About says in one line what a scenario is, and is empty for an unknown name.
func About(name string) string {
	switch name {
	case "expressroute-only":
		return "the circuit alone: everything crosses it in clear"
	case "vpn-unsteered":
		return "tunnels over the circuit, and nothing that steers packets into them"
	case "guideline-as-written":
		return "the guideline's own design: local preference 200 through the tunnel for the hub's 10.64.0.0/23"
	case "underlay-pinned":
		return "the GatewaySubnet has a route of its own over ExpressRoute, so the tunnel no longer enters itself"
	case "fail-closed":
		return "the routers accept nothing over ExpressRoute's BGP: what leaves the tunnel has nowhere to go"
	case "firewall-asymmetric":
		return "a firewall in the hub that only the spokes send to"
	case "firewall-symmetric":
		return "the same firewall, and a route table on the GatewaySubnet with the spoke's exact prefix"
	case "leak-same-prefix":
		return "10.10.0.0/16 advertised over both: Azure answers in clear over ExpressRoute"
	}
	return ""
}
