package router

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/eos"
	"github.com/routeproof/routeproof/collectors/router/frr"
	"github.com/routeproof/routeproof/collectors/router/ios"
	"github.com/routeproof/routeproof/collectors/router/iosxr"
	"github.com/routeproof/routeproof/collectors/router/junos"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/nxos"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// platform is what has to be known to talk to a kind of router and to read what
// it says.
type platform struct {
	name    string
	aliases []string // other names that people use, and kinds that print the same
	// setup is sent first, commands then, and what neighbor returns for each BGP
	// neighbour that they list.
	setup, commands []string
	neighbor        func(vrf, neighbor string) []string
	// inVRFs is how a router with several VRFs is asked, nil where it makes no
	// difference.
	inVRFs func(command string) string
	// vrfNeighbors lists the neighbours in VRFs with the names of those, empty where the
	// summary of neighbours does.
	vrfNeighbors string
	failed       []string // texts with which it refuses a command
	marks        []string // texts that only it prints, to know it by where nobody says what it is
	// read reads what a command printed, and reports whether it knows the command.
	read func(command string, in *lines.Reader, r *snapshot.Router) bool
}

func platforms() []platform {
	return []platform{
		{
			name: ios.Platform, aliases: []string{"cisco_iosxe", "ios", "iosxe", "cisco_xe"},
			setup: ios.Setup(), commands: ios.Commands(), neighbor: ios.NeighborCommands, vrfNeighbors: ios.VRFNeighbors, failed: ios.Refusals(),
			marks: []string{"Codes: L - local, C - connected", "Cisco IOS Software", "Building configuration..."},
			read:  ios.Read,
		},
		{
			name: nxos.Platform, aliases: []string{"nxos", "cisco_nxos_nxapi"},
			setup: nxos.Setup(), commands: nxos.Commands(), neighbor: nxos.NeighborCommands, failed: nxos.Refusals(),
			marks: []string{"Status: s-suppressed, x-deleted", "IP Route Table for VRF", "Cisco Nexus Operating System"},
			read:  nxos.Read,
		},
		{
			name: iosxr.Platform, aliases: []string{"cisco_iosxr", "iosxr"},
			setup: iosxr.Setup(), commands: iosxr.Commands(), neighbor: iosxr.NeighborCommands, failed: iosxr.Refusals(),
			marks: []string{"Processed ", "Cisco IOS XR Software", "!! IOS XR Configuration"},
			read:  iosxr.Read,
		},
		{
			name: eos.Platform, aliases: []string{"eos"},
			setup: eos.Setup(), commands: eos.Commands(), neighbor: eos.NeighborCommands, failed: eos.Refusals(),
			marks: []string{"AIGP", "BGP routing table information for VRF default\nRouter identifier", "Arista "},
			read:  eos.Read,
		},
		{
			name: junos.Platform, aliases: []string{"junos", "junos-mx", "junos-qfx"},
			setup: junos.Setup(), commands: junos.Commands(), neighbor: junos.NeighborCommands, failed: junos.Refusals(),
			marks: []string{"Hostname: ", "JUNOS", "\"multi-routing-engine-results\"", "\"route-information\"", "inet.0: "},
			read:  junos.Read,
		},
		{
			name: frr.Platform, aliases: []string{"cumulus", "frr_cumulus", "sonic", "vyos", "quagga"},
			setup: frr.Setup(), commands: frr.Commands(), neighbor: frr.NeighborCommands, inVRFs: frr.InVRFs, failed: frr.Refusals(),
			marks: []string{"vrf id ", "Displayed  ", "FRRouting ", "Codes: K - kernel route", "vrf-id ", "Interface       Status  VRF"},
			read:  frr.Read,
		},
	}
}

// Platforms are the names of the platforms that can be collected from and read.
func Platforms() []string {
	var names []string
	for _, p := range platforms() {
		names = append(names, p.name)
	}
	return names
}

// platformOf finds a platform by its name or another that people use for it.
func platformOf(name string) (platform, error) {
	for _, p := range platforms() {
		if p.name == name || slices.Contains(p.aliases, name) {
			return p, nil
		}
	}
	return platform{}, fmt.Errorf("unknown router platform %q (want %s)", name, strings.Join(Platforms(), ", "))
}

// forms are all forms in which the platform's commands may be sent.
func (p platform) forms() []string {
	all := slices.Clone(p.commands)
	for _, c := range p.commands {
		if p.inVRFs != nil && p.inVRFs(c) != c {
			all = append(all, p.inVRFs(c))
		}
	}
	if p.vrfNeighbors != "" {
		all = append(all, p.vrfNeighbors)
	}
	return all
}

// printed reports whether text looks like the platform's.
func (p platform) printed(text []byte) bool {
	return slices.ContainsFunc(p.marks, func(mark string) bool { return bytes.Contains(text, []byte(mark)) })
}
