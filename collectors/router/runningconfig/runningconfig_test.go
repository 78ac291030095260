package runningconfig_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/runningconfig"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func read(d runningconfig.Dialect, command, text string) (snapshot.Router, *lines.Reader) {
	var r snapshot.Router
	in := lines.New(strings.NewReader(text))
	runningconfig.Answer(d, command, in, &r, []string{"% Invalid input"})
	return r, in
}

const whole = "show running-config"

// nexus, xr, arista and frr are small configurations in each platform's form.
const (
	nexus = `!Command: show running-config
!Time: Mon Nov 23 03:00:00 2026

version 10.2(3) Bios:version
hostname leaf1
feature bgp

macsec policy must
  security-policy must-secure
  conf-offset CONF-OFFSET-30
vrf context blue
  ip route 10.9.0.0/16 Null0 tag 7 250
ip route 0.0.0.0/0 192.0.2.1 name uplink
ip prefix-list azure seq 5 permit 10.64.0.0/16 eq 24
route-map out permit 10
  match ip address prefix-list azure
  set as-path prepend 65010 65010
interface Ethernet1/1
  vrf member blue
  ip address 192.168.100.1/30
  ip policy route-map aside
  macsec keychain K1 policy must
  no shutdown
interface Ethernet1/2
  macsec keychain K1
router bgp 65010
  router-id 10.0.0.1
  bestpath always-compare-med
  template peer azure
    remote-as 12076
    password 3 a667d47acc18ea6b
    address-family ipv4 unicast
      route-map out out
      maximum-prefix 4000
  vrf blue
    address-family ipv4 unicast
      network 10.1.0.0/16
      maximum-paths 4
      distance 20 200 220
    neighbor 192.168.100.2
      inherit peer azure
      address-family ipv4 unicast
        soft-reconfiguration inbound always
        weight 50
`
	xr = `Mon Nov 23 03:00:00.123 UTC
Building configuration...
!! IOS XR Configuration 7.3.2
hostname pe1
interface tunnel-ip7
 vrf blue
 ipv4 address 10.7.0.1 255.255.255.252
 tunnel source Loopback0
 tunnel destination 10.8.8.8
!
prefix-set azure
  10.64.0.0/16 le 24,
  10.65.0.0/16
end-set
!
route-policy in
  if destination in azure then
    set local-preference 200
  elseif community matches-any bad then
    drop
  else
    pass
  endif
end-policy
!
route-policy odd
  if destination in azure then
    pass
  endif
  set med 5
end-policy
!
router static
 address-family ipv4 unicast
  10.9.0.0/16 Null0 250
 !
 vrf blue
  address-family ipv4 unicast
   0.0.0.0/0 10.7.0.2
  !
 !
!
router bgp 65010
 bgp bestpath med missing-as-worst
 neighbor-group azure
  remote-as 12076
  keychain secret-chain
  address-family ipv4 unicast
   route-policy in in
  !
 !
 vrf blue
  rd 65010:1
  address-family ipv4 unicast
   network 10.1.0.0/16
  !
  neighbor 192.168.100.2
   use neighbor-group azure
   description MSEE
  !
 !
!
end
`
	arista = `! Command: show running-config sanitized
! device: edge2 (DCS-7050, EOS-4.30.1F)
!
banner motd
interface Fake
EOF
hostname edge2
!
ip security
   ike policy ike1
      encryption aes256
   sa policy strong
      esp encryption aes256
      esp integrity sha256
      pfs dh-group 14
   profile azure
      ike-policy ike1
      sa-policy strong
      shared-key 7 <removed>
!
mac security
   profile msee
      cipher aes256-gcm
      traffic unprotected drop
!
interface Ethernet1
   no switchport
   mac security profile msee
   ip address 192.168.100.1/30
!
interface Tunnel7
   vrf blue
   ip address 169.254.21.1/30
   tunnel mode ipsec
   tunnel source 192.0.2.7
   tunnel destination 198.51.100.9
   tunnel underlay vrf outside
   tunnel ipsec profile azure
!
ip prefix-list azure
   seq 10 permit 10.64.0.0/16 le 24
!
ip route vrf blue 10.0.0.254/32 Tunnel7
!
route-map in permit 10
   match ip address prefix-list azure
   set local-preference 200
   continue 20
!
router bgp 65010
   maximum-paths 4 ecmp 4
   distance bgp 20 200 200
   neighbor azure peer group
   neighbor azure remote-as 65515
   neighbor azure password 7 <removed>
   neighbor 10.0.0.254 peer group azure
   !
   vrf blue
      neighbor 169.254.21.2 peer group azure
      neighbor 169.254.21.2 shutdown
      redistribute connected
!
end
`
	frr = `Building configuration...

Current configuration:
!
frr version 8.4.4
frr defaults traditional
hostname r1
!
ip prefix-list any seq 5 permit any
ip route 10.9.0.0/16 blackhole 250
!
vrf blue
 ip route 0.0.0.0/0 10.0.0.1 eth1
exit-vrf
!
router bgp 65010
 no bgp ebgp-requires-policy
 neighbor fabric peer-group
 neighbor fabric remote-as external
 neighbor swp1 interface peer-group fabric
 neighbor 10.0.0.254 remote-as 65515
 neighbor 10.0.0.254 password hunter2hunter2
 !
 address-family ipv4 unicast
  neighbor 10.0.0.254 route-map in in
  maximum-paths ibgp 8
 exit-address-family
!
router bgp 65010 vrf blue
 neighbor 10.0.0.6 remote-as internal
!
route-map in permit 10
 match ip address prefix-list any
 on-match next
exit
!
end
`
)

