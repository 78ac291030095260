package router_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// stored reads what a router of a platform printed for each command.
func stored(t *testing.T, platform string, printed map[string]string) snapshot.Router {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "evidence")
	w, err := evidence.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	for command, text := range printed {
		path := evidence.RouterPath("R1", command)
		s, err := w.Stream(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(s, text); err != nil {
			t.Fatal(err)
		}
		err = s.Close(evidence.Item{Path: path, Source: "router/R1", What: command, Status: snapshot.OK, Identity: map[string]string{"platform": platform}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(evidence.Manifest{}); err != nil {
		t.Fatal(err)
	}
	d, err := evidence.Open(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	var s snapshot.Snapshot
	router.Read(d, &s)
	return s.Routers[0]
}

const (
	sizeTable = `BGP table version is 9, local router ID is 10.255.0.1
Status codes: s suppressed, d damped, h history, * valid, > best, i - internal,
Origin codes: i - IGP, e - EGP, ? - incomplete

     Network          Next Hop            Metric LocPrf Weight Path
 *>   10.1.0.0/16      169.254.21.2                           0 65515 i
 *                     192.168.100.2                          0 12076 i
 *>   10.2.0.0/16      169.254.21.2                           0 65515 i
`
	sizeSummary = `BGP router identifier 10.255.0.1, local AS number 65001
BGP table version is 9, main routing table version 9
2 network entries using 496 bytes of memory
3 path entries using 408 bytes of memory
BGP activity 2/0 prefixes, 3/0 paths, scan interval 60 secs

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
169.254.21.2    4        65515     120     118        9    0    0 01:55:03        2
192.168.100.2   4        12076     120     118        9    0    0 01:55:03        1
`
	sizeNexus = `BGP routing table information for VRF default, address family IPv4 Unicast
BGP table version is 9, local router ID is 10.255.0.1
Status: s-suppressed, x-deleted, S-stale, d-dampened, h-history, *-valid, >-best
Path type: i-internal, e-external, c-confed, l-local, a-aggregate, r-redist, I-injected
Origin codes: i - IGP, e - EGP, ? - incomplete, | - multipath, & - backup

   Network            Next Hop            Metric     LocPrf     Weight Path
*>e10.1.0.0/16        169.254.21.2                                   0 65515 i

BGP routing table information for VRF er, address family IPv4 Unicast
BGP table version is 3, local router ID is 10.255.0.9
Status: s-suppressed, x-deleted, S-stale, d-dampened, h-history, *-valid, >-best
Path type: i-internal, e-external, c-confed, l-local, a-aggregate, r-redist, I-injected
Origin codes: i - IGP, e - EGP, ? - incomplete, | - multipath, & - backup

   Network            Next Hop            Metric     LocPrf     Weight Path
*>e10.1.0.0/16        192.168.100.2                                  0 12076 i
* e                   192.168.100.6                                  0 12076 i
`
	sizeNexusSummary = `BGP summary information for VRF default, address family IPv4 Unicast
BGP router identifier 10.255.0.1, local AS number 65001
BGP table version is 9, IPv4 Unicast config peers 1, capable peers 1
1 network entries and 1 paths using 288 bytes of memory

Neighbor        V    AS    MsgRcvd    MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
169.254.21.2    4 65515         11         10        9    0    0    1d02h 1

BGP summary information for VRF er, address family IPv4 Unicast
BGP router identifier 10.255.0.9, local AS number 65001
BGP table version is 3, IPv4 Unicast config peers 2, capable peers 2
1 network entries and 2 paths using 288 bytes of memory

Neighbor        V    AS    MsgRcvd    MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
192.168.100.2   4 12076         11         10        3    0    0    1d02h 1
192.168.100.6   4 12076         11         10        3    0    0    1d02h 1
`
)

// Neither IOS nor NX-OS prints a count behind a table. One that is cut off
// between two rows is told by the summary.
func TestATableIsHeldAgainstTheSummarysCounts(t *testing.T) {
	type printed map[string]string
	cut := func(text, row string) string { return text[:strings.LastIndex(text, row)] }
	const soft = "1 received paths for inbound soft reconfiguration\n"
	for name, c := range map[string]struct {
		platform string
		printed  printed
		want     snapshot.Status
	}{
		"as many":                     {"cisco_ios", printed{"show ip bgp": sizeTable, "show ip bgp summary": sizeSummary}, snapshot.OK},
		"no summary":                  {"cisco_ios", printed{"show ip bgp": cut(sizeTable, " *>   10.2")}, snapshot.OK},
		"a network is missing":        {"cisco_ios", printed{"show ip bgp": cut(sizeTable, " *>   10.2"), "show ip bgp summary": sizeSummary}, snapshot.Partial},
		"a path is missing":           {"cisco_ios", printed{"show ip bgp": sizeTable, "show ip bgp summary": strings.Replace(sizeSummary, "3 path", "4 path", 1)}, snapshot.Partial},
		"a path too many":             {"cisco_ios", printed{"show ip bgp": sizeTable, "show ip bgp summary": strings.Replace(sizeSummary, "3 path", "2 path", 1)}, snapshot.Partial},
		"one is only received":        {"cisco_ios", printed{"show ip bgp": sizeTable, "show ip bgp summary": strings.Replace(sizeSummary, "3 path entries using 408 bytes of memory\n", "4 path entries using 408 bytes of memory\n"+soft, 1)}, snapshot.OK},
		"of IPv6":                     {"cisco_ios", printed{"show ip bgp": sizeTable, "show bgp ipv6 unicast summary": strings.Replace(sizeSummary, "2 network", "7 network", 1)}, snapshot.OK},
		"of all VRFs":                 {"cisco_ios", printed{"show ip bgp": sizeTable, "show bgp vpnv4 unicast all summary": strings.Replace(sizeSummary, "2 network", "7 network", 1)}, snapshot.OK},
		"as many in each VRF":         {"cisco_nxos", printed{"show ip bgp vrf all": sizeNexus, "show ip bgp summary vrf all": sizeNexusSummary}, snapshot.OK},
		"the last row of a VRF's":     {"cisco_nxos", printed{"show ip bgp vrf all": cut(sizeNexus, "* e"), "show ip bgp summary vrf all": sizeNexusSummary}, snapshot.Partial},
		"FRR counts behind its table": {"frr", printed{"show ip bgp summary": sizeSummary}, snapshot.Missing},
	} {
		t.Run(name, func(t *testing.T) {
			got := stored(t, c.platform, c.printed)
			if got.BGP.Status != c.want {
				t.Errorf("status %q (%s), want %q", got.BGP.Status, got.BGP.Detail, c.want)
			}
			if c.want == snapshot.Partial && !strings.Contains(got.BGP.Detail, "the summary counts") {
				t.Errorf("for another reason: %s", got.BGP.Detail)
			}
		})
	}
}

// A neighbour that a summary lists without its VRF is the one that its paragraph
// names with it.
func TestNeighboursOfAllVRFsGetTheirVRFFromTheirParagraphs(t *testing.T) {
	const paragraph = `BGP neighbor is 192.168.100.2,  vrf er,  remote AS 12076, external link
  BGP version 4, remote router ID 192.168.100.2
  BGP state = Established, up for 01:55:03

 For address family: VPNv4 Unicast
  Route map for incoming advertisements is FROM-MSEE
Connections established 1; dropped 0
Local host: 192.168.100.1, Local port: 179
`
	summary := strings.Replace(sizeSummary, "169.254.21.2    4        65515     120     118        9    0    0 01:55:03        2\n", "", 1)
	r := stored(t, "cisco_ios", map[string]string{"show bgp vpnv4 unicast all summary": summary, "show ip bgp neighbors": paragraph})
	if len(r.Sessions.Peers) != 1 || r.Sessions.Peers[0].VRF != "er" || r.Sessions.Peers[0].PolicyIn != "FROM-MSEE" || r.Sessions.Peers[0].Received == nil {
		t.Errorf("%+v", r.Sessions.Peers)
	}
}
