package router

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// allow says whether a command may be sent: it must be one that is compiled in
// for the platform, and must read. Of what a router printed, only the addresses of
// neighbours and the names of VRFs are sent again, in the platform's own commands:
// see [visit.ofNeighbors]. Nothing from a configuration or an evidence directory
// ever is.
func (p platform) allow(command string) error {
	known := slices.Concat(p.setup, p.forms(), []string{p.check().command})
	if !slices.Contains(known, command) {
		return fmt.Errorf("%q is not a command of the platform %s and was not sent", command, p.name)
	}
	if err := readOnly(command); err != nil {
		return fmt.Errorf("%w, and was not sent", err)
	}
	return nil
}

// readOnly accepts commands that change nothing on a router: show commands, with
// filters that only choose or format what is shown, and the page and line length
// of the session.
func readOnly(command string) error {
	if i := strings.IndexFunc(command, func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(";<>&`$\\!", r) }); i >= 0 {
		return fmt.Errorf("%q has %q in it, which may start another command or write a file", command, command[i:i+1])
	}
	head, filters, filtered := strings.Cut(command, "|")
	words := strings.Fields(head)
	switch {
	case len(words) > 1 && words[0] == "show":
	case len(words) == 3 && words[0] == "terminal" && (words[1] == "length" || words[1] == "width") && number(words[2]):
	case len(words) == 4 && words[0] == "set" && words[1] == "cli" && (words[2] == "screen-length" || words[2] == "screen-width") && number(words[3]):
	default:
		return fmt.Errorf("%q is not a show command", command)
	}
	if !filtered {
		return nil
	}
	if words[0] != "show" {
		return fmt.Errorf("%q is not a show command", command)
	}
	pattern := false // a filter with an expression came before
	for filter := range strings.SplitSeq(filters, "|") {
		// IOS takes all bars after such a filter for the expression's own. None of
		// its alternatives is taken for a filter anywhere if it is anchored.
		if pattern && strings.HasPrefix(filter, "^") {
			continue
		}
		pattern = len(strings.Fields(filter)) > 1
		if !formats(strings.Fields(filter)) {
			return fmt.Errorf("%q has the filter %q: want json, display, no-more, section, include, exclude or begin", command, strings.TrimSpace(filter))
		}
	}
	return nil
}

// formats reports whether a filter only chooses or formats. What it matches may
// not abbreviate another filter, so words are whole.
func formats(filter []string) bool {
	switch {
	case len(filter) == 1:
		return filter[0] == "json" || filter[0] == "no-more"
	case len(filter) > 1:
		return slices.Contains([]string{"display", "section", "include", "exclude", "begin"}, filter[0])
	}
	return false
}

func number(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
