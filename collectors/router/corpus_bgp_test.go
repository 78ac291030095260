package router_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/routeproof/routeproof/collectors/router/eos"
	"github.com/routeproof/routeproof/collectors/router/frr"
	"github.com/routeproof/routeproof/collectors/router/ios"
	"github.com/routeproof/routeproof/collectors/router/iosxr"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/nxos"
	"github.com/routeproof/routeproof/internal/snapshot"
)

const bgpCorpus = "../../../shared/data/routers"

type bgpCase struct {
	Dir      string   `json:"dir"`
	Origin   string   `json:"origin"`
	Platform string   `json:"platform"`
	Command  string   `json:"command"`
	Class    string   `json:"class"`
	Raw      string   `json:"raw_file"`
	Expected []string `json:"expected_files"`
	Warning  string   `json:"warning"`
}

// text reports whether the case is a BGP table as text of a platform whose text
// is read here.
func (c bgpCase) text() bool {
	if !slices.Contains([]string{"bgp_table", "bgp_table_empty", "bgp_adj_rib", "bgp_detail"}, c.Class) || filepath.Ext(c.Raw) != ".txt" {
		return false
	}
	if strings.Contains(c.Command, "json") || strings.Contains(c.Command, "JSON") {
		return false
	}
	return slices.Contains([]string{"cisco_ios", "cisco_iosxe", "cisco_nxos", "cisco_xr", "arista_eos", "frr", "frr_cumulus", "frr_or_ios_unknown"}, c.Platform)
}

func bgpCases(t *testing.T) []bgpCase {
	t.Helper()
	f, err := os.Open(filepath.Join(bgpCorpus, "manifest.jsonl"))
	if err != nil {
		t.Skipf("the recorded outputs are not here: %v", err)
	}
	defer f.Close()
	var cases []bgpCase
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var c bgpCase
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.text() {
			cases = append(cases, c)
		}
	}
	return cases
}

// command is what was typed, where the corpus has the name of a parser, or has
// left an argument out.
func (c bgpCase) command() string {
	switch c.Command {
	case "ShowBgpAllNeighborsAdvertisedRoutes":
		return "show bgp all neighbors X advertised-routes"
	case "ShowIpBgpRegexp":
		return "show ip bgp regexp X"
	case "show ip bgp (command not captured)":
		return "show ip bgp"
	case "show ip bgp neighbors advertised-routes", "show bgp vrf all neighbors advertised-routes":
		return strings.Replace(c.Command, "neighbors", "neighbors X", 1)
	}
	return c.Command
}

// read reads a case. ok is false when there is no reader.
func (c bgpCase) read(raw []byte) (r snapshot.Router, in *lines.Reader, ok bool) {
	in = lines.Of(raw)
	read := map[string]func(string, *lines.Reader, *snapshot.Router) bool{
		"cisco_ios": ios.Read, "cisco_iosxe": ios.Read, "cisco_nxos": nxos.Read, "cisco_xr": iosxr.Read, "arista_eos": eos.Read,
		"frr": frr.Read, "frr_cumulus": frr.Read, "frr_or_ios_unknown": frr.Read,
	}[c.Platform]
	ok = read(strings.Join(strings.Fields(c.command()), " "), in, &r)
	return r, in, ok
}

// TestBGPCorpus reads every recorded BGP table that is text, and compares it with
// the expected reading where there is one.
func TestBGPCorpus(t *testing.T) {
	type score struct{ right, compared, known, all, rows int }
	scores := map[string]*score{}
	exceptions := bgpExceptions()
	for _, c := range bgpCases(t) {
		s := scores[c.Platform]
		if s == nil {
			s = &score{}
			scores[c.Platform] = s
		}
		s.all++
		rows, compared, problem := c.check(t)
		s.rows += rows
		if compared {
			s.compared++
		}
		reason, known := exceptions[c.Dir]
		switch {
		case problem == "" && known:
			t.Errorf("%s is on the list of exceptions and reads well", c.Dir)
		case problem == "":
			s.right++
		case known && strings.HasPrefix(reason, "raw: ") && strings.Contains(c.invented(t), "  has "):
			t.Errorf("%s: reads a row that is not there: %s", c.Dir, c.invented(t))
		case known:
			s.known++
			t.Logf("exception %s: %s", c.Dir, reason)
		default:
			t.Errorf("%s (%s): %s", c.Dir, c.Command, problem)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(scores)) {
		s := scores[name]
		t.Logf("%-20s %d of %d read as they must be, %d of them held against an expected reading or another form; %d known exceptions; %d rows", name, s.right, s.all, s.compared, s.known, s.rows)
	}
}

// invented says how the rows of a case differ from the expected ones.
func (c bgpCase) invented(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(bgpCorpus, c.Dir, c.Raw))
	if err != nil {
		t.Fatal(err)
	}
	r, _, _ := c.read(raw)
	paths := r.BGP.Paths
	for _, rib := range r.AdjRIBs {
		paths = append(paths, rib.Paths...)
	}
	g, ok := c.golden(t)
	if !ok {
		return ""
	}
	return g.diff(paths)
}

// check says what is wrong with the reading of a case.
func (c bgpCase) check(t *testing.T) (rows int, compared bool, problem string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(bgpCorpus, c.Dir, c.Raw))
	if err != nil {
		t.Fatal(err)
	}
	r, in, ok := c.read(raw)
	if !ok {
		return 0, false, "no reader"
	}
	paths, reads := r.BGP.Paths, []snapshot.Read{r.BGP.Read}
	for _, rib := range r.AdjRIBs {
		paths = append(paths, rib.Paths...)
		reads = append(reads, rib.Read)
	}
	g, compared := c.golden(t)
	if u := in.Unread(); len(u) > 0 {
		return len(paths), compared, fmt.Sprintf("%d unread, the first %d: %s", in.Missed(), u[0].Line, u[0].Text)
	}
	if compared {
		if d := g.diff(paths); d != "" {
			return len(paths), true, d
		}
	}
	for _, read := range reads {
		if bad := c.judge(read, raw); bad != "" {
			return len(paths), compared, bad
		}
	}
	return len(paths), compared, ""
}

// judge says what is wrong with a table's status. A filter or a prefix in the
// command makes it partial; so does that the author of a document cut off the
// line that counts the routes.
func (c bgpCase) judge(read snapshot.Read, raw []byte) string {
	cut := !bytes.Contains(raw, []byte("Displayed")) && !bytes.Contains(raw, []byte("Total number of prefixes"))
	if slices.Contains([]snapshot.Status{snapshot.Missing, snapshot.OK, snapshot.Empty}, read.Status) ||
		strings.HasPrefix(read.Detail, "the command lists") || cut && strings.HasPrefix(read.Detail, "the line that counts") {
		return ""
	}
	return fmt.Sprintf("%s: %s", read.Status, read.Detail)
}
