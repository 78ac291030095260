package router_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/routeproof/routeproof/collectors/router"
)

// pieces cuts text at random.
func pieces(t *rapid.T, text string) [][]byte {
	var out [][]byte
	for len(text) > 0 {
		n := min(rapid.IntRange(1, 40).Draw(t, "piece"), len(text))
		out = append(out, []byte(text[:n]))
		text = text[n:]
	}
	return out
}

const answer = "R1# show version\r\nFRRouting 8.4.4 (R1) on Linux.\r\nCopyright 1996\r\nR1# "

// Whatever an output holds, and however it is cut into packets, it comes out as it
// went in.
func TestAnOutputIsTheSameHoweverItIsCut(t *testing.T) {
	line := rapid.SampledFrom([]string{
		"r>", "i192.168.3.0      3.3.3.3", "*> 10.0.0.0/8", "R1#", "R1# ", "R1# show ip bgp", "R1# show version", "show version", "FRRouting 8.4.4 (R1) on Linux.",
		"AUTHORIZED-USERS-ONLY#", "load 5%", "65515$", "\x1b[2J", "\r", "--", " More", "", "x\ry", "\b\b", "R2>", "\xff\xfe",
	})
	rapid.Check(t, func(t *rapid.T) {
		body := ""
		for _, l := range rapid.SliceOfN(line, 0, 30).Draw(t, "lines") {
			body += l + "\r\n"
		}
		got, whole := router.Output("R1#", "show ip bgp", pieces(t, "show ip bgp\r\n"+body+answer))
		want := regexp.MustCompile(`\r+\n`).ReplaceAllString(body, "\n")
		if got != want || !whole {
			t.Fatalf("got %q, whole %t, want %q", got, whole, want)
		}
	})
}

// An output that misses any byte at its end is not taken for a whole one, unless
// the byte is a blank behind the prompt.
func TestAnOutputThatIsCutShortIsNotWhole(t *testing.T) {
	sent := "show ip bgp\r\n" + strings.Repeat("*> 10.0.0.0/8\r\n", 3) + answer
	for n := range len(sent) - len(" ") {
		if _, whole := router.Output("R1#", "show ip bgp", [][]byte{[]byte(sent[:n])}); whole {
			t.Errorf("whole after %q", sent[:n])
		}
	}
}

// Bytes that went missing in the middle of a check make it no answer.
func TestACheckThatIsNotAnsweredIsNoProof(t *testing.T) {
	for _, end := range []string{
		"R1# show version\r\nR1# ",
		"R1# show version\r\n*> 10.0.0.0/8\r\nR1# ",
		"R1# show versio\r\nFRRouting 8.4.4\r\nR1# ",
		"show version\r\nFRRouting 8.4.4\r\nR1# ",
		"R2# show version\r\nFRRouting 8.4.4\r\nR1# ",
		"R1# show version\r\nFRRouting 8.4.4\r\nR2# ",
		"R1# ",
	} {
		if _, whole := router.Output("R1#", "show ip bgp", [][]byte{[]byte("show ip bgp\r\nrow\r\n" + end)}); whole {
			t.Errorf("%q: taken for the end", end)
		}
	}
}

func FuzzOutput(f *testing.F) {
	f.Add([]byte("show ip bgp\r\n*> 10.0.0.0/8\r\n"+answer), 7)
	f.Add([]byte("\x1b[2Jshow ip bgp\r\r\n\x1b[\b\b"+answer), 1)
	f.Fuzz(func(t *testing.T, sent []byte, size int) {
		size = max(1, size%1000)
		var cut [][]byte
		for rest := sent; len(rest) > 0; {
			n := min(size, len(rest))
			cut, rest = append(cut, rest[:n]), rest[n:]
		}
		a, wholeA := router.Output("R1#", "show ip bgp", [][]byte{sent})
		b, wholeB := router.Output("R1#", "show ip bgp", cut)
		if a != b || wholeA != wholeB {
			t.Errorf("in one piece %q (%t), in pieces of %d %q (%t)", a, wholeA, size, b, wholeB)
		}
	})
}

// Where an echo ends and a long line starts does not depend on packets.
func TestAnEchoIsFoundInFrontOfALongPacket(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	for _, cut := range []int{1, 5, 11, 12, 13, 70_000} {
		sent := "show ip bgp\r\n" + long + "\r\n" + answer
		got, whole := router.Output("R1#", "show ip bgp", [][]byte{[]byte(sent[:cut]), []byte(sent[cut:])})
		if got != long+"\n" || !whole {
			t.Errorf("cut at %d: %d bytes, whole %t, want %d", cut, len(got), whole, len(long)+1)
		}
	}
}
