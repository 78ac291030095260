package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// A direction is one of the two paths of a finding.
type direction struct {
	id    string // forward or return
	title string
	path  finding.Path
	// underlay is true for the path of a tunnel's own packets: they are
	// encrypted already, wherever they go.
	underlay bool
	// firewalls is true where the paths of a finding do not all pass the same ones.
	firewalls bool
}

// directions returns the paths that a finding has, forward first.
func directions(f finding.Finding) []direction {
	underlay := f.OnPrem == nil && f.Azure == nil && kind(f.Resource) == "tunnel"
	forward, back := "On-premises -> Azure", "Azure -> on-premises"
	if underlay {
		forward, back = "The tunnel's own packets, on-premises -> Azure", "The tunnel's own packets, Azure -> on-premises"
	}
	var out []direction
	if f.Forward != nil {
		out = append(out, direction{id: "forward", title: forward, path: *f.Forward, underlay: underlay})
	}
	if f.Return != nil {
		out = append(out, direction{id: "return", title: back, path: *f.Return, underlay: underlay})
	}
	differ := firewallsDiffer(out)
	for i := range out {
		out[i].firewalls = differ
	}
	return out
}

// firewallsDiffer reports whether the branches pass different firewalls.
func firewallsDiffer(ds []direction) bool {
	var first []string
	for i, dir := range ds {
		for j, b := range dir.path.Branches() {
			if i+j == 0 {
				first = b.Firewalls
			}
			if !slices.Equal(first, b.Firewalls) {
				return true
			}
		}
	}
	return false
}

// A branch is one of the equal-cost choices of a direction.
type branch struct {
	finding.Path

	title string
}

func (d direction) branches() []branch {
	paths := d.path.Branches()
	out := make([]branch, len(paths))
	for i, p := range paths {
		title := d.title
		if len(paths) > 1 {
			title += fmt.Sprintf(", equal-cost branch %d of %d", i+1, len(paths))
		}
		if d.firewalls {
			title += ", through " + cmp.Or(strings.Join(p.Firewalls, ", "), "no firewall")
		}
		out[i] = branch{p, title}
	}
	return out
}

// A cover is how a link treats the packets on it.
type cover int

const (
	inside    cover = iota // does not leave the premises
	protected              // encrypted
	outer                  // carries packets of a tunnel
	unsure                 // the protection is not known
	inClear                // leaves the premises without protection
)

// coverOf judges one link, as a reader would: policies have judged already.
func coverOf(h finding.Hop, underlay bool) cover {
	switch {
	case h.Link == "":
		return inside
	case h.Protection == "ipsec" || h.Protection == "macsec":
		return protected
	case !h.LeavesPremises:
		return inside
	case underlay:
		return outer
	case h.Protection == "none":
		return inClear
	}
	return unsure
}

// mark is the word for what protects a link.
func mark(h finding.Hop, underlay bool) string {
	switch coverOf(h, underlay) {
	case inClear:
		return "IN CLEAR"
	case unsure:
		return "NOT KNOWN"
	case outer:
		return "carries ESP"
	case protected:
		return strings.NewReplacer("ipsec", "IPsec", "macsec", "MACsec").Replace(h.Protection)
	case inside:
	}
	names := map[string]string{"lan": "LAN", "vnet": "VNet", "peering": "VNet peering", "microsoft": "Microsoft", "internet": "Internet"}
	return names[h.LinkKind]
}

// state says in two or three words what becomes of the packets of a path, all
// branches together, the worst first.
func state(p finding.Path, underlay bool) (string, style) {
	worst, crossed := inside, false
	outcomes := make(map[finding.PathOutcome]bool)
	for _, b := range p.Branches() {
		outcomes[b.Outcome] = true
		for _, h := range b.Hops {
			crossed = crossed || h.LeavesPremises
			worst = max(worst, coverOf(h, underlay))
		}
	}
	var words []string
	st := plain
	add := func(ok bool, word string, s style) {
		if ok {
			words = append(words, word)
			if st == plain {
				st = s
			}
		}
	}
	add(worst == inClear, "IN CLEAR", boldRed)
	add(outcomes[finding.Loop], "LOOP", boldRed)
	add(outcomes[finding.Dropped], "DROPPED", boldYellow)
	add(worst == unsure, "PROTECTION NOT KNOWN", boldYellow)
	add(outcomes[finding.Unknown], "NOT KNOWN", boldYellow)
	whole := len(words) == 0
	add(whole && worst == protected && crossed, "ENCRYPTED", boldGreen)
	add(len(words) == 0, "DELIVERED", green)
	return strings.Join(words, ", "), st
}

// circle finds where a loop begins: the index of the hop to which the last one
// comes back. ok is false for a path that is no loop.
func circle(p finding.Path) (start int, ok bool) {
	last := len(p.Hops) - 1
	if p.Outcome != finding.Loop || last < 0 {
		return 0, false
	}
	end := p.Hops[last]
	again := func(h finding.Hop) bool { return h.Node == end.Node || end.Link != "" && h.Link == end.Link }
	if i := slices.IndexFunc(p.Hops[:last], again); i >= 0 {
		return i, true
	}
	if i := slices.IndexFunc(p.Hops, func(h finding.Hop) bool { return h.LinkKind == "ipsec" }); i >= 0 {
		return i, true
	}
	return 0, true
}
