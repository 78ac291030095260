// Package ribtest holds readers of routing tables and lists of interfaces to what
// must be true of every text, for the platforms' fuzz targets.
package ribtest

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Reader is a platform's Read.
type Reader func(command string, in *lines.Reader, r *snapshot.Router) bool

// Fuzz reads any text as the answer to each of commands. Its seeds are those
// given, and the recorded routing tables of platforms where they are to hand.
func Fuzz(f *testing.F, read Reader, commands, seeds []string, platforms ...string) {
	f.Helper()
	for i := range commands {
		for _, s := range seeds {
			f.Add(uint8(i), []byte(s))
		}
	}
	for _, text := range recorded(f, platforms) {
		f.Add(uint8(0), text)
	}
	f.Fuzz(func(t *testing.T, which uint8, text []byte) {
		check(t, read, commands[int(which)%len(commands)], text)
	})
}

// recorded are the recorded routing tables of platforms, none where the
// recordings are not to hand.
func recorded(f *testing.F, platforms []string) [][]byte {
	f.Helper()
	const corpus = "../../../../shared/data/routers"
	manifest, err := os.ReadFile(filepath.Join(corpus, "manifest.jsonl"))
	if err != nil {
		return nil
	}
	var texts [][]byte
	for line := range bytes.Lines(manifest) {
		var c struct {
			Dir, Platform, Class string
			Raw                  string `json:"raw_file"`
		}
		if err := json.Unmarshal(line, &c); err != nil {
			f.Fatal(err)
		}
		if c.Class != "rib" || c.Raw != "raw.txt" || !slices.Contains(platforms, c.Platform) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(corpus, c.Dir, c.Raw))
		if err != nil {
			f.Fatal(err)
		}
		texts = append(texts, text)
	}
	return texts
}

func check(t *testing.T, read Reader, command string, text []byte) {
	t.Helper()
	was := bytes.Clone(text)
	in := lines.Of(text)
	var r snapshot.Router
	if !read(command, in, &r) {
		t.Fatalf("no reader for %q", command)
	}
	if !bytes.Equal(was, text) {
		t.Fatal("the text was changed")
	}
	var again snapshot.Router
	read(command, lines.New(bytes.NewReader(text)), &again)
	if !reflect.DeepEqual(r, again) {
		t.Fatalf("two readings differ:\n%+v\n%+v", r, again)
	}
	table := r.RIB.Read
	if table.Status == snapshot.Missing {
		table = r.Ports.Read
	}
	last := bytes.Count(text, []byte("\n")) + 1
	switch {
	case table.Status == snapshot.Missing:
		t.Fatal("the table has no status")
	case in.Missed() > 0 && table.Status != snapshot.Partial && table.Status != snapshot.Error:
		t.Fatalf("%d unread lines, and the table is %s", in.Missed(), table.Status)
	case len(bytes.TrimSpace(text)) == 0 && table.Status != snapshot.Partial:
		t.Fatalf("nothing was printed, and the table is %s", table.Status)
	}
	for _, u := range in.Unread() {
		if u.Line < 1 || u.Line > last {
			t.Fatalf("unread line %d of %d", u.Line, last)
		}
	}
	for i := range r.RIB.Routes {
		checkRoute(t, &r.RIB.Routes[i], last)
	}
	for _, i := range r.Ports.Interfaces {
		if i.Name == "" || i.Line < 1 || i.Line > last || slices.ContainsFunc(i.Addrs, func(a netip.Prefix) bool { return !a.IsValid() }) {
			t.Fatalf("interface %+v", i)
		}
	}
}

func checkRoute(t *testing.T, r *snapshot.Route, last int) {
	t.Helper()
	if r.VRF == "" || r.Protocol == "" || !r.Prefix.IsValid() || len(r.NextHops) == 0 || r.Line < 1 || r.LastLine < r.Line || r.LastLine > last {
		t.Fatalf("route %+v", *r)
	}
	for _, n := range r.NextHops {
		if n.Line < r.Line || n.Line > r.LastLine || !n.Addr.IsValid() && n.Interface == "" && !n.Blackhole {
			t.Fatalf("next hop %+v of %+v", n, *r)
		}
		for _, name := range []string{n.Interface, n.VRF, r.VRF} {
			if bytes.ContainsAny([]byte(name), " \t\r\n\x00\x1b") {
				t.Fatalf("name %q", name)
			}
		}
	}
}
