package router_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
	"github.com/routeproof/routeproof/testdata/scenarios"
)

// play starts a router that answers show ip bgp as reply says, and everything
// else from a scenario.
func play(t *testing.T, reply func(string) (emulator.SSHReply, bool)) (*emulator.SSH, router.Device) {
	t.Helper()
	s, err := emulator.StartSSH(emulator.SSHConfig{
		FS: sub(t, "fail-closed"), Name: "R1", Prompt: "R1# ", User: "audit", Password: "pass-for-tests", Reply: reply,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, router.Device{
		Name: "R1", Address: s.Addr, Platform: "frr", User: "audit", Password: "pass-for-tests",
		KnownHosts: knownHosts(t, s.KnownHostsLine()), CommandTimeout: 2 * time.Second,
		Now: ticking(),
	}
}

// ticking is a clock that moves on by a second at every look.
func ticking() func() time.Time {
	var looks atomic.Int64
	return func() time.Time { return time.Unix(1_000_000+looks.Add(1), 0) }
}

func knownHosts(tb testing.TB, lines ...string) string {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), "known_hosts")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		tb.Fatal(err)
	}
	return file
}

// collect runs a collector and opens what it stored.
func collect(t *testing.T, d router.Device) *evidence.Dir {
	t.Helper()
	c, err := router.New(d)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "evidence")
	w, err := evidence.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Collect(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(evidence.Manifest{}); err != nil {
		t.Fatal(err)
	}
	got, err := evidence.Open(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func bgpItem(t *testing.T, d *evidence.Dir) (evidence.Item, string) {
	t.Helper()
	it, ok := d.Item("routers/R1/show_ip_bgp.txt")
	if !ok {
		t.Fatal("no item for show ip bgp")
	}
	text, err := d.Bytes(it.Path)
	if err != nil {
		t.Fatal(err)
	}
	return it, string(text)
}

func TestOutputIsStoredByteForByte(t *testing.T) {
	s, dev := play(t, nil)
	d := collect(t, dev)
	for _, it := range d.Manifest.Items {
		if it.Status != snapshot.OK {
			t.Errorf("%s: %s (%s)", it.Path, it.Status, it.Detail)
		}
		if it.Identity["platform"] != "frr" || !strings.HasPrefix(it.Identity["hostKey"], "SHA256:") {
			t.Errorf("%s: identity %v", it.Path, it.Identity)
		}
		got, err := d.Bytes(it.Path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join("..", "..", "testdata", "scenarios", "fail-closed", it.Path))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", it.Path, diff)
		}
	}
	// After every command comes the check that it was answered whole.
	want := []string{"terminal length 0"}
	for _, it := range slices.SortedFunc(slices.Values(d.Manifest.Items), func(a, b evidence.Item) int { return a.At.Compare(b.At) }) {
		want = append(want, it.What, "show version")
	}
	if diff := cmp.Diff(want, s.Asked()); diff != "" {
		t.Errorf("commands sent (-want +got):\n%s", diff)
	}
}

// What scrapligo by itself would cut off or erase without an error.
func TestNothingInTheOutputEndsIt(t *testing.T) {
	table := func(line string) string {
		return "BGP table version is 6\r\n" + line + "\r\n*> 10.0.0.0/8       10.1.1.1                 0             0 65515 i\r\n"
	}
	for name, tt := range map[string]struct {
		chunks []string
	}{
		"a row of an old IOS, broken after its flags": {[]string{"r>", "i192.168.3.0      3.3.3.3      0    100      0 i\r\nlast row\r\n"}},
		"a banner that looks like a prompt":           {[]string{table("AUTHORIZED-USERS-ONLY#")}},
		"a banner line in a packet of its own":        {[]string{"first\r\nAUTHORIZED-USERS-ONLY#\r\n", "last row\r\n"}},
		"another router's prompt":                     {[]string{"x\r\nR2# ", "\r\nlast row\r\n"}},
		"the router's own prompt, and a pause":        {[]string{"x\r\nR1# ", "\r\nmore rows\r\n", "last row\r\n"}},
		"a line that ends in the router's own prompt": {[]string{"x\r\nbanner R1#", "\r\nlast row\r\n"}},
		"a row that ends at its flags":                {[]string{"r>", "\r\n*>", "i10.0.0.0/8\r\n"}},
		"the router's own prompt inside":              {[]string{"x\r\nR1# show version\r\n", "last row\r\n"}},
		"a line that ends in a percent sign":          {[]string{table("load 5%")}},
		"a line that ends in a dollar sign":           {[]string{table("as-path 65515$")}},
	} {
		t.Run(name, func(t *testing.T) {
			_, dev := play(t, func(cmd string) (emulator.SSHReply, bool) {
				r := emulator.SSHReply{Pause: 20 * time.Millisecond}
				for _, c := range tt.chunks {
					r.Chunks = append(r.Chunks, []byte(c))
				}
				return r, cmd == "show ip bgp"
			})
			d := collect(t, dev)
			it, text := bgpItem(t, d)
			want := strings.ReplaceAll(strings.Join(tt.chunks, ""), "\r\n", "\n")
			if it.Status != snapshot.OK || text != want {
				t.Errorf("status %s (%s), text %q; want ok, %q", it.Status, it.Detail, text, want)
			}
			if next, _ := d.Item("routers/R1/show_ip_route.txt"); next.Status != snapshot.OK {
				t.Errorf("the next command: %s (%s), want ok", next.Status, next.Detail)
			}
		})
	}
}

func TestAFailingCommandSaysSoAndKeepsWhatCame(t *testing.T) {
	for name, tt := range map[string]struct {
		reply  emulator.SSHReply
		status snapshot.Status
		detail string
		text   string
	}{
		"session dropped": {emulator.SSHReply{Chunks: [][]byte{[]byte("half a ta")}, Drop: true}, snapshot.Partial, "closed the session", "half a ta"},
		"no end":          {emulator.SSHReply{Chunks: [][]byte{[]byte("half a ta")}, Hang: true}, snapshot.Partial, "did not end", "half a ta"},
		"no answer":       {emulator.SSHReply{Hang: true}, snapshot.Timeout, "no answer", ""},
		"nothing":         {emulator.SSHReply{}, snapshot.Empty, "printed nothing", ""},
		"refused":         {emulator.SSHReply{Chunks: [][]byte{[]byte("% Unknown command: show ip bgp\r\n")}}, snapshot.Error, "refused", "% Unknown command: show ip bgp\n"},
		"not authorised":  {emulator.SSHReply{Chunks: [][]byte{[]byte("% Authorization failed.\r\n")}}, snapshot.Denied, "may not run", "% Authorization failed.\n"},
		"paged":           {emulator.SSHReply{Chunks: [][]byte{[]byte("row\r\n --More-- \r\n")}}, snapshot.Partial, "paged", "row\n --More-- \n"},
		"no line end":     {emulator.SSHReply{Chunks: [][]byte{[]byte(strings.Repeat("x", 4<<20))}}, snapshot.Partial, "longer than", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, dev := play(t, func(cmd string) (emulator.SSHReply, bool) { return tt.reply, cmd == "show ip bgp" })
			dev.MaxBytes = 1 << 20
			if !tt.reply.Hang {
				dev.CommandTimeout = time.Minute // only a device that hangs is to be given up
			}
			it, text := bgpItem(t, collect(t, dev))
			if it.Status != tt.status || !strings.Contains(it.Detail, tt.detail) {
				t.Errorf("status %s (%s), want %s (… %s …)", it.Status, it.Detail, tt.status, tt.detail)
			}
			if tt.text != "" && text != tt.text {
				t.Errorf("text %q, want %q", text, tt.text)
			}
		})
	}
}

