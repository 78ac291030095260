package junos

import (
	"net/netip"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readInstances reads `show route summary` and `show route instance`, which say
// who the router is. They list no routes: no table is set.
func readInstances(command string, in *lines.Reader, r *snapshot.Router) bool {
	typed, _, _ := strings.Cut(command, "|")
	f := strings.Fields(typed)
	if len(f) < 3 || f[0] != "show" || f[1] != "route" || f[2] != "summary" && f[2] != "instance" {
		return false
	}
	t := &instances{o: &outcome{}, r: r, name: "master"}
	if f := formOf(command, in, func(string) {}); f != textForm {
		// A document that is cut off has its line missed.
		_ = visit(f, in, t.o, visitor{keep: t.keep, enter: func(string, int) {}, take: t.take})
		return true
	}
	each(in, t.line)
	return true
}

type instances struct {
	o    *outcome
	r    *snapshot.Router
	name string // of the instance
}

func (t *instances) keep(name string) bool { return name == "instance-core" || isMessage(name) }

func (t *instances) take(e *element) {
	switch e.name {
	case "router-id", "rtsum-router-id":
		t.router(e.text)
	case "as-number":
		t.number(e.text)
	case "instance-core":
		t.name = e.val("instance-name")
		t.router(e.val("router-id"))
	}
}

// router takes the ID of the default instance.
func (t *instances) router(id string) bool {
	a, err := netip.ParseAddr(id)
	if err == nil && t.name == "master" && !a.IsUnspecified() {
		t.r.BGP.RouterID = a
	}
	return err == nil
}

func (t *instances) number(as string) bool {
	n, ok := asNumber(as)
	if ok {
		t.r.BGP.LocalAS = n
	}
	return ok
}

func (t *instances) line(l string) bool {
	if t.o.known([]byte(l)) {
		return true
	}
	key, value, colon := strings.Cut(l, ":")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	f := strings.Fields(l)
	switch {
	case key == "Autonomous system number":
		return t.number(value)
	case key == "Router ID":
		return t.router(value)
	case key == "Tables" || key == "Interfaces":
		return colon && value == ""
	case colon && value == "" && word([]byte(key)):
		t.name = key
		return true
	case colon && strings.Contains(value, " routes"):
		return word([]byte(strings.TrimSpace(key)))
	case colon:
		return label(key)
	case strings.HasPrefix(l, "Instance ") || strings.HasPrefix(l, "Primary RIB"):
		return true
	}
	return len(f) <= 2 && word([]byte(strings.ReplaceAll(f[0], "/", "-"))) // an interface, or a name with its type or counts
}
