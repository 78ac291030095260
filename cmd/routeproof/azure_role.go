package main

import (
	"github.com/routeproof/routeproof/collectors/azure"
)

const azureRoleUsage = `Usage: routeproof azure-role --subscription ID [--subscription ID...]
       routeproof azure-role --config FILE

Prints the definition of a custom role of Azure with exactly the actions that
collecting needs, to be assigned in these subscriptions and nowhere else:

    routeproof azure-role --config routeproof.yaml >role.json
    az role definition create --role-definition role.json

It has no wildcard, no write, and no action that answers with a key. Reader is
both too much and too little: it has every read there is and will be, which has
included the tunnels' pre-shared keys, and no route table of a gateway or a
circuit can be asked for with it. Network Contributor may change the network.

Azure refuses a role with an action that it does not know. The documents name the
tables of circuits' edge routers both .../read and .../action, and both are in
the role: remove the one that is refused.

"routeproof collect --check" says what an identity has of these actions.

Flags:

    --subscription ID  a subscription that the role may be assigned in; may be
                       repeated
    --config FILE      take the subscriptions of this configuration
    --name NAME        the role's name (routeproof auditor)
    --format F         json (the default), bicep or terraform
`

func (p program) azureRole(args []string) error {
	flags := newFlags("azure-role")
	var subscriptions listFlag
	flags.Var(&subscriptions, "subscription", "")
	file := flags.String("config", "", "")
	name := flags.String("name", "routeproof auditor", "")
	format := choiceFlag{"json", azure.RoleFormats()}
	flags.Var(&format, "format", "")
	if _, err := parseFlags(flags, azureRoleUsage, args); err != nil {
		return err
	}
	if *file != "" {
		cfg, err := loadConfig(*file)
		if err != nil {
			return err
		}
		if cfg.Azure == nil {
			return usageError("azure-role: %s names no subscription: want azure.subscriptions in it, or --subscription", *file)
		}
		subscriptions = append(subscriptions, cfg.Azure.Subscriptions...)
	}
	if len(subscriptions) == 0 {
		return usageError("azure-role: missing --subscription: want the ID of each subscription, or --config")
	}
	return azure.Role{Name: *name, Subscriptions: subscriptions}.Write(p.stdout, format.value)
}
