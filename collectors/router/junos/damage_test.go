package junos_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/router/junos"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// samples are small outputs in every form.
func samples() map[string]string {
	return map[string]string{
		"show route":                         strings.Replace(routesText, "(5 active", "(4 active", 1),
		"show route protocol bgp detail":     detailText,
		"show security ike sa detail":        ikeText,
		"show security ipsec sa detail":      ipsecText,
		"show security macsec connections":   macsecText,
		"show configuration":                 braceText,
		"show configuration | display set":   setText,
		"show route | display json":          routesJSON,
		"show bgp neighbor | display xml":    neighborXML,
		"show interfaces terse | no-more":    "Interface               Admin Link Proto    Local                 Remote\nst0.0                   up    up   inet     169.254.21.1/30\n",
		"show bgp summary":                   "Groups: 1 Peers: 1 Down peers: 0\nPeer                     AS      InPkt     OutPkt    OutQ   Flaps Last Up/Dwn State|#Active/Received/Accepted/Damped...\n10.0.0.1              65515       1234       1235       0       0     9:12:34 Establ\n  inet.0: 3/5/5/0\n",
		"show route receive-protocol bgp ::": "inet.0: 9 destinations, 9 routes (9 active, 0 holddown, 0 hidden)\n  Prefix                  Nexthop              MED     Lclpref    AS path\n* 10.65.0.0/24            192.0.2.1            50                 65010 I\n",
	}
}

const routesJSON = `{
    "route-information" : [
    {
        "attributes" : {"xmlns" : "http://xml.juniper.net/junos/21.4R3/junos-routing"},
        "route-table" : [
        {
            "table-name" : [{"data" : "VPN-A.inet.0"}],
            "rt" : [
            {
                "rt-destination" : [{"data" : "10.1.0.0/16"}],
                "rt-entry" : [
                {
                    "active-tag" : [{"data" : "*"}],
                    "protocol-name" : [{"data" : "Static"}],
                    "preference" : [{"data" : "5"}],
                    "age" : [{"data" : "00:04:17", "attributes" : {"junos:seconds" : "257"}}],
                    "nh" : [{"selected-next-hop" : [{"data" : [null]}], "to" : [{"data" : "169.254.21.2"}], "via" : [{"data" : "st0.0"}]}]
                }
                ]
            }
            ]
        }
        ]
    }
    ]
}
{master:0}
`

const neighborXML = `<rpc-reply xmlns:junos="http://xml.juniper.net/junos/21.4R0/junos">
    <bgp-information>
        <bgp-peer junos:style="detail">
            <peer-address>169.254.21.2+179</peer-address>
            <peer-as>65515</peer-as>
            <local-address>169.254.21.1+50000</local-address>
            <peer-cfg-rti>VPN-A</peer-cfg-rti>
            <peer-state>Established</peer-state>
            <bgp-rib><name>VPN-A.inet.0</name><received-prefix-count>3</received-prefix-count></bgp-rib>
        </bgp-peer>
    </bgp-information>
    <cli>
        <banner>{master:0}</banner>
    </cli>
</rpc-reply>
`

// rows are what was read, without where.
func rows(r snapshot.Router) []any {
	for i := range r.AdjRIBs {
		r.AdjRIBs[i].Read = snapshot.Read{}
	}
	return []any{
		r.BGP.Paths, r.RIB.Routes, r.Sessions.Peers, r.Ports.Interfaces, r.AdjRIBs, r.Tunnels.Tunnels, r.IPsec.IKE.SAs, r.IPsec.SAs.SAs, r.MACsec.Links,
		r.Config.BGP, r.Config.Statics, r.Config.RouteMaps, r.Config.PrefixLists, r.Config.Interfaces, r.Config.IPsec,
	}
}

func good(r snapshot.Router) bool {
	return !slices.ContainsFunc(tables(&r), func(t snapshot.Read) bool { return t.Status != snapshot.OK && t.Status != snapshot.Empty })
}

