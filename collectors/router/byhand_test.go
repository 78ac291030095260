package router_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// What was pasted and is read by nobody must not look like evidence that was.
func TestAFileThatNothingReadsIsNotUnderstood(t *testing.T) {
	const version = "FRRouting 8.4.4 (R1) on Linux\n"
	for name, tc := range map[string]struct {
		files map[string]string
		want  string // of what was not understood; empty: nothing
	}{
		"names of commands":     {map[string]string{"show_version.txt": version, "show_ip_bgp.txt": "% BGP instance not found\n"}, ""},
		"a name with a mistake": {map[string]string{"show_version.txt": version, "show_ip_bpg.txt": ""}, "routers/R1/show_ip_bpg.txt: nothing of frr is read from a file of this name"},
		"another ending":        {map[string]string{"show_version.txt": version, "show_ip_bgp.log": ""}, "routers/R1/show_ip_bgp.log: nothing of frr is read"},
		"no known platform":     {map[string]string{"show_version.txt": "hello\n"}, "routers/R1/show_version.txt: no file of the router shows what platform it is of"},
	} {
		files := make(fstest.MapFS)
		for file, text := range tc.files {
			files["routers/R1/"+file] = &fstest.MapFile{Data: []byte(text)}
		}
		d, err := evidence.Open(files)
		if err != nil {
			t.Fatal(err)
		}
		var s snapshot.Snapshot
		router.Read(d, &s)
		var got []string
		for _, u := range s.Unread {
			if u.Line == 0 {
				got = append(got, u.Item+": "+u.Text)
			}
		}
		if text := strings.Join(got, "\n"); tc.want == "" && text != "" || !strings.Contains(text, tc.want) {
			t.Errorf("%s: not understood: %q, want %q", name, text, tc.want)
		}
	}
}
