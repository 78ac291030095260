package eos

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"

	"github.com/routeproof/routeproof/collectors/router/jsonlines"
	"github.com/routeproof/routeproof/collectors/router/lines"
	"github.com/routeproof/routeproof/collectors/router/show"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// document reads the object, or the array of objects, that a command printed:
// each member of the object below want goes to each, which gets a decoder in
// front of its value. It reports whether want was there.
func document(d *jsonlines.Decoder, want string, each func(name string) error) (bool, error) {
	found := false
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return found, err
		}
		if t != want {
			continue
		}
		found = true
		if err := object(d, each); err != nil {
			return found, err
		}
	}
}

// object reads the members of the object that follows.
func object(d *jsonlines.Decoder, each func(name string) error) error {
	if err := d.Delim('{'); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Key()
		if err != nil {
			return err
		}
		if err := each(name); err != nil {
			return err
		}
	}
	return d.Delim('}')
}

// concludeJSON sets the status of a table that was read from JSON.
func concludeJSON(in *lines.Reader, read *snapshot.Read, found bool, err error, lack string) {
	read.Status = snapshot.OK
	var refused bool
	for _, u := range in.Unread() {
		for _, word := range Refusals() {
			if strings.HasPrefix(strings.TrimSpace(u.Text), word) {
				read.Status, read.Detail, refused = snapshot.Error, "the router answered "+strconv.Quote(u.Text), true
			}
		}
	}
	switch {
	case refused:
	case err != nil:
		read.Status, read.Detail = snapshot.Partial, "the JSON is not whole: "+err.Error()
	case !found:
		read.Status, read.Detail = snapshot.Partial, "the JSON does not have the table"
	case in.Missed() > 0:
		read.Status, read.Detail = snapshot.Partial, strconv.Itoa(in.Missed())+" line(s) of the output were not understood"
	case lack != "":
		read.Status, read.Detail = snapshot.Partial, lack
	}
}

func known(line []byte) bool {
	p := show.Open(lines.Of(line), nil)
	return !p.Next()
}

// readConnectionsJSON reads `show ip security connection | json`, whose
// connections name tunnels or paths with their state.
func readConnectionsJSON(in *lines.Reader, r *snapshot.Router) {
	d := jsonlines.New(in, known)
	var out []snapshot.IPsecSA
	found, err := document(d, "connections", func(name string) error {
		sas, err := connectionJSON(d, name)
		out = append(out, sas...)
		return err
	})
	d.Close(known)
	r.IPsec.SAs.SAs = out
	concludeJSON(in, &r.IPsec.SAs.Read, found, err, shortListing)
	if r.IPsec.SAs.Status == snapshot.Partial && found && err == nil && in.Missed() == 0 && len(out) == 0 {
		r.IPsec.SAs.Status, r.IPsec.SAs.Detail = snapshot.Empty, "the router lists no connection"
	}
}

func connectionJSON(d *jsonlines.Decoder, name string) ([]snapshot.IPsecSA, error) {
	number, states := d.Line(), map[string]string{}
	var names []string
	var text struct{ saddr, daddr, tunnelNs string }
	err := object(d, func(key string) error {
		switch key {
		case "tunnelDict", "pathDict":
			return object(d, func(name string) error {
				t, err := d.Token()
				state, ok := t.(string)
				if err == nil && !ok {
					err = fmt.Errorf("line %d: the state of %s is no text", d.Line(), name)
				}
				names, states[name] = append(names, name), state
				return err
			})
		case "saddr":
			return word(d, &text.saddr)
		case "daddr":
			return word(d, &text.daddr)
		case "tunnelNs":
			return word(d, &text.tunnelNs)
		}
		return d.Skip()
	})
	local, err1 := netip.ParseAddr(text.saddr)
	remote, err2 := netip.ParseAddr(text.daddr)
	if err = errors.Join(err, err1, err2); err != nil {
		return nil, fmt.Errorf("connection %q: %w", name, err)
	}
	vrf := text.tunnelNs
	if vrf == "" {
		vrf = "default"
	}
	var out []snapshot.IPsecSA
	for _, n := range names {
		out = append(out, briefly(n, vrf, states[n], local, remote, number)...)
	}
	return out, nil
}

func word(d *jsonlines.Decoder, to *string) error {
	t, err := d.Token()
	s, ok := t.(string)
	if err == nil && !ok {
		err = fmt.Errorf("line %d: %v where text was expected", d.Line(), t)
	}
	*to = s
	return err
}

// readMACsecJSON reads `show mac security interface [detail] | json`.
func readMACsecJSON(in *lines.Reader, r *snapshot.Router) {
	d := jsonlines.New(in, known)
	found, err := document(d, "interfaces", func(name string) error {
		link, err := linkJSON(d, name)
		r.MACsec.Links = append(r.MACsec.Links, link)
		return err
	})
	d.Close(known)
	concludeJSON(in, &r.MACsec.Read, found, err, "")
	if r.MACsec.Status == snapshot.OK && len(r.MACsec.Links) == 0 {
		r.MACsec.Status, r.MACsec.Detail = snapshot.Empty, "the router lists no interface with MACsec"
	}
}

// linkJSON reads one interface. Its controlled port is up when a peer's key is
// in use; "traffic" is printed in detail only, and says what the frames are.
func linkJSON(d *jsonlines.Decoder, name string) (snapshot.MACsecLink, error) {
	link := snapshot.MACsecLink{Interface: name, Line: d.Line()}
	controlled, key, traffic := false, "", ""
	var read func(string) error
	read = func(member string) error {
		switch member {
		case "details":
			return object(d, read)
		case "controlledPort":
			t, err := d.Token()
			controlled = t == true
			return err
		case "keyMsgId":
			return word(d, &key)
		case "traffic":
			return word(d, &traffic)
		}
		return d.Skip()
	}
	err := object(d, read)
	link.LastLine = d.Line()
	settle(&link, controlled, key, traffic)
	return link, err
}

// readHostJSON takes the name from `show hostname | json`.
func readHostJSON(in *lines.Reader, r *snapshot.Router) {
	var v struct {
		Hostname string `json:"hostname"`
	}
	if json.NewDecoder(io.LimitReader(in.Rest(), 1<<20)).Decode(&v) == nil {
		r.Host = v.Hostname
	}
}
