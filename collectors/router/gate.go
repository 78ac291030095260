package router

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/frr"
	"github.com/routeproof/routeproof/collectors/router/junos"
)

// check is a command that is typed after every other, and whose answer nothing
// else looks like. A prompt inside an output ends it too early, and puts every
// later answer off by one; then the check's answer is not where it must be.
type check struct {
	command string
	looks   *regexp.Regexp // fits a line of the answer
	refused func(line string) bool
}

// maxAnswer bounds the answer of a check.
const maxAnswer = 16 << 10

// check is the platform's. All of them may be asked by accounts without any
// privilege. vtysh knows no clock and is asked for its name.
func (p platform) check() check {
	clock := regexp.MustCompile(`\b\d{1,2}:\d{2}:\d{2}\b.*\b(19|20)\d{2}\b|\b(19|20)\d{2}-\d{2}-\d{2} \d{1,2}:\d{2}:\d{2}\b`)
	c := check{command: "show clock", looks: clock, refused: p.refuses}
	switch p.name {
	case junos.Platform:
		c.command = "show system uptime"
	case frr.Platform:
		c.command, c.looks = "show version", regexp.MustCompile(`^(FRRouting|Quagga|Version:) `)
	}
	return c
}

// answered reports whether text is an answer to the check. That it was refused is
// one: what counts is that the router has come to it.
func (c check) answered(text []byte) bool {
	if len(text) > maxAnswer {
		return false
	}
	for l := range bytes.Lines(text) {
		if l = clean(l); c.looks.Match(l) || c.refused(string(l)) {
			return true
		}
	}
	return false
}

// refuses reports whether a line says that the router does not carry out a
// command.
func (p platform) refuses(line string) bool {
	return denies(line) || slices.ContainsFunc(p.failed, func(f string) bool { return strings.HasPrefix(line, f) })
}

// denies reports whether it says that the account may not.
func denies(line string) bool {
	line = strings.ToLower(strings.TrimLeft(line, "% "))
	return slices.ContainsFunc([]string{
		"authorization failed", "command authorization failed", "authorization denied", "this command is not authorized",
		"permission denied", "error: permission denied", "not authorized",
	}, func(s string) bool { return strings.HasPrefix(line, s) })
}

// summaryOf finds the command among commands that sums up the table that another
// one prints: the same with the word summary in it.
func summaryOf(command string, commands []string) (string, bool) {
	for _, c := range commands {
		words := strings.Fields(c)
		if i := slices.Index(words, "summary"); i >= 0 && strings.Join(slices.Delete(words, i, i+1), " ") == command {
			return c, true
		}
	}
	return "", false
}

// inGroups puts the summary of a table right behind the table.
func inGroups(commands []string) [][]string {
	var groups [][]string
	follows := make(map[string]bool)
	for _, c := range commands {
		if summary, ok := summaryOf(c, commands); ok {
			follows[summary] = true
		}
	}
	for _, c := range commands {
		if follows[c] {
			continue
		}
		group := []string{c}
		if summary, ok := summaryOf(c, commands); ok {
			group = append(group, summary)
		}
		groups = append(groups, group)
	}
	return groups
}

// moved compares the table version at the head of a table with the one at the
// head of the summary that was asked for after it. It says how they differ, and
// nothing where either has none or they are of different VRFs.
func moved(table, summary []byte) string {
	version := regexp.MustCompile(`BGP (?:main routing )?table version(?: is)? (\d+)|"tableVersion": ?(\d+)`)
	vrf := regexp.MustCompile(`VRF ([\w.:-]+)|Instance ([\w.:-]+)|"vrfName": ?"([^"]*)"`)
	before, after := version.FindSubmatchIndex(table), version.FindSubmatchIndex(summary)
	if before == nil || after == nil {
		return ""
	}
	a, b := vrf.FindSubmatch(table[:before[0]]), vrf.FindSubmatch(summary[:after[0]])
	if a != nil && b != nil && !bytes.Equal(bytes.Join(a[1:], nil), bytes.Join(b[1:], nil)) {
		return ""
	}
	was, is := group(table, before), group(summary, after)
	if was == is {
		return ""
	}
	return fmt.Sprintf("the BGP table changed while it was printed: version %s at its head, %s after it: its rows may not belong together", was, is)
}

// group is what the first group that took part in a match caught.
func group(text []byte, match []int) string {
	for i := 2; i+1 < len(match); i += 2 {
		if match[i] >= 0 {
			return string(text[match[i]:match[i+1]])
		}
	}
	return ""
}
