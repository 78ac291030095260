package bgptable

import "strings"

// isDetail reports whether a line says of an entry or a path what is not kept.
func isDetail(text string) bool {
	for _, start := range []string{
		"Advertised ", "Not advertised ", "Refresh Epoch", "Flag: ", "Flags: ", "Community: ", "Community list:", "Extended Community: ", "Extended community: ", "Extcommunity: ", "Large Community: ",
		"Large community: ", "Originator: ", "Originator ", "Cluster list: ", "Cluster ", "rx pathid: ", "mpls labels ", "Updated on ", "AddPath ID: ", "Last update: ", "BGP Bestpath: ", "Multipath: ",
		"Versions:", "Process ", "Speaker ", "Last Modified: ", "Local Label: ", "Path #", "Received Path ID ", "Received Label ", "PSID-Type:", "SubTLV", "SubSubTLV", "T:", "Path-id ", "Advertised path-id ",
		"Gateway IP", "SRv6-VPN SID: ", "Connector", "Rx SAFI: ", "Received label ", "Remote label", "Label ", "Local vxlan vtep", "vxlan vtep", "EVPN ", "Additional-path", "Path advertised to", "Source ", "Source VRF", "Source AFI", "Imported ",
		"Origin-AS validity", "Local PE ", "Path ID", "Tx SAFI", "Paths not ", "Uses ", "Extended-Community", "AGI version", "binding SID", "Connector Attribute", "Tunnel encapsulation", "Binding SID",
		"Cost:", "0x88", "OSPF ", "RT:", "Prefix-SID", "Dampinfo", "Accepted ", "Import", "Route-Target", "Entry ", "AIGP", "Aggregator", "Group-best", "Backup", "recursive", "Recursive", "Updated ", "UN=", "Status ",
		"(Received from", "Received by ", "Nexthop ", "Imported from", "Local ", "PMSI ", "Recv ", "Last ", "Unknown attr",
	} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}

// isList reports whether a line lists neighbours or groups of them.
func isList(text string) bool {
	for word := range strings.FieldsSeq(text) {
		name, rest, ok := strings.Cut(word, "(")
		if ok {
			name = strings.TrimSuffix(rest, ")")
		}
		if !isAddr(name) && strings.Trim(name, "0123456789.") != "" {
			return false
		}
	}
	return true
}
