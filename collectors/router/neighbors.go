package router

import (
	"bytes"
	"io"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

const (
	maxHeard     = 4 << 20 // bytes of a list of neighbours that are kept to find them
	maxNeighbors = 32      // that are asked about
)

// Azure's AS numbers: that of Microsoft's edge routers, and a VPN gateway's own
// unless it was given another.
const (
	microsoftAS = 12076
	gatewayAS   = 65515
)

// listener passes an output on, and keeps its start where it lists neighbours.
type listener struct {
	to   io.Writer
	on   bool
	text bytes.Buffer
}

func (l *listener) Write(b []byte) (int, error) {
	if room := maxHeard - l.text.Len(); l.on && room > 0 {
		l.text.Write(b[:min(len(b), room)])
	}
	return l.to.Write(b)
}

func listsNeighbors(command string) bool {
	return slices.ContainsFunc(strings.Fields(command), func(w string) bool {
		return w == "summary" || w == "neighbor" || w == "neighbors"
	})
}

// listsVRFs reports whether a command tells if the router has VRFs, on a platform
// where it is then asked otherwise.
func (p platform) listsVRFs(command string) bool {
	return p.inVRFs != nil && strings.HasPrefix(command, "show interface")
}

// hear takes the neighbours and the VRFs out of an output. What is not understood of it, or
// what a reader fails on, is for those who read the evidence to say.
func (v *visit) hear(command string, a answer, l *listener) {
	if !l.on || a.status != snapshot.OK {
		return
	}
	var one snapshot.Router
	failed := evidence.Guard(func() { v.platform.read(command, lines.New(&l.text), &one) })
	if failed != nil {
		return
	}
	mergePeers(&v.seen, one.Sessions)
	v.vrfs = v.vrfs || slices.ContainsFunc(one.Ports.Interfaces, func(i snapshot.Interface) bool { return i.VRF != "default" })
}

// ofVRFs adds the command that tells the VRFs of neighbours that were listed
// without.
func (v *visit) ofVRFs() []string {
	nameless := slices.ContainsFunc(v.seen.Peers, func(p snapshot.Peer) bool { return p.VRF == "" })
	if v.platform.vrfNeighbors == "" || !nameless {
		return nil
	}
	return []string{v.platform.vrfNeighbors}
}

// ofNeighbors adds the commands that ask about the neighbours which are ends of
// Azure's: what they are sent shows what the premises give away. Other neighbours
// may be sent whole Internet tables, and decide nothing here.
func (v *visit) ofNeighbors() []string {
	// A name goes into a command only if it cannot be anything but a name.
	name := regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}$`)
	var out []string
	asked := make(map[netip.Addr]bool)
	for _, p := range v.seen.Peers {
		azure := p.AS == microsoftAS || p.AS == gatewayAS || p.Addr.IsLinkLocalUnicast()
		if !p.Addr.Is4() || !azure || p.State != "Established" || asked[p.Addr] || len(asked) == maxNeighbors || !name.MatchString(p.VRF) {
			continue
		}
		asked[p.Addr] = true
		out = append(out, v.platform.neighbor(p.VRF, p.Addr.String())...)
	}
	v.platform.commands = slices.Concat(v.platform.commands, out)
	if v.session != nil {
		v.session.platform = v.platform
	}
	return out
}
