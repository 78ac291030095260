package router_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// policyExceptions are the cases with lines that are not understood or with
// another reading than expected, each with its reason.
func policyExceptions() map[string]string {
	return map[string]string{
		"ShowRunningConfigBgp__cli-equal__golden_output_2/": "raw damaged: a tab stands for the blanks before as-override, so that its block is not known",
		"show_route-map_all/":                               "compared by name, number and action only: the expected clauses are in another vocabulary",
	}
}

func TestPolicyCorpus(t *testing.T) {
	score := map[string][3]int{}
	for _, c := range recordedCases(t, "policy", "running-config-bgp") {
		raw := c.text(t, c.Raw)
		got, err := router.Parse(c.platform(), c.typed(), bytes.NewReader(raw))
		if unreadable(c.Command) {
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.Dir, err)
			continue
		}
		key := c.Platform + " " + c.Class
		n := score[key]
		n[0]++
		if len(got.Unread) == 0 {
			n[1]++
		} else if !excepted(c.Dir, policyExceptions()) {
			t.Errorf("%s: %v", c.Dir, got.Unread)
		}
		if got.Config == nil || got.Config.Status != snapshot.Partial {
			t.Errorf("%s: a part of a configuration has status %s", c.Dir, got.Status)
		}
		if golden, ok := c.golden(t); ok {
			if want := goldenPolicy(golden); len(want) > 0 {
				if diff := cmp.Diff(want, ourPolicy(got.Config)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", c.Dir, diff)
				} else {
					n[2]++
				}
			}
		}
		score[key] = n
	}
	for key, n := range score {
		t.Logf("%s: %d cases, %d without an unread line, %d compared with an expected reading and equal", key, n[0], n[1], n[2])
	}
}

// goldenPolicy are the facts of an expected reading, as sorted lines.
func goldenPolicy(golden any) []string {
	facts := map[string]bool{}
	add := func(format string, args ...any) { facts[fmt.Sprintf(format, args...)] = true }
	for name, e := range under(golden) {
		for seq, st := range under(e, "statements") {
			add("map %s %s %s", name, seq, said(st, "actions", "route_disposition"))
		}
	}
	for name, e := range under(golden, "route_maps") {
		for seq, st := range under(e, "sequences") {
			add("map %s %s %s", name, seq, said(st, "action"))
		}
	}
	for name, e := range under(golden, "prefix_set_name") {
		for _, p := range under(e, "prefixes") {
			low, high, _ := strings.Cut(said(p, "masklength_range"), "..")
			add("list %s %s %s %s %s-%s", name, said(p, "sequence"), said(p, "action"), said(p, "prefix"), low, high)
		}
	}
	for name, e := range under(golden, "prefix_lists") {
		for _, p := range under(e, "entries") {
			add("list %s %s %s %s %s", name, said(p, "seq"), said(p, "action"), said(p, "network"), lengths(said(p, "network"), said(p, "ge"), said(p, "le")))
		}
	}
	top, _ := golden.(map[string]any)
	rows, _ := top["parsed_sample"].([]any)
	for _, row := range rows {
		switch {
		case said(row, "network") != "":
			network := said(row, "network") + "/" + said(row, "netmask")
			add("list %s %s %s %s %s", said(row, "name"), said(row, "seq"), said(row, "action"), network, lengths(network, said(row, "ge"), said(row, "le")))
		case said(row, "route_map_name") != "":
			add("map %s %s permit", said(row, "route_map_name"), said(row, "sequence"))
		}
	}
	for vrf, v := range under(golden, "bgp", "instance", "default", "vrf") {
		for addr, p := range under(v, "neighbor_id") {
			add("neighbor %s %s %s", vrf, addr, said(p, "nbr_remote_as"))
		}
	}
	return sortedKeys(facts)
}

func lengths(prefix, ge, le string) string {
	_, bits, _ := strings.Cut(prefix, "/")
	low, high := bits, bits
	if ge != "" {
		low, high = ge, "32"
	}
	if le != "" {
		high = le
	}
	return low + "-" + high
}

func ourPolicy(c *snapshot.Config) []string {
	facts := map[string]bool{}
	add := func(format string, args ...any) { facts[fmt.Sprintf(format, args...)] = true }
	action := map[bool]string{true: "permit", false: "deny"}
	for _, m := range c.RouteMaps {
		for _, e := range m.Entries {
			add("map %s %d %s", m.Name, e.Seq, action[e.Permit])
		}
	}
	for _, l := range c.PrefixLists {
		for _, e := range l.Entries {
			add("list %s %d %s %s %d-%d", l.Name, e.Seq, action[e.Permit], e.Prefix, e.Ge, e.Le)
		}
	}
	for _, b := range c.BGP {
		for _, n := range b.Neighbors {
			add("neighbor %s %s %d", b.VRF, n.Addr, n.AS)
		}
	}
	return sortedKeys(facts)
}

// labPlatform tells a lab's configuration by its head; empty for platforms that
// are not read here.
func labPlatform(file string, text []byte) string {
	head := string(text[:min(len(text), 600)])
	has := func(s string) bool { return strings.Contains(head, s) }
	switch {
	case strings.Contains(file, "display_set"), bytes.Contains(text, []byte("set version")), bytes.Contains(text, []byte("## Last commit")):
		return ""
	case has("IOS XR Configuration"):
		return "cisco_xr"
	case has("!Command: show running-config"):
		return "cisco_nxos"
	case has("! Command: show running-config"), has("! device:"):
		return "arista_eos"
	case has("Current configuration :"):
		return "cisco_ios"
	case bytes.Contains(text, []byte("frr version")):
		return "frr"
	}
	return ""
}

