package reports

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// The measures of the picture of the network, in pixels.
const (
	netWidth   = 164 // of a node
	netHeight  = 64
	netAcross  = 30 // between nodes
	netDownGap = 88 // between rows
	netMargin  = 12
	netText    = 20  // characters in a node
	netLeast   = 112 // to which a node shrinks with its gap, on a phone
)

// draw lays the nodes out in rows, from the premises down to the subnets, and
// writes the picture.
func (n *network) draw() *htmlNetwork {
	layers, left := n.layers()
	widest := 0
	for _, l := range layers {
		widest = max(widest, len(l))
	}
	width := 2*netMargin + widest*netWidth + (widest-1)*netAcross
	y := netHeight/2 + 28
	var bands, boxes strings.Builder
	titles := [rows]string{"On premises", "ExpressRoute", "Gateways", "Firewalls", "Virtual networks"}
	for row, layer := range layers {
		if len(layer) == 0 {
			continue
		}
		step := netWidth + netAcross
		x := width/2 - (len(layer)-1)*step/2
		fmt.Fprintf(&bands, `<rect class="band" x="0" y="%d" width="%d" height="%d" rx="10"/>`+"\n", y-netHeight/2-26, width, netHeight+38)
		fmt.Fprintf(&boxes, `<text class="bandname" x="10" y="%d">%s</text>`+"\n", y-netHeight/2-10, titles[row])
		for _, node := range layer {
			node.x, node.y = x, y
			x += step
			n.box(&boxes, node)
		}
		y += netHeight + netDownGap
	}
	height := y - netHeight/2 - netDownGap + 14
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="net" viewBox="0 0 %d %d" width="%d" height="%d" style="min-width:%dpx" role="img"><title>%s</title>`+"\n",
		width, height, width, height, widest*netLeast, markup(n.summary()))
	b.WriteString(bands.String())
	seen, labels := n.edges(&b)
	b.WriteString(boxes.String())
	b.WriteString(labels)
	b.WriteString("</svg>")
	return &htmlNetwork{Picture: template.HTML(b.String()), Keys: keys(seen), Left: nodesLeft(left)} //nolint:gosec // every text in it is escaped
}

// layers picks the nodes of each row and puts them in the order of the nodes that
// they are linked to above.
func (n *network) layers() (layers [rows][]*netNode, left int) {
	linked := make(map[string][]string)
	for _, l := range n.links {
		linked[l.b] = append(linked[l.b], l.a)
		for _, id := range []string{l.a, l.b} {
			n.nodes[id].trouble = max(n.nodes[id].trouble, l.state)
		}
	}
	for _, node := range n.nodes {
		layers[node.row] = append(layers[node.row], node)
	}
	at := make(map[string]float64) // place in its row, 0 to 1
	for row := range layers {
		layer, out := n.worst(layers[row])
		left += out
		place := make(map[string]float64, len(layer))
		for _, node := range layer {
			place[node.id] = middle(linked[node.id], at)
		}
		slices.SortFunc(layer, func(a, b *netNode) int { return cmp.Or(cmp.Compare(place[a.id], place[b.id]), cmp.Compare(a.id, b.id)) })
		for i, node := range layer {
			at[node.id] = (float64(i) + 0.5) / float64(len(layer))
		}
		layers[row] = layer
	}
	return layers, left
}

// worst keeps as many nodes as a row shows, those with the worst links.
func (n *network) worst(layer []*netNode) (kept []*netNode, left int) {
	slices.SortFunc(layer, func(a, b *netNode) int { return cmp.Or(cmp.Compare(b.trouble, a.trouble), cmp.Compare(a.id, b.id)) })
	kept = layer[:min(networkRow, len(layer))]
	for _, node := range layer[len(kept):] {
		delete(n.nodes, node.id)
	}
	return kept, len(layer) - len(kept)
}

// middle is the mean place of those of ids that have one, or else the middle of
// the row.
func middle(ids []string, at map[string]float64) float64 {
	sum, of := 0.0, 0
	for _, id := range slices.Sorted(slices.Values(ids)) { // a sum of floats depends on its order
		if p, ok := at[id]; ok {
			sum += p
			of++
		}
	}
	if of == 0 {
		return 0.5
	}
	return sum / float64(of)
}

func (n *network) box(b *strings.Builder, node *netNode) {
	n.describe(node)
	fmt.Fprintf(b, `<g><title>%s</title><rect class="node" x="%d" y="%d" width="%d" height="%d" rx="8"/>`,
		markup(say(node.id)), node.x-netWidth/2, node.y-netHeight/2, netWidth, netHeight)
	for i, line := range node.lines {
		class := "sub"
		if i == 0 {
			class = "name"
		}
		fmt.Fprintf(b, `<text class="%s" x="%d" y="%d">%s</text>`, class, node.x, node.y-13+i*18, markup(cutName(clean(line), netText)))
	}
	b.WriteString("</g>\n")
}

// edges draws the links, and returns the looks that were used and the labels,
// which belong above the nodes.
func (n *network) edges(b *strings.Builder) (seen map[netState]bool, labels string) {
	seen = make(map[netState]bool)
	var text strings.Builder
	spread, drawn := make(map[[2]string]int), make(map[[3]string]bool)
	for _, l := range n.ordered() {
		from, to := n.nodes[l.a], n.nodes[l.b]
		if from == nil || to == nil {
			continue // left out
		}
		look := [3]string{l.a, l.b, fmt.Sprint(l.state, l.tunnel)}
		if l.state == netInside && drawn[look] {
			continue // one line is enough for links that matter to nothing
		}
		drawn[look], seen[l.state] = true, true
		pair := [2]string{l.a, l.b}
		shift := spread[pair] * 18
		spread[pair]++
		curve, x, y := n.curve(l, from, to, shift)
		b.WriteString("<g><title>" + markup(say(l.id)) + "</title>")
		for _, class := range lineClasses(l.state, l.tunnel) {
			fmt.Fprintf(b, `<path class="%s" d="%s"/>`, class, curve)
		}
		b.WriteString("</g>\n")
		if word, class := label(l.state); word != "" {
			w := len(word)*7 + 10
			fmt.Fprintf(&text, `<rect class="halo" x="%d" y="%d" width="%d" height="16" rx="4"/><text class="%s" x="%d" y="%d">%s</text>`+"\n",
				x-w/2, y-12, w, class, x, y, word)
		}
	}
	return seen, text.String()
}

// curve is the line of a link, and where its label belongs. A tunnel runs beside
// the edge router that its own packets pass.
func (n *network) curve(l *netLink, from, to *netNode, shift int) (d string, x, y int) {
	if from.row == to.row {
		if from.x > to.x {
			from, to = to, from
		}
		x1, x2, yy := from.x+netWidth/2, to.x-netWidth/2, from.y+shift
		if x2-x1 <= netAcross {
			return fmt.Sprintf("M%d %dH%d", x1, yy, x2), (x1 + x2) / 2, yy - 4
		}
		yy = from.y + netHeight/2 // around the nodes between them
		return fmt.Sprintf("M%d %dC%d %d %d %d %d %d", from.x, yy, from.x, yy+44, to.x, yy+44, to.x, yy), (from.x + to.x) / 2, yy + 37
	}
	y1, y2 := from.y+netHeight/2, to.y-netHeight/2
	if over := n.beside(l, from); over != nil {
		side := 1
		if to.x < over.x {
			side = -1
		}
		mx, x1 := over.x+side*(netWidth/2+netAcross/3), from.x+side*(netWidth/4)
		top, bottom := over.y-netHeight/2, over.y+netHeight/2
		return fmt.Sprintf("M%d %dC%d %d %d %d %d %dV%dC%d %d %d %d %d %d",
			x1, y1, x1, y1+44, mx, top-44, mx, top, bottom, mx, bottom+44, to.x, y2-44, to.x, y2), (mx + to.x) / 2, (bottom+y2)/2 + 4
	}
	x1, x2 := from.x+shift, to.x+shift
	return fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, x1, y1+44, x2, y2-44, x2, y2), (x1 + x2) / 2, (y1+y2)/2 + 4
}

// beside is the edge router next to which a tunnel runs: the one that its own
// packets pass, or else the nearest; nil for other links.
func (n *network) beside(l *netLink, router *netNode) *netNode {
	if !l.tunnel || router.row >= rowEdge {
		return nil
	}
	if over := n.nodes[l.over]; over != nil {
		return over
	}
	var best *netNode
	for _, node := range n.nodes {
		if node.row != rowEdge {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(distance(node, router), distance(best, router)), cmp.Compare(node.id, best.id)) < 0 {
			best = node
		}
	}
	return best
}

func distance(a, b *netNode) int { return max(a.x-b.x, b.x-a.x) }

// summary says the picture in words, for readers who do not see it.
func (n *network) summary() string {
	counts := make(map[netState]int)
	for _, l := range n.links {
		counts[l.state]++
	}
	return fmt.Sprintf("The network: %s, of which %d carry pairs in clear, %d do when something is down, and %d are encrypted",
		count(len(n.links), "link"), counts[netClear], counts[netDown], counts[netSafe])
}
