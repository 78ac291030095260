// Package parse says what is understood of one output of a router, for people
// who want to see it.
package parse

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/frr"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Output is one output as it was understood. Of Paths, Routes, Neighbors and
// Interfaces only the one that the command lists is set. Complete is false when
// the table's end is missing or a line of it was not understood; Detail says
// which. Attributes that the router did not print are null.
type Output struct {
	Platform   string               `json:"platform"`
	Command    string               `json:"command"`
	RouterID   netip.Addr           `json:"routerID,omitzero"`
	LocalAS    uint32               `json:"localAS,omitempty"`
	Complete   bool                 `json:"complete"`
	Detail     string               `json:"detail,omitempty"`
	Paths      []snapshot.Path      `json:"paths,omitempty"`
	Routes     []snapshot.Route     `json:"routes,omitempty"`
	Neighbors  []snapshot.Peer      `json:"neighbors,omitempty"`
	Interfaces []snapshot.Interface `json:"interfaces,omitempty"`
	Unread     []Unread             `json:"unread"`
}

// Unread is a line that was not understood.
type Unread struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

// Platforms are the platforms whose output is understood.
func Platforms() []string { return []string{frr.Platform} }

// Parse reads what command printed on platform. The error names the unknown
// platform or command and those that are known.
func Parse(platform, command string, text []byte) (Output, error) {
	if platform != frr.Platform {
		return Output{}, fmt.Errorf("unknown platform %q (want %s)", platform, strings.Join(Platforms(), " or "))
	}
	command = strings.Join(strings.Fields(command), " ")
	var r snapshot.Router
	unread, known := frr.Read(command, text, &r)
	if !known {
		return Output{}, fmt.Errorf("no reader for %q on %s (want %s)", command, platform, strings.Join(frr.Commands(), ", "))
	}
	out := Output{
		Platform: platform, Command: command, RouterID: r.BGP.RouterID, LocalAS: r.BGP.LocalAS,
		Paths: r.BGP.Paths, Routes: r.RIB.Routes, Neighbors: r.Sessions.Peers, Interfaces: r.Ports.Interfaces, Unread: []Unread{},
	}
	out.Complete = len(unread) == 0
	for _, table := range []snapshot.Read{r.BGP.Read, r.RIB.Read, r.Sessions.Read, r.Ports.Read} {
		if table.Status != snapshot.Missing {
			out.Complete, out.Detail = table.Whole(), table.Detail
		}
	}
	for _, u := range unread {
		out.Unread = append(out.Unread, Unread{u.Line, u.Text})
	}
	return out, nil
}
