package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
)

// Trace is the two paths between a pair of addresses. Forward is on-premises to
// Azure. Down is what was taken away first, and Fell what fell with it. Flapping are
// tunnels that a direction rests on and that come up and go down by turns.
type Trace struct {
	Src      string       `json:"src"`
	Dst      string       `json:"dst"`
	Down     []string     `json:"down,omitempty"`
	Fell     []string     `json:"fell,omitempty"`
	Flapping []string     `json:"flapping,omitempty"`
	Forward  finding.Path `json:"forward"`
	Return   finding.Path `json:"return"`
}

func (t Trace) directions() []direction {
	return directions(finding.Finding{Forward: &t.Forward, Return: &t.Return})
}

// without says what is down, empty when nothing is.
func (t Trace) without() string {
	if len(t.Down) == 0 {
		return ""
	}
	text := "with " + strings.Join(t.Down, " and ") + " down"
	if len(t.Fell) > 0 {
		text += ", and with it " + strings.Join(t.Fell, ", ")
	}
	return text
}

// otherTurn says how to see the paths while the flapping tunnels are down, empty
// when none flaps.
func (t Trace) otherTurn() string {
	if len(t.Flapping) == 0 {
		return ""
	}
	return "by turns: " + strings.Join(t.Flapping, " and ") + " flap, routed into themselves; --down " +
		strings.Join(t.Flapping, " --down ") + " shows where packets go while they are down"
}

// TraceText writes a trace for a terminal, hop by hop.
func TraceText(w io.Writer, tr Trace, o TextOptions) error {
	t := newTerminal(w, finding.Report{}, o)
	if down := tr.without(); down != "" {
		t.para([]span{{plain, "  "}}, []span{{plain, "    "}}, boldYellow, clean(down))
	}
	t.paths(finding.Finding{Forward: &tr.Forward, Return: &tr.Return})
	if turn := tr.otherTurn(); turn != "" {
		t.print()
		t.para([]span{{plain, "  "}}, []span{{plain, "    "}}, boldYellow, clean(turn))
	}
	if err := t.w.Flush(); err != nil {
		return fmt.Errorf("write trace: %w", err)
	}
	return nil
}

// TraceJSON writes a trace as one JSON object.
func TraceJSON(w io.Writer, tr Trace) error {
	tr.Forward, tr.Return = *completePath(&tr.Forward), *completePath(&tr.Return)
	return WriteJSON(w, tr)
}

// TraceSVG writes a trace as a picture: both directions side by side, each a
// rail from node to node that looks like what protects the packet there.
func TraceSVG(w io.Writer, tr Trace) error {
	title := tr.Src + " and " + tr.Dst
	if down := tr.without(); down != "" {
		title += ", " + down
	}
	b := bufio.NewWriter(w)
	lanes(b, title, tr.otherTurn(), tr.directions())
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write trace: %w", err)
	}
	return nil
}
