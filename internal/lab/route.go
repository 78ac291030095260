package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// A Route is the kernel's answer to where a packet goes.
type Route struct {
	Dst    netip.Addr   // what was asked for
	Prefix netip.Prefix // what matched; invalid when nothing did
	// Type is unicast, local, broadcast, unreachable, blackhole, or none when no route matched. Of Azure's dead ends,
	// "Internet" is unreachable here and "None" is blackhole.
	Type     string
	NextHops []NextHop // of a unicast route, sorted; several share the flows
}

// A NextHop is a device, and an address on it unless the destination itself is there.
type NextHop struct {
	Dev string
	Via netip.Addr
}

// String is the next hop as `ip route` prints it.
func (h NextHop) String() string {
	if !h.Via.IsValid() {
		return "dev " + h.Dev
	}
	return "via " + h.Via.String() + " dev " + h.Dev
}

// String is the type, the prefix and the next hops.
func (r Route) String() string {
	hops := make([]string, len(r.NextHops))
	for i, h := range r.NextHops {
		hops[i] = h.String()
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Type, r.Prefix, strings.Join(hops, ", ")))
}

// RouteGet asks a node's kernel for the route to an address (`ip route get`).
func (l *Lab) RouteGet(ctx context.Context, n Node, dst netip.Addr) (Route, error) {
	routes, err := l.RoutesGet(ctx, n, []netip.Addr{dst})
	if err != nil {
		return Route{}, err
	}
	return routes[0], nil
}

// RoutesGet is [Lab.RouteGet] for many addresses in one process. The lookup is the kernel's own and honours its rules; all
// next hops of the matching route are returned (`ip route get fibmatch`), where a plain `ip route get` would pick one of
// them by the flow's hash.
func (l *Lab) RoutesGet(ctx context.Context, n Node, dsts []netip.Addr) ([]Route, error) {
	ns, err := l.node(n)
	if err != nil {
		return nil, err
	}
	var script strings.Builder
	for _, d := range dsts {
		fmt.Fprintln(&script, "route get fibmatch", d)
	}
	cmd := ns.command(ctx, "ip", "-json", "-force", "-batch", "-")
	cmd.Stdin = strings.NewReader(script.String())
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	failed := cmd.Run()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("lab: %s: ip route get: %w", n, ctx.Err())
	}
	dead, err := deadEnds(complaint.String())
	if err != nil || (failed != nil && len(dead) == 0) {
		return nil, fmt.Errorf("lab: %s: ip route get: %w: %s", n, failed, complaint.String())
	}
	decoder := json.NewDecoder(&out)
	routes := make([]Route, len(dsts))
	for i, d := range dsts {
		routes[i] = Route{Dst: d, Type: dead[i+1]}
		if routes[i].Type == "" {
			if err := routes[i].decode(decoder); err != nil {
				return nil, fmt.Errorf("lab: %s: ip route get %s: %w", n, d, err)
			}
		}
	}
	return routes, nil
}

// deadEnds reads the complaints of `ip -batch`: by line of the batch, which kind of dead end the destination is.
func deadEnds(complaints string) (map[int]string, error) {
	dead := map[int]string{}
	kind := ""
	for line := range strings.Lines(complaints) {
		var n int
		if _, err := fmt.Sscanf(line, "Command failed -:%d", &n); err == nil {
			if kind == "" {
				return nil, fmt.Errorf("unexplained failure in line %d", n)
			}
			dead[n], kind = kind, ""
			continue
		}
		switch {
		case strings.Contains(line, "No route to host"):
			kind = "unreachable"
		case strings.Contains(line, "Invalid argument"):
			kind = "blackhole"
		case strings.Contains(line, "Network is unreachable"):
			kind = "none"
		}
	}
	return dead, nil
}

// decode reads the answer to one command.
func (r *Route) decode(d *json.Decoder) error {
	type hop struct {
		Gateway string `json:"gateway"`
		Dev     string `json:"dev"`
	}
	var answer []struct {
		Type string `json:"type"`
		Dst  string `json:"dst"`
		hop
		NextHops []hop `json:"nexthops"`
	}
	if err := d.Decode(&answer); err != nil {
		return err
	}
	if len(answer) != 1 {
		return fmt.Errorf("got %d routes", len(answer))
	}
	a := answer[0]
	r.Type = a.Type
	if r.Type == "" {
		r.Type = "unicast"
	}
	var err error
	if r.Prefix, err = parseDst(a.Dst); err != nil {
		return err
	}
	if len(a.NextHops) == 0 {
		a.NextHops = []hop{a.hop}
	}
	for _, h := range a.NextHops {
		next := NextHop{Dev: h.Dev}
		if h.Gateway != "" {
			if next.Via, err = netip.ParseAddr(h.Gateway); err != nil {
				return err
			}
		}
		r.NextHops = append(r.NextHops, next)
	}
	slices.SortFunc(r.NextHops, func(a, b NextHop) int { return strings.Compare(a.String(), b.String()) })
	return nil
}

// parseDst reads a prefix as `ip` prints it: "default", or without its length when that is 32.
func parseDst(s string) (netip.Prefix, error) {
	if s == "default" {
		return netip.MustParsePrefix("0.0.0.0/0"), nil
	}
	if !strings.Contains(s, "/") {
		s += "/32"
	}
	return netip.ParsePrefix(s)
}
