package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/testdata/scenarios"
)

var update = flag.Bool("update", false, "rewrite expected output in testdata/script/*.txtar")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"routeproof": main})
}

func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Values[labKey{}] = new(lab)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":       exits,
			"scenario":    scenario,
			"eventually":  eventually,
			"network":     network,
			"permissions": permissions,
			"silent":      silentServer,
			"terminate":   terminate,
			"edit":        edit,
		},
	})
}

// exits runs a program and checks its exact exit code: exits CODE PROGRAM [ARG...].
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// scenario writes a scenario's evidence: scenario NAME DIR.
func scenario(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: scenario NAME DIR")
	}
	fsys, err := fs.Sub(scenarios.FS(), args[0])
	ts.Check(err)
	ts.Check(os.CopyFS(ts.MkAbs(args[1]), fsys))
}

// eventually waits until a file exists, and holds a text when one is given:
// eventually FILE [TEXT].
func eventually(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: eventually FILE [TEXT]")
	}
	for began := time.Now(); time.Since(began) < 90*time.Second; time.Sleep(20 * time.Millisecond) {
		data, err := os.ReadFile(ts.MkAbs(args[0]))
		if err == nil && (len(args) == 1 || strings.Contains(string(data), args[1])) {
			return
		}
	}
	ts.Fatalf("%s did not come", strings.Join(args, " with "))
}

// edit replaces a text in a file: edit FILE OLD NEW.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	name := ts.MkAbs(args[0])
	data, err := os.ReadFile(name)
	ts.Check(err)
	if !strings.Contains(string(data), args[1]) {
		ts.Fatalf("%s holds no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(name, []byte(strings.ReplaceAll(string(data), args[1], args[2])), 0o644))
}

// network starts a scenario's lab for the rest of the script, and writes a
// configuration for it: network SCENARIO DIR. Secrets are in the environment.
func network(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: network SCENARIO DIR")
	}
	l, err := startLab(args[0])
	ts.Check(err)
	ts.Defer(l.close)
	*ts.Value(labKey{}).(*lab) = *l
	ts.Setenv("LAB_PASSWORD", l.password)
	ts.Setenv("LAB_SECRET", l.arm.Secret)
	ts.Check(l.configure(ts.MkAbs(args[1])))
}

// configure writes a configuration for the lab, routeproof.yaml, with what it names
// into a directory. Its secrets are in LAB_PASSWORD and LAB_SECRET.
func (l *lab) configure(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	known, err := os.ReadFile(l.knownHosts)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, `azure:
  subscriptions: [%s]
  cloud: custom
  endpoint: %[2]s
  authority: %[2]s
  audience: %[2]s
  caFile: ca.pem
  tenant: %s
  client: %s
  secret: {env: LAB_SECRET}
schedule: "@every 1h"
runAtStart: true
output: out
routers:
`, strings.Join(l.subscriptions, ", "), l.arm.Endpoint, l.arm.Tenant, l.arm.Client)
	for _, r := range l.routers {
		fmt.Fprintf(&b, "  - {name: %s, address: %q, platform: frr, user: %s, password: {env: LAB_PASSWORD}, knownHosts: known_hosts}\n", r.name, r.Addr, labUser)
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "ca.pem"), l.arm.CA, 0o644),
		os.WriteFile(filepath.Join(dir, "known_hosts"), known, 0o644),
		os.WriteFile(filepath.Join(dir, "routeproof.yaml"), []byte(b.String()), 0o644),
	)
}

// labKey is where a script's lab is kept.
type labKey struct{}

// permissions gives the network's identity one role: permissions FILE.
func permissions(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: permissions FILE")
	}
	data, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	var role struct{ Actions, NotActions []string }
	ts.Check(json.Unmarshal(data, &role))
	ts.Value(labKey{}).(*lab).arm.SetPermissions(emulator.ARMPermission{Actions: role.Actions, NotActions: role.NotActions})
}

// silentServer starts a server that never answers, for the rest of the script: its
// address is in $SILENT, and the file asked exists once somebody connected.
func silentServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: silent")
	}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv("SILENT", l.Addr().String())
	asked := ts.MkAbs("asked")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			_ = os.WriteFile(asked, nil, 0o644)
		}
	}()
	ts.Defer(func() {
		_ = l.Close()
		<-done
	})
}

// terminate sends SIGTERM to the programs in the background.
func terminate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: terminate")
	}
	for _, cmd := range ts.BackgroundCmds() {
		ts.Check(cmd.Process.Signal(syscall.SIGTERM))
	}
}
