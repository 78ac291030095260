# METADATA
# title: Every tunnel is up
# description: >-
#   A connection, or one of its tunnels, is not connected. What it was to carry goes through the
#   tunnels that are left, nowhere, or over ExpressRoute in clear, depending on routing; and the
#   next failure finds no second tunnel.
# related_resources:
#   - description: "Troubleshoot a site-to-site VPN connection"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-troubleshoot-site-to-site-cannot-connect
#   - description: "Configure a Site-to-Site VPN connection over ExpressRoute private peering"
#     ref: https://learn.microsoft.com/azure/vpn-gateway/site-to-site-vpn-private-peering
# custom:
#   id: ENC-14
#   severity: high
#   remediation: >-
#     Find out why IKE does not come up: addresses and the route between them, the pre-shared
#     key, the proposals.
#         az network vpn-connection show -g RG -n CONNECTION --query "[connectionStatus, tunnelConnectionStatus]"
#         Cisco IOS: show crypto ikev2 sa detailed; debug crypto ikev2 error
#         Junos: show security ike security-associations
#         EOS: show ip security connection
#         strongSwan: swanctl --list-sas; journalctl -u strongswan
#
#     Check that ICMP between the tunnel's two ends takes ExpressRoute, and that UDP 500, UDP
#     4500 and ESP pass all firewalls on it.
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CA-7", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package encryption.tunnel_down

import data.lib.paths
import data.lib.unread
import data.lib.words

# METADATA
# description: Connections of type IPsec.
# scope: document
applicable contains connection.id if some connection in _judged

applicable contains resource.id if some resource in _unread

# METADATA
# description: Those that are not up, in whole or in part.
# scope: document
violations contains violation if {
	some connection in _judged
	reasons := _down(connection)
	count(reasons) > 0
	message := sprintf("%s: %s", [connection.id, words.reasons(reasons)])
	violation := {"resource": connection.id, "message": message, "evidence": paths.evidence([connection])}
}

# METADATA
# description: Those of which Azure does not say whether they are up.
# scope: document
undetermined contains {"resource": connection.id, "message": message, "evidence": paths.evidence([connection])} if {
	some connection in _judged
	count(_down(connection)) == 0
	reasons := _doubts(connection)
	count(reasons) > 0
	message := words.reasons(reasons)
}

undetermined contains {"resource": resource.id, "message": message, "evidence": paths.evidence([resource])} if {
	some resource in _unread
	message := unread.message(resource, "connections")
}

_judged := input.ipsecConnections

_down(connection) := {sprintf("Azure calls it %s, not Connected", [connection.state]) |
	not connection.state == "Connected"
	not _unsaid(connection)
} | {sprintf("tunnel %s is not connected", [name]) |
	some name in connection.down
}

_doubts(connection) := {sprintf("Azure does not say whether %s is up", [connection.id]) |
	_unsaid(connection)
} | {sprintf("Azure does not say whether tunnel %s of %s is up", [name, connection.id]) |
	some name in connection.unsaid
}

_unsaid(connection) if connection.state in ["", "Unknown"]

_unread := unread.of(input.unreadResources, ["connections"])
