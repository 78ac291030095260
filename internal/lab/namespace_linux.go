package lab

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	labdata "github.com/routeproof/routeproof/testdata/lab"
)

// A namespace is one node: a first process that holds the node's PID, mount, UTS and network namespaces for as long as its
// standard input is open.
type namespace struct {
	name  string
	pid   int
	cmd   *exec.Cmd
	stdin io.Closer
	net   *os.File // the network namespace
}

const newNamespaces = unix.CLONE_NEWNS | unix.CLONE_NEWUTS | unix.CLONE_NEWNET | unix.CLONE_NEWPID

// namespacesAllowed tries what every node needs, because being root is not enough in a container.
func namespacesAllowed() string {
	cmd := exec.Command("/bin/true") //nolint:noctx // it ends at once
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: newNamespaces}
	if err := cmd.Run(); err != nil {
		return fmt.Sprintf("the lab needs the right to make namespaces (%v)", err)
	}
	return ""
}

// startNamespace returns once the node's own file systems, host name and kernel settings are in place.
func startNamespace(ctx context.Context, name, id string) (*namespace, error) {
	script, err := labdata.Files.ReadFile("anchor.sh")
	if err != nil {
		return nil, err
	}
	//nolint:noctx,gosec // the script is our own; the process outlives the start; closing its standard input ends it
	cmd := exec.Command("/bin/sh", "-c", string(script), "routeproof-lab-"+id, name, id)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: newNamespaces, Setpgid: true}
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("namespace %s: %w", name, err)
	}
	ns := &namespace{name: name, pid: cmd.Process.Pid, cmd: cmd, stdin: stdin}
	stop := context.AfterFunc(ctx, func() { _ = stdin.Close() })
	defer stop()
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != "ready\n" {
		_ = ns.stop()
		return nil, fmt.Errorf("namespace %s: %q: %s", name, line, strings.TrimSpace(complaint.String()))
	}
	if ns.net, err = os.Open(fmt.Sprintf("/proc/%d/ns/net", ns.pid)); err != nil {
		_ = ns.stop()
		return nil, fmt.Errorf("namespace %s: %w", name, err)
	}
	return ns, nil
}

// stop ends the first process, and with it every other process of the node, and waits for that.
func (ns *namespace) stop() error {
	_ = ns.stdin.Close()
	if ns.net != nil {
		_ = ns.net.Close()
	}
	timer := time.AfterFunc(3*time.Second, func() { _ = ns.cmd.Process.Kill() })
	defer timer.Stop()
	err := ns.cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return nil // it was told to end; how it did is nobody's business
	}
	return err
}

// path is where a file of the node is seen from outside.
func (ns *namespace) path(name string) string {
	return filepath.Join("/proc", strconv.Itoa(ns.pid), "root", name)
}

// write makes a file in the node's own file systems.
func (ns *namespace) write(name string, data []byte, mode os.FileMode) error {
	if err := os.WriteFile(ns.path(name), data, mode); err != nil {
		return fmt.Errorf("%s: write %s: %w", ns.name, name, err)
	}
	return nil
}

// command is a command inside the node. A daemon that it leaves behind belongs to the node and ends with it.
func (ns *namespace) command(ctx context.Context, args ...string) *exec.Cmd {
	pid := strconv.Itoa(ns.pid)
	//nolint:gosec // the lab's own commands, and those of its caller
	return exec.CommandContext(ctx, "nsenter", append([]string{"-t", pid, "-m", "-u", "-n", "-p", "--"}, args...)...)
}

// output runs a command inside the node to its end.
func (ns *namespace) output(ctx context.Context, stdin string, args ...string) (string, error) {
	cmd := ns.command(ctx, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%s: %s: %w: %s", ns.name, strings.Join(args, " "), err,
			strings.TrimSpace(complaint.String()+out.String()))
	}
	return out.String(), nil
}

// enter runs f on a thread inside the node's network namespace. Sockets that f opens stay in that namespace; f must not
// leave work to other goroutines.
func (ns *namespace) enter(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		host, err := os.Open("/proc/thread-self/ns/net")
		if err != nil {
			done <- err
			return
		}
		defer func() { _ = host.Close() }()
		if err := unix.Setns(int(ns.net.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- fmt.Errorf("%s: enter: %w", ns.name, err)
			return
		}
		err = f()
		if back := unix.Setns(int(host.Fd()), unix.CLONE_NEWNET); back == nil {
			runtime.UnlockOSThread()
		} // else the thread ends with this goroutine
		done <- err
	}()
	return <-done
}

// A tap is a socket that gets a copy of every frame on a device.
type tap struct{ file *os.File }

// tapBuffer is what the kernel may keep of a tap's frames until they are read: far more than a probe sends.
const tapBuffer = 64 << 20

// tap opens one in the node.
func (ns *namespace) tap(device string) (*tap, error) {
	var t *tap
	err := ns.enter(func() error {
		dev, err := net.InterfaceByName(device)
		if err != nil {
			return err
		}
		fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return os.NewSyscallError("socket", err)
		}
		all := binary.NativeEndian.Uint16([]byte{unix.ETH_P_ALL >> 8, unix.ETH_P_ALL})
		if err := errors.Join(
			unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, tapBuffer),
			unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: dev.Index}),
		); err != nil {
			return errors.Join(err, unix.Close(fd))
		}
		t = &tap{os.NewFile(uintptr(fd), device)}
		return nil
	})
	return t, err
}

// read waits for a frame. That the device goes down is not an error; it may come up again.
func (t *tap) read(buf []byte) (int, error) {
	for {
		k, err := t.file.Read(buf)
		if !errors.Is(err, unix.ENETDOWN) {
			return k, err
		}
	}
}

// missed is how many frames the kernel dropped since the last call.
func (t *tap) missed() (int, error) {
	raw, err := t.file.SyscallConn()
	if err != nil {
		return 0, err
	}
	var stats *unix.TpacketStats
	var failed error
	if err := raw.Control(func(fd uintptr) {
		stats, failed = unix.GetsockoptTpacketStats(int(fd), unix.SOL_PACKET, unix.PACKET_STATISTICS)
	}); err != nil || failed != nil {
		return 0, errors.Join(err, failed)
	}
	return int(stats.Drops), nil
}

func (t *tap) close() error { return t.file.Close() }
