package reports

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// networkRow is how many nodes of one kind the picture shows.
const networkRow = 10

// htmlNetwork is the picture of the nodes and links that findings name.
type htmlNetwork struct {
	Picture template.HTML
	Keys    []htmlKey
	Left    string
}

// The rows of the picture, from the premises to the subnets.
const (
	rowSite = iota
	rowEdge
	rowGateway
	rowFirewall
	rowSubnet
	rows
)

// netNode is a node of the picture.
type netNode struct {
	id      string
	row     int
	trouble netState // the worst of its links
	lines   []string
	x, y    int // its centre
}

// A netState is what a link does to packets, the worst last.
type netState int

const (
	netInside netState = iota
	netSafe
	netUnsure
	netDown // in clear when something else is down
	netClear
	netLoop
)

// netLink is a link between two nodes, the one in the higher row first.
type netLink struct {
	a, b, id string
	tunnel   bool
	state    netState
	// over is the edge router that a tunnel's own packets pass.
	over string
}

// network is the nodes and links of all paths.
type network struct {
	nodes map[string]*netNode
	links map[[3]string]*netLink
	sides heads             // the prefixes of routers and subnets
	sites map[string]string // site of a router
	rows  [rows][]*netNode  // from left to right, once they are laid out
}

// network draws the paths of pairs and findings, and the tunnels, routers and
// subnets that findings name. nil when that is nothing.
func (v view) network() *htmlNetwork {
	n := network{nodes: make(map[string]*netNode), links: make(map[[3]string]*netLink), sides: newHeads(), sites: make(map[string]string)}
	for _, f := range v.paths() {
		if f.Outcome != finding.NotApplicable || f.Forward != nil {
			n.finding(f)
		}
	}
	n.evidence(v.r.Evidence)
	if len(n.nodes) == 0 {
		return nil
	}
	return n.draw()
}

func (n *network) finding(f finding.Finding) {
	if kind(f.Resource) == "tunnel" {
		n.tunnel(f.Resource)
	}
	if s := f.OnPrem; s != nil && s.Router != "" {
		n.node(s.Router)
		n.sites[s.Router] = s.Site
		n.sides.add(s.Router, *s)
	}
	if s := f.Azure; s != nil && s.Subnet != "" {
		n.node(s.Subnet)
		n.sides.add(s.Subnet, *s)
	}
	for _, d := range directions(f) {
		for _, b := range d.path.Branches() {
			n.path(b, d.underlay, len(f.Down) > 0)
			if d.underlay {
				n.underlay(f.Resource, b)
			}
		}
	}
}

// path adds the nodes and links of a path.
func (n *network) path(p finding.Path, underlay, failed bool) {
	for i, h := range p.Hops {
		n.node(h.Node)
		if h.Link == "" {
			continue
		}
		s := stateOfLink(coverOf(h, underlay))
		if p.Outcome == finding.Loop && i == len(p.Hops)-1 {
			s = netLoop
		}
		if failed && s == netClear {
			s = netDown
		}
		if h.LinkKind == "ipsec" && kind(h.Link) == "tunnel" {
			if l := n.tunnel(h.Link); l != nil {
				l.state = max(l.state, s)
			}
			continue
		}
		if i+1 < len(p.Hops) && p.Hops[i+1].Node != h.Node {
			l := n.link(h.Node, p.Hops[i+1].Node, h.Link)
			l.state = max(l.state, s)
		}
	}
}

func stateOfLink(c cover) netState {
	switch c {
	case inClear:
		return netClear
	case unsure:
		return netUnsure
	case protected:
		return netSafe
	case outer, inside:
	}
	return netInside
}

// tunnel adds a tunnel by its ID, tunnel/<router>/<instance>; nil for an ID that
// does not say its ends.
func (n *network) tunnel(id string) *netLink {
	parts := strings.Split(id, "/")
	if len(parts) < 3 || parts[1] == "" || parts[2] == "" {
		return nil
	}
	n.node("router/" + parts[1])
	n.node("instance/" + parts[2])
	l := n.link("router/"+parts[1], "instance/"+parts[2], id)
	l.tunnel = true
	return l
}

// underlay notes which edge router a tunnel's own packets pass.
func (n *network) underlay(id string, p finding.Path) {
	for _, h := range p.Hops {
		if l := n.tunnel(id); l != nil && kind(h.Node) == "msee" {
			l.over = h.Node
		}
	}
}

// evidence adds the edge routers whose routes were collected: those that no path
// of a finding crosses are part of the network too.
func (n *network) evidence(items []finding.Item) {
	for _, it := range items {
		parts := strings.Split(it.Path, "/")
		if len(parts) != 5 || parts[0] != "azure" {
			continue
		}
		name := strings.Split(parts[4], ".")
		if parts[2] == "expressRouteCircuits" && len(name) == 4 && name[1] == "routeTables" {
			n.node("msee/" + name[0] + "-" + name[2])
		}
	}
}

func (n *network) node(id string) {
	if n.nodes[id] == nil {
		n.nodes[id] = &netNode{id: id, row: rowOf(id)}
	}
}

func rowOf(id string) int {
	switch kind(id) {
	case "router", "site":
		return rowSite
	case "msee":
		return rowEdge
	case "firewall", "appliance":
		return rowFirewall
	case "subnet", "vnet":
		return rowSubnet
	}
	return rowGateway
}

func (n *network) link(a, b, id string) *netLink {
	if ra, rb := rowOf(a), rowOf(b); ra > rb || ra == rb && a > b {
		a, b = b, a
	}
	key := [3]string{a, b, id}
	if n.links[key] == nil {
		n.links[key] = &netLink{a: a, b: b, id: id}
	}
	return n.links[key]
}

// ordered are the links, the harmless ones first, so that others are drawn over
// them.
func (n *network) ordered() []*netLink {
	var out []*netLink
	for _, l := range n.links {
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b *netLink) int {
		return cmp.Or(cmp.Compare(rankOf(!a.tunnel), rankOf(!b.tunnel)), cmp.Compare(a.state, b.state), cmp.Compare(a.id, b.id), cmp.Compare(a.a, b.a), cmp.Compare(a.b, b.b))
	})
	return out
}

// describe writes what a node's box says.
func (n *network) describe(node *netNode) {
	what, name, _ := strings.Cut(node.id, "/")
	second := map[string]string{
		"router": "router", "msee": "Microsoft's edge", "instance": "VPN instance", "gateway": "gateway",
		"firewall": "firewall", "hub": "virtual hub",
	}[what]
	if site := n.sites[node.id]; site != "" && site != name {
		second += " · " + site
	}
	if vnet, subnet, ok := strings.Cut(name, "/"); ok && what == "subnet" {
		name, second = subnet, vnet
	}
	node.lines = []string{cmp.Or(name, node.id), cmp.Or(second, what), n.sides.first(node.id)}
}