func TestHostKeysAreAlwaysChecked(t *testing.T) {
	other, _ := play(t, nil)
	for name, tt := range map[string]struct {
		lines  func(s *emulator.SSH) string
		detail string
	}{
		"unknown": {func(*emulator.SSH) string { return "" }, "is not in"},
		"changed": {func(s *emulator.SSH) string {
			_, key, _ := strings.Cut(other.KnownHostsLine(), " ")
			host, _, _ := strings.Cut(s.KnownHostsLine(), " ")
			return host + " " + key
		}, "HAS CHANGED"},
	} {
		t.Run(name, func(t *testing.T) {
			s, dev := play(t, nil)
			dev.KnownHosts = knownHosts(t, tt.lines(s))
			it, _ := bgpItem(t, collect(t, dev))
			if it.Status != snapshot.Error || !strings.Contains(it.Detail, tt.detail) || !strings.Contains(it.Detail, "SHA256:") {
				t.Errorf("status %s (%s), want error (… %s … with the fingerprint)", it.Status, it.Detail, tt.detail)
			}
			if len(s.Asked()) > 0 {
				t.Errorf("commands were sent to a router that was not known: %v", s.Asked())
			}
		})
	}
}

func TestWhatCannotBeReachedIsAnItem(t *testing.T) {
	s, dev := play(t, nil)
	dev.Password = "wrong"
	it, _ := bgpItem(t, collect(t, dev))
	if it.Status != snapshot.Denied {
		t.Errorf("wrong password: %s (%s), want denied", it.Status, it.Detail)
	}
	if strings.Contains(fmt.Sprint(it), "wrong") {
		t.Errorf("the password is in the item: %v", it)
	}
	s.Close()
	it, _ = bgpItem(t, collect(t, dev))
	if it.Status != snapshot.Error || !strings.Contains(it.Detail, "connecting to ") {
		t.Errorf("closed port: %s (%s), want error", it.Status, it.Detail)
	}
}

func TestScenariosAreReadWithoutALineLeftOver(t *testing.T) {
	for _, name := range scenarios.Names() {
		d, err := evidence.Open(sub(t, name))
		if err != nil {
			t.Fatal(err)
		}
		var s snapshot.Snapshot
		router.Read(d, &s)
		if len(s.Routers) != 2 || len(s.Unread) > 0 {
			t.Fatalf("%s: %d routers, unread %v", name, len(s.Routers), s.Unread)
		}
		for _, r := range s.Routers {
			for table, read := range map[string]snapshot.Read{"bgp": r.BGP.Read, "rib": r.RIB.Read, "sessions": r.Sessions.Read, "ports": r.Ports.Read} {
				if !read.Whole() {
					t.Errorf("%s %s %s: %s (%s)", name, r.Name, table, read.Status, read.Detail)
				}
			}
			if r.Platform != "frr" || r.Host != r.Name || r.BGP.LocalAS != 65501 {
				t.Errorf("%s: %s is %q on %s, AS %d", name, r.Name, r.Host, r.Platform, r.BGP.LocalAS)
			}
		}
	}
}
