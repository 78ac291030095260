package eos

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// shortListing is why the listing without detail is not enough.
const shortListing = "this listing names no SPIs: collect \"show ip security connection vrf all detail\""

// connections reads `show ip security connection`, in detail or not. EOS does
// not print what was negotiated; the profile in the configuration tells it.
type connections struct {
	out     []snapshot.IPsecSA
	about   snapshot.IPsecSA
	state   string
	open    bool
	current *snapshot.IPsecSA
	first   int // of the current connection among out
	short   bool
	lack    string
	seen    map[string]bool
}

func readConnections(p *show.Page, r *snapshot.Router) {
	t := connections{seen: map[string]bool{}}
	for p.Next() {
		if !t.line(p.Text(), p.Indent(), p.Number()) {
			p.Miss()
		}
	}
	t.end()
	r.IPsec.SAs.SAs = t.out
	lack := t.lack
	switch {
	case t.short:
		lack = shortListing
	case !p.Begun():
		lack = ""
	case len(t.out) == 0:
		lack = "no connection was listed: the output was cut off"
	}
	p.Close(&r.IPsec.SAs.Read, lack)
}

func (t *connections) line(l string, indent, number int) bool {
	f := strings.Fields(l)
	switch {
	case strings.HasPrefix(l, "Legend:"), f[0] == "Tunnel" && len(f) > 3 && f[1] == "Source", strings.HasPrefix(l, "---"):
		t.short = true
		return true
	case t.short:
		return t.row(f, number)
	case indent == 0 && strings.HasSuffix(l, ":") && len(f) == 1:
		t.begin(strings.TrimSuffix(l, ":"), number)
		return true
	case !t.open:
		return false
	}
	if t.current != nil {
		t.current.LastLine = number
	}
	name, value, _ := strings.Cut(l, ": ")
	switch name {
	case "Source address", "Source prefix":
		return t.pair(l)
	case "State":
		t.state = value
	case "VRF":
		t.about.VRF = value
	case "Inbound SPI":
		return t.sa(value, true, number)
	case "Outbound SPI":
		return t.sa(value, false, number)
	case "Current bytes":
		return t.count(value, func(sa *snapshot.IPsecSA, n *uint64) { sa.Bytes = n })
	case "Current packets":
		return t.count(value, func(sa *snapshot.IPsecSA, n *uint64) { sa.Packets = n })
	default:
		return connectionNoise(l)
	}
	return true
}

func (t *connections) begin(name string, number int) {
	t.end()
	t.open, t.first, t.state, t.current = true, len(t.out), "", nil
	t.about = snapshot.IPsecSA{Name: name, Protocol: "esp", VRF: "default", Line: number, LastLine: number}
	if strings.HasPrefix(name, "Tunnel") {
		t.about.Interface = name
	}
}

// pair reads "Source address: 10.0.0.1, Destination address: 10.0.0.2", and the
// same of prefixes.
func (t *connections) pair(l string) bool {
	local, remote, ok := strings.Cut(l, ", ")
	_, local, _ = strings.Cut(local, ": ")
	_, remote, _ = strings.Cut(remote, ": ")
	if strings.HasPrefix(l, "Source prefix") {
		a, err := netip.ParsePrefix(local)
		b, err2 := netip.ParsePrefix(remote)
		t.about.LocalNet, t.about.RemoteNet = a, b
		return ok && err == nil && err2 == nil
	}
	a, err := netip.ParseAddr(local)
	b, err2 := netip.ParseAddr(remote)
	t.about.Local, t.about.Remote = a, b
	return ok && err == nil && err2 == nil
}

func (t *connections) sa(value string, inbound bool, number int) bool {
	spi, ok := show.Uint32(strings.TrimSuffix(value, ":"))
	if !ok {
		return false
	}
	sa := t.about
	sa.SPI, sa.Inbound, sa.Line, sa.LastLine = *spi, inbound, number, number
	key := fmt.Sprint(sa.Local, sa.Remote, sa.SPI, inbound)
	known := t.seen[key]
	t.seen[key] = true
	t.out = append(t.out, sa)
	t.current = &t.out[len(t.out)-1]
	return !known
}

func (t *connections) count(value string, set func(*snapshot.IPsecSA, *uint64)) bool {
	n, err := strconv.ParseUint(value, 10, 64)
	if err != nil || t.current == nil {
		return false
	}
	set(t.current, &n)
	return true
}

// end concludes a connection. One that is not established is listed as not up;
// a policy-based tunnel's own block only names it.
func (t *connections) end() {
	if !t.open {
		return
	}
	t.open = false
	sas := t.out[t.first:]
	found := map[bool]bool{}
	for i := range sas {
		sas[i].State, sas[i].VRF = t.state, t.about.VRF
		sas[i].Up = t.state == "established" && sas[i].SPI != 0
		found[sas[i].Inbound] = true
	}
	switch {
	case t.state == "":
		t.lack = fmt.Sprintf("the connection on line %d is not whole: the output was cut off", t.about.Line)
	case t.state == "established" && len(found) != 2:
		t.lack = fmt.Sprintf("the connection on line %d has associations in one direction only: the output was cut off", t.about.Line)
	case len(sas) == 0 && t.state != "policyBasedTunnel":
		for _, inbound := range []bool{true, false} {
			sa := t.about
			sa.Inbound, sa.State = inbound, t.state
			t.out = append(t.out, sa)
		}
	}
}

// row reads a line of the listing without detail: "Tunnel0 10.0.0.1 10.0.0.2
// Established ...". A line of packets follows it.
func (t *connections) row(f []string, number int) bool {
	if len(f) >= 2 && (f[1] == "pkts" || f[len(f)-1] == "pkts") {
		return len(t.out) > 0
	}
	if len(f) < 4 {
		return false
	}
	local, ok := show.Addr(f[1])
	remote, ok2 := show.Addr(f[2])
	if !ok || !ok2 {
		return false
	}
	t.out = append(t.out, briefly(f[0], "default", f[3], local, remote, number)...)
	return true
}

// briefly are both directions of a connection that was listed without detail.
// No SPI was printed, so they do not count as up.
func briefly(name, vrf, state string, local, remote netip.Addr, number int) []snapshot.IPsecSA {
	var out []snapshot.IPsecSA
	for _, inbound := range []bool{true, false} {
		sa := snapshot.IPsecSA{
			Name: name, VRF: vrf, State: state, Local: local, Remote: remote, Inbound: inbound, Protocol: "esp", Line: number, LastLine: number,
		}
		if strings.HasPrefix(name, "Tunnel") {
			sa.Interface = name
		}
		out = append(out, sa)
	}
	return out
}

func connectionNoise(l string) bool {
	for _, start := range []string{
		"Traffic Selectors:", "Uptime: ", "Type: ", "Remote IP: ", "Role: ", "Request ID: ", "Errors:", "Packets outside replay window: ",
		"Lifetime config:", "Soft ", "Lifetime current:", "SA add time: ", "SA last use time: ", "Packets in: ", "Last known rekey count: ",
		"Dynamic state: ", "Last established time: ", "DH crypto:", "Local rekey: ", "DH state:", "SA crypto:", "SA rekey role: ", "SA state:",
		"SA type: ", "Add time: ", "Virtual router",
	} {
		if strings.HasPrefix(l, start) {
			return true
		}
	}
	return false
}
