package jsonlines_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/router/jsonlines"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func stringsAt(d *jsonlines.Decoder) (map[string]int, error) {
	at := map[string]int{}
	for {
		t, err := d.Token()
		if err != nil {
			return at, err
		}
		if s, ok := t.(string); ok {
			at[s] = d.Line()
		}
	}
}

func TestEveryTokenHasItsLine(t *testing.T) {
	text := "warning: clock\n\n  { \"a\":\n\n\"b\", \"c\": [1,\n\"d\"\n]\n}\n{master:0}\n"
	in := lines.New(strings.NewReader(text))
	d := jsonlines.New(in, nil)
	at, err := stringsAt(d)
	if !errors.Is(err, io.EOF) {
		t.Fatalf("got %v, want io.EOF", err)
	}
	if diff := cmp.Diff(map[string]int{"a": 3, "b": 5, "c": 5, "d": 6}, at); diff != "" {
		t.Error(diff)
	}
	d.Close(nil)
	want := []snapshot.Unread{{Line: 1, Text: "warning: clock"}, {Line: 9, Text: "{master:0}"}}
	if diff := cmp.Diff(want, in.Unread()); diff != "" {
		t.Error(diff)
	}
}

func TestKnownLinesAroundTheValueAreNotMissed(t *testing.T) {
	in := lines.New(strings.NewReader("note\n[]\ntail"))
	known := func(l []byte) bool { return string(l) == "note" || string(l) == "tail" }
	d := jsonlines.New(in, known)
	if err := d.Skip(); err != nil {
		t.Fatal(err)
	}
	d.Close(known)
	if in.Missed() != 0 {
		t.Errorf("missed %v", in.Unread())
	}
}

func TestTheLineWhereTheReaderStandsIsPartOfTheValue(t *testing.T) {
	in := lines.New(strings.NewReader("\n{\n\"a\": 1}"))
	in.Next()
	in.Next()
	d := jsonlines.New(in, nil)
	at, err := stringsAt(d)
	if diff := cmp.Diff(map[string]int{"a": 3}, at); diff != "" || !errors.Is(err, io.EOF) {
		t.Error(diff, err)
	}
}

func TestALongSingleLineIsReadWhole(t *testing.T) {
	text := "[" + strings.Repeat(`"x",`, 100_000) + `"end"]`
	in := lines.New(strings.NewReader(text))
	d := jsonlines.New(in, nil)
	at, err := stringsAt(d)
	if at["end"] != 1 || !errors.Is(err, io.EOF) || in.Missed() != 0 {
		t.Error(at, err, in.Unread())
	}
}

func TestAValueThatIsNotWholeIsAnError(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"nothing":   {"\n \n", "EOF"},
		"text only": {"error: no\n", "EOF"},
		"cut off":   {"{\n\"a\": [1,\n2", "unexpected EOF"},
		"damaged":   {"{\n\"a\": [1,\n--More--\n2]}", "line 2: invalid character '-' in numeric literal"},
		"too deep":  {strings.Repeat("[", 1_000_000), "line 1: JSON is nested deeper than 200"},
		"too long":  {`["` + strings.Repeat("x", 3<<20) + `"]`, "line 1: a JSON value is longer than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := stringsAt(jsonlines.New(lines.New(strings.NewReader(tt.text)), nil))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestSkipReadsOverOneValue(t *testing.T) {
	d := jsonlines.New(lines.New(strings.NewReader(`{"a": {"b": [1, {}]}, "c": 2, "d": true}`)), nil)
	if err := d.Delim('{'); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for d.More() {
		key, err := d.Key()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
		if err := d.Skip(); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"a", "c", "d"}, keys); diff != "" {
		t.Error(diff)
	}
	if err := d.Delim(json.Delim(']')); err == nil {
		t.Error("an object closed by a bracket is accepted")
	}
}

func FuzzDecoder(f *testing.F) {
	f.Add("x\n{\"a\": [1, 2]}\n{master:0}")
	f.Add("[[[")
	f.Fuzz(func(t *testing.T, text string) {
		in := lines.New(strings.NewReader(text))
		d := jsonlines.New(in, nil)
		last := 0
		for {
			_, err := d.Token()
			if d.Line() < last || d.Line() > strings.Count(text, "\n")+2 {
				t.Fatalf("line %d after %d", d.Line(), last)
			}
			last = d.Line()
			if err != nil {
				break
			}
		}
		d.Close(nil)
	})
}
