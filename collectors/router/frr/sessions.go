package frr

import (
	"github.com/routeproof/routeproof/collectors/router/bgppeers"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readSessions reads the lists of BGP neighbours.
func readSessions(command string, in *lines.Reader, r *snapshot.Router) bool {
	return bgppeers.Answer(command, in, r, Refusals())
}
