package reports

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"github.com/routeproof/routeproof/internal/finding"
)

// What code scanning services accept of a rule.
const (
	maxDescription = 1024
	maxRuleName    = 255
	maxTags        = 10
)

// unnamed is the ID of the rule of a policy without one: empty IDs are refused.
const unnamed = "unnamed"

// rule makes the reporting descriptor of a policy.
func rule(p finding.Policy) sarifRule {
	id := orElse(p.ID, unnamed)
	title := sentence(orElse(p.Title, id))
	help := help(p)
	return sarifRule{
		ID:                   id,
		Name:                 ruleName(p),
		ShortDescription:     sarifMessage{Text: cut(title, maxDescription)},
		FullDescription:      sarifMessage{Text: cut(sentence(orElse(p.Description, title)), maxDescription)},
		Help:                 &help,
		HelpURI:              helpURI(p),
		DefaultConfiguration: &sarifConfig{Level: level(p.Severity)},
		Properties: &sarifRuleFacts{
			Tags: tags(p), Precision: "high",
			SecuritySeverity: securitySeverity(p.Severity), ProblemSeverity: problemSeverity(p.Severity),
		},
	}
}

// ruleName is the policy's package in Pascal case, or else its title or ID. It
// begins with a letter.
func ruleName(p finding.Policy) string {
	for _, from := range []string{p.Package, p.Title, p.ID} {
		var b strings.Builder
		up := true
		for _, r := range from {
			switch {
			case r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r):
				up = true
			case b.Len() == 0 && unicode.IsDigit(r):
			case up:
				b.WriteRune(unicode.ToUpper(r))
				up = false
			default:
				b.WriteRune(r)
			}
		}
		if name := b.String(); name != "" {
			return name[:min(len(name), maxRuleName)]
		}
	}
	return "Policy"
}

func helpURI(p finding.Policy) string {
	for _, ref := range p.References {
		if u, err := url.Parse(ref.URL); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
			return u.String()
		}
	}
	return ""
}

// help is what a reader gets with each alert of a rule: how to fix it, which
// controls it bears on, and what to read.
func help(p finding.Policy) sarifMessage {
	var text, md strings.Builder
	fix := sentence(orElse(p.Remediation, "See the description of the policy"))
	fmt.Fprintf(&text, "How to fix: %s", fix)
	fmt.Fprintf(&md, "## How to fix\n\n%s\n", markdown(fix))
	if len(p.Controls) > 0 {
		text.WriteString("\n\nControls:")
		md.WriteString("\n## Controls\n\n")
		for _, c := range p.Controls {
			line := clean(fmt.Sprintf("%s %s (%s)", c.Framework, c.Control, c.Strength))
			text.WriteString("\n- " + line)
			md.WriteString("- " + markdown(line) + "\n")
		}
	}
	if len(p.References) > 0 {
		text.WriteString("\n\nReferences:")
		md.WriteString("\n## References\n\n")
		for _, ref := range p.References {
			title := clean(orElse(ref.Title, ref.URL))
			text.WriteString("\n- " + strings.TrimSpace(title+" "+clean(ref.URL)))
			if link := helpURI(finding.Policy{References: []finding.Reference{ref}}); link != "" {
				fmt.Fprintf(&md, "- [%s](<%s>)\n", markdown(title), link)
			} else {
				md.WriteString("- " + markdown(title) + "\n")
			}
		}
	}
	return sarifMessage{Text: text.String(), Markdown: md.String()}
}

// markdown makes text mean itself in Markdown.
func markdown(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\`*_[]<>#|~&!", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func tags(p finding.Policy) []string {
	out := []string{"security", "network"}
	if p.Family != "" {
		out = append(out, clean(p.Family))
	}
	for _, c := range p.Controls {
		if len(out) < maxTags {
			out = append(out, clean(c.Framework+" "+c.Control))
		}
	}
	return out
}

// level is the SARIF level of a failure.
func level(s finding.Severity) string {
	switch s {
	case finding.Critical, finding.High:
		return "error"
	case finding.Low:
		return "note"
	case finding.Medium:
	}
	return "warning"
}

// securitySeverity is the number by which code scanning ranks: over 9.0 is
// critical, from 7.0 high, from 4.0 medium.
func securitySeverity(s finding.Severity) string {
	switch s {
	case finding.Critical:
		return "9.5"
	case finding.High:
		return "8.0"
	case finding.Low:
		return "3.0"
	case finding.Medium:
	}
	return "5.5"
}

func problemSeverity(s finding.Severity) string {
	if l := level(s); l != "note" {
		return l
	}
	return "recommendation"
}

// orElse returns text, or other where text says nothing.
func orElse(text, other string) string {
	if text = cleanLines(text); text != "" {
		return text
	}
	return other
}

// sentence is text for a message: it ends with a full stop.
func sentence(s string) string {
	s = plainText(s)
	if s == "" || strings.ContainsRune(".!?", rune(s[len(s)-1])) {
		return s
	}
	return s + "."
}

// plainText is text that a viewer of SARIF shows as it stands: in messages,
// [text](target) would be a link.
func plainText(s string) string { return strings.ReplaceAll(cleanLines(s), "](", "] (") }
