package audit

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// declared says a scope in lines that are equal for equal scopes, in whatever
// order they were written down. The reason of an exemption is no part of it.
func declared(s snapshot.Scope) []string {
	var out []string
	for _, site := range s.Sites {
		out = append(out, fmt.Sprintf("site %s: routers %s; prefixes %s", site.Name, joined(site.Routers), joined(site.Prefixes)))
	}
	if len(s.Require) > 0 {
		out = append(out, "require "+joined(s.Require))
	}
	for _, p := range s.Protected {
		out = append(out, fmt.Sprintf("protected %s: %s", flow(p.Flow), joined(p.Require)))
	}
	for _, e := range s.Exempt {
		out = append(out, fmt.Sprintf("exempt %s until %s", flow(e.Flow), e.Expires.UTC().Format("2006-01-02 15:04")))
	}
	for _, l := range s.Links {
		out = append(out, fmt.Sprintf("link %s: router %s", l.Link, l.Router))
	}
	slices.Sort(out)
	return out
}

func joined[T any](list []T) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = fmt.Sprint(v)
	}
	slices.Sort(texts)
	return cmp.Or(strings.Join(slices.Compact(texts), ", "), "none")
}

func flow(f snapshot.Flow) string { return end(f.OnPrem) + " -> " + end(f.Azure) }

func end(p netip.Prefix) string {
	if !p.IsValid() {
		return "anything"
	}
	return p.Masked().String()
}
