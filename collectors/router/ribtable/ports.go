package ribtable

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Paragraphs is how a platform lists its interfaces one by one, each with a line
// such as "Ethernet1 is up, line protocol is up" and what it is set to below it.
type Paragraphs struct {
	Protocol string // what stands between the two states: ", line protocol is "
	VRF      func(line string) (name string, ok bool)
	NoVRF    string // the VRF of an interface that names none; "" when none does
	End      string // the start of a line that every routed interface has behind its addresses and VRF
}

// ReadPorts reads a listing of interfaces that is made of paragraphs. slice is why
// it has less than all, "" when it has all.
func ReadPorts(p *show.Page, form Paragraphs, slice string, out *snapshot.Ports) {
	r := portReader{form: form, out: out, ended: true}
	for p.Next() {
		if !r.line(p) {
			p.Miss()
			r.lost = true
		}
	}
	r.close()
	if len(out.Interfaces) == 0 {
		r.lacks("no interface is listed: the output was cut off, or is another command's")
	}
	Conclude(p, out, r.lack, slice)
}

type portReader struct {
	form  Paragraphs
	out   *snapshot.Ports
	lost  bool // a line was not understood, which may have begun an interface
	told  bool // whether the current interface has an address was told
	ended bool // its last line was seen
	lack  string
}

func (r *portReader) lacks(what string) {
	if r.lack == "" {
		r.lack = what
	}
}

func (r *portReader) line(p *show.Page) bool {
	text := p.Text()
	if strings.HasPrefix(text, "% ") {
		return false
	}
	if name, states, ok := strings.Cut(text, " is "); ok && !strings.Contains(name, " ") {
		if _, state, ok := strings.Cut(states, r.form.Protocol); ok {
			state, _, _ = strings.Cut(strings.ToLower(state), " ")
			if !Port([]byte(name)) {
				return false
			}
			r.start(snapshot.Interface{Name: name, VRF: r.form.NoVRF, Up: state == "up", Line: p.Number()})
			return true
		}
	}
	if r.lost || len(r.out.Interfaces) == 0 || p.Indent() == 0 || strings.Contains(text, "%") {
		return false
	}
	return r.attribute(&r.out.Interfaces[len(r.out.Interfaces)-1], text)
}

func (r *portReader) start(i snapshot.Interface) {
	r.close()
	r.told, r.ended, r.lost = false, r.form.End == "", false
	r.out.Interfaces = append(r.out.Interfaces, i)
}

// close ends an interface.
func (r *portReader) close() {
	switch n := len(r.out.Interfaces); {
	case n == 0:
	case !r.told:
		r.lacks(fmt.Sprintf("interface %s has neither an address nor is it said to have none: lines are missing", r.out.Interfaces[n-1].Name))
	case !r.ended:
		r.lacks(fmt.Sprintf("the last lines of interface %s are missing", r.out.Interfaces[n-1].Name))
	}
}

// attribute reads a line below an interface's. It returns false for one that
// should have an address or a name, and has none that can be read.
func (r *portReader) attribute(i *snapshot.Interface, text string) bool {
	if name, ok := r.form.VRF(text); ok {
		i.VRF = name
		return name != ""
	}
	for _, none := range []string{
		"Internet protocol processing disabled", "Internet protocol processing is disabled", "Interface is unnumbered", "No Internet address",
		"Internet address will be negotiated", "IP address is not set", "Internet address is not set", "No IPv4 address",
	} {
		if strings.HasPrefix(text, none) {
			r.told, r.ended = true, r.ended || strings.Contains(none, "processing")
			return true
		}
	}
	if r.form.End != "" && strings.HasPrefix(text, r.form.End) {
		r.ended = true
	}
	for _, key := range []string{"Internet address is ", "Secondary address ", "Secondary IP address is ", "Virtual address is "} {
		if rest, ok := strings.CutPrefix(text, key); ok {
			r.told = true
			return address(i, rest)
		}
	}
	return true
}

// address reads "10.0.0.1/24" or "10.0.0.1, subnet mask is 255.255.255.0".
func address(i *snapshot.Interface, text string) bool {
	first, rest, _ := strings.Cut(text, " ")
	if plain, ok := strings.CutSuffix(first, ","); ok {
		mask, ok := strings.CutPrefix(rest, "subnet mask is ")
		if !ok {
			return false
		}
		p, ok := show.Masked(plain, mask)
		if ok {
			i.Addrs = append(i.Addrs, p)
		}
		return ok
	}
	p, err := netip.ParsePrefix(first)
	if err == nil {
		i.Addrs = append(i.Addrs, p)
	}
	return err == nil
}

// PortSlice is why a command lists fewer interfaces than there are, "" when it
// does not. words are those behind the ones that name the listing.
func PortSlice(words []string) string {
	for i := 0; i < len(words); i++ {
		w := words[i]
		switch {
		case len(w) > 1 && strings.HasPrefix("brief", w), w == "all", w == "detail", w == "operational":
		case w == "vrf":
			i++
		case w == "|" && i+1 < len(words) && strings.HasPrefix(words[i+1], "no"):
			return ""
		case w == "|":
			return "the command lists the interfaces that pass a filter only"
		default:
			return "the command lists interface " + strings.Join(words[i:], " ") + " only"
		}
	}
	return ""
}

// Brief reports whether the words behind those that name a listing ask for its
// brief form.
func Brief(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return len(w) > 1 && strings.HasPrefix("brief", w) })
}

// Headless is what a list lacks whose header was not seen.
const Headless = "the header of the list is missing: the output was cut off, or is another command's"

// Conclude sets the status of a list of interfaces that was read to its end.
// lack is what is missing of it, and slice why it has less than all.
func Conclude(p *show.Page, out *snapshot.Ports, lack, slice string) {
	p.Close(&out.Read, cmp.Or(lack, Twice(out.Interfaces), slice))
}

// Twice is which interface, or address of one, is listed twice; empty for none.
func Twice(ports []snapshot.Interface) string {
	names := make(map[string]bool, len(ports))
	for _, i := range ports {
		if names[i.Name] {
			return fmt.Sprintf("interface %s is listed twice: a part of the output came twice", i.Name)
		}
		names[i.Name] = true
		addrs := make(map[netip.Prefix]bool, len(i.Addrs))
		for _, a := range i.Addrs {
			if addrs[a] {
				return fmt.Sprintf("address %s of interface %s is listed twice: a part of the output came twice", a, i.Name)
			}
			addrs[a] = true
		}
	}
	return ""
}

// Single is an address without a length, as the one of an interface whose
// listing does not show any.
func Single(word string) (netip.Prefix, bool) {
	a, err := netip.ParseAddr(word)
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}
