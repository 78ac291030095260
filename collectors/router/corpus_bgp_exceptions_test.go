package router_test

// bgpExceptions are the cases that do not read as their expected reading, each
// with the reason. Where a row is unread, its columns are not those of the device
// any more: the reader must not guess, and says that the table is not whole.
func bgpExceptions() map[string]string {
	const (
		genie    = "genieparser/"
		shifted  = "raw: addresses were replaced by ones of another length, so that the numbers do not stand under their columns; those rows are unread"
		blank    = "golden: takes the number of a blank column's neighbour for it, or the weight for the preference"
		edited   = "raw: rows were taken out, and the line that counts them was not changed"
		spare    = "golden: lists routes that were only received, which are not in the table"
		none     = "no reader: it lists labels or links, no paths"
		document = "raw: a document's hand-made example, not a device's output"
	)
	neighbors := genie + "cisco_iosxe/show_bgp_address_family_all_neighbors_neighbor_advertised-routes/ShowBgpAllNeighborsAdvertisedRoutes__cli-equal__golden_output"
	ios := genie + "cisco_ios/ShowBgpAllNeighborsAdvertisedRoutes/ShowBgpAllNeighborsAdvertisedRoutes__cli-equal__golden_output"
	nxos := genie + "cisco_nxos/show_bgp_vrf_vrf_all_neighbors_neighbor_"
	detail := genie + "cisco_iosxe/show_ip_bgp_address_family_vrf_vrf_detail/ShowIpBgpDetail__cli-equal__golden_output"
	all := genie + "cisco_iosxe/show_ip_bgp_all_detail/ShowIpBgpAllDetail__cli-equal__golden_output"
	vpnv4 := "lab-validation/cisco_xr/show_bgp_all_all/cisco_xr_ios_vpnv4__"
	lacking := "golden: lacks the rows of VPNv4"
	return map[string]string{
		"ntc-templates/cisco_ios/show_ip_bgp/cisco_ios_show_ip_bgp6":                 "raw: two networks were replaced by the same one, so that it is listed twice",
		"ntc-templates/arista_eos/show_ip_bgp_detail/arista_eos_show_ip_bgp_detail":  "raw: an entry's prefix has no length, which EOS always prints",
		"ntc-templates/arista_eos/show_ip_bgp_detail/arista_eos_show_ip_bgp_detail2": "raw: an entry's prefix has no length, which EOS always prints",

		neighbors + "1": shifted, neighbors + "2": shifted, neighbors + "3": shifted, neighbors + "7": blank,
		ios + "1": shifted, ios + "2": shifted, ios + "3": shifted,
		nxos + "advertised-routes/ShowBgpVrfAllNeighborsAdvertisedRoutes__cli-equal__golden_output_2":                                                          shifted,
		nxos + "advertised-routes/ShowBgpVrfAllNeighborsAdvertisedRoutes__cli-equal__golden_output_3":                                                          shifted,
		nxos + "routes/ShowBgpVrfAllNeighborsRoutes__cli-equal__golden_output_1":                                                                               shifted,
		genie + "cisco_nxos/show_bgp_vrf_vrf_address_family/ShowBgpVrfAllAll__cli-equal__golden_output_1":                                                      shifted,
		genie + "cisco_ios/ShowIpBgpRegexp/ShowIpBgpRegexp__cli-equal__golden_output1":                                                                         shifted,
		genie + "cisco_iosxe/show_ip_bgp_regexp_regexp/ShowIpBgpRegexp__cli-equal__golden_output1":                                                             shifted,
		genie + "cisco_iosxe/show_ip_bgp_address_family_vrf_vrf/ShowIpBgp__cli-equal__golden_output":                                                           shifted,
		genie + "cisco_iosxe/show_ip_bgp_address_family_vrf_vrf/ShowIpBgp__cli-equal__golden_output1":                                                          shifted,
		genie + "cisco_iosxe/show_ip_bgp_address_family_all/ShowIpBgpAll__cli-equal__golden_output2":                                                           "raw: the second line of a wrapped row was not indented with the others",
		genie + "cisco_iosxe/show_bgp_address_family_vrf_vrf_neighbors_neighbor_advertised-routes/ShowBgpNeighborsAdvertisedRoutes__cli-equal__golden_output6": "raw and golden: words stand in place of addresses and AS numbers",
		genie + "cisco_iosxe/show_ip_bgp_address_family_neighbors_neighbor_advertised-routes/ShowIpBgpNeighborsAdvertisedRoutes__cli-equal__golden_output3":    blank,
		genie + "cisco_iosxe/show_ip_bgp_address_family_all_label/ShowIpBgpAllLabel__cli-equal__golden_output1":                                                none,
		genie + "cisco_iosxe/show_ip_bgp_address_family_detail/ShowIpBgpL2VPNEVPN__cli-equal__golden_output10":                                                 "raw: starts with two lines of the program that recorded it",
		all + "2": "golden: lacks the preference of a path", all + "3": spare,
		detail + "5": spare, detail + "6": edited, detail + "7": "raw: an address with an octet of 333",

		genie + "cisco_xr/show_bgp_instance_instance_all_all/ShowBgpInstanceAllAll__cli-equal__golden_output6":                                                         blank,
		genie + "cisco_xr/show_bgp_instance_instance_all_all_neighbors_neighbor_advertised-routes/ShowBgpInstanceNeighborsAdvertisedRoutes__cli-equal__golden_output2": edited,
		genie + "cisco_xr/show_bgp_vrf_vrf/ShowBgpVrf__cli-equal__golden_output_1":                                                                                     blank,
		genie + "cisco_xr/show_bgp_vrf_vrf/ShowBgpVrf__cli-equal__golden_output_2":                                                                                     blank,
		genie + "cisco_xr/show_bgp_vrf_vrf/ShowBgpVrf__cli-equal__golden_output_8":                                                                                     "raw and golden: addresses were replaced by words that are none, such as f4gc, and blank columns are misread",
		vpnv4 + "PE1": lacking, vpnv4 + "PE2": lacking, vpnv4 + "PE3": lacking, vpnv4 + "RR1": lacking, vpnv4 + "RR2": lacking,

		"muninn/cisco_ios/show_ip_bgp_neighbors_advertised-routes/001_basic":                                                          "raw: made by hand, and one row's numbers do not stand under their columns",
		"azure-lab/frr/show_ip_bgp_neighbors_X_advertised-routes/az-pattern__route-server__basic-rs-with-quagga__README.md__L229-239": "raw: the weight is a column off what Quagga's source prints",
		"frr-doc/frr/show_bgp_link-state_link-state/frr__doc__user__bgp-linkstate.rst__L154-168":                                      none,
		"frr-doc/frr_or_ios_unknown/show_ip_bgp_command_not_captured/frr__doc__user__bgp.rst__L5173-5201":                             document,
		"vyos-doc/frr_or_ios_unknown/show_ip_bgp_command_not_captured/vyos-doc__docs__configuration__protocols__rip.rst__L206-209":    "raw: the table of RIP",
	}
}
