package reports_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/reports"
)

func sampleTrace() reports.Trace {
	return reports.Trace{
		Src: "10.10.5.7", Dst: "172.16.1.4", Down: []string{"circuit/er"}, Fell: []string{"tunnel/R1/vpngw-0"},
		Forward: *clearForward("R1", "er-primary", 4), Return: *encryptedReturn("R1"),
	}
}

func TestTheTraceAsAPicture(t *testing.T) {
	var b bytes.Buffer
	if err := reports.TraceSVG(&b, sampleTrace()); err != nil {
		t.Fatal(err)
	}
	golden(t, "trace.svg", b.String())
}

func TestThePictureOfATraceSaysAllThatTheTextSays(t *testing.T) {
	tr := sampleTrace()
	for i := range 9 {
		tr.Down = append(tr.Down, fmt.Sprintf("tunnel/edge-router-%d/vpngw-0", i))
	}
	tr.Flapping = []string{"tunnel/R1/vpngw-0"}
	var b bytes.Buffer
	if err := reports.TraceSVG(&b, tr); err != nil {
		t.Fatal(err)
	}
	_, drawn, _ := strings.Cut(b.String(), "</style>") // without the title, which is not seen
	for _, want := range []string{"edge-router-8", "by turns", "--down tunnel/R1/vpngw-0", "through no firewall", "through firewall/azfw"} {
		if !strings.Contains(drawn, want) {
			t.Errorf("no %q in the picture", want)
		}
	}
}

func TestAHostileNameStaysTextInThePicture(t *testing.T) {
	tr := sampleTrace()
	tr.Forward.Hops[0].Node, tr.Forward.Hops[0].Why, tr.Forward.Detail = hostile, hostile, hostile
	tr.Forward.Outcome, tr.Src = finding.Dropped, hostile
	var b bytes.Buffer
	if err := reports.TraceSVG(&b, tr); err != nil {
		t.Fatal(err)
	}
	elements := map[string]bool{}
	for d := xml.NewDecoder(&b); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			elements[e.Name.Local] = true
			for _, a := range e.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Name.Local, "href") {
					t.Errorf("attribute %s=%q", a.Name.Local, a.Value)
				}
			}
		case xml.CharData:
			if strings.ContainsAny(string(e), "\x1b\u202e\u200b") {
				t.Errorf("raw control character in %q", e)
			}
		}
	}
	want := map[string]bool{"svg": true, "title": true, "style": true, "text": true, "line": true, "circle": true}
	if diff := cmp.Diff(want, elements); diff != "" {
		t.Errorf("elements (-want +got):\n%s", diff)
	}
}

func TestTheTraceAsJSONIsWhatWasTraced(t *testing.T) {
	var b bytes.Buffer
	if err := reports.TraceJSON(&b, sampleTrace()); err != nil {
		t.Fatal(err)
	}
	var got reports.Trace
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sampleTrace(), got); diff != "" {
		t.Errorf("(-traced +read):\n%s", diff)
	}
}

func TestTheTraceSaysWhatFellWithWhatIsDown(t *testing.T) {
	var b bytes.Buffer
	if err := reports.TraceText(&b, sampleTrace(), reports.TextOptions{Width: 120}); err != nil {
		t.Fatal(err)
	}
	if want := "with circuit/er down, and with it tunnel/R1/vpngw-0"; !strings.Contains(b.String(), want) {
		t.Errorf("no %q in:\n%s", want, b.String())
	}
}
