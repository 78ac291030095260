package main

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/policy"
)

// template is a policy to begin with and its test. Their ID is OWN-01.
//
//go:embed template/own_01.rego template/own_01_test.rego
var template embed.FS

// newPolicy writes a policy with the ID, and its test, below the directory.
func (p program) newPolicy(engine *policy.Engine, o policiesFlags) error {
	if o.arg == "" {
		return usageError("policies new: missing ID: want three letters, a hyphen and two digits, like OWN-01")
	}
	id := strings.ToUpper(o.arg)
	if !regexp.MustCompile(`^[A-Z]{3}-[0-9]{2}$`).MatchString(id) {
		return usageError("policies new: ID %q: want three letters, a hyphen and two digits that no policy has yet, like OWN-01", o.arg)
	}
	if slices.ContainsFunc(engine.Policies(), func(m finding.Policy) bool { return m.ID == id }) {
		return usageError("policies new: there is a policy %s: \"routeproof policies show %s\" shows it; want another ID", id, id)
	}
	name := strings.ReplaceAll(strings.ToLower(id), "-", "_")
	dir := filepath.Join(o.dir, "own", name)
	if err := os.MkdirAll(filepath.Dir(dir), 0o750); err != nil {
		return fmt.Errorf("policies new: %w", err)
	}
	if err := os.Mkdir(dir, 0o750); err != nil {
		return fmt.Errorf("policies new: %w: want a directory that does not exist yet", err)
	}
	fill := strings.NewReplacer("OWN-01", id, "own_01", name)
	var written []string
	for _, suffix := range []string{".rego", "_test.rego"} {
		text, err := template.ReadFile("template/own_01" + suffix)
		if err != nil {
			return err
		}
		file := filepath.Join(dir, name+suffix)
		if err := os.WriteFile(file, []byte(fill.Replace(string(text))), 0o600); err != nil {
			return fmt.Errorf("policies new: %w", err)
		}
		written = append(written, file)
	}
	return p.print(printable(fmt.Sprintf("Wrote %s.", strings.Join(written, " and "))) + "\n" + printable(fmt.Sprintf(
		"Say what must hold in the first, and show in the second that it does; then: routeproof policies test %s", o.dir)) + "\n")
}