// TestEveryLabConfigurationReadsWholeAndLosesNothing holds the reader against
// counts of what stands in the text, taken by expressions that know nothing of
// blocks.
func TestEveryLabConfigurationReadsWholeAndLosesNothing(t *testing.T) {
	files, err := filepath.Glob(recordings + "/lab-validation/_configs/*/*/*")
	if err != nil || len(files) == 0 {
		t.Skip("the labs' configurations are not here")
	}
	score := map[string]int{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		platform := labPlatform(file, text)
		if platform == "" {
			continue
		}
		got, err := router.Parse(platform, "show running-config", bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		score[platform]++
		// FRR's are the files on disk, not what the router prints: nothing says that they are whole.
		want := snapshot.OK
		if platform == "frr" {
			want = snapshot.Partial
		}
		if got.Status != want || len(got.Unread) > 0 {
			t.Errorf("%s: %s %s %v", file, got.Status, got.Detail, got.Unread)
		}
		if diff := cmp.Diff(counted(text), found(got.Config)); diff != "" {
			t.Errorf("%s (-counted +read):\n%s", file, diff)
		}
		if !strings.Contains(string(text), got.Host) || got.Host == "" {
			t.Errorf("%s: its name was read as %q", file, got.Host)
		}
	}
	t.Logf("configurations: %v", score)
}

type amounts struct{ Interfaces, Entries, Prefixes, Statics, Neighbors, Networks, Addresses int }

func found(c *snapshot.Config) amounts {
	var a amounts
	a.Interfaces, a.Statics = len(c.Interfaces), len(c.Statics)
	for _, i := range c.Interfaces {
		a.Addresses += len(i.Addrs)
	}
	for _, m := range c.RouteMaps {
		a.Entries += len(m.Entries)
	}
	for _, l := range c.PrefixLists {
		a.Prefixes += len(l.Entries)
	}
	for _, b := range c.BGP {
		a.Networks += len(b.Networks)
		for _, n := range b.Neighbors {
			if n.Addr.IsValid() {
				a.Neighbors++
			}
		}
	}
	return a
}

func counted(text []byte) amounts {
	count := func(pattern string) int { return len(regexp.MustCompile("(?m)"+pattern).FindAll(text, -1)) }
	a := amounts{
		Interfaces: count(`^interface \S`),
		Entries:    count(`^(route-map|route-policy) `),
		Prefixes:   count(`^(ip|ipv6) prefix-list \S+ (seq \d+ )?(permit|deny)|^ +seq \d+ (permit|deny)`),
		Statics:    count(`^ *(ip|ipv6) route (vrf \S+ )?[0-9a-f:.]+[/ ]`) + count(`^   \d+\.\d+\.\d+\.\d+/\d+ \S+ \S+\s*$`),
		Networks:   count(`^ +network \d+\.\d+\.\d+\.\d+(/\d+| mask .*)?\s*$`) - ospfNetworks(text),
		Addresses:  count(`^ +(ip|ipv4|ipv6) address (virtual )?[0-9a-f:.]+[/ ]`),
	}
	seen := map[string]bool{}
	section, vrf := "", ""
	for l := range strings.SplitSeq(string(text), "\n") {
		f := strings.Fields(l)
		switch {
		case len(f) == 0:
		case !strings.HasPrefix(l, " "):
			section, vrf = strings.Join(f[:min(2, len(f))], " "), ""
		case section != "router bgp" || len(f) < 2:
		case f[0] == "vrf", f[0] == "address-family" && slices.Contains(f, "vrf"):
			vrf = f[len(f)-1]
		case f[0] == "exit-address-family":
			vrf = ""
		case f[0] == "neighbor" && strings.ContainsAny(f[1], ".:"):
			seen[vrf+f[1]] = true
		}
	}
	a.Neighbors = len(seen)
	return a
}

// ospfNetworks counts the networks that belong to another protocol.
func ospfNetworks(text []byte) int {
	n, section := 0, ""
	re := regexp.MustCompile(`^ +network \d+\.\d+\.\d+\.\d+(/\d+| mask .*)?\s*$`)
	for l := range strings.SplitSeq(string(text), "\n") {
		if l != "" && l[0] != ' ' {
			section = l
		}
		if re.MatchString(l) && !strings.HasPrefix(section, "router bgp") {
			n++
		}
	}
	return n
}

func TestNoSecretOfAConfigurationIsKept(t *testing.T) {
	files, _ := filepath.Glob(recordings + "/lab-validation/_configs/*/*/show_running-config.txt")
	if len(files) == 0 {
		t.Skip("the labs' configurations are not here")
	}
	secret := regexp.MustCompile(`(?m)(?:password \d|secret \d|key) (\S{8,})\s*$`)
	checked := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		platform := labPlatform(file, text)
		if platform == "" {
			continue
		}
		got, err := router.Parse(platform, "show running-config", bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		kept := asJSON(t, got)
		for _, m := range secret.FindAllSubmatch(text, -1) {
			checked++
			if strings.Contains(kept, string(m[1])) {
				t.Errorf("%s: a secret was kept", file)
			}
		}
	}
	if checked == 0 {
		t.Error("no secret was looked for")
	}
}
