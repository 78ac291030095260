package evidence_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// stream stores text in pieces and returns the item and what was stored.
func stream(tb testing.TB, text []byte, piece int) (evidence.Item, []byte) {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "evidence")
	w, err := evidence.Create(dir)
	if err != nil {
		tb.Fatal(err)
	}
	item := evidence.Item{Path: evidence.RouterPath("R1", "show ip bgp"), Status: snapshot.OK, At: time.Unix(0, 0)}
	s, err := w.Stream(item.Path)
	if err != nil {
		tb.Fatal(err)
	}
	for len(text) > 0 {
		n := min(piece, len(text))
		if _, err := s.Write(text[:n]); err != nil {
			tb.Fatal(err)
		}
		text = text[n:]
	}
	if err := s.Close(item); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(evidence.Manifest{}); err != nil {
		tb.Fatal(err)
	}
	d, err := evidence.Open(os.DirFS(dir))
	if err != nil {
		tb.Fatal(err)
	}
	it, ok := d.Item(item.Path)
	if !ok {
		tb.Fatal("no such item")
	}
	got, err := d.Bytes(item.Path)
	if err != nil {
		tb.Fatal(err)
	}
	return it, got
}

func row(b *bytes.Buffer, i int) {
	fmt.Fprintf(b, " *>   %-16s %-15s %10d               0 65515 12076 65001 i\n", fmt.Sprintf("%d.%d.%d.0/24", 1+i>>16, i>>8&255, i&255), "169.254.21.2", 0)
}

func TestAStreamIsRedactedAsTheWholeWouldBe(t *testing.T) {
	secrets := []string{
		" neighbor 10.0.0.1 password 7 0A1B2C\n", "  PRE-SHARED-KEY hunter2\n", "snmp-server community hunter2 RO\n", " key 7 0011\n",
		"crypto isakmp key hunter2 address 192.0.2.1\n", "set x secret \"$9$abc\"\n", "-----BEGIN EC PRIVATE KEY-----\nAAAA\nBBBB\n-----END EC PRIVATE KEY-----\n",
		"description turkey\n", "tacacs-server host 192.0.2.1 key 7 0011\n", "\u212aey-string hunter2\n",
	}
	for name, n := range map[string]int{"short": 100, "long": 60_000} {
		t.Run(name, func(t *testing.T) {
			var text bytes.Buffer
			r := rand.New(rand.NewPCG(1, uint64(n)))
			for i := range n {
				row(&text, i)
				if r.IntN(500) == 0 {
					text.WriteString(secrets[r.IntN(len(secrets))])
				}
			}
			want := evidence.Redact("routers/R1/show_ip_bgp.txt", text.Bytes())
			for _, piece := range []int{10_007, 1 << 30} {
				it, got := stream(t, text.Bytes(), piece)
				if !bytes.Equal(want, got) || it.Status != snapshot.OK {
					t.Errorf("in pieces of %d: %d bytes, status %s (%s), want %d, ok", piece, len(got), it.Status, it.Detail, len(want))
				}
			}
		})
	}
}

func TestASecretFarIntoLongJSONIsRemoved(t *testing.T) {
	text := "{\"routes\": [\n" + strings.Repeat("  {\"prefix\": \"10.0.0.0/8\", \"valid\": true},\n", 200_000) +
		"  {\"neighbor\": {\"bgpPassword\":\n\"hunter2\", \"as\": 65515}}\n]}\n"
	_, got := stream(t, []byte(text), 65536)
	if want := strings.Replace(text, "hunter2", evidence.Removed, 1); string(got) != want {
		t.Errorf("%d bytes that end in %q, want %d that end in %q", len(got), got[len(got)-80:], len(want), want[len(want)-80:])
	}
}

func TestALineWithoutAnEndIsCut(t *testing.T) {
	it, got := stream(t, bytes.Repeat([]byte("x"), 65<<20), 1<<20)
	if it.Status != snapshot.Partial || !strings.Contains(it.Detail, "cut") || len(got) > 64<<20 || len(got) == 0 {
		t.Errorf("%d bytes, status %s (%s), want partial", len(got), it.Status, it.Detail)
	}
}

func TestAStreamKeepsToItsPath(t *testing.T) {
	w, err := evidence.Create(filepath.Join(t.TempDir(), "evidence"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Abort)
	for _, p := range []string{"../x.txt", "/x.txt", `a\b.txt`, "azure/x.json"} {
		if _, err := w.Stream(p); err == nil {
			t.Errorf("%s: accepted", p)
		}
	}
	s, err := w.Stream("routers/R1/a.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Stream("routers/R1/a.txt"); err == nil {
		t.Error("the same path again: accepted")
	}
	if err := s.Close(evidence.Item{Path: "routers/R1/b.txt"}); err == nil {
		t.Error("ended as another item: accepted")
	}
}

func BenchmarkStream(b *testing.B) {
	var text bytes.Buffer
	for i := range 1_000_000 {
		row(&text, i)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		stream(b, text.Bytes(), 32<<10)
	}
}

func TestLongNamesFitAFilesName(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range []string{
		strings.Repeat("a", 200), strings.Repeat("a", 201), strings.Repeat("a", 4000), strings.Repeat("a", 3999) + "b",
		strings.Repeat("|", 70), "a" + strings.Repeat("|", 70), "aa" + strings.Repeat("|", 4000), strings.Repeat("\xff", 100),
	} {
		got := evidence.Segment(s)
		if len(got) > 200 || seen[got] {
			t.Errorf("%.20q...: %q, want at most 200 bytes, unlike others", s, got)
		}
		seen[got] = true
	}
}
