package graph_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/graph"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func TestEvidenceSaysWhatWasNotUnderstood(t *testing.T) {
	const item = "routers/R1/show_ip_bgp.txt"
	for name, tc := range map[string]struct {
		unread []snapshot.Unread
		want   string
	}{
		"one line":    {[]snapshot.Unread{{Item: item, Line: 7}}, "line 7 was not understood"},
		"lines":       {[]snapshot.Unread{{Item: item, Line: 7}, {Item: item, Line: 9}}, "lines 7, 9 were not understood"},
		"many lines":  {[]snapshot.Unread{{Item: item, Line: 1}, {Item: item, Line: 2}, {Item: item, Line: 3}, {Item: item, Line: 4}, {Item: item, Line: 5}, {Item: item, Line: 6}}, "lines 1, 2, 3, 4, 5 and 1 more were not understood"},
		"all of it":   {[]snapshot.Unread{{Item: item, Text: "nothing reads it"}}, "nothing reads it"},
		"of no other": {[]snapshot.Unread{{Item: item + "x", Line: 7}}, ""},
	} {
		s := snapshot.Snapshot{Items: []snapshot.Item{{Path: item, Status: snapshot.OK}}, Unread: tc.unread}
		want := []graph.Evidence{{Item: item, Status: "unread", Detail: tc.want, Age: -1}}
		if tc.want == "" {
			want[0].Status = "ok"
		}
		if diff := cmp.Diff(want, graph.Build(s).Model().Evidence); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
