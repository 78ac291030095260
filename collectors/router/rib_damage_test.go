package router_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// The damage that terminals and sessions do to output. None of it may turn a
// table into a whole one with other rows.

func TestPagingRemnantsAndLogMessagesBetweenRowsChangeNothing(t *testing.T) {
	more := " --More-- " + strings.Repeat("\b", 10) + strings.Repeat(" ", 10) + strings.Repeat("\b", 10)
	for _, s := range ribSamples() {
		rows := strings.SplitAfter(s.text, "\n")
		for i := range rows[:len(rows)-1] {
			for name, damage := range map[string]string{
				"paging":  more,
				"log":     "*Nov 16 18:52:22.448: %CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON\n",
				"console": "%SYS-5-CONFIG_I: Configured from console by admin\n",
				"colour":  "\x1b[0m",
			} {
				text := strings.Join(rows[:i], "") + damage + strings.Join(rows[i:], "")
				got := readDamagedText(t, s.platform, s.command, text)
				if lines := ribLines(got.Routes); lines != s.want || got.Status != snapshot.OK {
					t.Errorf("%s, %s before line %d: %s %s\n%s", s.name, name, i+1, got.Status, got.Detail, lines)
				}
			}
		}
	}
}

func TestLineEndsOfTerminalsChangeNothing(t *testing.T) {
	for _, s := range ribSamples() {
		for _, end := range []string{"\r\n", "\r\r\n", "  \r\n"} {
			got := readDamagedText(t, s.platform, s.command, strings.ReplaceAll(s.text, "\n", end))
			if lines := ribLines(got.Routes); lines != s.want || got.Status != snapshot.OK {
				t.Errorf("%s, %q: %s %s\n%s", s.name, end, got.Status, got.Detail, lines)
			}
		}
		if got := readDamagedText(t, s.platform, s.command, strings.ReplaceAll(s.text, "\n", "\r")); got.Status == snapshot.OK {
			t.Errorf("%s: lines that overwrite each other are no table", s.name)
		}
	}
}

func TestALogMessageInsideARowIsSeen(t *testing.T) {
	for _, s := range ribSamples() {
		for at := range s.text {
			checkDamaged(t, s, fmt.Sprintf("log message at %d", at), s.text[:at]+"*Nov 16 18:52:22.448: %CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON\n"+s.text[at:])
		}
	}
}

func TestAPartThatCameTwiceIsSeen(t *testing.T) {
	for _, s := range ribSamples() {
		rows := strings.SplitAfter(s.text, "\n")
		for from := range rows {
			for to := from + 1; to < len(rows); to++ {
				checkDamaged(t, s, fmt.Sprintf("lines %d to %d twice", from+1, to), strings.Join(rows[:to], "")+strings.Join(rows[from:], ""))
			}
		}
	}
}

// checkDamaged fails when a damaged table counts as whole with other rows.
func checkDamaged(t *testing.T, s ribSample, what, text string) {
	t.Helper()
	got := readDamagedText(t, s.platform, s.command, text)
	if lines := ribLines(got.Routes); got.Status == snapshot.OK && lines != s.want {
		t.Errorf("%s, %s: counts as whole with\n%s", s.name, what, lines)
	}
}

// TestACutRowIsSeen cuts tables everywhere. Where a platform has no footer and no
// counts, the rows above the cut are a table like any other, and a name that was
// cut to a shorter one is a name: only the session knows. But the rows must be
// those of the table, and the last one must not lead elsewhere in the text before
// its cut.
func TestACutRowIsSeen(t *testing.T) {
	for _, s := range ribSamples() {
		want := strings.Split(s.want, "\n")
		for at := range s.text {
			got := readDamagedText(t, s.platform, s.command, s.text[:at])
			if got.Status != snapshot.OK {
				continue
			}
			for i, line := range strings.Split(strings.TrimSuffix(ribLines(got.Routes), "\n"), "\n") {
				if line != want[i] && (i < len(got.Routes)-1 || !strings.HasPrefix(want[i], line)) {
					t.Errorf("%s, cut at %d %q: counts as whole with %s", s.name, at, s.text[max(0, at-60):at], line)
				}
			}
		}
	}
}
