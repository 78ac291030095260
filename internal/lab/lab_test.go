package lab_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/routeproof/routeproof/internal/lab"
)

// child makes the test binary start a lab and wait to be killed: see TestKilledRunLeavesNothing.
const child = "ROUTEPROOF_LAB_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(child); dir != "" {
		runChild(dir)
	}
	m.Run()
}

func runChild(dir string) {
	s, err := lab.Named("expressroute-only")
	if err == nil {
		var l *lab.Lab
		if l, err = lab.Start(context.Background(), s, dir); err == nil {
			if _, err = os.Stdout.WriteString(l.ID); err == nil {
				select {}
			}
		}
	}
	panic(err)
}

func TestLab(t *testing.T) {
	l := start(t, "firewall-symmetric")
	t.Run("sessions are established", func(t *testing.T) { sessions(t, l) })
	t.Run("probes tell encrypted, firewall and direction", func(t *testing.T) {
		for _, p := range []struct {
			from, to string
			firewall bool
		}{
			{"10.10.0.10", "172.16.1.4", true},
			{"172.16.1.4", "10.10.0.10", true},
			{"10.20.0.10", "10.64.1.68", false},
			{"10.64.1.68", "10.20.0.10", false},
		} {
			got := probe(t, l, p.from, p.to)
			if !slices.Equal(got.Outcomes(), []lab.Outcome{lab.Encrypted}) {
				t.Errorf("probe: %s, want encrypted", got)
			}
			if all, some := got.Firewalled(); all != p.firewall || some != p.firewall {
				t.Errorf("probe: %s, want through the firewall: %t", got, p.firewall)
			}
		}
	})
	t.Run("the kernel's routes are read", func(t *testing.T) { routes(t, l) })
	t.Run("routers answer over SSH", func(t *testing.T) { logins(t, l) })
	t.Run("Azure's answers are written", func(t *testing.T) { answers(t, l) })
	t.Run("a failure is made and repaired", func(t *testing.T) { failure(t, l) })
	t.Run("another program sees the captures", func(t *testing.T) { pcap(t, l) })
}

func TestCloseLeavesNothing(t *testing.T) {
	needLab(t)
	before := interfaces(t)
	l := start(t, "fail-closed")
	held := namespaces(t, l.ID)
	if want := len(l.Scenario.Nodes()) + 1; len(held) != want {
		t.Fatalf("the lab holds %d network namespaces, want %d", len(held), want)
	}
	if diff := cmp.Diff(before, interfaces(t)); diff != "" {
		t.Errorf("the lab changed the host's interfaces (-before +now):\n%s", diff)
	}
	for range 2 {
		if err := l.Close(); err != nil {
			t.Fatalf("Close() = %v", err)
		}
	}
	gone(t, held)
	if _, err := l.Probe(t.Context(), netip.MustParseAddr("10.10.0.10"), netip.MustParseAddr("172.16.1.4")); err == nil {
		t.Error("a probe in a closed lab succeeded")
	}
}

