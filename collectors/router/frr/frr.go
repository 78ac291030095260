// Package frr knows the commands of FRR's vtysh and reads their output. VyOS
// and Cumulus print the same.
package frr

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// Platform is the name of the platform in configurations and evidence.
const Platform = "frr"

// Commands are what is collected, every one a read.
func Commands() []string {
	return []string{"show version", "show ip bgp", "show ip bgp summary", "show ip route", "show interface brief"}
}

// Setup is sent after login so that output does not stop at a page's end.
func Setup() []string { return []string{"terminal length 0"} }

// Sniff reports whether text looks like FRR's.
func Sniff(text []byte) bool {
	for _, mark := range []string{"vrf id ", "Displayed  ", "FRRouting ", "Codes: K - kernel route", "vrf-id ", "Interface       Status  VRF"} {
		if bytes.Contains(text, []byte(mark)) {
			return true
		}
	}
	return false
}

// Read takes what a command printed into r. unread are the lines that were not
// understood, without their item; known is false when there is no reader for
// the command. The table's status is ok only when it was read whole.
func Read(command string, text []byte, r *snapshot.Router) (unread []snapshot.Unread, known bool) {
	p := &page{lines: split(text)}
	switch command {
	case "show version":
		p.version(r)
	case "show ip bgp", "show bgp ipv4 unicast":
		p.bgp(&r.BGP)
	case "show ip bgp summary":
		p.summary(r)
	case "show ip route":
		p.routes(&r.RIB)
	case "show interface brief":
		p.brief(&r.Ports)
	default:
		return nil, false
	}
	return p.unread, true
}

// page is one command's output.
type page struct {
	lines  []string
	unread []snapshot.Unread
}

// split cuts text into lines without their ends.
func split(text []byte) []string {
	s := strings.ReplaceAll(string(text), "\r\n", "\n")
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

func (p *page) miss(i int) {
	p.unread = append(p.unread, snapshot.Unread{Line: i + 1, Text: p.lines[i]})
}

// refusal is the device's word that it did not answer: a line that starts with
// a percent sign.
func (p *page) refusal() (string, bool) {
	for _, l := range p.lines {
		if l = strings.TrimSpace(l); strings.HasPrefix(l, "% ") {
			return l, true
		}
	}
	return "", false
}

// status concludes the reading of a table.
func (p *page) status(read *snapshot.Read, whole bool, detail string) {
	if why, refused := p.refusal(); refused {
		read.Status, read.Detail = snapshot.Error, "the router answered "+strconv.Quote(why)
		p.unread = nil
		return
	}
	read.Status = snapshot.OK
	switch {
	case len(p.unread) > 0:
		read.Status, read.Detail = snapshot.Partial, strconv.Itoa(len(p.unread))+" line(s) of the table were not understood"
	case !whole:
		read.Status, read.Detail = snapshot.Partial, detail
	}
}

func (p *page) version(r *snapshot.Router) {
	for _, l := range p.lines {
		if name, ok := strings.CutPrefix(l, "FRRouting "); ok {
			if i, j := strings.IndexByte(name, '('), strings.IndexByte(name, ')'); i >= 0 && j > i {
				r.Host = name[i+1 : j]
			}
		}
	}
}

// number reads a field of digits; ok is false when it holds anything else.
func number(s string) (n *uint32, ok bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, true
	}
	v, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		return nil, false
	}
	u := uint32(v)
	return &u, true
}

// prefix reads a prefix, giving the natural mask to one without a length, as
// older releases print it.
func prefix(s string) (netip.Prefix, bool) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		return p, err == nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is4() {
		return netip.Prefix{}, false
	}
	first := a.As4()[0]
	switch {
	case a.IsUnspecified():
		return netip.PrefixFrom(a, 0), true
	case first < 128:
		return netip.PrefixFrom(a, 8), true
	case first < 192:
		return netip.PrefixFrom(a, 16), true
	case first < 224:
		return netip.PrefixFrom(a, 24), true
	}
	return netip.Prefix{}, false
}
