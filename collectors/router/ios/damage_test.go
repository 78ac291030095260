package ios_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/routeproof/routeproof/collectors/router/ios"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/internal/snapshot"
)

const config = `Building configuration...

Current configuration : 1234 bytes
!
hostname edge1
!
crypto ipsec transform-set strong esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto ipsec profile azure
 set transform-set strong
 set pfs group14
!
interface Tunnel7
 vrf forwarding blue
 ip address 169.254.21.1 255.255.255.252
 ip policy route-map aside
 tunnel source GigabitEthernet1
 tunnel mode ipsec ipv4
 tunnel destination 198.51.100.9
 tunnel vrf outside
 tunnel protection ipsec profile azure
!
router bgp 65010
 bgp router-id 10.0.0.1
 neighbor 10.0.0.254 remote-as 65515
 neighbor 10.0.0.254 password 7 0822455D0A16
 !
 address-family ipv4
  network 10.1.0.0 mask 255.255.0.0
  neighbor 10.0.0.254 activate
  neighbor 10.0.0.254 route-map in65515 in
 exit-address-family
!
ip route 10.0.0.254 255.255.255.255 Tunnel7
ip route vrf outside 0.0.0.0 0.0.0.0 192.0.2.1 250
!
ip prefix-list azure seq 5 permit 10.64.0.0/16 le 24
!
route-map in65515 permit 10
 match ip address prefix-list azure
 set local-preference 200
!
end
`

// samples are whole answers with the command that they answer.
func samples() map[string]string {
	aes := association(0x11, "esp-256-aes esp-sha256-hmac", 16, "ACTIVE(ACTIVE)")
	return map[string]string{
		"show crypto ipsec sa":         block(aes, "", association(0x22, "esp-gcm 256", 8, "ACTIVE(ACTIVE)"), ""),
		"show crypto ikev2 sa":         ikev2,
		"show interfaces":              interfaces,
		"show mka sessions":            mka,
		"show running-config":          config,
		"show crypto ipsec sa detail ": block("", "", "", ""),
	}
}

// rows is all that was read, without its place, and the worst of the statuses.
func rows(tb testing.TB, command, text string) (string, snapshot.Status) {
	tb.Helper()
	r, _ := read(tb, strings.TrimSpace(command), text)
	status := snapshot.OK
	for _, s := range []snapshot.Status{r.IPsec.SAs.Status, r.IPsec.IKE.Status, r.Tunnels.Status, r.MACsec.Status, r.Config.Status} {
		if s != snapshot.Missing && s != snapshot.OK {
			status = s
		}
	}
	r.IPsec.SAs.Read, r.IPsec.IKE.Read, r.Tunnels.Read, r.MACsec.Read, r.Config.Read = snapshot.Read{}, snapshot.Read{}, snapshot.Read{}, snapshot.Read{}, snapshot.Read{}
	text2, err := json.Marshal(r)
	if err != nil {
		tb.Fatal(err)
	}
	return string(regexp.MustCompile(`"(?i:line|lastLine)":\d+`).ReplaceAll(text2, nil)), status
}

// TestNoDamageMakesAWholeTableWithOtherRows cuts, repeats and litters each
// sample as terminals and sessions do.
func TestNoDamageMakesAWholeTableWithOtherRows(t *testing.T) {
	for command, text := range samples() {
		want, status := rows(t, command, text)
		if status != snapshot.OK {
			t.Fatalf("%s: the sample has status %s", command, status)
		}
		tried := 0
		check := func(what, damaged string) {
			tried++
			if got, status := rows(t, command, damaged); (status == snapshot.OK || status == snapshot.Empty) && got != want {
				t.Errorf("%s, %s: status %s with other rows:\n%s\nwant\n%s\nof\n%s", command, what, status, got, want, damaged)
			}
		}
		for i := range text {
			check("cut", text[:i])
			if i%3 == 0 {
				check("log message inside", text[:i]+"*Nov 16 18:52:22.448: %CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON\r\n"+text[i:])
			}
		}
		list := strings.SplitAfter(text, "\n")
		for i := range list {
			head, tail := strings.Join(list[:i], ""), strings.Join(list[i:], "")
			check("paging", head+" --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\b"+tail)
			check("paging prompt", head+" --More-- \r\n"+tail)
			check("colours", head+"\x1b[31m"+tail)
			for _, n := range []int{1, 2, 5, 12, 40} {
				check("repeated", strings.Join(list[:min(i+n, len(list))], "")+tail)
			}
		}
		if tried < 100 {
			t.Errorf("%s: only %d damages were tried", command, tried)
		}
		check("carriage returns", strings.ReplaceAll(text, "\n", "\r\n"))
		check("prompts", "edge1#"+strings.TrimSpace(command)+"\n"+text+"edge1#\nedge1#")
	}
}

func FuzzSecurityAndConfiguration(f *testing.F) {
	commands := []string{
		"show crypto ipsec sa", "show crypto ikev2 sa", "show crypto isakmp sa", "show crypto session", "show crypto ikev2 session", "show interfaces",
		"show mka sessions", "show mka sessions detail", "show macsec summary", "show macsec interface Te1", "show running-config", "show route-map",
		"show ip prefix-list",
	}
	for i, command := range commands {
		f.Add(uint8(i), samples()[command])
	}
	f.Add(uint8(slices.Index(commands, "show crypto session")), "Interface: Tunnel1\nPeer:\n")
	var recorded []string
	for _, class := range []string{"crypto", "mka", "macsec", "route-map", "ip_prefix"} {
		more, _ := filepath.Glob("../../../../shared/data/routers/*/cisco_ios*/show_" + class + "*/*/raw.txt")
		recorded = append(recorded, more...)
	}
	for i, file := range recorded {
		if text, err := os.ReadFile(file); err == nil {
			f.Add(uint8(i), string(text))
		}
	}
	f.Fuzz(func(t *testing.T, n uint8, text string) {
		command := commands[int(n)%len(commands)]
		var first, second snapshot.Router
		in, again := lines.New(strings.NewReader(text)), lines.New(strings.NewReader(text))
		if !ios.Read(command, in, &first) || !ios.Read(command, again, &second) {
			t.Fatalf("no reader for %q", command)
		}
		a, err := json.Marshal(first)
		b, err2 := json.Marshal(second)
		if err != nil || err2 != nil || string(a) != string(b) || in.Missed() != again.Missed() {
			t.Errorf("%s reads differently the second time", command)
		}
		if in.Next() {
			t.Errorf("%s leaves line %d", command, in.Number())
		}
		for _, sa := range first.IPsec.SAs.SAs {
			if sa.Up && (sa.SPI == 0 || sa.Transform == "") {
				t.Errorf("an association is up with SPI %d and transform %q", sa.SPI, sa.Transform)
			}
		}
		for _, s := range []snapshot.Status{first.IPsec.SAs.Status, first.IPsec.IKE.Status, first.Tunnels.Status, first.MACsec.Status, first.Config.Status} {
			if s == snapshot.OK && in.Missed() > 0 {
				t.Error("a table is whole although lines of it were not understood")
			}
		}
	})
}
