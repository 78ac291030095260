package azure

import (
	"bytes"
	"encoding/json"
	"strings"
)

// page is one page of a list, as far as it was received.
type page struct {
	rows    []json.RawMessage // byte for byte
	next    string            // nextLink, or Resource Graph's $skipToken
	found   bool              // the list itself is there
	failed  bool              // the body is that of a failed operation
	whole   bool
	cut     bool            // Resource Graph left rows out
	members map[string]bool // the names of the top level
}

// readPage reads the list that is called member. Of a page that breaks off it
// keeps the rows that are whole.
func readPage(body []byte, member string) page {
	p := page{members: make(map[string]bool)}
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return p
	}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return p
		}
		p.members[name] = true
		if name == member {
			if !p.readRows(d) {
				return p
			}
			continue
		}
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return p
		}
		p.note(name, v)
	}
	_, err := d.Token()
	p.whole = err == nil
	return p
}

func (p *page) note(name string, v json.RawMessage) {
	var s string
	_ = json.Unmarshal(v, &s) // another type leaves s empty
	switch name {
	case "nextLink", "$skipToken":
		p.next = s
	case "resultTruncated":
		p.cut = strings.EqualFold(s, "true")
	case "error":
		p.failed = string(v) != "null"
	}
}

func (p *page) readRows(d *json.Decoder) bool {
	t, err := d.Token()
	if err != nil {
		return false
	}
	if t != json.Delim('[') {
		return t == nil // null, or something that is no list
	}
	p.found = true
	for d.More() {
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return false
		}
		p.rows = append(p.rows, v)
	}
	_, err = d.Token()
	return err == nil
}

// idOf is a resource's ID, empty where it has none.
func idOf(raw []byte) string {
	var e struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return ""
	}
	return e.ID
}

// resourceID is the ID of a resource of Microsoft.Network, cut into its parts.
type resourceID struct{ sub, group, typ, name string }

// parseID cuts ".../resourceGroups/<g>/providers/Microsoft.Network/<typ>/<name>",
// with whatever follows, without regard to case.
func parseID(id string) (resourceID, bool) {
	seg := strings.Split(id, "/")
	if len(seg) < 9 || seg[0] != "" || !strings.EqualFold(seg[1], "subscriptions") || !strings.EqualFold(seg[3], "resourceGroups") ||
		!strings.EqualFold(seg[5], "providers") || !strings.EqualFold(seg[6], "Microsoft.Network") {
		return resourceID{}, false
	}
	r := resourceID{seg[2], seg[4], seg[7], seg[8]}
	return r, r.sub != "" && r.group != "" && r.typ != "" && r.name != ""
}
