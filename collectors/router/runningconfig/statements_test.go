package runningconfig_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/routeproof/routeproof/collectors/router/runningconfig"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func TestASessionOnAnInterfaceOfEOSInheritsFromItsGroup(t *testing.T) {
	const text = `! device: edge1 (vEOS-lab, EOS-4.33.1F)
hostname edge1
interface Ethernet1
   no switchport
   ip address unnumbered Loopback0
   ipv6 enable
router bgp 65010
   no bgp default ipv4-unicast
   bgp advertise-inactive
   neighbor uplink peer group
   neighbor uplink password 7 planted
   neighbor uplink next-hop address-family ipv6 originate
   neighbor interface Et1 peer-group uplink remote-as 65011
end
`
	r, in := read(runningconfig.EOS, whole, text)
	if r.Config.Status != snapshot.OK {
		t.Fatalf("%s: %s: %v", r.Config.Status, r.Config.Detail, in.Unread())
	}
	want := []snapshot.NeighborConfig{{Interface: "Et1", Group: "uplink", AS: 65011, Authenticated: true}}
	if diff := cmp.Diff(want, r.Config.BGP[0].Neighbors, cmpopts.EquateComparable(netip.Addr{}), cmpopts.IgnoreFields(snapshot.NeighborConfig{}, "Line", "LastLine", "Options")); diff != "" {
		t.Errorf("(-want +got): %s", diff)
	}
}

// A route that waits with a larger distance for the same one to go is no route that
// the output has twice.
func TestAStaticRouteMayStandByForItself(t *testing.T) {
	const start, end = "Current configuration : 80 bytes\n!\nhostname edge1\n", "end\n"
	first := "ip route 0.0.0.0 0.0.0.0 GigabitEthernet2 192.0.2.1 track 7\n"
	for text, want := range map[string]snapshot.Status{
		first + "ip route 0.0.0.0 0.0.0.0 GigabitEthernet2 192.0.2.1 250 name last-resort\n": snapshot.OK,
		first + first: snapshot.Partial,
	} {
		r, in := read(runningconfig.IOS, whole, start+text+end)
		if r.Config.Status != want || len(r.Config.Statics) != 2 {
			t.Errorf("%q: %s (%s), %d routes, unread %v; want %s", text, r.Config.Status, r.Config.Detail, len(r.Config.Statics), in.Unread(), want)
		}
	}
}

// Settings that choose no path are known, and those that do and have no field are
// not understood.
func TestSettingsOfTheProcess(t *testing.T) {
	for line, want := range map[string]snapshot.Status{
		"bgp nopeerup-delay cold-boot 30":                         snapshot.OK,
		"bgp refresh max-eor-time 600":                            snapshot.OK,
		"bgp graceful-shutdown all neighbors 50 local-preference": snapshot.Partial,
		"bgp frobnicate":                                          snapshot.Partial,
	} {
		r, _ := read(runningconfig.IOS, whole, "Current configuration : 80 bytes\n!\nrouter bgp 65010\n "+line+"\n!\nend\n")
		if r.Config.Status != want {
			t.Errorf("%s: %s (%s), want %s", line, r.Config.Status, r.Config.Detail, want)
		}
	}
}