func TestConfigurationsOfEachPlatform(t *testing.T) {
	type summary struct {
		Host       string
		Neighbors  []snapshot.NeighborConfig
		Statics    []string
		Interfaces []snapshot.InterfaceConfig
		Lists      []string
		Maps       []string
		IPsec      []snapshot.IPsecProfile
	}
	addr, prefix := netip.MustParseAddr, netip.MustParsePrefix
	for _, c := range []struct {
		name    string
		dialect runningconfig.Dialect
		text    string
		unread  []string
		want    summary
	}{
		{"NX-OS", runningconfig.NXOS, nexus, nil, summary{
			Host: "leaf1",
			Neighbors: []snapshot.NeighborConfig{{
				Addr: addr("192.168.100.2"), Group: "azure", AS: 12076, Authenticated: true, MaxPrefix: new(uint32(4000)), SoftReconfig: true, Weight: new(uint32(50)), RouteMapOut: "out",
			}},
			Statics: []string{"blue 10.9.0.0/16 invalid IP Null0 250", "default 0.0.0.0/0 192.0.2.1  -"},
			Interfaces: []snapshot.InterfaceConfig{
				{Name: "Ethernet1/1", VRF: "blue", Addrs: []netip.Prefix{prefix("192.168.100.1/30")}, PolicyRoute: "aside", MACsec: true, MACsecPolicy: "must-secure"},
				{Name: "Ethernet1/2", VRF: "default", MACsec: true, MACsecPolicy: "should-secure"},
			},
			Lists: []string{"azure 5 true 10.64.0.0/16 24-24"},
			Maps:  []string{"out 10 true [ip address prefix-list azure] [as-path prepend 65010 65010] "},
		}},
		{"IOS-XR", runningconfig.XR, xr, []string{"set med 5"}, summary{
			Host:       "pe1",
			Neighbors:  []snapshot.NeighborConfig{{Addr: addr("192.168.100.2"), Group: "azure", AS: 12076, Authenticated: true, RouteMapIn: "in"}},
			Statics:    []string{"default 10.9.0.0/16 invalid IP Null0 250", "blue 0.0.0.0/0 10.7.0.2  -"},
			Interfaces: []snapshot.InterfaceConfig{{Name: "tunnel-ip7", VRF: "blue", Addrs: []netip.Prefix{prefix("10.7.0.1/30")}, TunnelSource: "Loopback0", TunnelDestination: addr("10.8.8.8")}},
			Lists:      []string{"azure 5 true 10.64.0.0/16 16-24", "azure 10 true 10.65.0.0/16 16-16"},
			Maps: []string{
				"in 10 true [destination in azure] [local-preference 200] ", "in 20 false [community matches-any bad] [] ", "in 30 true [] [] ",
				"odd 10 true [destination in azure] [] ",
			},
		}},
		{"EOS", runningconfig.EOS, arista, nil, summary{
			Host: "edge2",
			Neighbors: []snapshot.NeighborConfig{
				{Addr: addr("10.0.0.254"), Group: "azure", AS: 65515, Authenticated: true},
				{Addr: addr("169.254.21.2"), Group: "azure", AS: 65515, Authenticated: true, Shutdown: true},
			},
			Statics: []string{"blue 10.0.0.254/32 invalid IP Tunnel7 -"},
			Interfaces: []snapshot.InterfaceConfig{
				{Name: "Ethernet1", VRF: "default", Addrs: []netip.Prefix{prefix("192.168.100.1/30")}, MACsec: true, MACsecPolicy: "must-secure"},
				{
					Name: "Tunnel7", VRF: "blue", Addrs: []netip.Prefix{prefix("169.254.21.1/30")}, TunnelMode: "ipsec", TunnelSource: "192.0.2.7",
					TunnelDestination: addr("198.51.100.9"), TunnelVRF: "outside", TunnelProfile: "azure",
				},
			},
			Lists: []string{"azure 10 true 10.64.0.0/16 16-24"},
			Maps:  []string{"in 10 true [ip address prefix-list azure] [local-preference 200] continue 20"},
			IPsec: []snapshot.IPsecProfile{{Name: "azure", Encryption: []string{"aes256"}, Integrity: []string{"sha256"}, PFS: "14"}},
		}},
		{"FRR", runningconfig.FRR, frr, nil, summary{
			Host: "r1",
			Neighbors: []snapshot.NeighborConfig{
				{Interface: "swp1", Group: "fabric"},
				{Addr: addr("10.0.0.254"), AS: 65515, Authenticated: true, RouteMapIn: "in"},
				{Addr: addr("10.0.0.6")},
			},
			Statics: []string{"default 10.9.0.0/16 invalid IP blackhole 250", "blue 0.0.0.0/0 10.0.0.1 eth1 -"},
			Lists:   []string{"any 5 true 0.0.0.0/0 0-32"},
			Maps:    []string{"in 10 true [ip address prefix-list any] [] on-match next"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, in := read(c.dialect, whole, c.text)
			got := summary{Host: r.Host, Interfaces: r.Config.Interfaces, IPsec: r.Config.IPsec}
			for _, b := range r.Config.BGP {
				got.Neighbors = append(got.Neighbors, b.Neighbors...)
			}
			for _, s := range r.Config.Statics {
				distance := "-"
				if s.Distance != nil {
					distance = fmt.Sprint(*s.Distance)
				}
				got.Statics = append(got.Statics, fmt.Sprintf("%s %s %s %s %s", s.VRF, s.Prefix, s.NextHop, s.Interface, distance))
			}
			for _, l := range r.Config.PrefixLists {
				for _, e := range l.Entries {
					got.Lists = append(got.Lists, fmt.Sprintf("%s %d %v %s %d-%d", l.Name, e.Seq, e.Permit, e.Prefix, e.Ge, e.Le))
				}
			}
			for _, m := range r.Config.RouteMaps {
				for _, e := range m.Entries {
					got.Maps = append(got.Maps, fmt.Sprintf("%s %d %v %v %v %s", m.Name, e.Seq, e.Permit, e.Match, e.Set, e.Continue))
				}
			}
			if diff := cmp.Diff(c.want, got, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}),
				cmpopts.IgnoreFields(snapshot.NeighborConfig{}, "Line", "LastLine", "Options"),
				cmpopts.IgnoreFields(snapshot.InterfaceConfig{}, "Line", "LastLine"), cmpopts.IgnoreFields(snapshot.IPsecProfile{}, "Line", "LastLine")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			var unread []string
			for _, u := range in.Unread() {
				unread = append(unread, u.Text)
			}
			want := snapshot.OK
			if len(c.unread) > 0 {
				want = snapshot.Partial
			}
			for _, u := range c.unread {
				if !slices.ContainsFunc(unread, func(s string) bool { return strings.TrimSpace(s) == u }) {
					t.Errorf("%q is not among the unread lines %q", u, unread)
				}
			}
			if len(unread) != len(c.unread) || r.Config.Status != want {
				t.Errorf("status %s (%s), unread %q", r.Config.Status, r.Config.Detail, unread)
			}
		})
	}
}

