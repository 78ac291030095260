package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// killed is how often programs are killed. Moments are drawn from the length of a
// whole run, so that some fall into collecting, some into judging and writing.
const killed = 24

// A killed program leaves every run that stands in the history whole, and whatever it
// left besides goes with the next run, which needs no cleaning first.
func TestRunsSurviveKillsAtAnyMoment(t *testing.T) {
	l, err := startLab("fail-closed")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	dir := t.TempDir()
	if err := l.configure(dir); err != nil {
		t.Fatal(err)
	}
	cfg := filepath.Join(dir, "routeproof.yaml")
	output := filepath.Join(dir, "out")
	program := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), "routeproof", args...)
		cmd.Env = append(os.Environ(), "LAB_PASSWORD="+l.password, "LAB_SECRET="+l.arm.Secret)
		return cmd
	}
	must := func(args ...string) string {
		t.Helper()
		out, err := program(args...).CombinedOutput()
		if err != nil {
			t.Fatalf("routeproof %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	began := time.Now()
	must("audit", "--config", cfg, "--quiet")
	whole := time.Since(began)

	const seed = 20261123
	draw := rand.New(rand.NewPCG(seed, seed))
	for n := range killed {
		args := [][]string{{"audit", "--config", cfg, "--quiet"}, {"serve", "--config", cfg}}[n%2]
		at := time.Duration(draw.Int64N(int64(whole) * 5 / 4))
		cmd := program(args...)
		var said bytes.Buffer
		cmd.Stderr = &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(at)
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
		if strings.Contains(said.String(), "output") && strings.Contains(said.String(), "level=ERROR") {
			t.Fatalf("kill %d: what an earlier one left is in the way: %s", n, said.String())
		}
		about := fmt.Sprintf("kill %d, of %s after %s", n, args[0], at)
		if _, err := os.Stat(filepath.Join(output, "latest", "report.json")); err != nil {
			t.Fatalf("%s: %v", about, err)
		}
		if n%6 == 5 {
			if said := must("verify", output); !strings.Contains(said, "holds") {
				t.Fatalf("%s: %s", about, said)
			}
		}
	}
	must("audit", "--config", cfg, "--quiet")
	must("verify", output)
	for _, in := range []string{output, filepath.Join(output, "runs")} {
		entries, err := os.ReadDir(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), ".") {
				t.Errorf("%s was left behind", filepath.Join(in, e.Name()))
			}
		}
	}
}