func TestRunsDoNotCollide(t *testing.T) {
	needLab(t)
	var wg sync.WaitGroup
	for _, p := range []struct {
		scenario string
		want     lab.Outcome
	}{{"fail-closed", lab.Encrypted}, {"fail-closed", lab.Encrypted}, {"expressroute-only", lab.InClear}} {
		dir := t.TempDir()
		wg.Go(func() {
			s, err := lab.Named(p.scenario)
			if err != nil {
				t.Error(err)
				return
			}
			l, err := lab.Start(t.Context(), s, dir)
			if err != nil {
				t.Error(err)
				return
			}
			got, err := l.Probe(t.Context(), netip.MustParseAddr("10.10.0.10"), netip.MustParseAddr("172.16.1.4"))
			if err != nil || !slices.Equal(got.Outcomes(), []lab.Outcome{p.want}) {
				t.Errorf("%s: probe = %s, %v, want %s", p.scenario, got, err, p.want)
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestInterruptedStartLeavesNothing(t *testing.T) {
	needLab(t)
	s, err := lab.Named("fail-closed")
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []time.Duration{30 * time.Millisecond, 300 * time.Millisecond, 1500 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		if _, err := lab.Start(ctx, s, t.TempDir()); err == nil {
			t.Errorf("Start interrupted after %s succeeded", after)
		}
		cancel()
		gone(t, descendants(t))
	}
}

func TestContextEndsTheLab(t *testing.T) {
	needLab(t)
	s, err := lab.Named("expressroute-only")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	l, err := lab.Start(ctx, s, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	held := namespaces(t, l.ID)
	cancel()
	gone(t, held)
	if err := l.Close(); err != nil {
		t.Errorf("Close() = %v", err)
	}
}

// TestKilledRunLeavesNothing kills a process that runs a lab in the way that no process can prepare for.
func TestKilledRunLeavesNothing(t *testing.T) {
	needLab(t)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), child+"="+t.TempDir())
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 8)
	if _, err := io.ReadFull(out, id); err != nil {
		t.Fatalf("the child started no lab: %v", err)
	}
	held := namespaces(t, string(id))
	if len(held) == 0 {
		t.Fatal("the child holds no namespace")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	gone(t, held)
}

func TestScenariosAreNamed(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range lab.Scenarios() {
		if s.Name == "" || s.About == "" || seen[s.Name] {
			t.Errorf("scenario %q (%q) is unnamed, unexplained or there twice", s.Name, s.About)
		}
		seen[s.Name] = true
		if got, err := lab.Named(s.Name); err != nil || got.Name != s.Name {
			t.Errorf("Named(%q) = %q, %v", s.Name, got.Name, err)
		}
	}
	recorded, err := filepath.Glob("../../testdata/scenarios/*/routers")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range recorded {
		if name := filepath.Base(filepath.Dir(dir)); !seen[name] {
			t.Errorf("testdata has the scenario %s, the lab has not", name)
		}
	}
	if _, err := lab.Named("nothing"); err == nil || !strings.Contains(err.Error(), "fail-closed") {
		t.Errorf(`Named("nothing") = %v, want the names there are`, err)
	}
}

func start(t *testing.T, scenario string) *lab.Lab {
	t.Helper()
	s, err := lab.Named(scenario)
	if err != nil {
		t.Fatal(err)
	}
	return startWith(t, s)
}

func startWith(t *testing.T, s lab.Scenario) *lab.Lab {
	t.Helper()
	needLab(t)
	l, err := lab.Start(t.Context(), s, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
	})
	return l
}

func needLab(t *testing.T) {
	t.Helper()
	if missing := lab.Available(); missing != "" {
		t.Skip(missing)
	}
}

func probe(t *testing.T, l *lab.Lab, from, to string) lab.Probe {
	t.Helper()
	p, err := l.Probe(t.Context(), netip.MustParseAddr(from), netip.MustParseAddr(to))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func sessions(t *testing.T, l *lab.Lab) {
	t.Helper()
	for n, want := range map[lab.Node]int{lab.R1: 3, lab.R2: 3, lab.MSEE1: 2, lab.MSEE2: 2, lab.ERGW: 2, lab.VPNGW0: 2, lab.VPNGW1: 2} {
		table, err := l.BGP(n)
		if err != nil {
			t.Fatal(err)
		}
		if len(table.Peers) != want {
			t.Errorf("%s has %d peers, want %d", n, len(table.Peers), want)
		}
		for _, p := range table.Peers {
			if p.State != "Established" {
				t.Errorf("%s: session with %s is %s", n, p.Address, p.State)
			}
		}
	}
}

func routes(t *testing.T, l *lab.Lab) {
	t.Helper()
	for _, r := range []struct {
		node lab.Node
		dst  string
		want string
	}{
		{lab.R1, "172.16.1.4", "unicast 172.16.0.0/16 via 169.254.21.2 dev ipsec0"},
		{lab.R1, "10.64.0.4", "unicast 10.64.0.0/26 via 192.168.100.2 dev er0"},
		{lab.R1, "10.10.10.1", "local 10.10.10.1/32 dev lo"},
		{lab.R1, "8.8.8.8", "none invalid Prefix"},
		{lab.SpokeVM, "10.10.0.10", "unicast 0.0.0.0/0 via 10.64.1.4 dev eth0"},
		{lab.SpokeVM, "10.64.1.68", "unicast 10.64.0.0/23 dev eth0"},
		{lab.Firewall, "10.10.0.10", "unicast 10.10.0.0/16 via 10.64.0.4 dev eth0, via 10.64.0.5 dev eth0"},
		{lab.Firewall, "10.10.10.1", "unicast 10.10.10.1/32 via 10.64.0.8 dev eth0"},
		{lab.Firewall, "8.8.8.8", "unreachable invalid Prefix"},
		{lab.Firewall, "192.168.7.7", "blackhole invalid Prefix"},
		{lab.VPNGW0, "172.16.1.4", "unicast 172.16.0.0/16 via 10.64.1.4 dev eth0"},
		{lab.VPNGW1, "10.10.0.10", "unicast 10.10.0.0/16 via 169.254.22.1 dev ipsec0"},
	} {
		got, err := l.RouteGet(t.Context(), r.node, netip.MustParseAddr(r.dst))
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != r.want {
			t.Errorf("RouteGet(%s, %s) = %s, want %s", r.node, r.dst, got, r.want)
		}
	}
}

// logins runs a command on R1 from inside the lab, an interactive session on R2 through the host's loopback, and checks
// that a wrong host key is noticed.
func logins(t *testing.T, l *lab.Lab) {
	t.Helper()
	r1 := login(t, l, lab.R1)
	conn, err := l.Dial(t.Context(), lab.R1, "tcp", r1.Address)
	if err != nil {
		t.Fatal(err)
	}
	got := session(t, conn, r1.Address, clientConfig(t, r1), func(s *ssh.Session) error { return s.Run("show ip bgp") })
	if want, err := l.Vtysh(t.Context(), lab.R1, "show ip bgp"); err != nil || got != want {
		t.Errorf("over SSH (-want +got), %v:\n%s", err, cmp.Diff(want, got))
	}

	r2 := login(t, l, lab.R2)
	address, err := l.Forward(t.Context(), lab.R2)
	if err != nil {
		t.Fatal(err)
	}
	got = session(t, dial(t, address), address, clientConfig(t, r2), func(s *ssh.Session) error {
		s.Stdin = strings.NewReader("terminal length 0\nshow version\nexit\n")
		return errors.Join(s.RequestPty("vt100", 80, 200, nil), s.Shell(), s.Wait())
	})
	if !strings.Contains(got, "R2# show version") || !strings.Contains(got, "FRRouting") {
		t.Errorf("interactive session shows %q, want R2's prompt and its version", got)
	}

	wrong := clientConfig(t, r1)
	wrong.HostKeyCallback = ssh.FixedHostKey(r1.HostKey)
	if _, _, _, err := ssh.NewClientConn(dial(t, address), address, wrong); err == nil {
		t.Error("R2 was taken for R1")
	}
}

func login(t *testing.T, l *lab.Lab, n lab.Node) lab.SSH {
	t.Helper()
	s, err := l.SSH(n)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func clientConfig(t *testing.T, s lab.SSH) *ssh.ClientConfig {
	t.Helper()
	key, err := os.ReadFile(s.Key)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.ParsePrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	known, err := knownhosts.New(s.KnownHosts)
	if err != nil {
		t.Fatal(err)
	}
	return &ssh.ClientConfig{
		User: s.User, Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)}, HostKeyCallback: known,
		HostKeyAlgorithms: []string{ssh.KeyAlgoED25519}, Timeout: 5 * time.Second,
	}
}

// session returns what do's session wrote to standard output.
func session(t *testing.T, conn net.Conn, address string, config *ssh.ClientConfig, do func(*ssh.Session) error) string {
	t.Helper()
	c, chans, reqs, err := ssh.NewClientConn(conn, address, config)
	if err != nil {
		t.Fatal(err)
	}
	client := ssh.NewClient(c, chans, reqs)
	defer func() { _ = client.Close() }()
	s, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	s.Stdout = &out
	if err := do(s); err != nil {
		t.Fatalf("session on %s: %v: %s", address, err, out.String())
	}
	return out.String()
}

func answers(t *testing.T, l *lab.Lab) {
	t.Helper()
	dir := t.TempDir()
	if err := l.WriteARM(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(dir, "azure", lab.Subscription)
	for name, want := range map[string]string{
		"virtualNetworkGateways/rg-demo/ergw.getLearnedRoutes.json":              `"asPath": "12076-65501"`,
		"virtualNetworkGateways/rg-demo/vpngw.getLearnedRoutes.json":             `"nextHop": "169.254.22.1"`,
		"virtualNetworkGateways/rg-demo/vpngw.getBgpPeerStatus.json":             `"state": "Connected"`,
		"virtualNetworkGateways/rg-demo/ergw.getAdvertisedRoutes.10.64.0.8.json": `"network": "172.16.0.0/16"`,
		"expressRouteCircuits/rg-demo/er-circuit.routeTables.primary.json":       `"nextHop": "192.168.100.1*"`,
		"connections/rg-demo/datacenter02_connection.json":                       `"connectionStatus": "Connected"`,
		"routeTables/rg-demo/rt-gateway.json":                                    `"nextHopIpAddress": "10.64.1.4"`,
		"virtualNetworks/rg-demo/vnet-hub.json":                                  `"allowGatewayTransit": true`,
		"azureFirewalls/rg-demo/azfw.json":                                       `"privateIPAddress": "10.64.1.4"`,
	} {
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || !strings.Contains(string(b), want) {
			t.Errorf("%s: %v, want %s in:\n%s", name, err, want, b)
		}
	}
}

func failure(t *testing.T, l *lab.Lab) {
	t.Helper()
	down := lab.TunnelDown(lab.Tunnel1)
	if err := l.Fail(t.Context(), down); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"tunnel R1-vpngw0 down"}, words(l.Failures())); diff != "" {
		t.Errorf("Failures() (-want +got):\n%s", diff)
	}
	got, err := l.RouteGet(t.Context(), lab.R1, netip.MustParseAddr("172.16.1.4"))
	if want := "unicast 172.16.0.0/16 via 10.255.0.2 dev core0"; err != nil || got.String() != want {
		t.Errorf("R1's route with its tunnel down = %s, %v, want %s", got, err, want)
	}
	if p := probe(t, l, "172.16.1.4", "10.10.0.10"); !slices.Equal(p.Outcomes(), []lab.Outcome{lab.Encrypted}) || p.ESP[lab.Primary] > 0 {
		t.Errorf("probe with R1's tunnel down: %s, ESP %v", p, p.ESP)
	}
	if err := l.Repair(t.Context(), down); err != nil {
		t.Fatal(err)
	}
	sessions(t, l)
	if err := l.Fail(t.Context(), lab.NodeDown("nobody")); err == nil {
		t.Error("a node that is not there failed")
	}
}

func words(fs []lab.Failure) []string {
	var ws []string
	for _, f := range fs {
		ws = append(ws, f.String())
	}
	return ws
}

// pcap lets tcpdump read the capture back: the tunnel is there, and no probe.
func pcap(t *testing.T, l *lab.Lab) {
	t.Helper()
	path := l.Captures()[string(lab.Primary)]
	out, err := exec.CommandContext(t.Context(), "tcpdump", "-nn", "-r", path, "udp port 4500").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "UDP-encap: ESP") {
		t.Errorf("tcpdump: %v, want ESP in:\n%s", err, out)
	}
	b, err := os.ReadFile(path)
	if err != nil || bytes.Contains(b, []byte("routeproof-probe:")) && bytes.Contains(b, []byte("172.16.1.4")) {
		t.Errorf("the capture of an encrypted circuit holds a probe (%v)", err)
	}
}

// namespaces are the network namespaces of the processes that carry the run's ID.
func namespaces(t *testing.T, id string) map[string]bool {
	t.Helper()
	held := map[string]bool{}
	eachProcess(t, func(dir string) {
		line, err := os.ReadFile(filepath.Join(dir, "cmdline"))
		if err == nil && bytes.Contains(line, []byte("routeproof-lab-"+id)) {
			if ns, err := os.Readlink(filepath.Join(dir, "ns/net")); err == nil {
				held[ns] = true
			}
		}
	})
	return held
}

// descendants are the network namespaces, other than the host's, of processes that this one started.
func descendants(t *testing.T) map[string]bool {
	t.Helper()
	parent, ns := map[string]string{}, map[string]string{}
	eachProcess(t, func(dir string) {
		pid := filepath.Base(dir)
		status, _ := os.ReadFile(filepath.Join(dir, "status"))
		for line := range strings.Lines(string(status)) {
			if id, ok := strings.CutPrefix(line, "PPid:"); ok {
				parent[pid] = strings.TrimSpace(id)
			}
		}
		ns[pid], _ = os.Readlink(filepath.Join(dir, "ns/net"))
	})
	me := strconv.Itoa(os.Getpid())
	held := map[string]bool{}
	for pid := range parent {
		for up := parent[pid]; up != "" && up != "0"; up = parent[up] {
			if up == me && ns[pid] != "" && ns[pid] != ns[me] {
				held[ns[pid]] = true
			}
		}
	}
	return held
}

// gone fails the test if a process is still in one of the namespaces.
func gone(t *testing.T, held map[string]bool) {
	t.Helper()
	deadline := time.After(5 * time.Second)
	for {
		var left []string
		eachProcess(t, func(dir string) {
			if ns, err := os.Readlink(filepath.Join(dir, "ns/net")); err == nil && held[ns] {
				line, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
				left = append(left, string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
			}
		})
		if len(left) == 0 {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("still running:\n%s", strings.Join(left, "\n"))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func eachProcess(t *testing.T, f func(dir string)) {
	t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		f(dir)
	}
}

func interfaces(t *testing.T) []string {
	t.Helper()
	list, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, i := range list {
		names = append(names, i.Name)
	}
	return names
}
