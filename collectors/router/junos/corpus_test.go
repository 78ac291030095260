package junos_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/router/junos"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

const junosCorpus = "../../../../shared/data/routers"

type junosCase struct {
	Dir      string `json:"dir"`
	Platform string `json:"platform"`
	Command  string `json:"command"`
	Class    string `json:"class"`
	Raw      string `json:"raw_file"`
}

func junosCases(t *testing.T) []junosCase {
	t.Helper()
	f, err := os.Open(filepath.Join(junosCorpus, "manifest.jsonl"))
	if err != nil {
		t.Skipf("the recorded outputs are not here: %v", err)
	}
	defer f.Close()
	var cases []junosCase
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var c junosCase
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(c.Platform, "junos-") || c.Platform == "juniper_junos" {
			cases = append(cases, c)
		}
	}
	return cases
}

// TestJunosCorpus reads every recorded output of Junos and compares it with the
// expected reading where there is one.
func TestJunosCorpus(t *testing.T) {
	type score struct{ right, known, all int }
	scores := map[string]*score{}
	for _, c := range junosCases(t) {
		s := scores[c.Class]
		if s == nil {
			s = &score{}
			scores[c.Class] = s
		}
		s.all++
		problem := checkJunos(t, c)
		reason, known := exception(c)
		switch {
		case problem == "" && known:
			t.Errorf("%s is on the list of exceptions and reads well", c.Dir)
		case problem == "":
			s.right++
		case known:
			s.known++
			t.Logf("%s: %s", c.Dir, reason)
		default:
			t.Errorf("%s (%s): %s", c.Dir, c.Command, problem)
		}
	}
	for class, s := range scores {
		t.Logf("%-14s %d of %d right, %d known exceptions", class, s.right, s.all, s.known)
	}
}

// exception is why a case is not expected to read as recorded, if it is not.
func exception(c junosCase) (string, bool) {
	for _, e := range []struct{ part, reason string }{
		{"/show_route_forwarding-table_", "no reader: label and summary listings hold no route to a prefix"},
		{"/show_bgp_group_", "no reader: it lists groups; show bgp neighbor has their neighbours, with states"},
		{"get-bgp-summary-informationfrontend", "the raw contradicts itself: it counts 5 neighbours and holds 6, one of them edited in"},
		{"get-bgp-neighbor-information/test_get_bgp_neighbors__normal", "the golden is of the outputs by instance, not of this one"},
		{"test_get_bgp_config__normal", "partial rightly: it inherits from a configuration group that the output does not show"},
		{"show_bgp_neighbor/ShowBgpNeighbor__cli-equal__golden_output", "the golden has \"] Import: [\" inside the name of an export policy"},
		{"ShowRouteProtocolExtensive__cli-equal__golden_output_5", "the golden leaves out the interface of local routes and the MED that the raw has"},
	} {
		if strings.HasSuffix(c.Dir, e.part) || strings.HasSuffix(e.part, "_") && strings.Contains(c.Dir, e.part) || strings.Contains(c.Dir, e.part+"/") {
			return e.reason, true
		}
	}
	return "", false
}

// checkJunos says what is wrong with the reading of a case.
func checkJunos(t *testing.T, c junosCase) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(junosCorpus, c.Dir, c.Raw))
	if err != nil {
		t.Fatal(err)
	}
	got, in, ok := read(strings.Join(strings.Fields(c.Command), " "), raw)
	if !ok {
		return "no reader"
	}
	if u := in.Unread(); len(u) > 0 {
		return fmt.Sprintf("%d unread, the first %d: %s", in.Missed(), u[0].Line, u[0].Text)
	}
	for _, table := range tables(&got) {
		if table.Status == snapshot.Error || table.Status == snapshot.Partial && !strings.Contains(table.Detail, "the command lists") {
			return fmt.Sprintf("%s: %s", table.Status, table.Detail)
		}
	}
	if want, err := os.ReadFile(filepath.Join(junosCorpus, c.Dir, "expected_labvalidation.json")); err == nil {
		return diffLab(want, got)
	}
	if want, err := os.ReadFile(filepath.Join(junosCorpus, c.Dir, "expected.json")); err == nil && strings.Contains(c.Command, "show route summary") {
		if id := got.BGP.RouterID.String(); !strings.Contains(string(want), `"`+id+`"`) || got.BGP.LocalAS != 65171 {
			return "router ID " + id
		}
		return ""
	} else if err == nil && !strings.Contains(c.Command, "show route instance") {
		return diffGenie(want, got)
	}
	if want, err := os.ReadFile(filepath.Join(junosCorpus, c.Dir, "expected_napalm_getter.json")); err == nil && c.Class != "rib" && !strings.Contains(c.Dir, "detail") {
		return diffNapalm(want, got)
	}
	return ""
}

