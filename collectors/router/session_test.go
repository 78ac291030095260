package router_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func chunks(texts ...string) emulator.SSHReply {
	r := emulator.SSHReply{Pause: 20 * time.Millisecond}
	for _, t := range texts {
		r.Chunks = append(r.Chunks, []byte(t))
	}
	return r
}

// on answers one command with r.
func on(command string, r emulator.SSHReply) func(string) (emulator.SSHReply, bool) {
	return func(c string) (emulator.SSHReply, bool) { return r, c == command }
}

func TestAnyPromptIsLearned(t *testing.T) {
	for name, tt := range map[string]struct {
		prompt string
		hello  []string
		slow   time.Duration
	}{
		"IOS without privilege": {prompt: "edge-1.example>"},
		"IOS":                   {prompt: "R1#"},
		"IOS-XR":                {prompt: "RP/0/RP0/CPU0:xr1#"},
		"NX-OS":                 {prompt: "n9k-1(standby)# "},
		"EOS":                   {prompt: "sw1(s1)[14:02]#"},
		"Junos":                 {prompt: "auditor@mx1> "},
		"Junos with its engine": {prompt: "\r\n{master:0}\r\nauditor@mx1> "},
		"SONiC":                 {prompt: "admin@sonic:~$ "},
		"blanks":                {prompt: "Router of Dublin, room 4 > "},
		"expressions":           {prompt: "a.*b(c[d$ # "},
		"colours":               {prompt: "\x1b[?2004h\x1b[1;32mR1\x1b[0m# "},
		"a long name":           {prompt: strings.Repeat("x", 200) + "#"},
		"other letters":         {prompt: "Zürich-1# "},
		"a banner like a prompt": {
			prompt: "R1#", hello: []string{"\r\n", "AUTHORIZED-USERS-ONLY#", "\r\n", "R2>", "\r\n"}, slow: 150 * time.Millisecond,
		},
		"a banner that repeats": {prompt: "R1#", hello: []string{"\r\n##########\r\n", "# lab #\r\n##########", "\r\n"}, slow: 5 * time.Millisecond},
		"a slow router":         {prompt: "R1#", hello: []string{"\r\nWelcome\r\n"}, slow: 700 * time.Millisecond},
		"a long banner":         {prompt: "R1#", hello: []string{strings.Repeat("The quick brown fox\r\n", 10_000)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, d := host(t, emulator.SSHConfig{Password: "p", Prompt: tt.prompt, Hello: tt.hello, Slow: tt.slow})
			d.Password = "p"
			it, text := bgpItem(t, collect(t, d))
			if it.Status != snapshot.OK || !strings.HasPrefix(text, "BGP table version is 6") {
				t.Errorf("status %s (%s), text %.100q; want ok", it.Status, it.Detail, text)
			}
			if asked := s.Asked(); len(asked) == 0 || asked[0] != "terminal length 0" {
				t.Errorf("sent %v", asked)
			}
		})
	}
}

