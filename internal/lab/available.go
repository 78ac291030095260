package lab

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// Available says what the lab needs and does not find here, in words for a test's skip message; the empty string means
// that it can run. It needs Linux, root with the right to make namespaces, and Debian's packages frr,
// strongswan-swanctl, strongswan-charon, libcharon-extra-plugins, openssh-server, tcpdump, iproute2 and util-linux.
func Available() (missing string) {
	if runtime.GOOS != "linux" {
		return "the lab needs Linux"
	}
	if os.Geteuid() != 0 {
		return "the lab needs root"
	}
	var absent []string
	for _, p := range []struct{ program, of string }{
		{"ip", "iproute2"},
		{"nsenter", "util-linux"},
		{"tcpdump", "tcpdump"},
		{"vtysh", "frr"},
		{"/usr/lib/frr/zebra", "frr"},
		{"/usr/lib/frr/bgpd", "frr"},
		{"/usr/lib/frr/staticd", "frr"},
		{"swanctl", "strongswan-swanctl"},
		{"/usr/lib/ipsec/charon", "strongswan-charon"},
		{"/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so", "libcharon-extra-plugins"},
		{"/usr/sbin/sshd", "openssh-server"},
	} {
		if !present(p.program) {
			absent = append(absent, p.program+" ("+p.of+")")
		}
	}
	if len(absent) > 0 {
		return "the lab needs " + strings.Join(absent, ", ")
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		return "the lab needs /dev/net/tun"
	}
	return namespacesAllowed()
}

func present(program string) bool {
	if strings.HasPrefix(program, "/") {
		_, err := os.Stat(program)
		return err == nil
	}
	_, err := exec.LookPath(program)
	return err == nil
}
