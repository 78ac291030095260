# One namespace of the lab: the first process of its own PID, mount, UTS and network namespaces. $1 is the host name,
# $2 the run. It makes everything a daemon writes private to the namespace, says "ready", and lives for as long as its
# standard input is open. The lab holds the other end: when the lab ends, however it ends, the kernel kills what runs here
# and drops the network, so there is nothing to clean up.
set -e
hostname "$1"
mount --make-rprivate /
mount -t proc proc /proc
for d in /run /etc/frr /etc/swanctl /var/tmp; do
	[ ! -d "$d" ] || mount -t tmpfs -o mode=755 tmpfs "$d"
done
mkdir -p /run/frr /run/sshd /run/lab/home
: >/etc/frr/vtysh.conf
chown frr:frr /run/frr /etc/frr

# A login that is a router: its shell is vtysh, and its group may talk to the daemons.
{ cat /etc/passwd; echo "auditor:*:64999:$(getent group frrvty | cut -d: -f3):auditor:/run/lab/home:/usr/bin/vtysh"; } >/run/lab/passwd
mount --bind /run/lab/passwd /etc/passwd
chown 64999 /run/lab/home

cd /proc/sys/net
for c in ipv4/conf/all ipv4/conf/default; do
	echo 0 >$c/rp_filter
	echo 0 >$c/accept_redirects
	echo 0 >$c/send_redirects
done
echo 1 >ipv4/ip_forward
echo 1 >ipv4/fib_multipath_hash_policy # by flow, so that a probe of many flows sees every branch
for c in ipv6/conf/all ipv6/conf/default; do
	[ ! -e $c/disable_ipv6 ] || echo 1 >$c/disable_ipv6
done
cd /
ip link set lo up
echo ready
cat >/dev/null
