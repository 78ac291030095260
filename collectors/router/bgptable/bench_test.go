package bgptable_test

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/sirikothe/gotextfsm"

	"github.com/routeproof/routeproof/collectors/router/bgptable"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

var iosPlatform = bgptable.Platform{Marks: bgptable.IOSMarks(), Natural: true, AdjCounted: true}

// BenchmarkIOS reads a table of 100,000 prefixes into memory that is there, and
// into new memory, beside what it costs to look at its bytes.
func BenchmarkIOS(b *testing.B) {
	text, paths := internet(100_000)
	b.Run("scan", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if bytes.Count(text, []byte{'\n'}) == 0 {
				b.Fatal("no lines")
			}
		}
	})
	b.Run("split", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			n := 0
			for rest := text; len(rest) > 0; n++ {
				i := bytes.IndexByte(rest, '\n')
				rest = rest[i+1:]
			}
		}
	})
	b.Run("lines", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			in := lines.Of(text)
			for in.Next() {
				_ = in.Line()
			}
		}
	})
	b.Run("steady", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		r := &snapshot.Router{}
		read := func() {
			r.BGP.Paths = r.BGP.Paths[:0]
			if !bgptable.Read(iosPlatform, "show ip bgp", lines.Of(text), r) || r.BGP.Status != snapshot.OK || len(r.BGP.Paths) != paths {
				b.Fatalf("%s: %s, %d paths of %d", r.BGP.Status, r.BGP.Detail, len(r.BGP.Paths), paths)
			}
		}
		read()
		rows(b, paths, read)
	})
	b.Run("fresh", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		rows(b, paths, func() {
			r := &snapshot.Router{}
			bgptable.Read(iosPlatform, "show ip bgp", lines.Of(text), r)
			if len(r.BGP.Paths) != paths {
				b.Fatal(len(r.BGP.Paths))
			}
		})
	})
	b.Run("stream", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		rows(b, paths, func() {
			r := &snapshot.Router{}
			bgptable.Read(iosPlatform, "show ip bgp", lines.New(bytes.NewReader(text)), r)
			if len(r.BGP.Paths) != paths {
				b.Fatal(len(r.BGP.Paths))
			}
		})
	})
}

// BenchmarkSmall reads a table of 16 prefixes, as most sites have: what it costs is
// what is made for any table.
func BenchmarkSmall(b *testing.B) {
	text, paths := internet(16)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	rows(b, paths, func() {
		r := &snapshot.Router{}
		if bgptable.Read(iosPlatform, "show ip bgp", lines.Of(text), r); len(r.BGP.Paths) != paths {
			b.Fatal(len(r.BGP.Paths))
		}
	})
}

// Reading takes little more memory than the paths that come of it: room is made
// for all of them once, and what is made for any table is small.
func TestMemoryIsThatOfThePathsRead(t *testing.T) {
	for _, c := range []struct{ prefixes, most int }{{16, 40 << 10}, {100_000, 32 << 20}} {
		text, paths := internet(c.prefixes)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := &snapshot.Router{}
		bgptable.Read(iosPlatform, "show ip bgp", lines.Of(text), r)
		runtime.ReadMemStats(&after)
		if len(r.BGP.Paths) != paths {
			t.Fatalf("%d of %d rows", len(r.BGP.Paths), paths)
		}
		if got := int(after.TotalAlloc - before.TotalAlloc); got > c.most {
			t.Errorf("reading %d paths took %d bytes, want at most %d", paths, got, c.most)
		}
	}
}

// template reads the same rows with TextFSM, by their columns on IOS-XE, in the
// regular expressions of Go, which know no lookahead.
const template = `Value MARKS (.{5})
Value Filldown NETWORK (\d\S*)
Value NEXT_HOP (\d\S+)
Value METRIC (\d*)
Value LOCAL_PREF (\d*)
Value WEIGHT (\d+)
Value AS_PATH ([\d .{}()]*?)
Value ORIGIN ([ie?])

Start
  ^\s+Network\s+Next Hop -> Table

Table
  ^${MARKS} ${NETWORK}$$
  ^${MARKS} ${NETWORK} +${NEXT_HOP} +${METRIC}.{0,7} {0,6}${LOCAL_PREF} {1,6}${WEIGHT} ${AS_PATH} ?${ORIGIN}$$ -> Record
  ^${MARKS} {18}${NEXT_HOP} +${METRIC}.{0,7} {0,6}${LOCAL_PREF} {1,6}${WEIGHT} ${AS_PATH} ?${ORIGIN}$$ -> Record
  ^ {22,23}${NEXT_HOP} +${METRIC}.{0,7} {0,6}${LOCAL_PREF} {1,6}${WEIGHT} ${AS_PATH} ?${ORIGIN}$$ -> Record
  ^. -> Error

EOF
`

// BenchmarkTextFSM reads a table of 2,000 prefixes with a TextFSM template, which
// is how most programs do it, and with this package.
func BenchmarkTextFSM(b *testing.B) {
	text, paths := internet(2000)
	b.Run("template", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		rows(b, paths, func() {
			var fsm gotextfsm.TextFSM
			if err := fsm.ParseString(template); err != nil {
				b.Fatal(err)
			}
			var out gotextfsm.ParserOutput
			if err := out.ParseTextString(string(text), fsm, true); err != nil || len(out.Dict) != paths {
				b.Fatalf("%d of %d rows: %v", len(out.Dict), paths, err)
			}
		})
	})
	b.Run("bgptable", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		rows(b, paths, func() {
			r := &snapshot.Router{}
			if bgptable.Read(iosPlatform, "show ip bgp", lines.Of(text), r); len(r.BGP.Paths) != paths {
				b.Fatalf("%d of %d rows", len(r.BGP.Paths), paths)
			}
		})
	})
}

// rows reports what a table's reading costs a row.
func rows(b *testing.B, paths int, read func()) {
	b.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n := 0
	for b.Loop() {
		read()
		n++
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(paths*n)/b.Elapsed().Seconds()/1e6, "Mroutes/s")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(paths*n), "allocs/route")
}
