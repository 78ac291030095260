package main

import (
	"fmt"

	"github.com/routeproof/routeproof/collectors/router"
)

const routerRoleUsage = `Usage: routeproof router-role PLATFORM

Prints the set-up of an account that can do what collecting from a router needs,
and as little else as the platform can express: commands ready to paste, made from
the list of commands that are sent, and what they do not cover. Words in angle
brackets are to be replaced.

PLATFORM is %s.

Whatever the account may do, routeproof sends only the commands that are compiled
in for the platform. It never enables, and never configures.

Example:

    routeproof router-role cisco_ios
`

func (p program) routerRole(args []string) error {
	flags := newFlags("router-role")
	usage := fmt.Sprintf(routerRoleUsage, oneOf(router.Platforms()))
	args, err := parseFlags(flags, usage, args, "PLATFORM")
	if err != nil {
		return err
	}
	text, err := router.Role(args[0])
	if err != nil {
		return usageError("router-role: %w", err)
	}
	return p.print(text)
}
