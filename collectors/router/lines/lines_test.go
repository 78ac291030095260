package lines_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// all are the lines of a reader.
func all(r *lines.Reader) []string {
	var out []string
	for r.Next() {
		out = append(out, string(r.Line()))
	}
	return out
}

func TestLinesAreWhatATerminalShows(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"as they are": {" *>  10.0.0.0", " *>  10.0.0.0"},
		"without blanks and a carriage return at the end": {"a b \t \r", "a b"},
		"without colours":                             {"\x1b[1;31mdown\x1b[0m", "down"},
		"without a window's title":                    {"\x1b]0;evil\x07R1#", "R1#"},
		"without a title that ends with ST":           {"\x1b]0;evil\x1b\\R1#", "R1#"},
		"without a string for the terminal":           {"\x1bPq#0\x1b\\R1#", "R1#"},
		"without a choice of characters":              {"\x1b(B10.0.0.1", "10.0.0.1"},
		"without bells and zero bytes":                {"\x00a\x07b\x7f", "ab"},
		"without C1 controls":                         {"a\u009b31mb", "a31mb"},
		"with a mark in place of what is no UTF-8":    {"caf\xe9 \x9b31m", "caf\ufffd \ufffd31m"},
		"with letters that are no ASCII":              {"Zürich", "Zürich"},
		"with tabs":                                   {"a\tb", "a\tb"},
		"after a pager's prompt that was erased":      {" --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\b *>  10.0.0.0", " *>  10.0.0.0"},
		"after a prompt that the row is printed over": {"--More--\r\x1b[K *>  10.0.0.0", " *>  10.0.0.0"},
		"after a prompt wiped with blanks":            {"--More--\r        \r *>  10.0.0.0", " *>  10.0.0.0"},
		"after a prompt of EOS":                       {"\x1b[7m--More--\x1b[27m\x1b[8D\x1b[K *>  10.0.0.0", " *>  10.0.0.0"},
		"after a prompt of Junos":                     {"---(more 45%)---\r                \rinet.0", "inet.0"},
		"as typed, with a letter taken back":          {"show iq\b \bp bgp", "show ip bgp"},
		"with the cursor moved to the right":          {"a\x1b[3Cb", "a   b"},
		"with an escape sequence cut off":             {"a\x1b[31", "a"},
		"with an escape at the end":                   {"a\x1b", "a"},
	} {
		t.Run(name, func(t *testing.T) {
			r := lines.Of([]byte(c.in + "\n"))
			if diff := cmp.Diff([]string{c.want}, all(r)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if r.Missed() != 0 {
				t.Errorf("unread: %v", r.Unread())
			}
		})
	}
}

func TestLinesOfWhichSomethingIsLostAreUnread(t *testing.T) {
	for name, in := range map[string]string{
		"printed over":                          " *>  10.0.0.0  192.0.2.1\r*Nov 16 18:52:22.448: %SYS-5-CONFIG",
		"with carriage returns for line ends":   "one\rtwo\rthree",
		"erased":                                " *>  10.0.0.0\r\x1b[K",
		"erased all":                            " *>  10.0.0.0\x1b[2K",
		"letters over other letters":            "10.0.0.0\b\b\b9.9",
		"the cursor moved away":                 "10.0.0.0\x1b[5A/8",
		"too long":                              strings.Repeat("x", 70_000),
		"a prompt, and text before it is wiped": " *>  10.0.0.0 --More--\r\x1b[K",
	} {
		t.Run(name, func(t *testing.T) {
			r := lines.Of([]byte("first\n" + in + "\nlast"))
			if diff := cmp.Diff([]string{"first", "last"}, all(r)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if u := r.Unread(); r.Missed() != 1 || len(u) != 1 || u[0].Line != 2 || len(u[0].Text) > 400 {
				t.Errorf("%d unread: %v", r.Missed(), u)
			}
		})
	}
}

func TestNumbersCountPhysicalLines(t *testing.T) {
	r := lines.Of([]byte("a\n\nb\x1b[A\nc"))
	var got []int
	for r.Next() {
		got = append(got, r.Number())
	}
	if diff := cmp.Diff([]int{1, 2, 4}, got); diff != "" {
		t.Error(diff)
	}
}

func TestALineIsHandedOutOnceMore(t *testing.T) {
	r := lines.Of([]byte("a\nb\n"))
	r.Next()
	r.Back()
	if diff := cmp.Diff([]string{"a", "b"}, all(r)); diff != "" {
		t.Error(diff)
	}
}

func TestUnreadLinesAreCountedOnceAndKeptToABound(t *testing.T) {
	r := lines.Of([]byte(strings.Repeat("what?\n", 1500)))
	for r.Next() {
		r.Miss()
		r.Miss()
	}
	if r.Missed() != 1500 || len(r.Unread()) != 1000 {
		t.Errorf("%d counted, %d kept; want 1500 and 1000", r.Missed(), len(r.Unread()))
	}
}

func TestAReadThatFailsIsSaid(t *testing.T) {
	broken := errors.New("the session dropped")
	r := lines.New(io.MultiReader(strings.NewReader("a\nhal"), iotest.ErrReader(broken)))
	got := all(r)
	if diff := cmp.Diff([]string{"a", "hal"}, got); diff != "" {
		t.Error(diff)
	}
	if !errors.Is(r.Err(), broken) {
		t.Errorf("error %v, want %v", r.Err(), broken)
	}
}

func TestTheRestFollowsTheCurrentLine(t *testing.T) {
	r := lines.New(iotest.OneByteReader(strings.NewReader("R1# show | json\n{\n}\n")))
	r.Next()
	rest, err := io.ReadAll(r.Rest())
	if err != nil || string(rest) != "{\n}\n" {
		t.Errorf("%q, %v", rest, err)
	}
	if r.Next() {
		t.Errorf("line %q behind the rest", r.Line())
	}
}

// endless is a stream without a line's end.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	for i := range p[:n] {
		p[i] = 'x'
	}
	e.left -= n
	return n, nil
}

