package router_test

import (
	"bufio"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/routeproof/routeproof/collectors/router"
)

// damaged takes words, or parts of words, out of some of the lines of an output,
// puts others in their place, and repeats and loses lines.
func damaged(r *rand.Rand, text string, share float64) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		words := strings.Fields(line)
		if r.Float64() > share || len(words) == 0 {
			out = append(out, line)
			continue
		}
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		at, mark := r.IntN(len(words)), strings.IndexAny(line, ":=,([{/<")
		switch r.IntN(10) {
		case 0:
			words = []string{line[:r.IntN(len(line))]}
		case 1:
			words = []string{line[r.IntN(len(line)):]}
		case 2:
			words = []string{line[:mark+1]} // up to a mark, or nothing
		case 3:
			words = words[:at]
		case 4:
			words = words[at:]
		case 5:
			words = slices.Delete(words, at, at+1)
		case 6:
			words[at] = []string{"-", "0", ":", ",", "(", "4294967296", "99999999999999999999", "::", `"`, "{", "]", "<", "|", "*"}[r.IntN(14)]
		case 7:
			with := r.IntN(len(words))
			words[at], words[with] = words[with], words[at]
		case 8:
			out = append(out, line)
		case 9:
			continue
		}
		line = indent + strings.Join(words, " ")
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// However recorded outputs are damaged, and whichever command is said to have
// printed them, no reader panics.
func TestNoDamageToARecordedOutputIsAPanic(t *testing.T) {
	f, err := os.Open(filepath.Join(bgpCorpus, "manifest.jsonl"))
	if err != nil {
		t.Skipf("the recorded outputs are not here: %v", err)
	}
	defer f.Close()
	cases := make(map[string][]bgpCase)
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var c bgpCase
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases[c.Platform] = append(cases[c.Platform], c)
	}
	for _, platform := range router.Platforms() {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			sent, err := router.Sent(platform)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range cases[platform] {
				raw, err := os.ReadFile(filepath.Join(bgpCorpus, c.Dir, c.Raw))
				if err != nil {
					t.Fatal(err)
				}
				if len(raw) > 8<<10 {
					continue
				}
				r := rand.New(rand.NewPCG(1, uint64(len(raw))))
				for i := range 30 {
					command, text := c.Command, damaged(r, string(raw), []float64{0.05, 0.3, 1}[i%3])
					if i%4 == 0 {
						command = sent[r.IntN(len(sent))]
					}
					parses(t, platform, command, text)
				}
			}
		})
	}
}

func parses(t *testing.T, platform, command, text string) {
	t.Helper()
	defer func() {
		if cause := recover(); cause != nil {
			t.Errorf("%s, %q: %v: %q", platform, command, cause, text)
		}
	}()
	_, _ = router.Parse(platform, command, strings.NewReader(text)) // what it reads is another test's
}
