package router_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Where a platform authorises by command, the account may do what is sent, to the
// last command.
func TestRolesNameEveryCommandThatIsSent(t *testing.T) {
	for _, name := range router.Platforms() {
		role, err := router.Role(name)
		if err != nil {
			t.Fatal(err)
		}
		sent, err := router.Sent(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, cmd := range sent {
			words := strings.Fields(strings.TrimSpace(strings.SplitN(cmd, "|", 2)[0]))
			if i := slices.IndexFunc(words, func(w string) bool { return w == "ADDRESS" || w == "NAME" }); i > 0 {
				words = words[:i]
			}
			last := words[len(words)-1]
			if strings.Trim(last, "*0123456789") == "" {
				words = words[:len(words)-1]
			}
			if whole, rest := strings.Join(words, " "), strings.Join(words[1:], " "); !strings.Contains(role, whole) && !strings.Contains(role, `permit "^`+rest) {
				t.Errorf("%s: %q is not in the role", name, cmd)
			}
		}
		if !strings.Contains(role, "What this does not cover") {
			t.Errorf("%s: the role does not say what it does not cover", name)
		}
		if !strings.HasSuffix(role, "\n") || strings.ContainsAny(role, "\t\r") {
			t.Errorf("%s: not fit to paste", name)
		}
	}
	if _, err := router.Role("cisco_catos"); err == nil || !strings.Contains(err.Error(), "want cisco_ios") {
		t.Errorf("an unknown platform: error %v, want those that are known", err)
	}
}

// shellOf takes the shell out of FRR's role, with a vtysh that says what it was
// asked.
func shellOf(t *testing.T) string {
	t.Helper()
	role, err := router.Role("frr")
	if err != nil {
		t.Fatal(err)
	}
	_, script, _ := strings.Cut(role, "<<'SHELL'\n")
	script, _, ok := strings.Cut(script, "SHELL\n")
	if !ok || !strings.Contains(script, "PATH=/usr/bin:/bin\n") {
		t.Fatal("no shell in the role of frr")
	}
	dir := t.TempDir()
	vtysh := "#!/bin/sh\ncase $2 in 'show version') echo 'FRRouting 8.4.4 (R1).';; *) echo \"vtysh was asked: $*\";; esac\n"
	for name, text := range map[string]string{"vtysh": vtysh, "shell": strings.Replace(script, "PATH=/usr/bin:/bin", "PATH="+dir+":/usr/bin:/bin", 1)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "shell")
}

func TestTheShellOfFRRsRolePassesOnNothingElse(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), shellOf(t), "-c", "id")
	cmd.Stdin = strings.NewReader("" +
		"show ip bgp\nconfigure terminal\nid\nshow ip bgp; id\n show ip bgp\n$(id)\nshow *\n\nterminal length 0\n" +
		"show ip bgp neighbors 10.0.0.1 advertised-routes\nshow ip bgp neighbors 10.0.0.1;id advertised-routes\nshow ip bgp neighbors  advertised-routes\n" +
		"show ip bgp neighbors 10.0.0.1 | tee x advertised-routes\nshow ip route vrf all\n" +
		"show ip bgp vrf red neighbors 10.0.0.1 advertised-routes\nshow ip bgp vrf red;id neighbors 10.0.0.1 advertised-routes\n" +
		"show ip bgp vrf red neighbors 1;id advertised-routes\nshow ip bgp vrf  neighbors  advertised-routes\nshow ip bgp vrf red neighbors 10.0.0.1 neighbors 10.0.0.2 advertised-routes\nexit\nid\n")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	want := "vtysh was asked: -c show ip bgp\n" + strings.Repeat("% Unknown command: not one of routeproof's\n", 6) +
		"vtysh was asked: -c show ip bgp neighbors 10.0.0.1 advertised-routes\n" + strings.Repeat("% Unknown command: not an address\n", 3) +
		"vtysh was asked: -c show ip route vrf all\nvtysh was asked: -c show ip bgp vrf red neighbors 10.0.0.1 advertised-routes\n" +
		strings.Repeat("% Unknown command: not a VRF and an address\n", 4)
	if got := strings.ReplaceAll(string(out), name+"# ", ""); got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}

// The same against OpenSSH, with its terminal and its forced command.
func TestTheShellOfFRRsRoleOnOpenSSH(t *testing.T) {
	sshd, err := exec.LookPath("/usr/sbin/sshd")
	if err != nil {
		t.Skip("no sshd here")
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("/run/sshd"); err != nil && me.Uid == "0" {
		t.Skip("sshd has no /run/sshd here")
	}
	hostKey, userKey := newKey(t, "", ""), newKey(t, "", "")
	dir := t.TempDir()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(address)
	config := fmt.Sprintf("Port %s\nListenAddress 127.0.0.1\nHostKey %s/host\nAuthorizedKeysFile %s/authorized\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\nPidFile none\nForceCommand %s\nPrintMotd no\nPrintLastLog no\n",
		port, dir, dir, shellOf(t))
	for name, text := range map[string][]byte{"host": hostKey.pem, "authorized": ssh.MarshalAuthorizedKey(userKey.signer.PublicKey()), "config": []byte(config)} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	server := exec.CommandContext(t.Context(), sshd, "-D", "-e", "-f", filepath.Join(dir, "config"))
	server.Stderr = &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	d := collect(t, router.Device{
		Name: "R1", Address: address, Platform: "frr", User: me.Username, Key: userKey.pem, CommandTimeout: 10 * time.Second,
		KnownHosts: knownHosts(t, "[127.0.0.1]:"+port+" "+line(hostKey.signer.PublicKey())), Now: ticking(),
	})
	for _, it := range d.Manifest.Items {
		text, err := d.Bytes(it.Path)
		if err != nil {
			t.Fatal(err)
		}
		want := "vtysh was asked: -c " + it.What + "\n"
		if it.What == "show version" {
			want = "FRRouting 8.4.4 (R1).\n"
		}
		if it.Status != snapshot.OK || string(text) != want {
			t.Errorf("%s: %s (%s), %q, want ok, %q\n%s", it.What, it.Status, it.Detail, text, want, log.String())
		}
	}
}
