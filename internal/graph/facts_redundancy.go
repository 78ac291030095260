package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Redundancy is how many ways an active-active VPN gateway has to one network on
// the premises: the devices, each a local network gateway, whose routers exchange
// routes with each other. A device without a known router is alone.
type Redundancy struct {
	ID      string   `json:"id"` // gateway/NAME/ROUTERS
	Gateway string   `json:"gateway"`
	Routers []string `json:"routers"`
	// Connected are the tunnels that are up, Down those that are not, and Instances
	// the gateway's machines that the former end at.
	Connected []string `json:"connected"`
	Down      []string `json:"down"`
	Instances []string `json:"instances"`
	// BGP is whether the tunnels' connections speak BGP; Neighbours are the peers at
	// their far ends that are connected.
	BGP        bool          `json:"bgp"`
	Neighbours []string      `json:"neighbours"`
	Unknown    string        `json:"unknown,omitempty"` // why there may be more
	Evidence   []finding.Ref `json:"evidence"`
}

// redundancies are those of all active-active gateways.
func (g *Graph) redundancies() []Redundancy {
	out := []Redundancy{}
	for _, gw := range g.gateways {
		if gw.Type == snapshot.VPN && gw.ActiveActive {
			out = append(out, g.redundancy(gw)...)
		}
	}
	return out
}

func (g *Graph) redundancy(gw *gateway) []Redundancy {
	var out []Redundancy
	at := make(map[string]int)
	unsaid := make(map[string][]string)
	for _, t := range g.tunnels {
		if t.gw != gw {
			continue
		}
		key, routers := t.end()
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, Redundancy{ID: gw.id + "/" + key, Gateway: gw.id, Routers: routers, Evidence: []finding.Ref{ref(gw.Ref)}})
		}
		if !out[i].add(t) {
			unsaid[out[i].ID] = append(unsaid[out[i].ID], "Azure does not say whether "+t.id+" is connected")
		}
	}
	if len(out) == 0 && slices.ContainsFunc(g.snap.Azure.Connections, func(c snapshot.Connection) bool { return c.Gateway == gw.ID }) {
		out = append(out, Redundancy{ID: gw.id, Gateway: gw.id, Evidence: []finding.Ref{ref(gw.Ref)}})
	}
	for i := range out {
		r := &out[i]
		r.Unknown = strings.Join(slices.Concat(unsaid[r.ID], r.unread(g), r.strangers(out), g.mayBeMore(gw)), "; ")
	}
	return out
}

// end names the network at a tunnel's far end, by the routers that exchange
// routes, or by the connection where the router is not known.
func (t *tunnel) end() (key string, routers []string) {
	if t.router == nil {
		return t.conn.Name, nil
	}
	var names []string
	for _, r := range *t.router.group {
		names = append(names, r.snap.Name)
		routers = append(routers, r.id)
	}
	return strings.Join(names, "+"), routers
}

// add counts a tunnel by what Azure says of it, and reports whether it says it.
func (r *Redundancy) add(t *tunnel) bool {
	said := true
	r.Evidence = append(r.Evidence, ref(t.conn.Ref))
	r.BGP = r.BGP || t.conn.EnableBGP
	switch status := t.azureStatus(); {
	case strings.EqualFold(status, "Connected"):
		r.Connected = append(r.Connected, t.id)
		if id := t.gw.instance(t.inst); !slices.Contains(r.Instances, id) {
			r.Instances = append(r.Instances, id)
		}
	case status == "" || strings.EqualFold(status, "Unknown"):
		said = false
	default:
		r.Down = append(r.Down, t.id)
	}
	for _, p := range t.gw.Peers.Peers {
		if p.Neighbor == t.own && strings.EqualFold(p.State, "Connected") && !slices.Contains(r.Neighbours, text(p.Neighbor)) {
			r.Neighbours = append(r.Neighbours, text(p.Neighbor))
		}
	}
	return said
}

// azureStatus is what Azure says of the tunnel, or of its connection as a whole.
func (t *tunnel) azureStatus() string {
	inst := &t.gw.Instances[t.inst]
	for _, s := range t.conn.Tunnels {
		for _, a := range slices.Concat(inst.Tunnel, inst.Default) {
			if strings.HasSuffix(s.Name, "_"+a.String()) {
				return s.Status
			}
		}
	}
	return t.conn.Status
}

// strangers says that a device without a known router may be of this network.
func (r *Redundancy) strangers(all []Redundancy) []string {
	var out []string
	for _, o := range all {
		if o.ID != r.ID && len(o.Routers) == 0 {
			out = append(out, "the router at the end of "+o.ID[strings.LastIndexByte(o.ID, '/')+1:]+" is not in the evidence, and may be of the same network")
		}
	}
	return out
}

// unread says why what is counted may be more.
func (r *Redundancy) unread(g *Graph) []string {
	var out []string
	if len(r.Routers) == 0 {
		out = append(out, "no router in the evidence is at its end, so that the networks behind it are not known")
	}
	for _, o := range g.routers {
		if slices.Contains(r.Routers, o.id) && (!o.snap.Sessions.Whole() || !o.snap.BGP.Whole()) {
			out = append(out, "the routers that "+o.id+" exchanges routes with are not known")
		}
	}
	return out
}

// mayBeMore says why a gateway may have tunnels or neighbours that are not known.
func (g *Graph) mayBeMore(gw *gateway) []string {
	var out []string
	if why := g.hiddenConnection(); why != "" {
		out = append(out, why)
	}
	for i := range g.snap.Azure.Connections {
		c := &g.snap.Azure.Connections[i]
		if c.Gateway == gw.ID && strings.EqualFold(c.Type, "IPsec") {
			if why := g.noTunnel(c); why != "" {
				out = append(out, "connection/"+c.Name+": "+why)
			}
		}
	}
	if !gw.Peers.Whole() {
		out = append(out, "the BGP peers of "+gw.id+" were not read ("+cmp.Or(string(gw.Peers.Status), wasNotRead)+")")
	}
	return out
}
