package eos

import (
	"github.com/routeproof/routeproof/collectors/router/bgptable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// readBGP reads the BGP tables, whole and of one neighbour.
func readBGP(command string, in *lines.Reader, r *snapshot.Router) bool {
	return bgptable.Read(bgptable.Platform{
		Marks: bgptable.EOSMarks(), Headless: true, Refusals: Refusals(),
	}, command, in, r)
}
