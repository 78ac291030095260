package nxos

import (
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/runningconfig"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readConfig reads the configuration, and the lists of policies in it.
func readConfig(command string, in *lines.Reader, r *snapshot.Router) bool {
	words := strings.Fields(command)
	p := show.Open(in, Refusals())
	switch {
	case show.Matches(words, "show running-config"), show.Matches(words, "show startup-config"):
		runningconfig.Read(runningconfig.NXOS, command, p, r)
	case show.Matches(words, "show route-map"):
		runningconfig.RouteMaps(p, r)
	case show.Matches(words, "show ip prefix-list"), show.Matches(words, "show ipv6 prefix-list"):
		runningconfig.PrefixLists(p, r)
	default:
		return false
	}
	return true
}
