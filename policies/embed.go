// Package policies carries the built-in Rego policies, their tests and the
// schema of their input inside the binary.
package policies

import "embed"

// FS holds every policy and library below its path, tests included, and
// schema/input.json.
//
//go:embed encryption gateway_subnet symmetry limits assurance bgp evidence lib schema
var FS embed.FS
