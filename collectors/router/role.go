package router

import (
	"fmt"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/eos"
	"github.com/routeproof/routeproof/collectors/router/frr"
	"github.com/routeproof/routeproof/collectors/router/ios"
	"github.com/routeproof/routeproof/collectors/router/iosxr"
	"github.com/routeproof/routeproof/collectors/router/junos"
	"github.com/routeproof/routeproof/collectors/router/nxos"
)

// Role is the set-up of an account on a platform that can do what collecting
// needs and as little else as the platform can express, ready to paste. Where the
// platform authorises by command, it names the very commands that are sent. What
// it does not cover is said in comments. Words in angle brackets are to be
// replaced.
func Role(name string) (string, error) {
	p, err := platformOf(name)
	if err != nil {
		return "", err
	}
	switch p.name {
	case ios.Platform:
		return p.iosRole(), nil
	case nxos.Platform:
		return p.nxosRole(), nil
	case iosxr.Platform:
		return p.iosxrRole(), nil
	case eos.Platform:
		return p.eosRole(), nil
	case junos.Platform:
		return p.junosRole(), nil
	case frr.Platform:
		return p.frrRole(), nil
	}
	return "", fmt.Errorf("no role is written for %s", p.name)
}

// Words that stand for a neighbour's address and a VRF's name in a command.
const (
	anyNeighbor = "ADDRESS"
	anyVRF      = "NAME"
)

// sent is every command that collecting sends, each once: the set-up of the
// session, the check of completeness, what is collected, of the router and of its
// neighbours.
func (p platform) sent() []string {
	var out []string
	seen := make(map[string]bool)
	neighbor := slices.Concat(p.neighbor("default", anyNeighbor), p.neighbor(anyVRF, anyNeighbor))
	for _, group := range [][]string{p.setup, {p.check().command}, p.forms(), neighbor} {
		for _, c := range group {
			if !seen[c] {
				seen[c] = true
				out = append(out, c)
			}
		}
	}
	return out
}

// authorised is sent without filters, which platforms do not authorise, each
// once.
func (p platform) authorised() []string {
	var out []string
	seen := make(map[string]bool)
	for _, c := range p.sent() {
		c, _, _ = strings.Cut(c, "|")
		if c = strings.TrimSpace(c); !seen[c] {
			seen[c] = true
			out = append(out, c)
		}
	}
	return out
}

// keywords is a command up to its first argument, and whether it has one.
func keywords(command string) (string, bool) {
	words := strings.Fields(command)
	for i, w := range words {
		if w == "*" || w == anyNeighbor || w == anyVRF || number(w) {
			return strings.Join(words[:i], " "), true
		}
	}
	return command, false
}

func (p platform) eosRole() string {
	var b strings.Builder
	b.WriteString(`! EOS: a role with the commands that routeproof sends. The first rule that fits a
! command decides.
!
role routeproof
`)
	n := 10
	for _, c := range p.authorised() {
		words := strings.Fields(c)
		for i, w := range words {
			switch {
			case number(w):
				words[i] = "[0-9]+"
			case w == anyNeighbor:
				words[i] = "[0-9.]+"
			case w == anyVRF:
				words[i] = "[^ |]+"
			}
		}
		fmt.Fprintf(&b, "   %d permit mode exec command %s( \\| json)?\n", n, strings.Join(words, " "))
		n += 10
	}
	fmt.Fprintf(&b, "   %d permit mode exec command exit\n", n)
	b.WriteString(`   9999 deny command .*
!
username routeproof privilege 15 role routeproof secret <PASSWORD>
! or, without a password:
! username routeproof privilege 15 role routeproof nopassword
! username routeproof ssh-key <PUBLIC-KEY>
!
aaa authorization exec default local
aaa authorization commands all default local
!
! What this does not cover:
! - The last two lines hold for every user: check that others have a role that
!   lets them work before you paste them. Without the first, the user lands in the
!   unprivileged mode whatever his level is; without the second, roles decide
!   nothing.
! - Level 15 is needed for "show running-config sanitized"; the role takes all
!   else away.
! - Commands are matched as text: whether filters after "|" are part of it differs
!   between releases, so the rules fit either.
`)
	return b.String()
}

