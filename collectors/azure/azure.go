// Package azure collects what Azure Resource Manager says of a network, and
// reads it back: [Collector] stores the answers as received, [Read] turns the
// stored answers into facts. Only this package imports the Azure SDK, and only
// its collecting half: reading uses its own, tolerant decoding, so that fields
// and values newer than the SDK are neither lost nor an error.
package azure

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Options say what is collected, as whom, and how patiently. Subscriptions and
// Now are required.
type Options struct {
	// Subscriptions are the IDs of the subscriptions to collect.
	Subscriptions []string
	Cloud         Cloud
	Credential    Credential
	// Now is the clock that evidence is stamped with.
	Now func() time.Time

	// PollEvery is the pause between two polls of a long-running operation that
	// does not ask for another one. Zero means 2 s; less than 1 s is refused by
	// the SDK outside of tests.
	PollEvery time.Duration
	// CallTimeout bounds each long-running operation, and each try of any other
	// call. Zero means 120 s.
	CallTimeout time.Duration
	// RetryDelay is the pause before the first of three retries of a failed
	// call; it grows, and Retry-After wins over it. Zero means 0.8 s.
	RetryDelay time.Duration
	// Concurrency is how many calls of one subscription are under way at once.
	// Zero means 4. A gateway never has more than one.
	Concurrency int
}

// Cloud is where Azure is. The zero Cloud is the public one.
type Cloud struct {
	// Name is "public" (or empty), "usgovernment", "china", or "custom".
	Name string
	// Endpoint, Authority and Audience are https URLs: those of Azure Resource
	// Manager, of the Entra host, and of the tokens' resource. A custom cloud
	// needs all three; the others none.
	Endpoint, Authority, Audience string
	// CA are the roots that servers are checked against; nil means the system's.
	CA *x509.CertPool
}

// Credential is who asks. The zero Credential is the default chain of Azure's
// SDKs: environment, workload identity, managed identity, Azure CLI. Otherwise
// Tenant and Client are needed, with either Secret or Certificate.
type Credential struct {
	Tenant, Client string
	Secret         string
	// Certificate is a certificate with its private key, as PEM or PKCS#12, the
	// latter protected by Password.
	Certificate []byte
	Password    []byte
}

// The limits of one collection.
const (
	defaultPoll        = 2 * time.Second
	defaultTimeout     = 120 * time.Second
	defaultConcurrency = 4

	// maxRetryAfter is the longest Retry-After that is waited for.
	maxRetryAfter = 5 * time.Minute
	// maxSubscriptions is how many subscriptions are collected at once; each has
	// its own throttling in Azure.
	maxSubscriptions = 64
	// maxAnswer bounds what is read of an answer, in bytes as unpacked: the largest
	// tables that Azure has are of a few MiB.
	maxAnswer = 64 << 20
	// maxUnderWay is how many calls of all subscriptions are under way at once.
	maxUnderWay = 64
	// maxLocked is how often a call is made again because something else holds
	// the resource, each time after a longer pause: two minutes in all.
	maxLocked = 10
	// maxRefused is how often one call is made again because its token is refused.
	maxRefused = 6
	// maxRenewals is how many tokens are asked for because one was refused.
	maxRenewals = 20
	// maxPages ends a list that never ends.
	maxPages = 10_000
	// maxPeers is more BGP peers than a gateway can have.
	maxPeers = 500
)

func (o *Options) complete() error {
	if o.Now == nil {
		return errors.New("azure: no clock given")
	}
	if len(o.Subscriptions) == 0 {
		return errors.New("azure: no subscription given: want at least one subscription ID")
	}
	seen := make(map[string]bool)
	for _, s := range o.Subscriptions {
		if s == "" || strings.ContainsAny(s, "/ \t\r\n?#") {
			return fmt.Errorf("azure subscription %q: want a subscription ID, as 00000000-0000-0000-0000-000000000000", s)
		}
		if seen[strings.ToLower(s)] {
			return fmt.Errorf("azure subscription %q: named twice", s)
		}
		seen[strings.ToLower(s)] = true
	}
	o.Subscriptions = slices.Clone(o.Subscriptions)
	for _, d := range []struct {
		name  string
		value *time.Duration
		def   time.Duration
	}{
		{"poll interval", &o.PollEvery, defaultPoll},
		{"call timeout", &o.CallTimeout, defaultTimeout},
		{"retry delay", &o.RetryDelay, 0},
	} {
		if *d.value < 0 {
			return fmt.Errorf("azure %s %s: want a positive duration", d.name, *d.value)
		}
		if *d.value == 0 {
			*d.value = d.def
		}
	}
	if o.Concurrency < 0 {
		return fmt.Errorf("azure concurrency %d: want a positive number", o.Concurrency)
	}
	if o.Concurrency == 0 {
		o.Concurrency = defaultConcurrency
	}
	return o.Cloud.check()
}

func (c Cloud) check() error {
	urls := []struct{ name, value string }{{"endpoint", c.Endpoint}, {"authority", c.Authority}, {"audience", c.Audience}}
	switch c.Name {
	case "", "public", "usgovernment", "china":
		for _, u := range urls {
			if u.value != "" {
				return fmt.Errorf("azure %s %q: only the cloud %q has its own; the cloud is %q", u.name, u.value, "custom", c.Name)
			}
		}
	case "custom":
		for _, u := range urls {
			if p, err := url.Parse(u.value); err != nil || p.Scheme != "https" || p.Host == "" {
				return fmt.Errorf("azure %s %q: a custom cloud needs an https URL", u.name, u.value)
			}
		}
	default:
		return fmt.Errorf("azure cloud %q: want public, usgovernment, china or custom", c.Name)
	}
	return nil
}