func TestAPartOfAConfigurationIsPartial(t *testing.T) {
	ios := "Building configuration...\n\nCurrent configuration : 80 bytes\n!\nhostname edge1\n!\nrouter bgp 65010\n bgp router-id 10.0.0.1\n!\nend\n"
	narrow := "show running-config | section ^" + strings.Join(runningconfig.Sections(), "|^")
	for _, c := range []struct {
		name, command, text string
		want                snapshot.Status
	}{
		{"whole", whole, ios, snapshot.OK},
		{"all that is read", narrow, strings.TrimPrefix(ios, "Building configuration...\n\n"), snapshot.OK},
		{"no end", whole, strings.TrimSuffix(ios, "end\n"), snapshot.Partial},
		{"no start", whole, strings.SplitN(ios, "!\n", 2)[1], snapshot.Partial},
		{"one section", "show running-config | section router bgp", ios, snapshot.Partial},
		{"included lines", "show running-config | include bgp", ios, snapshot.Partial},
		{"one interface", "show running-config interface Tunnel7", ios, snapshot.Partial},
		{"nothing, as below privilege level 15", whole, "", snapshot.Partial},
		{"refused", whole, "% Invalid input detected at '^' marker.\n", snapshot.Error},
		{"unknown in BGP", whole, strings.Replace(ios, " bgp router-id", " frobnicate all\n bgp router-id", 1), snapshot.Partial},
		{"unknown elsewhere", whole, strings.Replace(ios, "router bgp", "frobnicate\n all of it\n!\nrouter bgp", 1), snapshot.OK},
		{"local policy routing", whole, strings.Replace(ios, "!\nend", "ip local policy route-map x\nend", 1), snapshot.Partial},
		{"a banner that looks like configuration", whole, strings.Replace(ios, "!\nend", "banner motd ^C\ninterface Gi0\nrouter bgp 1\n^C\nend", 1), snapshot.OK},
	} {
		r, in := read(runningconfig.IOS, c.command, c.text)
		if r.Config.Status != c.want || len(r.Config.Interfaces) > 0 {
			t.Errorf("%s: status %q (%s), want %q; unread %v", c.name, r.Config.Status, r.Config.Detail, c.want, in.Unread())
		}
	}
}