// TestDamageIsNeverTakenForAWholeTable changes the samples as a terminal or a
// network would. What still reads as whole must hold the same rows.
func TestDamageIsNeverTakenForAWholeTable(t *testing.T) {
	noLines := cmp.FilterPath(func(p cmp.Path) bool { return strings.HasSuffix(p.String(), "Line") }, cmp.Ignore())
	for command, raw := range samples() {
		whole, _, _ := read(command, []byte(raw))
		all := strings.SplitAfter(raw, "\n")
		damaged := map[string]string{"carriage returns": strings.ReplaceAll(raw, "\n", "\r\n"), "only carriage returns": strings.ReplaceAll(raw, "\n", "\r")}
		for i := range all {
			before, after := strings.Join(all[:i], ""), strings.Join(all[i:], "")
			damaged["a page mark at "+all[i]] = before + "---(more 57%)---\r                                        \r" + after
			damaged["a page mark alone at "+all[i]] = before + "---(more)---\n" + after
			damaged["a log line at "+all[i]] = before + "Nov 16 18:52:22  edge1 rpd[1234]: RPD_BGP_NEIGHBOR_STATE_CHANGED: BGP peer 10.0.0.1 changed\n" + after
			damaged["a log line inside "+all[i]] = before + all[i][:len(all[i])/2] + "Nov 16 18:52:22 edge1 kmd[77]: KMD_VPN_UP\n" + all[i][len(all[i])/2:] + strings.Join(all[i+1:], "")
		}
		for what, text := range damaged {
			r, _, _ := read(command, []byte(text))
			if good(r) {
				if diff := cmp.Diff(rows(whole), rows(r), plain, noLines); diff != "" {
					t.Errorf("%s: %s: whole, with other rows: %s", command, what, diff)
				}
			}
		}
	}
}

func TestAListingThatIsCutOffIsNotWhole(t *testing.T) {
	for command, ends := range map[string][]string{
		"show route":                         {"                    >  to fe80::1 via ge-0/0/3.0\n{master:0}\n", " via ge-0/0/3.0\n{master:0}\n"},
		"show route protocol bgp detail":     {"100\n"},
		"show security ipsec sa detail":      {"ULL\n", "    Protocol: ESP, Authentication: hmac-sha256-128, Encryption: NULL\n"},
		"show route | display json":          {"}\n{master:0}\n", "    ]\n}\n{master:0}\n"},
		"show bgp neighbor | display xml":    {"</rpc-reply>\n", ">\n"},
		"show configuration":                 {"}\n", "    }\n}\n"},
		"show bgp summary":                   {"5/0\n", "  inet.0: 3/5/5/0\n"},
		"show route receive-protocol bgp ::": {" I\n"},
	} {
		for _, end := range ends {
			text, ok := strings.CutSuffix(samples()[command], end)
			if !ok {
				t.Fatalf("%s does not end in %q", command, end)
			}
			if r, _, _ := read(command, []byte(text)); good(r) {
				t.Errorf("%s is taken for whole without its end %q", command, end)
			}
		}
	}
}

func TestEveryCommandThatIsCollectedHasAReader(t *testing.T) {
	for _, command := range junos.Commands() {
		if !strings.HasPrefix(command, "show ") {
			t.Errorf("%q is not a read", command)
		}
		if _, _, ok := read(command, nil); !ok {
			t.Errorf("%q has no reader", command)
		}
	}
}

func TestNothingPrintedIsNotAnEmptyTable(t *testing.T) {
	for command := range samples() {
		r, _, _ := read(command, []byte("user@edge1> \n"))
		for _, table := range tables(&r) {
			if table.Status != snapshot.Partial {
				t.Errorf("%s: %s", command, table.Status)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	commands := append(slices.Sorted(maps.Keys(samples())), junos.Commands()...)
	for i, command := range commands {
		f.Add(uint8(i), samples()[command])
	}
	f.Add(uint8(0), "0\r\r") // no ends of lines
	seeds, _ := filepath.Glob("../../../../shared/data/routers/genieparser/juniper_junos/show_*/*/raw.txt")
	for _, file := range seeds {
		raw, err := os.ReadFile(file)
		if err != nil || len(raw) > 8<<10 {
			continue
		}
		for i, command := range commands {
			if typed := strings.Fields(command); strings.Contains(file, strings.Join(typed[:2], "_")) {
				f.Add(uint8(i), string(raw))
			}
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, raw string) {
		command := commands[int(which)%len(commands)]
		r, in, ok := read(command, []byte(raw))
		if !ok {
			return
		}
		for _, u := range in.Unread() {
			if u.Line < 0 || u.Line > strings.Count(raw, "\n")+2 {
				t.Fatalf("line %d of %d is unread", u.Line, strings.Count(raw, "\n")+1)
			}
		}
		for _, table := range tables(&r) {
			if table.Status == snapshot.OK && in.Missed() > 0 {
				t.Fatalf("a table is whole, with %d unread lines", in.Missed())
			}
			if table.Status == snapshot.Partial && table.Detail == "" {
				t.Fatal("a table is partial for no reason")
			}
		}
		again := lines.New(strings.NewReader(raw))
		var r2 snapshot.Router
		junos.Read(command, again, &r2)
		if diff := cmp.Diff(r, r2, plain); diff != "" {
			t.Fatalf("reading twice differs: %s", diff)
		}
	})
}
