package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Digest identifies the way that packets take: the nodes, links and protections
// of every branch and what becomes of them, in lower-case hexadecimal. It does
// not depend on the order of branches, nor on the table entries, words and
// evidence that the way was read from.
func (p Path) Digest() string {
	var branches []string
	for _, b := range p.Branches() {
		var s strings.Builder
		fmt.Fprintf(&s, "%q %q\n", b.Outcome, b.Firewalls)
		for _, h := range b.Hops {
			fmt.Fprintf(&s, "%q %q %q %q\n", h.Node, h.Link, h.LinkKind, h.Protection)
		}
		branches = append(branches, s.String())
	}
	slices.Sort(branches)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(branches), "\n")))
	return hex.EncodeToString(sum[:])
}

// PathDigest identifies the paths that prove the finding: that of its direction,
// or both when it names none. It is empty when the finding has no path.
func (f Finding) PathDigest() string {
	var parts []string
	if f.Forward != nil && f.Direction != "return" {
		parts = append(parts, f.Forward.Digest())
	}
	if f.Return != nil && f.Direction != "forward" {
		parts = append(parts, f.Return.Digest())
	}
	return strings.Join(parts, "/")
}

// WaiversDigest identifies decisions to live with failures, in lower-case
// hexadecimal: not where they are written, nor what they waive. Without any it is
// empty.
func WaiversDigest(ws []Waiver) string {
	if len(ws) == 0 {
		return ""
	}
	sum := sha256.New()
	for _, w := range ws {
		fmt.Fprintf(sum, "%q %q %q %q %q %q %q %q %d\n", w.Rule, w.Resource, w.OnPrem, w.Azure, w.Path, w.Owner, w.Approver, w.Reason, w.Expires.Unix())
	}
	return hex.EncodeToString(sum.Sum(nil))
}
