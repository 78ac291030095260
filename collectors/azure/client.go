package azure

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// A Collector collects the subscriptions of its options. Make one with [New].
type Collector struct {
	opts  Options
	cloud cloud.Configuration
	scope string
	cred  azcore.TokenCredential
	arm   *arm.ClientOptions
	http  *http.Transport

	mu       sync.Mutex // guards renewals
	renewals int
}

// New checks o and makes its collector. It does not talk to Azure yet.
func New(o Options) (*Collector, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	base, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return nil, errors.New("azure: the default HTTP transport is not usable")
	}
	c := &Collector{opts: o, cloud: o.Cloud.configuration(), http: base.Clone()}
	c.http.TLSClientConfig = &tls.Config{RootCAs: o.Cloud.CA, MinVersion: tls.VersionTLS12}
	c.http.MaxIdleConns, c.http.MaxIdleConnsPerHost = 0, maxUnderWay
	c.scope = strings.TrimSuffix(c.cloud.Services[cloud.ResourceManager].Audience, "/.default") + "/.default"

	// Tokens travel by a plain client: what they travel in is never recorded.
	plain := azcore.ClientOptions{Cloud: c.cloud, Transport: &http.Client{Transport: c.http}, Retry: c.retry()}
	if err := c.login(plain); err != nil {
		return nil, err
	}
	endpoint, err := url.Parse(c.cloud.Services[cloud.ResourceManager].Endpoint)
	if err != nil {
		return nil, fmt.Errorf("azure endpoint: %w", err)
	}
	recorded := plain
	recorded.Transport = &http.Client{Transport: recorder{next: c.http, endpoint: endpoint, slots: make(chan struct{}, maxUnderWay)}}
	recorded.PerCallPolicies = []policy.Policy{patience{c}}
	c.arm = &arm.ClientOptions{ClientOptions: recorded, DisableRPRegistration: true}
	return c, nil
}

func (c *Collector) retry() policy.RetryOptions {
	return policy.RetryOptions{MaxRetryDelay: maxRetryAfter, RetryDelay: c.opts.RetryDelay, TryTimeout: c.opts.CallTimeout}
}

func (c Cloud) configuration() cloud.Configuration {
	switch c.Name {
	case "usgovernment":
		return cloud.AzureGovernment
	case "china":
		return cloud.AzureChina
	case "custom":
		return cloud.Configuration{
			ActiveDirectoryAuthorityHost: strings.TrimSuffix(c.Authority, "/") + "/",
			Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
				cloud.ResourceManager: {Endpoint: strings.TrimSuffix(c.Endpoint, "/"), Audience: c.Audience},
			},
		}
	}
	return cloud.AzurePublic
}

// login makes the credential. An authority outside Azure's public ones is not
// known to Microsoft's instance discovery, which is then not asked.
func (c *Collector) login(co azcore.ClientOptions) error {
	k := c.opts.Credential
	custom := c.opts.Cloud.Name == "custom"
	if k.Secret == "" && len(k.Certificate) == 0 {
		if k.Client != "" {
			return fmt.Errorf("azure client %q: neither a secret nor a certificate is given", k.Client)
		}
		cred, err := azidentity.NewDefaultAzureCredential(&azidentity.DefaultAzureCredentialOptions{
			ClientOptions: co, DisableInstanceDiscovery: custom, TenantID: k.Tenant,
		})
		if err != nil {
			return fmt.Errorf("azure credential: %w", err)
		}
		c.cred = cred
		return nil
	}
	if k.Tenant == "" || k.Client == "" {
		return errors.New("azure credential: a secret or a certificate needs a tenant and a client")
	}
	if k.Secret != "" && len(k.Certificate) > 0 {
		return errors.New("azure credential: both a secret and a certificate are given; want one")
	}
	if k.Secret != "" {
		cred, err := azidentity.NewClientSecretCredential(k.Tenant, k.Client, k.Secret, &azidentity.ClientSecretCredentialOptions{
			ClientOptions: co, DisableInstanceDiscovery: custom,
		})
		if err != nil {
			return fmt.Errorf("azure credential: %w", err)
		}
		c.cred = cred
		return nil
	}
	certs, key, err := azidentity.ParseCertificates(k.Certificate, k.Password)
	if err != nil {
		return fmt.Errorf("azure certificate: want a certificate with its private key, as PEM or PKCS#12: %w", err)
	}
	cred, err := azidentity.NewClientCertificateCredential(k.Tenant, k.Client, certs, key, &azidentity.ClientCertificateCredentialOptions{
		ClientOptions: co, DisableInstanceDiscovery: custom, SendCertificateChain: true,
	})
	if err != nil {
		return fmt.Errorf("azure credential: %w", err)
	}
	c.cred = cred
	return nil
}

// authenticate gets a first token, so that a credential that does not work is
// tried once and not at every call.
func (c *Collector) authenticate(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.opts.CallTimeout)
	defer cancel()
	_, err := c.cred.GetToken(ctx, policy.TokenRequestOptions{EnableCAE: true, Scopes: []string{c.scope}})
	return err
}

// patience is a policy that makes a request again after what is not its fault:
// another operation that holds the resource, and a token that is refused before
// its time, for which a new one is had. It is below the SDK's pagers and pollers,
// which are of no use any more once a request of theirs has failed.
type patience struct{ c *Collector }

// Do implements [policy.Policy].
func (p patience) Do(req *policy.Request) (*http.Response, error) {
	ctx := req.Raw().Context()
	refused := 0
	for locked := 1; ; {
		tokens := p.c.tokens()
		resp, err := req.Next()
		if err != nil {
			return resp, err
		}
		switch {
		case resp.StatusCode == http.StatusUnauthorized && refused < maxRefused && (tokens > 0 && refused%2 == 0 || p.c.renew(ctx, tokens)):
			// The client that was asked may not have the newest token yet, as when
			// it took the old one out of the cache while that was renewed.
			refused++
		case locked <= maxLocked && isLocked(answerOf(resp)) && pause(ctx, time.Duration(locked)*p.c.opts.PollEvery):
			locked++
		default:
			return resp, nil
		}
		if err := req.RewindBody(); err != nil {
			return resp, err
		}
	}
}

// answerOf is a response whose body the pipeline has read already.
func answerOf(resp *http.Response) answered {
	body, err := runtime.Payload(resp)
	return answered{status: resp.StatusCode, header: resp.Header, body: body, cut: err}
}

// pause waits, and reports false when ctx was done before.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// tokens is how many tokens were asked for because one was refused.
func (c *Collector) tokens() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.renewals
}

// renew gets a new token, unless another call did so since there were only had
// of them. The SDK renews tokens by their own account of their life, and when
// Azure asks for it with claims; but not when Azure says only that one is
// expired, as it does to a machine whose clock is behind.
func (c *Collector) renew(ctx context.Context, had int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.renewals != had {
		return true
	}
	if c.renewals == maxRenewals {
		return false
	}
	c.renewals++
	// claims make the credential pass over its cache
	_, err := c.cred.GetToken(ctx, policy.TokenRequestOptions{
		EnableCAE: true, Scopes: []string{c.scope}, Claims: `{"access_token":{"nbf":{"essential":true,"value":"1"}}}`,
	})
	return err == nil
}
