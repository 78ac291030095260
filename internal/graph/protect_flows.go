package graph

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// flow is what an association takes: packets between two networks, of which an
// invalid one is every address. No association encrypts what it does not take (RFC
// 4301, section 4.4.1): a route into a tunnel is not enough.
type flow struct{ local, remote netip.Prefix }

func (f flow) String() string {
	name := func(p netip.Prefix) string {
		if !p.IsValid() {
			return "any"
		}
		return p.String()
	}
	return name(f.local) + " - " + name(f.remote)
}

// covers reports whether every address of b is one of a.
func covers(a, b netip.Prefix) bool {
	return !a.IsValid() || b.IsValid() && a.Bits() <= b.Bits() && a.Contains(b.Addr())
}

// outer reports whether an association takes the tunnel's outer packets: those of GRE
// have the tunnel's own ends, whatever is inside.
func (t *tunnel) outer(sa snapshot.IPsecSA) bool {
	return t.local.IsValid() && t.remote.IsValid() &&
		sa.LocalNet == netip.PrefixFrom(t.local, t.local.BitLen()) && sa.RemoteNet == netip.PrefixFrom(t.remote, t.remote.BitLen())
}

// taken are the flows that the router's associations of the tunnel take, nil
// where one takes everything or the platform does not say.
func (t *tunnel) taken() []flow {
	if t.router == nil {
		return nil
	}
	var out []flow
	for _, sa := range t.router.snap.IPsec.SAs.SAs {
		f := flow{sa.LocalNet, sa.RemoteNet}
		switch {
		case !t.owns(sa) || sa.SPI == 0 || !sa.Up:
		case t.outer(sa), !f.local.IsValid() && !f.remote.IsValid():
			return nil
		case !slices.Contains(out, f):
			out = append(out, f)
		}
	}
	return out
}

// leavesOut says why it is not known what becomes of a packet in the tunnel, "" where
// an association takes it: toAzure, or else from there. The other end of the packet
// is not known to a walk, so each network that is taken from one side must be
// taken from all that are taken from the other.
func (t *tunnel) leavesOut(dst netip.Addr, toAzure bool) string {
	if len(t.flows) == 0 {
		return ""
	}
	ends := func(f flow) (near, far netip.Prefix) {
		if toAzure {
			return f.local, f.remote
		}
		return f.remote, f.local
	}
	to := netip.PrefixFrom(dst, dst.BitLen())
	for _, f := range t.flows {
		from, _ := ends(f)
		if !slices.ContainsFunc(t.flows, func(o flow) bool {
			near, far := ends(o)
			return covers(near, from) && covers(far, to)
		}) {
			texts := make([]string, len(t.flows))
			for i, f := range t.flows {
				texts[i] = f.String()
			}
			return fmt.Sprintf("%s's security associations of %s take %s only: what becomes of other packets there is not known", t.router.snap.Name, t.id, few(texts))
		}
	}
	return ""
}
