// Package show goes through what a show command printed, without the lines that
// are no part of the answer, and concludes what the answer is worth.
package show

import (
	"slices"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Page is one command's output. Make one with [Open].
type Page struct {
	in       *lines.Reader
	refusals []string
	refused  string
	text     string
	indent   int
	begun    bool
	echo     string
}

// Open starts to read the answer in in. A line that starts with one of refusals
// is the device's word that it did not answer.
func Open(in *lines.Reader, refusals []string) *Page {
	return &Page{in: in, refusals: refusals}
}

// Next moves to the next line of the answer. Passed over are blank lines, the
// prompt and the echo of the command, load and time stamps, the paging prompt
// and whole log messages.
func (p *Page) Next() bool {
	for p.in.Next() {
		line := string(p.in.Line())
		p.text = strings.TrimSpace(line)
		p.indent = len(line) - len(strings.TrimLeft(line, " \t"))
		if p.text == "" || p.noise() {
			continue
		}
		if hasLog(p.text) { // which tore the line apart
			p.in.Miss()
			continue
		}
		p.begun = true
		return true
	}
	p.text = ""
	return false
}

// Text is the current line without the blanks around it.
func (p *Page) Text() string { return p.text }

// Indent is how many blanks or tabs the current line starts with.
func (p *Page) Indent() int { return p.indent }

// Number is the current line's number in the output.
func (p *Page) Number() int { return p.in.Number() }

// Miss counts the current line as not understood.
func (p *Page) Miss() { p.in.Miss() }

// MissAs counts the current line as not understood, and keeps text of it, which
// is the line without its secrets.
func (p *Page) MissAs(text string) { p.in.MissAt(p.in.Number(), []byte(text)) }

// Echo is the command as the output repeats it before the answer, or empty. One
// between the lines of an answer counts as not understood, unless it asks the
// same of something else, as of another interface.
func (p *Page) Echo() string { return p.echo }

// Begun reports whether there was any line.
func (p *Page) Begun() bool { return p.begun }

// Refused reports whether the device said that it did not answer.
func (p *Page) Refused() bool { return p.refused != "" }

// Close sets the status of a table when the output was read to its end. lack is
// what is missing of it, in words; empty when its end was seen.
func (p *Page) Close(read *snapshot.Read, lack string) {
	read.Status, read.Detail = snapshot.OK, ""
	switch {
	case p.refused != "":
		read.Status, read.Detail = snapshot.Error, "the router answered "+strconv.Quote(p.refused)
	case p.in.Missed() > 0:
		read.Status, read.Detail = snapshot.Partial, strconv.Itoa(p.in.Missed())+" line(s) of the output were not understood"
	case p.in.Err() != nil:
		read.Status, read.Detail = snapshot.Partial, "the output ended early: "+p.in.Err().Error()
	case !p.begun:
		read.Status, read.Detail = snapshot.Partial, "the router printed nothing: neither a table nor that there is none"
	case lack != "":
		read.Status, read.Detail = snapshot.Partial, lack
	}
}

// Nothing sets the status of a table of which the device said, in these words,
// that there is nothing of it.
func (p *Page) Nothing(read *snapshot.Read, words string) {
	p.Close(read, "")
	if read.Status == snapshot.OK {
		read.Status, read.Detail = snapshot.Empty, "the router answered "+strconv.Quote(words)
	}
}

// noise reports whether the current line is no part of the answer.
func (p *Page) noise() bool {
	for _, r := range p.refusals {
		if strings.HasPrefix(p.text, r) {
			if p.refused == "" {
				p.refused = p.text
			}
			return true
		}
	}
	switch {
	case p.text == "^", p.text == "--More--", p.text == "-- more --", p.text == "<--- More --->":
		return true
	case strings.HasPrefix(p.text, "Load for five secs: "), strings.HasPrefix(p.text, "Time source is "):
		return true
	case !p.begun && isShow(p.text):
		p.echo = p.text
		return true
	case isPrompt(p.text):
		typed := strings.TrimSpace(p.text[promptEnd(p.text):])
		switch {
		case !p.begun:
			p.echo = typed
		case (isShow(typed) || isShell(typed)) && !asksSame(p.echo, typed):
			p.in.Miss() // what follows is another answer
		}
		return true
	case !p.begun && isClock(p.text):
		return true
	}
	return p.indent == 0 && hasLog(p.text) && startsLog(p.text)
}

func isShow(text string) bool {
	word, _, more := strings.Cut(text, " ")
	return more && len(word) >= 2 && strings.HasPrefix("show", word)
}

// isPrompt reports whether a line is a prompt, alone or before a show command.
func isPrompt(text string) bool {
	i := promptEnd(text)
	if i == 0 {
		return false
	}
	rest := strings.TrimSpace(text[i:])
	return rest == "" || isShow(rest) || rest == "exit" || rest == "terminal length 0" || text[i-1] == '$' && isShell(rest)
}

// promptEnd is where the prompt ends that a line may start with, else zero: a
// word up to # or >, or the name, host and directory of a shell, as in
// "vyos@vyos:~$" and "cumulus@leaf01:mgmt:~$".
func promptEnd(text string) int {
	i := strings.IndexAny(text, "#>$")
	if i < 0 || i > 64 || strings.ContainsAny(text[:i], " \t\"") {
		return 0
	}
	if text[i] == '$' {
		user, host, _ := strings.Cut(text[:i], "@")
		host, directory, _ := strings.Cut(host, ":")
		if user == "" || host == "" || !strings.ContainsAny(directory, "~/") {
			return 0
		}
	}
	return i + 1
}

// asksSame reports whether two commands differ in the names of interfaces and in
// addresses only.
func asksSame(a, b string) bool {
	named := func(word string) bool {
		return strings.ContainsAny(word, "0123456789") && strings.Trim(word, "ikepvn1246") != ""
	}
	return slices.Equal(slices.DeleteFunc(strings.Fields(a), named), slices.DeleteFunc(strings.Fields(b), named))
}

// Prompt is the command behind a prompt. ok is false where a line has no prompt.
func Prompt(text string) (typed string, ok bool) {
	if !isPrompt(text) {
		return "", false
	}
	return strings.TrimSpace(text[promptEnd(text):]), true
}

// isShell reports whether what was typed into a shell asks a router's daemon.
func isShell(typed string) bool {
	typed = strings.TrimPrefix(typed, "sudo ")
	for _, start := range []string{"vtysh -c ", "net show ", "swanctl ", "show "} {
		if strings.HasPrefix(typed, start) {
			return true
		}
	}
	return false
}

// isClock reports whether a line is the time that IOS-XR prints before every
// answer: "Mon Nov 23 03:50:17.123 UTC".
func isClock(text string) bool {
	f := strings.Fields(text)
	return len(f) >= 5 && len(f[0]) == 3 && len(f[1]) == 3 && strings.Contains("MonTueWedThuFriSatSun", f[0]) &&
		strings.Count(f[3], ":") == 2 && strings.Trim(f[3], "0123456789:.") == ""
}

// hasLog reports whether a log message stands in a line, such as
// "*Nov 16 18:52:22.448: %CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON".
func hasLog(text string) bool {
	head, message, found := strings.Cut(text, ": %")
	if !found || strings.Count(head, ":") < 2 {
		return false
	}
	mnemonic, _, found := strings.Cut(message, ":")
	return found && strings.Count(mnemonic, "-") >= 2 && !strings.Contains(mnemonic, " ") && strings.ToUpper(mnemonic) == mnemonic
}

// startsLog reports whether a line starts as a log message does, with its time
// or number, or on IOS-XR its node.
func startsLog(text string) bool {
	return strings.Trim(text[:1], "*.0123456789") == "" && strings.Index(text, ": %") <= 80 || isMonth(text) || strings.HasPrefix(text, "RP/")
}

func isMonth(head string) bool {
	return len(head) > 3 && head[3] == ' ' && strings.Contains("JanFebMarAprMayJunJulAugSepOctNovDec", head[:3])
}
