package azure

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
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
	c.http.MaxIdleConnsPerHost = max(8, o.Concurrency)
	c.scope = strings.TrimSuffix(c.cloud.Services[cloud.ResourceManager].Audience, "/.default") + "/.default"

	// Tokens travel by a plain client: what they travel in is never recorded.
	plain := azcore.ClientOptions{Cloud: c.cloud, Transport: &http.Client{Transport: c.http}, Retry: c.retry()}
	if err := c.login(plain); err != nil {
		return nil, err
	}
	recorded := plain
	recorded.Transport = &http.Client{Transport: recorder{next: c.http}}
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