// What follows a command in doubt is asked in a new session, and is whole.
func TestOutputInDoubtIsKeptAndSaysSo(t *testing.T) {
	table := "BGP table version is 6\r\n*> 10.0.0.0/8\r\n"
	for name, tt := range map[string]struct {
		reply  emulator.SSHReply
		status snapshot.Status
		detail string
		text   string
	}{
		"dropped at once":                {emulator.SSHReply{Drop: true}, snapshot.Error, "closed the session without an answer", ""},
		"dropped in the middle":          {emulator.SSHReply{Chunks: [][]byte{[]byte(table + "*> 10.1")}, Drop: true}, snapshot.Partial, "closed the session", "BGP table version is 6\n*> 10.0.0.0/8\n*> 10.1"},
		"dropped after the prompt":       {emulator.SSHReply{Chunks: [][]byte{[]byte(table + "R1# ")}, Drop: true}, snapshot.Partial, "could not be shown to be whole", "BGP table version is 6\n*> 10.0.0.0/8\n"},
		"silent in the middle":           {emulator.SSHReply{Chunks: [][]byte{[]byte(table)}, Hang: true}, snapshot.Partial, "nothing came for 1s", "BGP table version is 6\n*> 10.0.0.0/8\n"},
		"a pager":                        {emulator.SSHReply{Chunks: [][]byte{[]byte(table + " --More-- ")}, Hang: true}, snapshot.Partial, "paged its output", "BGP table version is 6\n*> 10.0.0.0/8\n --More-- "},
		"the pager of Junos":             {emulator.SSHReply{Chunks: [][]byte{[]byte(table + "---(more 12%)---")}, Hang: true}, snapshot.Partial, "paged its output", "BGP table version is 6\n*> 10.0.0.0/8\n---(more 12%)---"},
		"the pager of Linux":             {emulator.SSHReply{Chunks: [][]byte{[]byte(table + "lines 1-23")}, Hang: true}, snapshot.Partial, "paged its output", "BGP table version is 6\n*> 10.0.0.0/8\nlines 1-23"},
		"a pager that goes on by itself": {chunks("row\r\n --More-- \b\b\b\b\b\b\b\b\brow\r\n"), snapshot.Partial, "paged its output", "row\n --More-- \b\b\b\b\b\b\b\b\brow\n"},
		"a prompt, then silence":         {emulator.SSHReply{Chunks: [][]byte{[]byte(table + "R1# ")}, Hang: true}, snapshot.Partial, "could not be shown to be whole: nothing came for 1s", "BGP table version is 6\n*> 10.0.0.0/8\n"},
		"not allowed":                    {chunks("Command authorization failed.\r\n\r\n"), snapshot.Denied, "may not run", "Command authorization failed.\n\n"},
		"not known":                      {chunks("% Unknown command\x1b[31m\r\n"), snapshot.Error, "refused", "% Unknown command\x1b[31m\n"},
		"broken off by the router":       {chunks(strings.Repeat(table, 500), "% Authorization failed.\r\n"), snapshot.Partial, "broke off", strings.Repeat("BGP table version is 6\n*> 10.0.0.0/8\n", 500) + "% Authorization failed.\n"},
		"nothing":                        {emulator.SSHReply{}, snapshot.Empty, "printed nothing", ""},
		"a version that moved":           {chunks("BGP table version is 5\r\n*> 10.0.0.0/8\r\n"), snapshot.Partial, "version 5 at its head, 6 after it", "BGP table version is 5\n*> 10.0.0.0/8\n"},
		"carriage returns":               {chunks("a\r", "\r", "\nb\rc\r\r\nd\r\n\r\n"), snapshot.OK, "", "a\nb\rc\nd\n\n"},
		"no line end before the prompt":  {chunks("{\"a\": 1}"), snapshot.OK, "", "{\"a\": 1}"},
		"ten megabytes without a line end": {emulator.SSHReply{Write: func(w io.Writer) error {
			_, err := io.Copy(w, io.LimitReader(repeat("x"), 10<<20))
			return err
		}}, snapshot.OK, "", strings.Repeat("x", 10<<20)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, dev := play(t, on("show ip bgp", tt.reply))
			dev.IdleTimeout, dev.CommandTimeout = time.Second, 2*time.Minute
			d := collect(t, dev)
			it, text := bgpItem(t, d)
			if it.Status != tt.status || !strings.Contains(it.Detail, tt.detail) {
				t.Errorf("status %s (%s), want %s (… %s …)", it.Status, it.Detail, tt.status, tt.detail)
			}
			if text != tt.text {
				t.Errorf("kept %.200q, want %.200q", text, tt.text)
			}
			if strings.ContainsFunc(it.Detail, func(r rune) bool { return r < ' ' }) {
				t.Errorf("control characters in %q", it.Detail)
			}
			for _, other := range d.Manifest.Items {
				if other.Path != it.Path && other.Status != snapshot.OK {
					t.Errorf("%s: %s (%s), want ok", other.Path, other.Status, other.Detail)
				}
			}
		})
	}
}

type repeat string

func (r repeat) Read(p []byte) (int, error) { return copy(p, strings.Repeat(string(r), len(p))), nil }

// The check after a command is what finds out that answers are off by one.
func TestAnAnswerThatIsOffByOneIsNoticed(t *testing.T) {
	asked := 0
	_, dev := play(t, func(cmd string) (emulator.SSHReply, bool) {
		switch {
		case cmd == "show ip bgp":
			asked++
			return chunks("first\r\n"), true
		case cmd == "show version" && asked == 1:
			asked++
			return chunks("rows of a table\r\n"), true
		}
		return emulator.SSHReply{}, false
	})
	it, text := bgpItem(t, collect(t, dev))
	if it.Status != snapshot.Partial || !strings.Contains(it.Detail, `after the prompt came "rows of a table"`) || !strings.HasPrefix(text, "first\n") {
		t.Errorf("status %s (%s), text %q; want partial", it.Status, it.Detail, text)
	}
}

