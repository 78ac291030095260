package runningconfig

import (
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
)

// family reads what is said of an address family, or of the process as a whole:
// the prefixes it originates and how it chooses. Settings without a field are
// kept as written.
func (i *instance) family(w []string) bool {
	c := i.cfg
	switch w[0] {
	case "network":
		return i.network(w[1:])
	case "redistribute":
		if key := strings.Join(w, " "); !i.said[key] {
			i.said[key] = true
			c.Redistribute = append(c.Redistribute, strings.Join(w[1:], " "))
		}
		return len(w) > 1
	case "maximum-paths":
		return i.maxPaths(w[1:])
	case "distance":
		return i.distance(w[1:])
	case "router-id":
		return i.routerID(w[1:])
	case "bestpath":
		return i.bestPath(w[1:])
	case "aggregate-address", "default-information", "default-metric", "dampening", "timers", "nexthop", "additional-paths", "auto-summary",
		"synchronization", "label", "allocate-label", "retain", "client-to-client", "suppress-inactive", "graceful-restart",
		"graceful-restart-helper", "log-neighbor-changes", "cluster-id", "confederation", "reconnect-interval", "fast-external-fallover",
		"enforce-first-as", "event-history", "rd", "route-target", "nsr", "local-as", "mpls", "advertise", "wait-igp-convergence",
		"address-family", "isolate", "flush-routes", "shutdown", "dynamic-med-interval", "update", "neighbor-down", "bmp",
		"import", "export", "vpn", "exit", "exit-vrf", "bgp-policy", "dmzlink-bw", "convergence", "host-reachability", "as-format",
		"default", "redistribute-internal", "maxas-limit", "ibgp", "read-quanta", "write-quanta", "coalesce-time", "socket", "monitor":
		i.once(&c.Options, strings.Join(w, " "))
		return true
	}
	return false
}

// network reads "10.0.0.0 mask 255.0.0.0" and "10.0.0.0/8". A network with a
// route map is originated otherwise than its prefix alone says.
func (i *instance) network(w []string) bool {
	if len(w) == 0 {
		return false
	}
	p, err := netip.ParsePrefix(w[0])
	rest := w[1:]
	if err != nil {
		a, err := netip.ParseAddr(w[0])
		if err != nil || !a.Is4() {
			return false
		}
		p = natural(a)
		if len(rest) > 1 && rest[0] == "mask" {
			var ok bool
			if p, ok = show.Masked(w[0], rest[1]); !ok {
				return false
			}
			rest = rest[2:]
		}
	}
	if key := "network " + p.String(); !i.said[key] {
		i.said[key] = true
		i.cfg.Networks = append(i.cfg.Networks, p.Masked())
	}
	return len(rest) == 0
}

// natural gives an address the mask of its class, which is what a network
// without a mask has.
func natural(a netip.Addr) netip.Prefix {
	switch first := a.As4()[0]; {
	case a.IsUnspecified():
		return netip.PrefixFrom(a, 0)
	case first < 128:
		return netip.PrefixFrom(a, 8)
	case first < 192:
		return netip.PrefixFrom(a, 16)
	default:
		return netip.PrefixFrom(a, 24)
	}
}

// maxPaths reads "4", "ibgp 4", "eibgp 4" and EOS's "4 ecmp 4".
func (i *instance) maxPaths(w []string) bool {
	kind := ""
	if len(w) > 1 && strings.HasSuffix(w[0], "bgp") || len(w) > 1 && w[0] == "mixed" {
		kind, w = w[0], w[1:]
	}
	if len(w) == 0 {
		return false
	}
	n, ok := show.Uint32(w[0])
	if !ok {
		return false
	}
	if kind == "" || kind == "ebgp" || kind == "eibgp" || kind == "mixed" {
		i.cfg.MaxPaths = n
	}
	if kind == "ibgp" || kind == "eibgp" || kind == "mixed" {
		i.cfg.MaxPathsInternal = n
	}
	return len(w) == 1 || w[1] == "ecmp" || w[1] == "unequal-cost" || w[1] == "import"
}

// distance reads "20 200 200" behind "distance bgp". The other form, a distance
// for some sources only, has no field.
func (i *instance) distance(w []string) bool {
	if len(w) > 0 && w[0] == "bgp" {
		w = w[1:]
	}
	if len(w) != 3 {
		return false
	}
	var d [3]uint32
	for n, s := range w {
		v, ok := show.Uint32(s)
		if !ok {
			return false
		}
		d[n] = *v
	}
	i.cfg.Distance = &d
	return true
}

func (i *instance) routerID(w []string) bool {
	if len(w) == 0 {
		return false
	}
	a, err := netip.ParseAddr(w[0])
	i.cfg.RouterID = a
	if err != nil {
		i.once(&i.cfg.Options, "router-id "+strings.Join(w, " "))
	}
	return err == nil || w[0] == "interface" || w[0] == "auto-assign"
}

// bestPath reads what is behind "bestpath".
func (i *instance) bestPath(w []string) bool {
	c := i.cfg
	switch text := strings.Join(w, " "); text {
	case "always-compare-med", "med always":
		c.AlwaysCompareMED = true
	case "med missing-as-worst":
		c.MEDMissingWorst = true
	case "med confed missing-as-worst", "med missing-as-worst confed":
		c.MEDMissingWorst = true
		i.once(&c.Options, "bestpath "+text)
	case "as-path ignore":
		c.IgnoreASPath = true
	case "as-path multipath-relax":
		c.MultipathRelax = true
	case "as-path multipath-relax no-as-set", "as-path multipath-relax as-set":
		c.MultipathRelax = true
	case "compare-routerid":
		c.CompareRouterID = true
	case "med confed", "med non-deterministic", "med decimals", "cost-community ignore", "igp-metric ignore", "as-path confed", "aigp",
		"aigp ignore", "bandwidth ignore", "tie-break router-id", "tie-break cluster-list-length", "skip", "peer-type multipath-relax",
		"origin-as allow invalid", "prefix-validate disable", "prefix-validate allow-invalid", "origin-as use validity", "ecmp-fast":
		i.once(&c.Options, "bestpath "+text)
	default:
		return false
	}
	return true
}
