package router_test

// ribExceptions are the cases whose expected reading is wrong, or whose text
// cannot be read, each with the reason.
func ribExceptions() map[string]string {
	const cut = "the text ends in the middle of a destination, which is unread"
	return map[string]string{
		"ntc-templates/cisco_xr/show_ip_route/cisco_xr_show_ip_route_qaud_zero":                                                       "the expected reading has the first of two next hops only",
		"genieparser/cisco_xr/show_route_ipv4/ShowRouteIpv4__cli-equal__golden15":                                                     "the expected reading has metric 0 where the text says 30",
		"genieparser/cisco_xr/show_route_ipv4/ShowRouteIpv4__cli-equal__golden10":                                                     "the text begins in the middle of a row, which is unread",
		"genieparser/cisco_nxos/show_ipv6_route_route_protocol_interface_interface_vrf_vrf/ShowIpv6Route__cli-equal__golden_output_2": cut,
		"muninn/cisco_nxos/show_ipv6_route/003_eigrp_subinterfaces":                                                                   cut,
		"muninn/cisco_ios/show_ip_route/002_mixed_protocols":                                                                          "the line of the network that 192.168.10.168 takes its length from was deleted: the row is unread",
	}
}

// ribDamaged are the cases whose rows are all read, but whose tables say
// themselves that rows are missing, each with what was done to them.
func ribDamaged() map[string]string {
	const cut = "networks have another number of subnets than they say: rows were added or deleted by hand"
	return map[string]string{
		"genieparser/cisco_xr/show_route_ipv4/ShowRouteIpv4__cli-equal__golden8":             "the legend is missing, for the command was another, with a filter",
		"ntc-templates/cisco_ios/show_ip_route/cisco_ios_show_ip_route_vrf":                  cut,
		"ntc-templates/cisco_ios/show_ip_route/cisco_ios_show_ip_route_wildcard":             cut,
		"genieparser/cisco_iosxe/ShowIpRoute/ShowIpRoute__cli-equal__golden_output2":         cut,
		"genieparser/cisco_ios/ShowIpRoute/ShowIpRoute__cli-equal__golden_output_2_with_vrf": cut,
		"muninn/cisco_iosxe/show_ip_route/001_vrf_routes":                                    cut,
	}
}
