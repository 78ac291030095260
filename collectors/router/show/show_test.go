package show_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

func TestWhatIsNoPartOfAnAnswerIsPassedOver(t *testing.T) {
	in := lines.New(strings.NewReader("edge1#show crypto ipsec sa\r\nLoad for five secs: 1%/0%; one minute: 1%\nTime source is NTP, 03:50:17.123 UTC\n\nfirst\n" +
		"*Nov 16 18:52:22.448: %CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON\n --More-- \nsecond\nthi*Nov 16 18:52:22.448: %SYS-5-CONFIG_I: Configured\nrd\nedge1#\n"))
	p := show.Open(in, nil)
	var got []string
	for p.Next() {
		got = append(got, p.Text())
	}
	if diff := cmp.Diff([]string{"first", "second", "rd"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if in.Missed() != 1 || p.Echo() != "show crypto ipsec sa" {
		t.Errorf("unread %v, echo %q", in.Unread(), p.Echo())
	}
	var table snapshot.Read
	if p.Close(&table, ""); table.Status != snapshot.Partial {
		t.Errorf("with a line torn apart the status is %q", table.Status)
	}
}

func TestThePromptOfAShellIsNoPartOfAnAnswer(t *testing.T) {
	for _, prompt := range []string{"vyos@vyos:~$", "cumulus@leaf01:mgmt:~$", "admin@sonic:~$", "frr@edge-1:/etc/frr$"} {
		for typed, echo := range map[string]string{" show ip bgp": "show ip bgp", ` sudo vtysh -c "show ip bgp"`: `sudo vtysh -c "show ip bgp"`, " net show bgp": "net show bgp", "": ""} {
			in := lines.New(strings.NewReader(prompt + typed + "\nfirst\n" + prompt + "\n"))
			p := show.Open(in, nil)
			if !p.Next() || p.Text() != "first" || p.Echo() != echo || p.Next() {
				t.Errorf("%s%s: line %q, echo %q", prompt, typed, p.Text(), p.Echo())
			}
		}
	}
	for _, line := range []string{"$", "key$", "admin@sonic$", "password 7 a@b:~$", "vyos@vyos:~$ rm -rf x", "a@b:c$", "@vyos:~$", "x y@b:~$"} {
		if p := show.Open(lines.New(strings.NewReader(line+"\n")), nil); !p.Next() {
			t.Errorf("%q is passed over", line)
		}
	}
}

func TestAFurtherCommandIsNoPartOfAnAnswer(t *testing.T) {
	for second, unread := range map[string]int{
		"show interfaces Tunnel12": 0, "show interfaces Tunnel11": 0, "": 0, "exit": 0,
		"show crypto ikev2 sa": 1, "show interfaces": 0, "show interfaces Tunnel12 accounting": 1,
	} {
		in := lines.New(strings.NewReader("edge1#show interfaces Tunnel11\nfirst\nedge1#" + second + "\nsecond\nedge1#\n"))
		p := show.Open(in, nil)
		for p.Next() {
			continue
		}
		if in.Missed() != unread {
			t.Errorf("%q: unread %v", second, in.Unread())
		}
	}
	in := lines.New(strings.NewReader("edge1#show crypto ikev2 sa\nfirst\nedge1#show crypto ikev1 sa\n"))
	for p := show.Open(in, nil); p.Next(); {
		continue
	}
	if in.Missed() != 1 {
		t.Errorf("ikev1 after ikev2: unread %v", in.Unread())
	}
}

func TestCommandsMayBeAbbreviated(t *testing.T) {
	for command, want := range map[string]bool{
		"show crypto ipsec sa": true, "sh cry ips sa": true, "show crypto ipsec sa interface Tunnel7": true, "show crypto ikev2 sa": false,
		"show crypto": false, "s c i s": false,
	} {
		if got := show.Matches(strings.Fields(command), "show crypto ipsec sa"); got != want {
			t.Errorf("%q matches: %v", command, got)
		}
	}
}

func TestMasks(t *testing.T) {
	for _, c := range []struct{ addr, mask, want string }{
		{"10.0.0.1", "255.255.255.252", "10.0.0.1/30"},
		{"0.0.0.0", "0.0.0.0", "0.0.0.0/0"},
		{"2001:db8::1", "64", "2001:db8::1/64"},
		{"10.0.0.1", "255.0.255.0", ""},
		{"10.0.0.1", "ffff::", ""},
		{"10.0.0.1", "33", ""},
		{"x", "24", ""},
	} {
		p, ok := show.Masked(c.addr, c.mask)
		if ok != (c.want != "") || ok && p.String() != c.want {
			t.Errorf("%s %s is %s, %v", c.addr, c.mask, p, ok)
		}
	}
}

func FuzzPage(f *testing.F) {
	f.Add("edge1#show x\n: %A-1-B: c\n*1:2:3: %A-1-B: c\n")
	f.Fuzz(func(t *testing.T, text string) {
		p := show.Open(lines.New(strings.NewReader(text)), []string{"% "})
		for p.Next() {
			if p.Text() == "" {
				t.Error("an empty line is no line of an answer")
			}
		}
	})
}
