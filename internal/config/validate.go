package config

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// validator turns a document into a Config and collects what is wrong with it.
type validator struct {
	*layout
	dir       string
	platforms []string
}

// bad records a problem of the key at path.
func (v *validator) bad(path, format string, args ...any) {
	line := v.lines[path]
	for p := path; line == 0 && p != ""; line = v.lines[p] { // a key that is absent: its parent's line
		p = p[:max(strings.LastIndexAny(p, ".["), 0)]
	}
	v.fail(max(line, 1), path, format, args...)
}

func (v *validator) config(d document) Config {
	c := Config{Output: v.path(d.Output), Waivers: v.path(d.Waivers)}
	if d.Azure != nil {
		c.Azure = v.azure(*d.Azure)
	}
	for i, r := range d.Routers {
		c.Routers = append(c.Routers, v.router(fmt.Sprintf("routers[%d]", i), r, c.Routers))
	}
	c.RoutersAtOnce = v.atOnce(d.RoutersAtOnce)
	for i, s := range d.Sites {
		c.Scope.Sites = append(c.Scope.Sites, v.site(fmt.Sprintf("sites[%d]", i), s, c))
	}
	v.protections("require", d.Require)
	c.Scope.Require = d.Require
	v.flows(d, &c.Scope)
	v.links(d, &c)
	if d.Schedule != "" {
		s, err := parseSchedule(d.Schedule)
		if err != nil {
			v.bad("schedule", "%s", err)
		}
		c.Schedule = s
	}
	c.Schedule.AtStart = d.RunAtStart
	c.SealKey = v.secret("evidence.sealKey", d.Evidence.SealKey)
	c.Retention = v.retention(d.Retention)
	for i, dir := range d.Policies.Dirs {
		if dir == "" {
			v.bad(fmt.Sprintf("policies.dirs[%d]", i), "is empty: want a directory with Rego policies")
		}
		c.PolicyDirs = append(c.PolicyDirs, v.path(dir))
	}
	if c.PolicyKey = v.path(d.Policies.Key); c.PolicyKey == "" && v.lines["policies.key"] > 0 {
		v.bad("policies.key", "is empty: want the file of the public key that your policies are signed with; without this key nothing is verified")
	}
	c.Parameters = d.Policies.Parameters
	for i, off := range d.Policies.Disable {
		at := fmt.Sprintf("policies.disable[%d]", i)
		if off.ID == "" {
			v.bad(at+".id", "is missing: want the ID of a policy, like BGP-02")
		}
		if strings.TrimSpace(off.Reason) == "" {
			v.bad(at+".reason", "is missing: want why the policy is not to judge; reports show it")
		}
		c.Disabled = append(c.Disabled, finding.Disabled{Policy: off.ID, Reason: strings.TrimSpace(off.Reason)})
	}
	return c
}

func (v *validator) azure(d azureDoc) *Azure {
	a := &Azure{
		Subscriptions: d.Subscriptions, Cloud: d.Cloud, Endpoint: d.Endpoint, Authority: d.Authority, Audience: d.Audience,
		CAFile: v.path(d.CAFile), Tenant: d.Tenant, Client: d.Client,
		Secret:              v.secret("azure.secret", d.Secret),
		Certificate:         v.secret("azure.certificate", d.Certificate),
		CertificatePassword: v.secret("azure.certificatePassword", d.CertificatePassword),
	}
	if len(d.Subscriptions) == 0 {
		v.bad("azure.subscriptions", "is missing: want at least one subscription ID")
	}
	guid := regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	for i, s := range d.Subscriptions {
		at := fmt.Sprintf("azure.subscriptions[%d]", i)
		if !guid.MatchString(s) {
			v.bad(at, "%q is not a subscription ID: want 00000000-0000-0000-0000-000000000000", s)
		}
		if slices.ContainsFunc(d.Subscriptions[:i], func(o string) bool { return strings.EqualFold(o, s) }) {
			v.bad(at, "%q is named twice", s)
		}
	}
	if d.Cloud != "" {
		v.oneOf("azure.cloud", d.Cloud, "public", "usgovernment", "china", "custom")
	}
	own := d.Endpoint + d.Authority + d.Audience
	if d.Cloud != "custom" && own != "" {
		v.bad("azure.cloud", "is %q: endpoint, authority and audience are for the cloud custom", d.Cloud)
	}
	if d.Cloud == "custom" && (d.Endpoint == "" || d.Authority == "" || d.Audience == "") {
		v.bad("azure.cloud", "is custom: want endpoint, authority and audience too")
	}
	v.credential(a)
	return a
}

func (v *validator) credential(a *Azure) {
	switch {
	case a.Secret.Given() && a.Certificate.Given():
		v.bad("azure.secret", "secret and certificate are both given: want one")
	case (a.Secret.Given() || a.Certificate.Given()) && (a.Tenant == "" || a.Client == ""):
		v.bad("azure", "tenant and client are missing: secret and certificate need both")
	case a.CertificatePassword.Given() && !a.Certificate.Given():
		v.bad("azure.certificatePassword", "there is no certificate that it could open")
	}
}

func (v *validator) site(at string, d siteDoc, c Config) snapshot.Site {
	s := snapshot.Site{Name: d.Name, Routers: d.Routers}
	if !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`).MatchString(d.Name) {
		v.bad(at+".name", "%q: want a name of up to 63 letters, digits, '.', '_' and '-'", d.Name)
	}
	if i := slices.IndexFunc(c.Scope.Sites, func(o snapshot.Site) bool { return o.Name == d.Name }); i >= 0 {
		v.bad(at+".name", "%q is the name of sites[%d] already", d.Name, i)
	}
	if len(d.Routers) == 0 {
		v.bad(at+".routers", "is missing: want the names of the site's routers")
	}
	for i, r := range d.Routers {
		known := slices.ContainsFunc(c.Routers, func(o Router) bool { return o.Name == r })
		// Without routers the file is for evidence that was collected by other
		// means, and the names are those of the evidence's folders.
		if len(c.Routers) > 0 && !known {
			v.bad(fmt.Sprintf("%s.routers[%d]", at, i), "%q is not the name of a router: want %s", r, names(c.Routers))
		}
	}
	if len(d.Prefixes) == 0 {
		v.bad(at+".prefixes", "is missing: want the prefixes that live at the site")
	}
	for i, text := range d.Prefixes {
		s.Prefixes = append(s.Prefixes, v.prefix(fmt.Sprintf("%s.prefixes[%d]", at, i), text))
	}
	return s
}

func names(rs []Router) string {
	out := make([]string, len(rs))
	for i, r := range rs {
		out[i] = r.Name
	}
	return oneOf(out)
}

func (v *validator) secret(at string, d secretDoc) Secret {
	if d.Env != "" && d.File != "" {
		v.bad(at, "env and file are both given: want one")
	}
	if strings.ContainsAny(d.Env, "= \t\n") {
		v.bad(at+".env", "that is not the name of an environment variable")
		return Secret{}
	}
	if d == (secretDoc{}) && v.lines[at] > 0 {
		v.bad(at, "is empty: want {env: NAME} or {file: PATH}")
	}
	return Secret{env: d.Env, file: v.path(d.File)}
}

// path makes p relative to the directory of the file that names it.
func (v *validator) path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(v.dir, p)
}

func (v *validator) oneOf(at, value string, accepted ...string) {
	if !slices.Contains(accepted, value) {
		v.bad(at, "%q: want %s", value, oneOf(accepted))
	}
}

// oneOf lists what is accepted: a, b or c.
func oneOf(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
