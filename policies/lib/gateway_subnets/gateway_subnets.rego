# METADATA
# title: GatewaySubnets
# description: Questions that policies ask about the subnets of gateways, and how they name routes.
package lib.gateway_subnets

# METADATA
# description: Why nothing is known of a GatewaySubnet. Undefined when it was read.
# scope: document
unread(subnet) := sprintf("the virtual network of %s, which has %s, was not read", [
	subnet.id,
	concat(" and ", subnet.gateways),
]) if {
	subnet.status != "ok"
}

# METADATA
# description: Why the routes of a GatewaySubnet's route table are not known. Undefined when they are.
# scope: document
table_unread(subnet) := unread(subnet) if {
	subnet.status != "ok"
} else := sprintf("%s, the route table of %s, was not read", [subnet.table.id, subnet.id]) if {
	subnet.table.status == "missing"
}

# METADATA
# description: A user-defined route in words.
# scope: document
route(r) := sprintf("route %s (%s to %s)", [r.name, r.prefix, next_hop(r)])

# METADATA
# description: Where a user-defined route leads, in ARM's words.
# scope: document
next_hop(r) := trim_space(sprintf("%s %s", [r.type, object.get(r, "nextHop", "")]))
