package azure

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// raw makes a request that the SDK has no function for, through its pipeline.
func (s *subscription) raw(ctx context.Context, method, path, version string) (*http.Response, error) {
	endpoint := s.c.cloud.Services[cloud.ResourceManager].Endpoint
	req, err := runtime.NewRequest(ctx, method, runtime.JoinPaths(endpoint, path))
	if err != nil {
		return nil, err
	}
	q := req.Raw().URL.Query()
	q.Set("api-version", version)
	req.Raw().URL.RawQuery = q.Encode()
	req.Raw().Header.Set("Accept", "application/json")
	resp, err := s.pipeline.Do(req)
	if err != nil {
		return nil, err
	}
	if !runtime.HasStatusCode(resp, http.StatusOK, http.StatusAccepted, http.StatusNoContent) {
		return nil, runtime.NewResponseError(resp)
	}
	return resp, nil
}

// effectiveRoutes begins getEffectiveRoutes, which the SDK does not have yet.
func (s *subscription) effectiveRoutes(id resourceID) func(context.Context) (*runtime.Poller[any], error) {
	p := "/subscriptions/" + url.PathEscape(s.id) + "/resourceGroups/" + url.PathEscape(id.group) +
		"/providers/Microsoft.Network/" + id.typ + "/" + url.PathEscape(id.name) + "/" + actionGatewayEffective
	return func(ctx context.Context) (*runtime.Poller[any], error) {
		resp, err := s.raw(ctx, http.MethodPost, p, effectiveVersion) //nolint:bodyclose // the pipeline has read and closed it
		if err != nil {
			return nil, err
		}
		return runtime.NewPoller[any](resp, s.pipeline, &runtime.NewPollerOptions[any]{FinalStateVia: runtime.FinalStateViaLocation})
	}
}

// provider asks which versions of Microsoft.Network's types Azure has here.
func (s *subscription) provider(ctx context.Context) error {
	r, err := s.run(ctx, call{
		kind: oneResource, action: permission(typeProviders, ""), limit: s.c.opts.CallTimeout,
		do: func(ctx context.Context) error {
			where := "/subscriptions/" + url.PathEscape(s.id) + "/providers/Microsoft.Network"
			resp, err := s.raw(ctx, http.MethodGet, where, providersVersion) //nolint:bodyclose // the pipeline has read and closed it
			if err != nil {
				return err
			}
			_, err = runtime.Payload(resp)
			return err
		},
	})
	if err != nil {
		return err
	}
	if r.status == snapshot.OK {
		s.versions = versionsOf(r.body)
	}
	_, err = s.store(listPath(s.id, typeProviders), r, r.body)
	return err
}

// versionsOf are the API versions of each type, in lower case.
func versionsOf(provider []byte) map[string][]string {
	doc, _ := parseJSON(provider)
	versions := make(map[string][]string)
	for _, t := range doc.at("resourceTypes").items() {
		name := strings.ToLower(t.at("resourceType").scalar())
		for _, v := range t.at("apiVersions").items() {
			versions[name] = append(versions[name], v.scalar())
		}
	}
	return versions
}

// offers reports whether Azure lists a version of a type.
func (s *subscription) offers(typ, version string) bool {
	return slices.Contains(s.versions[strings.ToLower(typ)], version)
}

func newPipeline(c *Collector) (runtime.Pipeline, error) {
	client, err := arm.NewClient("routeproof", "v1.0.0", c.cred, c.arm)
	if err != nil {
		return runtime.Pipeline{}, err
	}
	return client.Pipeline(), nil
}
