package ios

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readISAKMP reads `show crypto isakmp sa`, short and detailed. The short list
// says who started an association, not which end is this router: the one who
// started is taken for it.
func readISAKMP(p *show.Page, r *snapshot.Router) {
	t := isakmpTable{}
	none := ""
	for p.Next() {
		switch l := p.Text(); {
		case l == "There are no isakmp sas", l == "There are no IKEv1 SAs", l == "There are no isakmp SAs":
			none = l
		case !t.line(l, p.Number()):
			p.Miss()
		}
	}
	lack := ""
	if !t.head {
		lack = "the list's heading is missing: the output was cut off"
	}
	for _, sa := range t.out {
		if sa.State == "" {
			lack = fmt.Sprintf("the association on line %d is not whole: the output was cut off", sa.Line)
		}
	}
	r.IPsec.IKE.SAs = t.out
	closeIKE(p, r, lack, none, t.ended)
}

type isakmpTable struct {
	out   []snapshot.IKESA
	head  bool
	ended bool // the heading of the second list, IPv6's, was read
}

func (t *isakmpTable) line(l string, number int) bool {
	f := strings.Fields(l)
	switch {
	case len(f) == 4 && f[1] == "Crypto" && f[2] == "ISAKMP" && f[3] == "SA":
		t.head = true
		t.ended = t.ended || f[0] == "IPv6"
		return true
	case f[0] == "dst" && len(f) > 3, f[0] == "C-id", strings.HasPrefix(l, "IKE Peer "):
		t.head = true
		return true
	case strings.HasPrefix(l, "Codes: "), strings.HasPrefix(l, "Engine-id:"), isLegend(l):
		return true
	}
	return t.short(f, number) || t.detailed(f, number) || t.stacked(l, number)
}

// isLegend reports whether a line goes on with the codes: "K - Keepalives, ...".
func isLegend(l string) bool {
	_, rest, ok := strings.Cut(l, " - ")
	return ok && strings.IndexByte(l, ' ') <= 4 && rest != ""
}

// short reads "10.0.0.2 10.0.0.1 QM_IDLE 1001 ACTIVE", with a slot in some
// releases.
func (t *isakmpTable) short(f []string, number int) bool {
	if len(f) < 5 || !isState(f[2]) {
		return false
	}
	dst, ok := show.Addr(f[0])
	src, ok2 := show.Addr(f[1])
	i := 3
	for i < len(f) && strings.Trim(f[i], "0123456789") == "" {
		i++
	}
	if !ok || !ok2 || i == 3 || i == len(f) {
		return false
	}
	status := strings.Join(f[i:], " ")
	if !isStatus(f[i]) || len(f) > i+1 && f[i+1] != "(deleted)" {
		return false
	}
	t.out = append(t.out, snapshot.IKESA{
		Local: src, Remote: dst, Version: 1, State: f[2] + " " + status, Up: f[2] == "QM_IDLE" && status == "ACTIVE", Line: number, LastLine: number,
	})
	return true
}

// isState reports whether a word is a state of IKEv1: QM_IDLE, MM_NO_STATE,
// AG_INIT_EXCH and so on.
func isState(s string) bool {
	for _, start := range []string{"QM_", "MM_", "AG_", "AM_", "CONF_"} {
		if strings.HasPrefix(s, start) {
			return true
		}
	}
	return false
}

// detailed reads "1001 10.0.0.1 10.0.0.2 red ACTIVE aes sha psk 14 23:59:29 D":
// the VRF and the capabilities may be blank.
func (t *isakmpTable) detailed(f []string, number int) bool {
	if len(f) < 9 {
		return false
	}
	if _, err := strconv.ParseUint(f[0], 10, 32); err != nil {
		return false
	}
	local, ok := show.Addr(f[1])
	remote, ok2 := show.Addr(f[2])
	if !ok || !ok2 {
		return false
	}
	sa := snapshot.IKESA{Local: local, Remote: remote, Version: 1, Line: number, LastLine: number}
	rest := f[3:]
	if !isStatus(rest[0]) {
		rest = rest[1:] // the VRF inside the tunnel
	}
	if !isStatus(rest[0]) || len(rest) < 6 {
		return false
	}
	sa.State, sa.Encryption, sa.Integrity, sa.Auth, sa.Group = rest[0], rest[1], rest[2], rest[3], rest[4]
	sa.Up = sa.State == "ACTIVE"
	if strings.Trim(sa.Group, "0123456789") != "" || !strings.Contains(rest[5], ":") && rest[5] != "0" {
		return false
	}
	t.out = append(t.out, sa)
	return true
}

func isStatus(s string) bool {
	return s == "ACTIVE" || s == "STDBY" || s == "STANDBY" || s == "DELETED"
}

// stacked reads an IPv6 association: "dst: ...", "src: ..." and "state: QM_IDLE
// conn-id: 1001 status: ACTIVE" on lines of their own.
func (t *isakmpTable) stacked(l string, number int) bool {
	name, value, _ := strings.Cut(l, ":")
	value = strings.TrimSpace(value)
	if name == "dst" {
		a, ok := show.Addr(value)
		if ok {
			t.out = append(t.out, snapshot.IKESA{Remote: a, Version: 1, Line: number, LastLine: number})
		}
		return ok
	}
	if len(t.out) == 0 {
		return false
	}
	sa := &t.out[len(t.out)-1]
	sa.LastLine = number
	switch {
	case name == "src" && sa.State == "" && !sa.Local.IsValid():
		a, ok := show.Addr(value)
		sa.Local = a
		return ok
	case name == "state" && sa.State == "":
		f := strings.Fields(value)
		status := last(f)
		sa.State, sa.Up = f[0]+" "+status, f[0] == "QM_IDLE" && status == "ACTIVE"
		return len(f) > 2
	}
	return false
}
