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
	name     string
	aliases  []string // other names that people use, and kinds that print the same
	setup    []string
	commands []string
	neighbor func(vrf, neighbor string) []string
	inVRFs   func(command string) string // how a router with several VRFs is asked, nil where there is no difference
	inVRF    string                      // lists the neighbours in VRFs with the names of those, where their summary does not; empty where it does
	failed   []string                    // texts with which it refuses a command
	marks    []string                    // texts that only it prints, to know it by where nobody says what it is
	read     func(command string, in *lines.Reader, r *snapshot.Router) bool
}

func platforms() []platform {
	return []platform{
		{ios.Platform, []string{"cisco_iosxe", "ios", "iosxe", "cisco_xe"}, ios.Setup(), ios.Commands(), ios.NeighborCommands, nil, ios.VRFNeighbors, ios.Refusals(), []string{"Codes: L - local, C - connected", "Cisco IOS Software", "Building configuration..."}, ios.Read},
		{nxos.Platform, []string{"nxos", "cisco_nxos_nxapi"}, nxos.Setup(), nxos.Commands(), nxos.NeighborCommands, nil, "", nxos.Refusals(), []string{"Status: s-suppressed, x-deleted", "IP Route Table for VRF", "Cisco Nexus Operating System"}, nxos.Read},
		{iosxr.Platform, []string{"cisco_iosxr", "iosxr"}, iosxr.Setup(), iosxr.Commands(), iosxr.NeighborCommands, nil, "", iosxr.Refusals(), []string{"Processed ", "Cisco IOS XR Software", "!! IOS XR Configuration"}, iosxr.Read},
		{eos.Platform, []string{"eos"}, eos.Setup(), eos.Commands(), eos.NeighborCommands, nil, "", eos.Refusals(), []string{"AIGP", "BGP routing table information for VRF default\nRouter identifier", "Arista "}, eos.Read},
		{junos.Platform, []string{"junos", "junos-mx", "junos-qfx"}, junos.Setup(), junos.Commands(), junos.NeighborCommands, nil, "", junos.Refusals(), []string{"Hostname: ", "JUNOS", "\"multi-routing-engine-results\"", "\"route-information\"", "inet.0: "}, junos.Read},
		{frr.Platform, []string{"cumulus", "frr_cumulus", "sonic", "vyos", "quagga"}, frr.Setup(), frr.Commands(), frr.NeighborCommands, frr.InVRFs, "", frr.Refusals(), []string{"vrf id ", "Displayed  ", "FRRouting ", "Codes: K - kernel route", "vrf-id ", "Interface       Status  VRF"}, frr.Read},
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
	if p.inVRF != "" {
		all = append(all, p.inVRF)
	}
	return all
}

// printed reports whether text looks like the platform's.
func (p platform) printed(text []byte) bool {
	return slices.ContainsFunc(p.marks, func(mark string) bool { return bytes.Contains(text, []byte(mark)) })
}
