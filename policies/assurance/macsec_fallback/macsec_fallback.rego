# METADATA
# title: The router does not fall back from MACsec to clear text
# description: >-
#   Microsoft's end of ExpressRoute Direct drops the link when keys do not match. The router's end
#   decides for itself: under should-secure it sends in clear as long as it has no peer, and with a
#   confidentiality offset it leaves the first bytes of every frame readable. Both look like MACsec in the
#   configuration and are less.
# related_resources:
#   - description: "About encryption for ExpressRoute: MACsec"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-about-encryption
#   - description: "Configure MACsec on ExpressRoute Direct ports"
#     ref: https://learn.microsoft.com/azure/expressroute/expressroute-howto-macsec
# custom:
#   id: AST-03
#   severity: medium
#   remediation: >-
#     Make MACsec mandatory on the port, over the whole frame. Do it on one link of the pair, wait until BGP is
#     back on it, then on the other.
#
#         Cisco IOS: macsec access-control must-secure, and no confidentiality-offset in the mka policy
#         Cisco NX-OS: macsec policy NAME, security-policy must-secure, conf-offset CONF-OFFSET-0
#         Cisco IOS-XR: macsec-policy NAME, security-policy must-secure, conf-offset CONF-OFFSET-0
#         Arista EOS: mac security, profile NAME, no "traffic unprotected allow"
#         Junos: set security macsec connectivity-association CA mka must-secure, and delete its offset
#
#     Azure: az network express-route port link show -g RG --port-name PORT -n link1 --query macSecConfig
#   controls:
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "SC-8(1)", strength: supports}
#     - {framework: "NIST SP 800-53 Rev. 5", control: "CM-6", strength: supports}
#     - {framework: "ISO/IEC 27001:2022", control: "A.8.24", strength: supports}
#     - {framework: "Microsoft Cloud Security Benchmark", control: "DP-3", strength: supports}
package assurance.macsec_fallback

import data.lib.paths
import data.lib.words

# METADATA
# description: Every link of ExpressRoute Direct with MACsec, and circuits that were not read.
# scope: document
applicable contains end.id if some end in input.macsecEnds

# METADATA
# description: Links whose router falls back to clear text, or leaves a part of each frame in it.
# scope: document
violations contains violation if {
	some end in input.macsecEnds
	weak := _weak(end)
	count(weak) > 0

	violation := {
		"resource": end.id,
		"message": sprintf("%s of %s %s", [end.interface, end.router, words.reasons(weak)]),
		"evidence": paths.evidence([end]),
	}
}

# METADATA
# description: Links whose router does not tell.
# scope: document
undetermined contains {"resource": end.id, "message": message, "evidence": paths.evidence([end])} if {
	some end in input.macsecEnds
	end.status != "ok"
	message := sprintf("MACsec at the router's end of %s was not read", [end.id])
}

undetermined contains {"resource": end.id, "message": message, "evidence": paths.evidence([end])} if {
	some end in input.macsecEnds
	end.status == "ok"
	not end.policy
	message := sprintf("whether %s of %s falls back to clear text is not known: it does not tell its policy", [
		end.interface,
		end.router,
	])
}

_weak(end) := {"is set to should-secure, want must-secure" |
	end.policy == "should-secure"
} | {text |
	end.offset > 0
	text := sprintf("leaves the first %d bytes of each frame in clear, want an offset of 0", [end.offset])
}