func TestTenMegabytesWithoutALineEndAreOneUnreadLine(t *testing.T) {
	r := lines.New(&endless{10 << 20})
	if got := all(r); len(got) != 0 || r.Missed() != 1 {
		t.Errorf("%d lines, %d unread", len(got), r.Missed())
	}
}

// TestAnyChunksGiveTheSameLines reads what a device could send in one piece and
// in pieces of any size.
func TestAnyChunksGiveTheSameLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{
			"a", "\n", "\r", "\r\n", "\b", " ", "\t", "\x1b[K", "\x1b[2K", "\x1b[3D", "\x1b[9C", "\x1b]0;", "\a", "--More--", "10.0.0.0/8", "é", "\xff", "\x00", "0123456789abcdef",
		})).Draw(t, "text"), ""))
		whole := lines.Of(text)
		want := all(whole)
		pieces := lines.New(iotest.DataErrReader(&chunks{text, rapid.SliceOfN(rapid.IntRange(1, 9), 1, 20).Draw(t, "sizes"), 0}))
		if diff := cmp.Diff(want, all(pieces)); diff != "" {
			t.Errorf("(-whole +pieces)\n%s", diff)
		}
		if diff := cmp.Diff(whole.Unread(), pieces.Unread()); diff != "" {
			t.Errorf("unread (-whole +pieces)\n%s", diff)
		}
		checkLines(t, text, want, whole.Unread())
	})
}

// chunks hands text out in pieces.
type chunks struct {
	text  []byte
	sizes []int
	at    int
}

func (c *chunks) Read(p []byte) (int, error) {
	if len(c.text) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), c.sizes[c.at%len(c.sizes)])], c.text)
	c.text = c.text[n:]
	c.at++
	return n, nil
}

type failer interface{ Errorf(string, ...any) }

// checkLines holds that each line is handed out or unread, and shows nothing that
// moves a terminal.
func checkLines(t failer, text []byte, got []string, unread []snapshot.Unread) {
	n := bytes.Count(text, []byte{'\n'})
	if len(text) > 0 && text[len(text)-1] != '\n' {
		n++
	}
	if len(got)+len(unread) != n && len(unread) < 1000 {
		t.Errorf("%d lines in %q, %d handed out and %d unread", n, text, len(got), len(unread))
	}
	for _, l := range got {
		for _, c := range l {
			if c < ' ' && c != '\t' || c >= 0x7f && c < 0xa0 {
				t.Errorf("line %q holds a control character", l)
			}
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("R1#show ip bgp\r\n *>  10.0.0.0  192.0.2.1 \r\n --More-- \b\b\b\b\b\b\b\b\b\x1b[K\r\n"))
	f.Add([]byte("\x1b]0;t\x07\x1b[2K\x1b[99999999C\xc2\x9b\xff\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r := lines.Of(text)
		got := all(r)
		checkLines(t, text, got, r.Unread())
		again := lines.New(bytes.NewReader(text))
		if diff := cmp.Diff(got, all(again)); diff != "" {
			t.Errorf("(-first +second)\n%s", diff)
		}
	})
}

// Readers make room by what is left, so it has to be right for files as well.
func TestOfAFileItIsKnownHowMuchIsLeft(t *testing.T) {
	text := strings.Repeat("a line of some length\n", 50_000)
	name := filepath.Join(t.TempDir(), "output.txt")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	whole, pieces, stream := lines.Of([]byte(text)), lines.New(file), lines.New(strings.NewReader(text))
	for whole.Next() && pieces.Next() && stream.Next() {
		if whole.Left() != pieces.Left() {
			t.Fatalf("line %d: %d of the file are left, want %d", whole.Number(), pieces.Left(), whole.Left())
		}
		if left := stream.Left(); left != -1 && left != whole.Left() {
			t.Fatalf("line %d: %d of the stream are left, want %d or that it is not known", whole.Number(), left, whole.Left())
		}
	}
	if whole.Number() != 50_000 || pieces.Left() != 0 {
		t.Errorf("after %d lines %d are left", whole.Number(), pieces.Left())
	}
}
