// Package evidence keeps what collectors received, byte for byte, in a
// directory that a person can read and `sha256sum -c` can check.
//
//	EVIDENCE/manifest.json   what each item is, when and how it was had
//	EVIDENCE/SHA256SUMS      the sums of every other file, the manifest included
//	EVIDENCE/seal.dsse.json  where there is a key: who vouches for all of it
//	EVIDENCE/routers/<name>/<command with _ for blanks>.txt
//	EVIDENCE/azure/<subscription>/<type>/<group>/<name>[.<action>[.<argument>]].json
//
// A directory without a manifest is read as well, and is then unattested.
package evidence

import (
	"crypto/sha256"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// Version is the version of the manifest that this program writes, and the
// newest that it reads.
const Version = 1

// MaxItem is the largest item that is kept or read, in bytes. A larger answer
// is cut there by [Writer.Add] and marked partial.
const MaxItem = 1 << 30

// Manifest is EVIDENCE/manifest.json.
type Manifest struct {
	Version      int    `json:"version"`
	Tool         string `json:"tool"`
	PolicyDigest string `json:"policyDigest,omitempty"`
	// Waivers identifies the decisions to live with failures that the run was judged
	// with, as finding.WaiversDigest does.
	Waivers  string         `json:"waivers,omitempty"`
	Started  time.Time      `json:"started"`
	Finished time.Time      `json:"finished"`
	Scope    snapshot.Scope `json:"scope,omitzero"`
	// Previous is the run before this one, and LastGood the newest before it in
	// which every source answered. They are nil when there is none, and for evidence
	// outside of a history of runs.
	Previous *Link `json:"previous,omitempty"`
	LastGood *Link `json:"lastGood,omitempty"`
	// Retention says which earlier runs may be removed once this one is there.
	Retention Retention `json:"retention,omitzero"`
	Items     []Item    `json:"items"`
}

// Answered reports whether every source gave at least one answer.
func (m Manifest) Answered() bool {
	sources := make(map[string]bool)
	for _, it := range m.Items {
		said := it.Status == snapshot.OK || it.Status == snapshot.Empty || it.Status == snapshot.Partial
		sources[it.Source] = sources[it.Source] || said
	}
	for _, said := range sources {
		if !said {
			return false
		}
	}
	return len(sources) > 0
}

// Link names a run in a way that no other can take its place.
type Link struct {
	// Run is the name of the run's directory.
	Run string `json:"run"`
	// SHA256 is that of its manifest.json, in lower-case hexadecimal.
	SHA256 string `json:"sha256"`
	// Finished is when it was collected.
	Finished time.Time `json:"finished"`
}

// Retention is how long runs are kept. The zero Retention keeps all of them;
// otherwise a run that any of the two keeps is kept.
type Retention struct {
	// KeepLast is how many of the newest runs are kept.
	KeepLast int `json:"keepLast,omitempty"`
	// KeepHours is the age up to which runs are kept, in hours.
	KeepHours int `json:"keepHours,omitempty"`
}

// Item is one piece of evidence. Path is relative to the evidence directory,
// with forward slashes, and never leaves it.
type Item struct {
	Path string `json:"path"`
	// SHA256 is over the file as stored, in lower-case hexadecimal.
	SHA256 string `json:"sha256"`
	// Source is who said it: "router/R1" or "azure/<subscription>".
	Source string `json:"source"`
	// What is the command or request as sent.
	What   string          `json:"what"`
	Status snapshot.Status `json:"status"`
	At     time.Time       `json:"at"`
	// TookMS is how long the answer took, in milliseconds.
	TookMS int64 `json:"tookMS"`
	// Detail says why Status is not ok, in words that name what to do.
	Detail string `json:"detail,omitempty"`
	// Identity is what the source proved about itself: platform and hostKey of
	// a router, subscription and requestID of an Azure call.
	Identity map[string]string `json:"identity,omitempty"`
}

// RouterPath is where the output of a command of a router is kept.
func RouterPath(router, command string) string {
	return path.Join("routers", Segment(router), Segment(strings.ReplaceAll(command, " ", "_"))+".txt")
}

// AzurePath is where an Azure resource, or the answer to an action on it, is
// kept. action and argument may be empty.
func AzurePath(subscription, typ, group, name, action, argument string) string {
	file := []string{Segment(name)}
	for _, part := range []string{action, argument} {
		if part != "" {
			file = append(file, Segment(part))
		}
	}
	return path.Join("azure", Segment(subscription), Segment(typ), Segment(group), strings.Join(file, ".")+".json")
}

// Segment makes one path segment of untrusted text. Letters, digits and
// "-_.,@+" stay as they are; every other byte becomes %XX, so that different
// names stay different and no name can leave its folder. Of a text that is too
// long for a file's name, the start is kept, and a part of its SHA-256.
func Segment(s string) string {
	const most = 200
	if whole := escape(s); len(whole) <= most {
		return whole
	}
	end := fmt.Sprintf("%%~%x", sha256.Sum256([]byte(s)))[:18]
	start := escape(s)[:most-len(end)]
	if i := strings.LastIndexByte(start, '%'); i > len(start)-3 {
		start = start[:i] // no half of an escaped byte
	}
	return start + end
}

// escape makes text fit for a path, whatever its length.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			strings.IndexByte("-_,@+", c) >= 0 || c == '.' && i > 0
		if plain {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	if b.Len() == 0 {
		return "%00"
	}
	return b.String()
}
