package router

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// tacacs is the same for a TACACS+ server that authorises each command.
func (p platform) tacacs(mark string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, mark+" "+format+"\n", args...) }
	line("  user = routeproof {")
	line("      login = <how the server checks the password>")
	line("      service = exec { priv-lvl = 15 }")
	var first []string
	byFirst := make(map[string][]string)
	for _, c := range append(p.authorised(), "exit") {
		verb, rest, _ := strings.Cut(c, " ")
		if byFirst[verb] == nil {
			first = append(first, verb)
		}
		byFirst[verb] = append(byFirst[verb], anySign(rest)+p.filterOf(c))
	}
	for _, verb := range first {
		line("      cmd = %s {", verb)
		for _, rest := range byFirst[verb] {
			line("          permit \"^%s( <cr>)?$\"", rest)
		}
		line("          deny .*")
		line("      }")
	}
	line("  }")
	return b.String()
}

// filterOf is an expression for the filter that a command is sent with, which
// some platforms authorise with it.
func (p platform) filterOf(command string) string {
	for _, c := range p.sent() {
		head, filter, ok := strings.Cut(c, "|")
		if words := strings.Fields(filter); ok && strings.TrimSpace(head) == command && len(words) > 0 {
			return "( . " + anySign(strings.Join(words, " ")) + ")?"
		}
	}
	return ""
}

// anySign is an expression that fits text. A dot stands for each sign, because
// servers differ in how they quote one.
func anySign(text string) string {
	return strings.NewReplacer(anyNeighbor, "[0-9.]+", anyVRF, "[^ ]+").Replace(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == ' ' || r == '-' {
			return r
		}
		return '.'
	}, text))
}

// words are the authorised commands up to their first arguments, each once; of those
// that have arguments, what all makes of them.
func (p platform) words(all func(string) string) []string {
	var out []string
	for _, c := range p.authorised() {
		words, argument := keywords(c)
		if argument {
			words = all(words)
		}
		if !slices.Contains(out, words) {
			out = append(out, words)
		}
	}
	return out
}

func (p platform) iosRole() string {
	var b strings.Builder
	b.WriteString(`! IOS and IOS-XE: a parser view with the commands that routeproof sends, and no
! others. It needs "aaa new-model". Read your AAA set-up first: "aaa authorization
! exec" decides whether local users get their view, and changes every login.
!
aaa authorization exec default local if-authenticated
parser view ROUTEPROOF
 secret <SECRET-OF-THE-VIEW>
`)
	for _, words := range p.words(func(words string) string { return "all " + words }) {
		fmt.Fprintf(&b, " commands exec include %s\n", words)
	}
	b.WriteString(` commands exec include exit
!
username routeproof view ROUTEPROOF secret <PASSWORD>
! or, without a password:
! ip ssh pubkey-chain
!  username routeproof
!   key-string
!    <PUBLIC-KEY>
!
! What this does not cover:
! - "show running-config" in a view shows only the lines that the view may
!   configure, without an error; routeproof notices and reads it as partial. Where
!   the train has it, allow "show running-config view full" instead, or use
!   TACACS+ as below. Without the configuration, what-if answers stay open.
! - Views name commands by their words: an argument (a VRF, a neighbour) allows all
!   of them.
! - "show crypto" is missing in images without cryptography; that line of the view
!   is then refused, and nothing is lost.
! - Filters after "|" are not authorised by a view; routeproof sends none that
!   writes.
!
! With a TACACS+ server that authorises each command, which is cleaner (the user
! has level 15 and nothing but these commands):
!
!   aaa authorization exec default group tacacs+ local
!   aaa authorization commands 1 default group tacacs+ local
!   aaa authorization commands 15 default group tacacs+ local
!
`)
	return b.String() + p.tacacs("!")
}

func (p platform) nxosRole() string {
	var b strings.Builder
	b.WriteString(`! NX-OS: a role with the commands that routeproof sends. Rules are applied from
! the highest number to the lowest, and what no rule permits is denied.
!
role name routeproof
  description reads for routeproof, nothing else
`)
	n := 1
	for _, words := range p.words(func(words string) string { return words + " *" }) {
		fmt.Fprintf(&b, "  rule %d permit command %s\n", n, words)
		n++
	}
	fmt.Fprintf(&b, "  rule %d permit command exit\n", n)
	fmt.Fprintf(&b, "  rule %d deny command configure terminal\n", n+1)
	b.WriteString(`username routeproof password <PASSWORD> role routeproof
! or, without a password:
! username routeproof sshkey <PUBLIC-KEY>
!
! What this does not cover:
! - The built-in role network-operator reads everything, and is the simple choice
!   where that is acceptable: username routeproof password <PASSWORD> role network-operator
! - Commands of features that are off (bgp, macsec) do not exist yet; the rules
!   hold as soon as the feature is on.
! - A role does not hide secrets in "show running-config"; routeproof removes them
!   before anything is written.
! - Vendor documents say that users without any right may still enter an empty
!   configuration mode on some releases; the last rule denies it.
`)
	return b.String()
}

func (p platform) iosxrRole() string {
	return `! IOS-XR: rights are given by task, not by command. "describe <command>" on the
! router prints the tasks that a command needs; they differ between releases.
!
taskgroup routeproof
 task read bgp
 task read rib
 task read ipv4
 task read ipv6
 task read interface
 task read route-policy
 task read static
 task read basic-services
 task read host-services
 task read config-services
 task read tty-access
 task read macsec
!
usergroup routeproof
 taskgroup routeproof
!
username routeproof
 group routeproof
 secret <PASSWORD>
!
! What this does not cover:
! - It was written from documents, not tried on every release: a task that the
!   release does not know is refused on entry, leave it out; a command that is not
!   authorised is reported by routeproof by name.
! - Tasks are coarser than commands: reading one BGP table means reading all.
! - "show running-config" shows the parts whose tasks may be read, without an error
!   for the others. What is missing stays open.
! - IPsec ends elsewhere on most of these routers: collect from that device too.
!
! With a TACACS+ server that authorises each command, which is exact:
!
!   aaa authorization exec default group tacacs+ local
!   aaa authorization commands default group tacacs+ local
!
` + p.tacacs("!")
}
