package graph_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// TestSelectionReproducesTheDevicesChoice reruns best-path selection over the
// recorded BGP tables of other people's routers, and holds it against the path
// that the device itself marked best.
func TestSelectionReproducesTheDevicesChoice(t *testing.T) {
	corpus := filepath.Join("..", "..", "..", "shared", "data", "routers")
	f, err := os.Open(filepath.Join(corpus, "manifest.jsonl"))
	if err != nil {
		t.Skipf("the recorded outputs are not here: %v", err)
	}
	defer f.Close()
	type score struct{ tables, prefixes, several, same, tied, missed int }
	scores := make(map[string]*score)
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var c struct {
			Dir, Origin, Platform, Command, Class string
			Raw                                   string `json:"raw_file"`
		}
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		// Only what devices printed themselves: other collections are edited.
		if c.Class != "bgp_table" || c.Origin != "lab-validation" && c.Origin != "azure-lab" {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(corpus, c.Dir, c.Raw))
		if err != nil {
			t.Fatal(err)
		}
		out, err := router.Parse(c.Platform, c.Command, bytes.NewReader(raw))
		if err != nil || len(out.Unread) > 0 {
			continue // the readers' tests hold them to account
		}
		s := scores[out.Platform]
		if s == nil {
			s = &score{}
			scores[out.Platform] = s
		}
		s.tables++
		for key, paths := range byPrefix(out.Paths) {
			best := slices.IndexFunc(paths, func(p snapshot.Path) bool { return p.Best })
			if best < 0 {
				continue
			}
			s.prefixes++
			if len(paths) < 2 {
				continue
			}
			s.several++
			chosen := graph.Select(paths, snapshot.BGPConfig{})
			switch i := slices.IndexFunc(chosen, func(p snapshot.Path) bool { return p.Line == paths[best].Line && p.NextHop == paths[best].NextHop }); {
			case i < 0:
				s.missed++
				if why := explained(c.Platform, paths[best]); why == "" {
					t.Errorf("%s: %s %s: the device chose %s, selection %v", c.Dir, key.vrf, key.prefix, paths[best].NextHop, hops(chosen))
				}
			case len(chosen) > 1:
				s.tied++
			default:
				s.same++
			}
		}
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	for p, s := range scores {
		t.Logf("%-14s %3d tables, %4d prefixes with a best path, %4d of several paths: %d decided as the device did, %d tied by what is shown, %d missed",
			p, s.tables, s.prefixes, s.several, s.same, s.tied, s.missed)
	}
}

// explained says why a table's choices cannot be reproduced.
func explained(platform string, best snapshot.Path) string {
	switch {
	case platform == "arista_eos" && best.NextHop == "-" && best.Weight == nil: // the other mode prints weights
		return "EOS in single-agent mode prefers local paths before it compares weights"
	}
	return ""
}

type prefixOf struct {
	vrf    string
	prefix netip.Prefix
}

func byPrefix(paths []snapshot.Path) map[prefixOf][]snapshot.Path {
	out := make(map[prefixOf][]snapshot.Path)
	for _, p := range paths {
		k := prefixOf{p.VRF, p.Prefix}
		out[k] = append(out[k], p)
	}
	return out
}

func hops(paths []snapshot.Path) []string {
	var out []string
	for _, p := range paths {
		out = append(out, p.NextHop)
	}
	return out
}
