// Package pseudonym makes evidence that can be shared: names and addresses are
// replaced, with a key, so that the same verdicts follow from it. Addresses keep
// how they lie in each other's prefixes; names stay apart.
//
// What stays readable: the words of devices and of Azure, interfaces' names, AS
// numbers, lengths of prefixes, counters, times, regions.
package pseudonym

import (
	"crypto/sha256"
	"fmt"
	"net/netip"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Bundle is evidence under other names.
type Bundle struct {
	Manifest evidence.Manifest // without Items; those are in Files
	Files    []File
	// Left are names that were left, because formats use them as words, too.
	Left []string
}

// File is one item, with what it says.
type File struct {
	Item evidence.Item
	Body []byte
}

// Make renames all of d by a key. The same key gives the same names, so that
// bundles can be compared; who has it can find out which name stands for which.
func Make(d *evidence.Dir, key []byte) (Bundle, error) {
	if len(key) < 16 {
		return Bundle{}, fmt.Errorf("the key has %d bytes: want at least 16, as from: openssl rand -hex 32", len(key))
	}
	addresses, err := newAddresses(sha256.Sum256(append([]byte("routeproof addresses\x00"), key...)))
	if err != nil {
		return Bundle{}, err
	}
	t := &translator{addresses: addresses, seeing: true, quad: regexp.MustCompile(`\d{1,3}(?:\.\d{1,3}){3}`), names: &names{
		key: sha256.Sum256(append([]byte("routeproof names\x00"), key...)), known: make(map[string]bool), words: formatWords(),
	}}
	var b Bundle
	for _, it := range d.Manifest.Items {
		body, err := d.Bytes(it.Path)
		if err != nil {
			return Bundle{}, fmt.Errorf("evidence item %s: %w", it.Path, err)
		}
		body = prose(slices.Clone(body), isJSON(it.Path))
		b.Files = append(b.Files, File{it, body})
		t.learnItem(it, body)
		t.learnPath(it.Path)
	}
	t.learnScope(d.Manifest.Scope)
	for _, f := range b.Files {
		t.file(f)
	}
	t.seeing = false
	for i, f := range b.Files {
		b.Files[i] = t.file(f)
	}
	m := d.Manifest
	b.Manifest = evidence.Manifest{Tool: m.Tool + " (names and addresses replaced)", PolicyDigest: m.PolicyDigest, Started: m.Started, Finished: m.Finished, Scope: t.scope(m.Scope)}
	b.Left = t.left()
	slices.Sort(b.Left)
	return b, nil
}

func isJSON(name string) bool { return strings.HasSuffix(name, ".json") }

// learnPath takes the names of routers, subscriptions, groups and resources.
func (t *translator) learnPath(name string) {
	parts := strings.Split(name, "/")
	switch {
	case parts[0] == "routers" && len(parts) > 1:
		t.add(parts[1])
	case parts[0] == "azure" && len(parts) > 4:
		t.add(parts[3])
		t.add(strings.SplitN(strings.TrimSuffix(parts[4], ".json"), ".", 2)[0])
	}
}

func (t *translator) learnScope(s snapshot.Scope) {
	for _, site := range s.Sites {
		t.add(site.Name)
		for _, r := range site.Routers {
			t.add(r)
		}
		for _, p := range site.Prefixes {
			t.see(p.Addr())
		}
	}
	for _, f := range flows(s) {
		for _, p := range []netip.Prefix{f.OnPrem, f.Azure} {
			if p.IsValid() {
				t.see(p.Addr())
			}
		}
	}
}

// flows are all that the scope names.
func flows(s snapshot.Scope) []snapshot.Flow {
	var out []snapshot.Flow
	for _, p := range s.Protected {
		out = append(out, p.Flow)
	}
	for _, e := range s.Exempt {
		out = append(out, e.Flow)
	}
	return out
}

// file renames an item: what it says, where it is, and what is said of it.
func (t *translator) file(f File) File {
	it := f.Item
	it.Path = t.path(it.Path)
	it.Source = t.path(it.Source)
	it.What, it.Detail = string(t.text([]byte(it.What), false)), string(t.text([]byte(it.Detail), false))
	it.Identity, it.SHA256 = nil, ""
	if p := f.Item.Identity["platform"]; p != "" {
		it.Identity = map[string]string{"platform": p}
	}
	return File{it, t.text(f.Body, isJSON(f.Item.Path))}
}

// path renames the parts of a path. The folder of a router has its name as it is;
// below azure, names are compared without regard to case.
func (t *translator) path(name string) string {
	parts := strings.Split(name, "/")
	azure := parts[0] == "azure"
	for i := 1; i < len(parts); i++ {
		name, rest := parts[i], ""
		if azure && i == 4 {
			name, rest, _ = strings.Cut(strings.TrimSuffix(name, ".json"), ".")
			if rest != "" {
				rest = "." + rest
			}
			rest += ".json"
		}
		parts[i] = t.word(name, azure) + t.dotted(rest)
	}
	return path.Join(parts...)
}

func (t *translator) scope(s snapshot.Scope) snapshot.Scope {
	out := snapshot.Scope{Require: s.Require}
	prefix := func(p netip.Prefix) netip.Prefix {
		if !p.IsValid() {
			return p
		}
		return netip.PrefixFrom(t.addresses.rename(p.Addr()), p.Bits())
	}
	flow := func(f snapshot.Flow) snapshot.Flow {
		return snapshot.Flow{OnPrem: prefix(f.OnPrem), Azure: prefix(f.Azure)}
	}
	for _, site := range s.Sites {
		to := snapshot.Site{Name: t.word(site.Name, false)}
		for _, r := range site.Routers {
			to.Routers = append(to.Routers, t.word(r, false))
		}
		for _, p := range site.Prefixes {
			to.Prefixes = append(to.Prefixes, prefix(p))
		}
		out.Sites = append(out.Sites, to)
	}
	for _, p := range s.Protected {
		out.Protected = append(out.Protected, snapshot.Protected{Flow: flow(p.Flow), Require: p.Require})
	}
	for _, e := range s.Exempt {
		out.Exempt = append(out.Exempt, snapshot.Exempt{Flow: flow(e.Flow), Reason: "hidden", Expires: e.Expires})
	}
	for _, l := range s.Links {
		kind, name, _ := strings.Cut(l.Link, "/")
		out.Links = append(out.Links, snapshot.LinkEnd{Link: kind + "/" + t.link(name), Router: t.word(l.Router, false)})
	}
	return out
}

// link renames the resource in the name of a link, CIRCUIT-primary or NAME.
func (t *translator) link(name string) string {
	for _, end := range []string{"-primary", "-secondary", ""} {
		if circuit, ok := strings.CutSuffix(name, end); ok && t.isName(circuit) {
			return t.word(circuit, true) + end
		}
	}
	return t.word(name, true)
}
