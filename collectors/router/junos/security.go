package junos

import (
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readSecurity reads IKE, IPsec, MACsec and the version.
func readSecurity(command string, in *lines.Reader, r *snapshot.Router) bool {
	typed, _, _ := strings.Cut(command, "|")
	typed = strings.TrimSpace(typed)
	for _, c := range []struct {
		start string
		read  func(command string, in *lines.Reader, r *snapshot.Router)
	}{
		{"show security ike security-associations", readIKE},
		{"show security ike sa", readIKE},
		{"get-ike-security-associations-information", readIKE},
		{"show security ipsec security-associations", readIPsec},
		{"show security ipsec sa", readIPsec},
		{"show services ipsec-vpn ipsec security-associations", readIPsec},
		{"get-security-associations-information", readIPsec},
		{"show security macsec connections", readMACsec},
		{"get-macsec-connection-information", readMACsec},
		{"show security mka sessions", readMKA},
		{"show version", readVersion},
	} {
		if typed == c.start || strings.HasPrefix(typed, c.start+" ") {
			c.read(command, in, r)
			return true
		}
	}
	return false
}

// partOf notes that a command lists only some associations.
func partOf(command string) string {
	typed, _, _ := strings.Cut(command, "|")
	f := strings.Fields(typed)
	for i, w := range f {
		switch w {
		case "index", "fpc", "vpn-name", "sa-type", "family", "interface", "service-set", "kmd-instance":
			return "the command lists the entries with " + strings.Join(f[i:], " ") + " only"
		}
	}
	return ""
}

// readVersion takes the name of the router.
func readVersion(command string, in *lines.Reader, r *snapshot.Router) {
	if f := formOf(command, in, func(string) {}); f != textForm {
		o := &outcome{}
		_ = visit(f, in, o, visitor{keep: isMessage, enter: func(string, int) {}, take: func(e *element) {
			if e.name == "host-name" && r.Host == "" {
				r.Host = e.text
			}
		}})
		return
	}
	for in.Next() {
		if name, ok := strings.CutPrefix(string(in.Line()), "Hostname: "); ok && r.Host == "" {
			r.Host = strings.TrimSpace(name)
		}
	}
}
