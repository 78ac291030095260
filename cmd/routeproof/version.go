package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

const versionUsage = `Usage: routeproof version

Prints the version, and which sources and Go it was built from.
`

func (p program) version(args []string) error {
	if _, err := parseFlags(newFlags("version"), versionUsage, args); err != nil {
		return err
	}
	revision := "unknown revision"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = s.Value
			}
		}
	}
	return p.print(fmt.Sprintf("%s (%s, %s %s/%s)\n", tool(), revision, runtime.Version(), runtime.GOOS, runtime.GOARCH))
}