func TestThatTheCheckIsRefusedIsAnAnswerToo(t *testing.T) {
	for _, platform := range router.Platforms() {
		for _, refused := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, refused %t", platform, refused), func(t *testing.T) {
				t.Parallel()
				askedForTheTime(t, platform, refused)
			})
		}
	}
}

// askedForTheTime collects from a router that prints a line for every command, and
// holds what was sent against what is compiled in.
func askedForTheTime(t *testing.T, platform string, refused bool) {
	t.Helper()
	isCheck := func(cmd string) bool {
		return cmd == "show clock" || cmd == "show system uptime" || cmd == "show version"
	}
	s, err := emulator.StartSSH(emulator.SSHConfig{
		FS: sub(t, "fail-closed"), Name: "R1", User: "audit", Password: "p", Prompt: "R1#",
		Reply: func(cmd string) (emulator.SSHReply, bool) {
			switch {
			case refused && isCheck(cmd):
				return chunks("% Authorization failed.\r\n"), true
			case strings.HasPrefix(cmd, "show ") && !isCheck(cmd):
				return chunks("something\r\n"), true
			}
			return emulator.SSHReply{}, false
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	d := collect(t, router.Device{
		Name: "R1", Address: s.Addr, Platform: platform, User: "audit", Password: "p",
		KnownHosts: knownHosts(t, s.KnownHostsLine()), Now: ticking(),
	})
	for _, it := range d.Manifest.Items {
		if it.Status != snapshot.OK && it.What != "show version" {
			t.Errorf("%s: %s (%s), want ok", it.What, it.Status, it.Detail)
		}
	}
	sent, err := router.Sent(platform)
	if err != nil {
		t.Fatal(err)
	}
	for _, cmd := range s.Asked() {
		if !slices.Contains(sent, cmd) {
			t.Errorf("%q was sent", cmd)
		}
	}
}

func TestARouterThatDoesNotEchoIsNotTrusted(t *testing.T) {
	_, d := host(t, emulator.SSHConfig{Password: "p", Mute: true})
	d.Password, d.CommandTimeout = "p", 500*time.Millisecond
	it, _ := bgpItem(t, collect(t, d))
	if it.Status == snapshot.OK {
		t.Errorf("status ok, want an error: without an echo nothing says what was answered")
	}
}

func TestPagingThatCannotBeTurnedOffIsAnError(t *testing.T) {
	for name, tt := range map[string]struct {
		reply  emulator.SSHReply
		status snapshot.Status
		detail string
	}{
		"refused":            {chunks("% Unknown command: terminal length 0\r\n"), snapshot.Error, "so output would stop at a page's end"},
		"not allowed":        {chunks("% Authorization failed.\r\n"), snapshot.Denied, "routeproof router-role frr"},
		"confirmed in words": {chunks("Pagination disabled.\r\n"), snapshot.OK, ""},
	} {
		_, dev := play(t, on("terminal length 0", tt.reply))
		it, _ := bgpItem(t, collect(t, dev))
		if it.Status != tt.status || !strings.Contains(it.Detail, tt.detail) {
			t.Errorf("%s: status %s (%s), want %s", name, it.Status, it.Detail, tt.status)
		}
	}
}

func TestARouterThatKeepsBreakingSessionsIsLeftAlone(t *testing.T) {
	s, dev := play(t, func(cmd string) (emulator.SSHReply, bool) {
		return emulator.SSHReply{Drop: true}, strings.HasPrefix(cmd, "show")
	})
	d := collect(t, dev)
	for _, it := range d.Manifest.Items {
		if it.Status != snapshot.Error {
			t.Errorf("%s: %s (%s), want error", it.Path, it.Status, it.Detail)
		}
	}
	n := 0
	for _, cmd := range s.Asked() {
		if cmd == "terminal length 0" {
			n++
		}
	}
	if n > 6 {
		t.Errorf("logged in %d times", n)
	}
	seen := map[string]bool{}
	for _, cmd := range s.Asked() {
		if seen[cmd] && cmd != "terminal length 0" {
			t.Errorf("%s was asked twice", cmd)
		}
		seen[cmd] = true
	}
}

func TestCollectingEndsWithItsContext(t *testing.T) {
	_, dev := play(t, on("show ip bgp", emulator.SSHReply{Chunks: [][]byte{[]byte("half")}, Hang: true}))
	dev.CommandTimeout = time.Minute
	c, err := router.New(dev)
	if err != nil {
		t.Fatal(err)
	}
	w, err := evidence.Create(t.TempDir() + "/evidence")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Abort)
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	late := time.AfterFunc(10*time.Second, func() { t.Error("still collecting long after the context's end") })
	defer late.Stop()
	if err := c.Collect(ctx, w); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the context's", err)
	}
}

func TestOnlyReadingCommandsAreSent(t *testing.T) {
	for _, platform := range router.Platforms() {
		sent, err := router.Sent(platform)
		if err != nil {
			t.Fatal(err)
		}
		for _, cmd := range sent {
			if err := router.ReadOnly(cmd); err != nil {
				t.Errorf("%s: %v", platform, err)
			}
		}
	}
	for _, cmd := range []string{
		"show running-config | section ^a|redirect flash:x", "show running-config | section ^a|^b| tee x", "show ip bgp |^a", "show ip bgp | json|^a|sh", "show ip bgp | no-more |^x",
		"", " ", "show", "enable", "configure terminal", "conf t", "reload", "clear ip bgp *", "ping 10.0.0.1", "exit", "terminal monitor",
		"terminal length", "terminal length 0 x", "terminal length 0 | json", "set cli logical-system x", "set system", "set cli screen-length x",
		"show ip bgp\nreload", "show ip bgp\rreload", "show ip bgp; reload", "show ip bgp ;reload", "show ip bgp\x00", "show ip bgp\x1b[2J", "show ip bgp\u0085x",
		"show ip bgp > flash:x", "show ip bgp >> flash:x", "show ip bgp < x", "show ip bgp & reload", "show ip bgp `reload`", "show ip bgp $(reload)", "show ip bgp !x", "show ip bgp \\n",
		"show ip bgp | redirect flash:x", "show ip bgp | tee flash:x", "show ip bgp | append flash:x", "show ip bgp | save x", "show ip bgp | file x", "show ip bgp | sh",
		"show ip bgp | json | redirect x", "show ip bgp | include x | tee y", "show ip bgp | red x", "show ip bgp |", "show ip bgp | ", "show ip bgp || json", "show ip bgp | json x", "show ip bgp | no-more x",
		"SHOW ip bgp", "show | json", "do show ip bgp", "run show ip bgp",
	} {
		if err := router.ReadOnly(cmd); err == nil {
			t.Errorf("%q: accepted", cmd)
		}
	}
}

func FuzzReadOnly(f *testing.F) {
	f.Add("show ip bgp | json")
	f.Add("terminal length 0")
	f.Fuzz(func(t *testing.T, cmd string) {
		if router.ReadOnly(cmd) != nil {
			return
		}
		if strings.ContainsAny(cmd, ";\n\r`$<>&") || strings.Contains(cmd, "redirect ") && strings.Contains(cmd, "| redirect") {
			t.Errorf("%q: accepted", cmd)
		}
		if !strings.HasPrefix(strings.TrimSpace(cmd), "show") && !strings.HasPrefix(strings.TrimSpace(cmd), "terminal") && !strings.HasPrefix(strings.TrimSpace(cmd), "set") {
			t.Errorf("%q: accepted", cmd)
		}
	})
}

// table writes what IOS prints for n prefixes with two paths each.
func table(w io.Writer, n int) error {
	var b bytes.Buffer
	b.WriteString("BGP table version is 6, local router ID is 10.0.0.1\r\n     Network          Next Hop            Metric LocPrf Weight Path\r\n")
	for i := range n {
		prefix := fmt.Sprintf("%d.%d.%d.0/24", 1+i>>16, i>>8&255, i&255)
		fmt.Fprintf(&b, " *>   %-16s %-15s %10d               0 65515 12076 65001 65002 i\r\n", prefix, "169.254.21.2", i)
		fmt.Fprintf(&b, " *    %-16s %-15s %10d               0 65515 12076 65001 65003 65004 i\r\n", "", "169.254.22.2", i)
		if b.Len() > 32<<10 || i == n-1 {
			if _, err := w.Write(b.Bytes()); err != nil {
				return err
			}
			b.Reset()
		}
	}
	return nil
}