func TestSecretsAreNotKeptInUnreadLines(t *testing.T) {
	r, in := read(runningconfig.IOS, whole, `Current configuration : 80 bytes
router bgp 65010
 neighbor 10.0.0.1 remote-as 1
 neighbor 10.0.0.1 password 7 planted-c0ffee
 frobnicate password 7 planted-c0ffee
 something key planted-c0ffee
interface Tunnel1
 tunnel key-thing secret planted-c0ffee
 macsec psk planted-c0ffee
crypto ipsec profile x
 set pre-shared-key planted-c0ffee
end
`)
	kept, err := json.Marshal([]any{r, in.Unread()})
	if err != nil || strings.Contains(string(kept), "c0ffee") || in.Missed() != 5 {
		t.Errorf("%d unread lines: %s", in.Missed(), kept)
	}
	if !r.Config.BGP[0].Neighbors[0].Authenticated {
		t.Error("the neighbour's key is not known to be set")
	}
}

func TestTemplatesThatInheritFromEachOtherEnd(t *testing.T) {
	r, _ := read(runningconfig.NXOS, whole, `router bgp 1
  template peer a
    inherit peer-session b
  template peer-session b
    update-source loopback0
    inherit peer a
  neighbor 10.0.0.1
    inherit peer a
    remote-as 2
`)
	if n := r.Config.BGP[0].Neighbors; len(n) != 1 || n[0].UpdateSource != "loopback0" || n[0].AS != 2 {
		t.Errorf("%+v", n)
	}
}

func FuzzRead(f *testing.F) {
	for d, text := range []string{"", nexus, xr, arista, frr} {
		f.Add(uint8(d), text)
	}
	f.Fuzz(func(t *testing.T, d uint8, text string) {
		dialect := runningconfig.Dialect(d % 5)
		first, in := read(dialect, whole, text)
		second, again := read(dialect, whole, text)
		a, _ := json.Marshal(first)
		b, _ := json.Marshal(second)
		if string(a) != string(b) || in.Missed() != again.Missed() || in.Next() {
			t.Error("it reads differently the second time, or not to the end")
		}
		if first.Config.Status == snapshot.OK && in.Missed() > 0 {
			t.Error("the configuration is whole although lines of it were not understood")
		}
	})
}
