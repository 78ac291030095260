package config

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/routeproof/routeproof/internal/finding"
)

// waiversDoc is a waivers file as it is written.
type waiversDoc struct {
	Waivers []waiverDoc `yaml:"waivers"`
}

type waiverDoc struct {
	Rule     string `yaml:"rule"`
	Resource string `yaml:"resource"`
	OnPrem   string `yaml:"onprem"`
	Azure    string `yaml:"azure"`
	Path     string `yaml:"path"`
	Owner    string `yaml:"owner"`
	Approver string `yaml:"approver"`
	Reason   string `yaml:"reason"`
	Expires  string `yaml:"expires"`
}

// LoadWaivers reads a waivers file: decisions to live with failures for a time.
// Whether one is still valid, and what it waives, is judged with the evidence.
func LoadWaivers(file string) ([]finding.Waiver, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("waivers: %w", err)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("waivers %s: larger than %d bytes", file, maxFile)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("waivers: %w", err)
	}
	return parseWaivers(file, data)
}

// parseWaivers validates data as the content of the waivers file called file. The
// error lists every problem, one a line.
func parseWaivers(file string, data []byte) ([]finding.Waiver, error) {
	var doc waiversDoc
	l, err := decode(file, data, &doc)
	if err != nil {
		return nil, err
	}
	v := validator{layout: l}
	var out []finding.Waiver
	for i, w := range doc.Waivers {
		out = append(out, v.waiver(fmt.Sprintf("waivers[%d]", i), w))
	}
	if err := errors.Join(v.problems...); err != nil {
		return nil, err
	}
	return out, nil
}

func (v *validator) waiver(at string, d waiverDoc) finding.Waiver {
	w := finding.Waiver{
		Rule: d.Rule, Resource: d.Resource, Path: d.Path, Place: finding.Ref{Item: v.file, Line: v.lines[at]},
		Owner: strings.TrimSpace(d.Owner), Approver: strings.TrimSpace(d.Approver), Reason: strings.TrimSpace(d.Reason),
	}
	if !regexp.MustCompile(`^[A-Z]{3}-[0-9]{2}$`).MatchString(d.Rule) {
		v.bad(at+".rule", "%q: want the ID of a policy, like ENC-07", d.Rule)
	}
	for _, f := range []struct{ key, value, want string }{
		{"owner", w.Owner, "who lives with it"}, {"approver", w.Approver, "who allowed it"}, {"reason", w.Reason, "why it may be so"},
	} {
		if f.value == "" {
			v.bad(at+"."+f.key, "is missing: want %s", f.want)
		}
	}
	if w.Owner != "" && w.Owner == w.Approver {
		v.bad(at+".approver", "%q is the owner: want somebody else", w.Approver)
	}
	if d.OnPrem != "" {
		w.OnPrem = v.prefix(at+".onprem", d.OnPrem).String()
	}
	if d.Azure != "" {
		w.Azure = v.prefix(at+".azure", d.Azure).String()
	}
	var err error
	if w.Expires, err = time.Parse(time.DateOnly, d.Expires); err != nil {
		v.bad(at+".expires", "%q: want the day (UTC) on which the waiver ends, like 2027-06-30", d.Expires)
	}
	return w
}
