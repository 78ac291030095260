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
	netAcross  = 30  // between nodes
	netDownGap = 88  // between rows
	netMargin  = 40  // wide enough for the name of a row beside a tunnel
	netText    = 20  // characters in a node
	netLeast   = 112 // to which a node shrinks with its gap, on a phone
	netRead    = 140 // and where a row is too long for a phone
	netPhone   = 4   // nodes of a row that a phone shows
)

// draw lays the nodes out in rows, from the premises down to the subnets, and
// writes the picture.
func (n *network) draw() *htmlNetwork {
	layers, left := n.layers()
	n.rows = layers
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
	least := widest * netLeast
	if widest > netPhone {
		least = widest * netRead
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="net" viewBox="0 0 %d %d" width="%d" height="%d" style="min-width:%dpx" role="img"><title>%s</title>`+"\n",
		width, height, width, height, least, markup(n.summary()))
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

// curve is the line of a link, and where its label belongs.
func (n *network) curve(l *netLink, from, to *netNode, shift int) (d string, x, y int) {
	if from.row == to.row {
		return n.level(from, to, shift)
	}
	x, y = from.x+shift, from.y+netHeight/2
	over := n.beside(l, from)
	if over != nil {
		x = from.x + netWidth/4
		if to.x < over.x {
			x = from.x - netWidth/4
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "M%d %d", x, y)
	for row := from.row + 1; row < to.row; row++ {
		layer := n.rows[row]
		if len(layer) == 0 {
			continue
		}
		between := gap(layer, from.x+(to.x-from.x)*(row-from.row)/(to.row-from.row))
		if over != nil && row == over.row {
			between = over.x + netWidth/2 + netAcross/3
			if to.x < over.x {
				between = over.x - netWidth/2 - netAcross/3
			}
		}
		top, bottom := layer[0].y-netHeight/2, layer[0].y+netHeight/2
		fmt.Fprintf(&b, "C%d %d %d %d %d %dV%d", x, y+44, between, top-44, between, top, bottom)
		x, y = between, bottom
	}
	end := to.x
	if over == nil {
		end += shift
	}
	top := to.y - netHeight/2
	fmt.Fprintf(&b, "C%d %d %d %d %d %d", x, y+44, end, top-44, end, top)
	return b.String(), (x + end) / 2, (y+top)/2 + 4
}

// level is the line between two nodes of a row: around those between them.
func (n *network) level(from, to *netNode, shift int) (d string, x, y int) {
	if from.x > to.x {
		from, to = to, from
	}
	x1, x2, y := from.x+netWidth/2, to.x-netWidth/2, from.y+shift
	if x2-x1 <= netAcross {
		return fmt.Sprintf("M%d %dH%d", x1, y, x2), (x1 + x2) / 2, y - 4
	}
	y = from.y + netHeight/2
	return fmt.Sprintf("M%d %dC%d %d %d %d %d %d", from.x, y, from.x, y+44, to.x, y+44, to.x, y), (from.x + to.x) / 2, y + 37
}

// gap is where a line passes a row of nodes nearest to x: between two of them, or
// beside the first or the last.
func gap(layer []*netNode, x int) int {
	best := layer[0].x - netWidth/2 - netAcross/3
	for i, node := range layer {
		right := node.x + (netWidth+netAcross)/2
		if i == len(layer)-1 {
			right = node.x + netWidth/2 + netAcross/3
		}
		if max(right-x, x-right) < max(best-x, x-best) {
			best = right
		}
	}
	return best
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
