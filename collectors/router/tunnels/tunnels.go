// Package tunnels reads the tunnels among the interfaces that a router describes
// one by one, which IOS, NX-OS, IOS-XR and EOS do in nearly the same words.
package tunnels

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Read reads the tunnels among `show interfaces`. What is printed of other
// interfaces is passed over. Only NX-OS prints VRFs; elsewhere they are in the
// configuration.
func Read(p *show.Page, r *snapshot.Router) {
	head := regexp.MustCompile(`^(\S+) is (?:administratively )?(up|down|deleted|reset)\b[^,]*(?:, line protocol is (?:administratively )?(up|down)\b.*)?$`)
	var tunnels []snapshot.Tunnel
	inside, heads, ended := false, 0, false
	for p.Next() {
		l := p.Text()
		if m := head.FindStringSubmatch(l); m != nil && (p.Indent() == 0 || m[3] != "") {
			heads++
			ended = false
			if inside = isTunnel(m[1]); inside {
				up := m[2] == "up" && (m[3] == "up" || m[3] == "")
				tunnels = append(tunnels, snapshot.Tunnel{Name: m[1], Up: up, Line: p.Number(), LastLine: p.Number()})
			}
			continue
		}
		ended = ended || strings.Contains(l, "packets output") || strings.Contains(l, "output packets") || strings.HasPrefix(l, "Tunnel underlay VRF ")
		switch {
		case inside:
			t := &tunnels[len(tunnels)-1]
			t.LastLine = p.Number()
			if !line(l, t) {
				p.Miss()
			}
		case heads == 0 || p.Indent() == 0 && !strings.HasPrefix(l, "admin state is "):
			p.Miss()
		}
	}
	r.Tunnels.Tunnels = tunnels
	missing := lack(tunnels, heads)
	if !ended && missing == "" {
		missing = "the last interface's counters are missing: the output was cut off"
	}
	p.Close(&r.Tunnels.Read, missing)
}

func isTunnel(name string) bool {
	return strings.HasPrefix(strings.ToLower(name), "tunnel") || strings.HasPrefix(name, "Virtual-Access") || strings.HasPrefix(name, "Virtual-Template")
}

// lack is what is missing of the list: a tunnel says what it carries.
func lack(tunnels []snapshot.Tunnel, heads int) string {
	if heads == 0 {
		return "no interface was listed: the output was cut off"
	}
	seen := map[string]bool{}
	for _, t := range tunnels {
		if t.Mode == "" && !strings.HasPrefix(t.Name, "Virtual-") || seen[t.Name] {
			return fmt.Sprintf("what is printed of %s on line %d is not whole, or is there twice", t.Name, t.Line)
		}
		seen[t.Name] = true
	}
	return ""
}

// line reads a line of a tunnel's part. Lines that start with "Tunnel" say what
// it is, and every one of them must be known.
func line(l string, t *snapshot.Tunnel) bool {
	if rest, ok := strings.CutPrefix(l, "Internet address is "); ok {
		a, err := netip.ParsePrefix(strings.TrimSpace(rest))
		if rest == "Unknown" {
			return true
		}
		known := slices.Contains(t.Addrs, a)
		t.Addrs = append(t.Addrs, a)
		return err == nil && !known
	}
	if name, ok := strings.CutPrefix(l, "Transport protocol is in VRF "); ok {
		t.FrontVRF = strings.Trim(name, `"`)
		return true
	}
	rest, ok := strings.CutPrefix(l, "Tunnel ")
	if !ok {
		return true
	}
	switch {
	case strings.HasPrefix(rest, "source "):
		return !t.Source.IsValid() && t.SourceInterface == "" && ends(rest, t)
	case strings.HasPrefix(rest, "protocol/transport "), strings.HasPrefix(rest, "mode "):
		_, mode, _ := strings.Cut(rest, " ")
		known := t.Mode != ""
		t.Mode, _, _ = strings.Cut(mode, ",")
		return !known
	case strings.HasPrefix(strings.ToLower(rest), "protection via ipsec"):
		_, name, _ := strings.Cut(rest, "profile")
		if t.Profile != "" {
			return false
		}
		t.Profile = strings.Trim(name, ` :")`)
		return t.Profile != ""
	case strings.HasPrefix(rest, "interface is in VRF "):
		t.VRF = strings.Trim(rest[len("interface is in VRF "):], `"`)
		return true
	case strings.HasPrefix(rest, "underlay VRF "), strings.HasPrefix(strings.ToLower(rest), "vrf "):
		t.FrontVRF = strings.Trim(rest[strings.LastIndexByte(rest, ' ')+1:], `"`)
		return true
	}
	for _, start := range []string{
		"linestate ", "Subblocks:", "TTL ", "transport MTU ", "transmit bandwidth ", "receive bandwidth ", "TOS ", "MTU ", "Bandwidth", "VRF",
	} {
		if strings.HasPrefix(rest, start) {
			return true
		}
	}
	return false
}

// ends reads "source 10.0.0.1 (GigabitEthernet1), destination 10.0.0.2". An end
// that is not known is printed as UNKNOWN, or left out.
func ends(rest string, t *snapshot.Tunnel) bool {
	for part := range strings.SplitSeq(rest, ", ") {
		f := strings.Fields(part)
		if len(f) < 2 {
			return false
		}
		addr, ok := show.Addr(f[1])
		switch f[0] {
		case "source":
			switch {
			case ok:
				t.Source = addr
			case strings.ToUpper(f[1]) != "UNKNOWN":
				t.SourceInterface = f[1]
			}
			if len(f) > 2 {
				t.SourceInterface = strings.Trim(f[2], "()")
			}
		case "destination":
			t.Destination = addr
			if !ok && strings.ToUpper(f[1]) != "UNKNOWN" {
				return false
			}
		case "fastswitch":
		default:
			return false
		}
	}
	return true
}
