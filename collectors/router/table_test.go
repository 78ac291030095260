package router_test

import (
	"io"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// BenchmarkFullTable collects a BGP table over SSH on the loopback, from the
// router's socket to the evidence on disk: 50,000 prefixes with two paths each, or
// as many as ROUTEPROOF_PREFIXES says; 1000000 is the Internet's. It reports the
// largest heap that was seen meanwhile, server included.
func BenchmarkFullTable(b *testing.B) {
	prefixes := 50_000
	if n, err := strconv.Atoi(os.Getenv("ROUTEPROOF_PREFIXES")); err == nil {
		prefixes = n
	}
	s, err := emulator.StartSSH(emulator.SSHConfig{
		Name: "R1", Prompt: "R1#", User: "audit", Password: "p",
		Reply: func(cmd string) (emulator.SSHReply, bool) {
			switch cmd {
			case "show ip bgp":
				return emulator.SSHReply{Write: func(w io.Writer) error { return table(w, prefixes) }}, true
			case "terminal length 0", "show version":
				return emulator.SSHReply{Chunks: [][]byte{[]byte("FRRouting 8.4.4 (R1).\r\n")}}, true
			}
			return emulator.SSHReply{}, true
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.Close)
	var size counter
	if err := table(&size, prefixes); err != nil {
		b.Fatal(err)
	}
	c, err := router.New(router.Device{
		Name: "R1", Address: s.Addr, Platform: "frr", User: "audit", Password: "p", KnownHosts: knownHosts(b, s.KnownHostsLine()), Now: ticking(),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(size))
	peak := watchHeap(b)
	for b.Loop() {
		dir := b.TempDir() + "/evidence"
		w, err := evidence.Create(dir)
		if err != nil {
			b.Fatal(err)
		}
		if err := c.Collect(b.Context(), w); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(evidence.Manifest{}); err != nil {
			b.Fatal(err)
		}
		info, err := os.Stat(dir + "/routers/R1/show_ip_bgp.txt")
		if err != nil {
			b.Fatal(err)
		}
		if want := int64(size) - int64(2*prefixes+2); info.Size() != want { // without carriage returns
			b.Fatalf("%d bytes were kept, want %d", info.Size(), want)
		}
	}
	b.ReportMetric(float64(peak())/(1<<20), "MiB-peak")
}

// watchHeap looks at the heap until the function that it returns is called, which
// says how large it has been.
func watchHeap(b *testing.B) func() uint64 {
	b.Helper()
	stop, seen := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for {
			select {
			case <-stop:
				seen <- most
				return
			case <-time.After(5 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			}
		}
	}()
	return func() uint64 {
		close(stop)
		return <-seen
	}
}

// A table that is much longer than all buffers comes through whole.
func TestALongTableIsWhole(t *testing.T) {
	const prefixes = 60_000
	_, dev := play(t, on("show ip bgp", emulator.SSHReply{Write: func(w io.Writer) error { return table(w, prefixes) }}))
	dev.CommandTimeout = time.Minute
	it, text := bgpItem(t, collect(t, dev))
	var want lineCounter
	if err := table(&want, prefixes); err != nil {
		t.Fatal(err)
	}
	var got lineCounter
	if _, err := got.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if it.Status != snapshot.OK || got != want {
		t.Errorf("status %s (%s), %d lines, want ok, %d", it.Status, it.Detail, got, want)
	}
}

type lineCounter int

func (c *lineCounter) Write(p []byte) (int, error) {
	for _, b := range p {
		if b == '\n' {
			*c++
		}
	}
	return len(p), nil
}