var labSpace = regexp.MustCompile(`[\[\](){},]`)

// diffLab compares with the reading of lab-validation, which has AS numbers as a
// list and no sets.
func diffLab(text []byte, got snapshot.Router) string {
	var want []struct {
		ASPath  []json.RawMessage `json:"as_path"`
		Active  bool              `json:"is_active"`
		Pref    *uint32           `json:"local_preference"`
		Metric  *uint32           `json:"metric"`
		Network string            `json:"network"`
		NextHop string            `json:"next_hop_ip"`
		Origin  string            `json:"origin_type"`
		VRF     string            `json:"vrf"`
		Proto   string            `json:"origin_protocol"`
	}
	if err := json.Unmarshal(text, &want); err != nil {
		return err.Error()
	}
	num := func(n *uint32) string {
		if n == nil {
			return "-"
		}
		return fmt.Sprint(*n)
	}
	var w, g []string
	for _, p := range want {
		var as []string
		for _, a := range p.ASPath {
			as = append(as, strings.Trim(string(a), `"`))
		}
		w = append(w, fmt.Sprint(p.VRF, " ", p.Network, " ", p.NextHop, " ", strings.Join(as, " "), " ", strings.ToLower(p.Origin), " ", p.Active, " ", num(p.Pref), " ", num(p.Metric)))
	}
	for _, p := range got.BGP.Paths {
		as := strings.Join(strings.Fields(labSpace.ReplaceAllString(p.ASPath, " ")), " ")
		g = append(g, fmt.Sprint(p.VRF, " ", p.Prefix, " ", p.NextHop, " ", as, " ", p.Origin, " ", p.Best, " ", num(p.LocalPref), " ", num(p.Metric)))
	}
	slices.Sort(w)
	slices.Sort(g)
	return cmp.Diff(w, g)
}

// read reads an output as the collector does.
func read(command string, raw []byte) (snapshot.Router, *lines.Reader, bool) {
	var r snapshot.Router
	in := lines.Of(raw)
	ok := junos.Read(command, in, &r)
	return r, in, ok
}

// tables are the tables that a reader has set.
func tables(r *snapshot.Router) []snapshot.Read {
	var set []snapshot.Read
	for _, t := range []snapshot.Read{
		r.BGP.Read, r.RIB.Read, r.Sessions.Read, r.Ports.Read, r.Tunnels.Read, r.IPsec.IKE.Read, r.IPsec.SAs.Read, r.MACsec.Read, r.Config.Read,
	} {
		if t.Status != snapshot.Missing {
			set = append(set, t)
		}
	}
	for _, a := range r.AdjRIBs {
		set = append(set, a.Read)
	}
	return set
}

// TestJunosConfigurations reads the running configurations of the recorded labs.
func TestJunosConfigurations(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(junosCorpus, "lab-validation", "_configs", "*", "*", "show_configuration_|_display_set.txt"))
	if err != nil || len(files) == 0 {
		t.Skip("the recorded configurations are not here")
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, in, ok := read("show configuration | display set", raw)
		if !ok || got.Config.Status != snapshot.OK {
			t.Errorf("%s: %s %s %v", file, got.Config.Status, got.Config.Detail, in.Unread())
		}
		neighbors := map[string]bool{}
		for _, m := range regexp.MustCompile(`(?m)^set (?:routing-instances (\S+) )?protocols bgp group (\S+) neighbor (\S+)`).FindAllStringSubmatch(string(raw), -1) {
			neighbors[m[1]+m[2]+m[3]] = true
		}
		n := 0
		for _, b := range got.Config.BGP {
			n += len(b.Neighbors)
		}
		if n != len(neighbors) {
			t.Errorf("%s: %d neighbours, want %d", file, n, len(neighbors))
		}
	}
}