func (p platform) junosRole() string {
	var b strings.Builder
	b.WriteString(`# Junos: a class that views, with no permission to see secrets: they are printed
# as /* SECRET-DATA */. Paste in configuration mode, then commit.
#
# These are the commands that are sent:
#
`)
	for _, c := range p.sent() {
		fmt.Fprintf(&b, "#   %s\n", c)
	}
	b.WriteString(`#
set system login class routeproof idle-timeout 30
set system login class routeproof permissions [ view view-configuration ]
set system login class routeproof allow-commands "^(show|set cli|quit|exit).*"
set system login class routeproof deny-commands "^(request|restart|clear|start|file|op|configure|edit|ping|traceroute|ssh|telnet|monitor|test).*"
set system login user routeproof class routeproof
set system login user routeproof authentication ssh-ed25519 "<PUBLIC-KEY>"
# or, with a password:
# set system login user routeproof authentication plain-text-password
#
# What this does not cover:
# - The permission view allows every show command, not only those above: Junos
#   takes away by expression, and long ones are easily wrong.
# - The built-in class read-only has no view-configuration: the configuration would
#   be empty, without an error.
# - "show security" exists on SRX, "show services ipsec-vpn" on MX; what a device
#   does not have is reported as refused.
`)
	return b.String()
}

// frrNeighbor is what the shell does with a command that has a neighbour's address
// between head and tail, and may have a VRF's name in its head.
func frrNeighbor(head, tail string) string {
	before, between, inVRF := strings.Cut(head, anyVRF)
	if !inVRF {
		return fmt.Sprintf(`    '%s'*'%s')
        address=${line#'%s'} address=${address%%'%s'}
        case $address in
        '' | *[!0-9.]*) echo "%% Unknown command: not an address" ;;
        *) vtysh -c "$line" </dev/null ;;
        esac ;;
`, head, tail, head, tail)
	}
	return fmt.Sprintf(`    '%s'*'%s'*'%s')
        rest=${line#'%s'} vrf=${rest%%%%'%s'*} address=${rest#*'%s'} address=${address%%'%s'}
        case $vrf,$address in
        ,* | *, | *,*[!0-9.]* | *[!A-Za-z0-9_.:-]*,*) echo "%% Unknown command: not a VRF and an address" ;;
        *) vtysh -c "$line" </dev/null ;;
        esac ;;
`, before, between, tail, before, between, between, tail)
}

func (p platform) frrRole() string {
	var b strings.Builder
	b.WriteString(`# FRR: vtysh has no rights of its own: whoever may run it may configure. So the
# account gets a shell that passes on the commands that routeproof sends, and no
# others. As root, on the router:
#
cat >/usr/local/bin/routeproof-shell <<'SHELL'
#!/bin/sh
# The shell of routeproof's account: read-only vtysh. It never looks at its own
# arguments.
PATH=/usr/bin:/bin
export VTYSH_PAGER=cat
name=$(uname -n)
while printf '%s# ' "$name" && IFS= read -r line; do
    case $line in
    '') ;;
    exit) exit 0 ;;
`)
	for _, c := range p.setup {
		fmt.Fprintf(&b, "    '%s') ;;\n", c)
	}
	for _, c := range p.sent() {
		if head, tail, ok := strings.Cut(c, anyNeighbor); ok {
			b.WriteString(frrNeighbor(head, tail))
			continue
		}
		if strings.HasPrefix(c, "show ") {
			fmt.Fprintf(&b, "    '%s') vtysh -c '%s' </dev/null ;;\n", c, c)
		}
	}
	b.WriteString(`    *) echo "% Unknown command: not one of routeproof's" ;;
    esac
done
SHELL
chmod 755 /usr/local/bin/routeproof-shell
echo /usr/local/bin/routeproof-shell >>/etc/shells
useradd --create-home --groups frrvty --shell /usr/local/bin/routeproof-shell routeproof
install -d -m 700 -o routeproof -g routeproof ~routeproof/.ssh
echo '<PUBLIC-KEY>' >~routeproof/.ssh/authorized_keys
chown routeproof:routeproof ~routeproof/.ssh/authorized_keys
cat >/etc/ssh/sshd_config.d/routeproof.conf <<'SSHD'
Match User routeproof
    ForceCommand /usr/local/bin/routeproof-shell
    PasswordAuthentication no
    AllowTcpForwarding no
    AllowAgentForwarding no
    X11Forwarding no
    PermitUserRC no
SSHD
sshd -t && systemctl reload ssh
#
# What this does not cover:
# - The group frrvty may talk to all of FRR's sockets; the shell is what limits it.
#   Do not give the account another way in.
# - VyOS 1.3 and 1.4 have no read-only users: the same shell works there, kept
#   below /config so that it survives an update. Cumulus and SONiC: as above.
# - IPsec of the host (strongSwan, the kernel's SAs) is not vtysh's to show.
`)
	return b.String()
}
