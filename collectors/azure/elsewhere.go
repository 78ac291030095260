package azure

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
)

// elsewhereError is that of a request which an answer of Azure Resource Manager led
// to another host: by a next page, the result of an operation, or a redirect. The
// request would hand its token over, so that it is not made.
type elsewhereError struct{ host, arm string }

func (e elsewhereError) Error() string {
	return fmt.Sprintf("an answer leads to %q, which is not Azure Resource Manager (%s) over HTTPS: it was not asked, as it would get the token", clean(e.host), e.arm)
}

// NonRetriable keeps the SDK from trying again.
func (elsewhereError) NonRetriable() {}

// stays is an error where u is not at Azure Resource Manager's endpoint, or at one of
// its regions: hosts below it.
func stays(endpoint, u *url.URL) error {
	own, host := strings.ToLower(endpoint.Hostname()), strings.ToLower(u.Hostname())
	samePort := cmp.Or(u.Port(), "443") == cmp.Or(endpoint.Port(), "443")
	if u.Scheme == "https" && samePort && (host == own || strings.HasSuffix(host, "."+own)) {
		return nil
	}
	return elsewhereError{u.Host, endpoint.Host}
}
