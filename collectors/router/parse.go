package router

import (
	"fmt"
	"io"
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Parsed is one output as it was understood. Of the tables only those that the
// command lists are set, also when nothing is in them: the others are nil. Complete
// is false when a table's end is missing or a line of it was not understood; Detail
// says which. Attributes that the router did not print are null.
type Parsed struct {
	Platform   string                `json:"platform"`
	Command    string                `json:"command"`
	Host       string                `json:"host,omitempty"`
	RouterID   netip.Addr            `json:"routerID,omitzero"`
	LocalAS    uint32                `json:"localAS,omitempty"`
	Complete   bool                  `json:"complete"`
	Status     snapshot.Status       `json:"status"`
	Detail     string                `json:"detail,omitempty"`
	Paths      []snapshot.Path       `json:"paths,omitzero"`
	Routes     []snapshot.Route      `json:"routes,omitzero"`
	Neighbors  []snapshot.Peer       `json:"neighbors,omitzero"`
	Interfaces []snapshot.Interface  `json:"interfaces,omitzero"`
	Tunnels    []snapshot.Tunnel     `json:"tunnels,omitzero"`
	IKE        []snapshot.IKESA      `json:"ike,omitzero"`
	IPsec      []snapshot.IPsecSA    `json:"ipsec,omitzero"`
	MACsec     []snapshot.MACsecLink `json:"macsec,omitzero"`
	Config     *snapshot.Config      `json:"config,omitempty"`
	Unread     []Unread              `json:"unread"`
}

// Unread is a line that was not understood.
type Unread struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

// Parse reads what command printed on platform. The error names the unknown
// platform or command and those that are known, or why in could not be read.
func Parse(platform, command string, in io.Reader) (Parsed, error) {
	p, err := platformOf(platform)
	if err != nil {
		return Parsed{}, err
	}
	command = strings.Join(strings.Fields(strings.ReplaceAll(command, "|", " | ")), " ")
	var r snapshot.Router
	l := lines.New(in)
	if !p.read(command, l, &r) {
		return Parsed{}, fmt.Errorf("no reader for %q on %s (want a command like %s)", command, p.name, strings.Join(p.commands, ", "))
	}
	if l.Err() != nil {
		return Parsed{}, fmt.Errorf("reading the output of %q: %w", command, l.Err())
	}
	out := Parsed{
		Platform: p.name, Command: command, Host: r.Host, RouterID: r.BGP.RouterID, LocalAS: r.BGP.LocalAS,
		Paths: listed(r.BGP.Read, r.BGP.Paths), Routes: listed(r.RIB.Read, r.RIB.Routes), Neighbors: listed(r.Sessions.Read, r.Sessions.Peers),
		Interfaces: listed(r.Ports.Read, r.Ports.Interfaces), Tunnels: listed(r.Tunnels.Read, r.Tunnels.Tunnels),
		IKE: listed(r.IPsec.IKE.Read, r.IPsec.IKE.SAs), IPsec: listed(r.IPsec.SAs.Read, r.IPsec.SAs.SAs), MACsec: listed(r.MACsec.Read, r.MACsec.Links),
		Unread: []Unread{},
	}
	if r.Config.Status != snapshot.Missing {
		out.Config = &r.Config
	}
	for i, a := range r.AdjRIBs {
		if a.Status == snapshot.Missing { // the router says that it keeps none
			r.AdjRIBs[i].Status = snapshot.Empty
		}
		out.Paths = append(listed(r.AdjRIBs[i].Read, out.Paths), a.Paths...)
	}
	out.Complete, out.Status = l.Missed() == 0, snapshot.OK
	for _, table := range tables(&r) {
		if table.Status == snapshot.Missing {
			continue
		}
		out.Complete = out.Complete && table.Whole()
		if out.Status == snapshot.OK {
			out.Status, out.Detail = table.Status, table.Detail
		}
	}
	for _, u := range l.Unread() {
		out.Unread = append(out.Unread, Unread{u.Line, u.Text})
	}
	return out, nil
}

// listed are the rows of a table, which are not nil when the command lists it.
func listed[T any](read snapshot.Read, rows []T) []T {
	if rows == nil && read.Status != snapshot.Missing {
		return []T{}
	}
	return rows
}

// tables are all tables of a router.
func tables(r *snapshot.Router) []*snapshot.Read {
	all := []*snapshot.Read{
		&r.BGP.Read, &r.RIB.Read, &r.Sessions.Read, &r.Ports.Read, &r.Tunnels.Read, &r.IPsec.IKE.Read, &r.IPsec.SAs.Read,
		&r.MACsec.Read, &r.Config.Read,
	}
	for i := range r.AdjRIBs {
		all = append(all, &r.AdjRIBs[i].Read)
	}
	return all
}
