package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/pseudonym"
)

const evidenceUsage = `Usage: routeproof evidence redact [flags] EVIDENCE OUT

Makes evidence that can be shown to others. Names and addresses are replaced, and
the same verdicts follow from what is left: addresses keep how they lie in each
other's prefixes, names stay apart, and the special blocks (RFC 1918, APIPA) and
/30s keep their meaning.

What stays readable: the words of devices and of Azure, interfaces' names, AS
numbers, lengths of prefixes, counters, times and regions. Descriptions, remarks,
banners, users, domains, SNMP contacts and the values of tags are hidden, but for tags
that tell of MACsec. Read the result before you give it away: a name that a device
prints without saying that it is one cannot be known here.

A seal does not survive, and says so by not being there: keep the original, and name
it where the copy is used as proof.

Flags:

    --key FILE         with which to replace, at least 16 bytes: the same key gives the
                       same names, in this bundle and the next. Who has it can tell
                       which name stands for which: keep it. Without a key, one is
                       made up and forgotten

Example:

    openssl rand -hex 32 >redact.key
    routeproof evidence redact --key redact.key routeproof-audit/latest/evidence shared
`

// evidence carries out the commands about evidence itself.
func (p program) evidence(_ context.Context, args []string) error {
	if len(args) == 0 || args[0] != "redact" {
		if len(args) > 0 && (args[0] == "--help" || args[0] == "-h") {
			return helpError{evidenceUsage}
		}
		return usageError("evidence: want routeproof evidence redact EVIDENCE OUT")
	}
	flags := newFlags("evidence redact")
	file := flags.String("key", "", "")
	rest, err := parseFlags(flags, evidenceUsage, args[1:], "EVIDENCE", "OUT")
	if err != nil {
		return err
	}
	key := make([]byte, 32)
	if *file != "" {
		if key, err = os.ReadFile(*file); err != nil {
			return usageError("evidence redact: --key: %w", cause(err))
		}
	} else if _, err := rand.Read(key); err != nil {
		return fmt.Errorf("key: %w", err)
	}
	d, closer, err := openEvidence(rest[0])
	if err != nil {
		return err
	}
	defer closer.Close()
	b, err := pseudonym.Make(d, key)
	if err != nil {
		return usageError("evidence redact: %w", err)
	}
	if err := writeBundle(rest[1], d.Attested, b); err != nil {
		return err
	}
	text := fmt.Sprintf("%s: %d items, names and addresses replaced\n", rest[1], len(b.Files))
	if len(b.Left) > 0 {
		text += "left as they are, because devices or Azure use them as words, too: " + strings.Join(b.Left, ", ") + "\n"
	}
	return p.print(text)
}

// writeBundle makes the evidence directory dir, with a manifest if there was one.
func writeBundle(dir string, attested bool, b pseudonym.Bundle) error {
	if attested {
		w, err := evidence.Create(dir)
		if err != nil {
			return err
		}
		defer w.Abort()
		for _, f := range b.Files {
			if err := w.Add(f.Item, f.Body); err != nil {
				return err
			}
		}
		return w.Close(b.Manifest)
	}
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return usageError("evidence redact: %s is there already: name a new directory", dir)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(filepath.Clean(dir)), "."+filepath.Base(dir)+".*")
	if err != nil {
		return fmt.Errorf("evidence redact: %w", err)
	}
	defer os.RemoveAll(tmp) // does nothing once it has its name
	for _, f := range b.Files {
		name := filepath.Join(tmp, filepath.FromSlash(f.Item.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			return fmt.Errorf("evidence redact: %w", err)
		}
		if err := os.WriteFile(name, f.Body, 0o600); err != nil {
			return fmt.Errorf("evidence redact: %w", err)
		}
	}
	if err := os.Rename(tmp, dir); err != nil {
		return fmt.Errorf("evidence redact: %w", err)
	}
	return nil
}
