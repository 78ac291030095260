package eos

import (
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/runningconfig"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readConfig reads the configuration, and the lists of policies in it.
func readConfig(command string, in *lines.Reader, r *snapshot.Router) bool {
	return runningconfig.Answer(runningconfig.EOS, command, in, r, Refusals())
}
