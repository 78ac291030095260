package emulator

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// entraCall tells Entra's paths from ARM's: "/<tenant>/oauth2/v2.0/token".
func entraCall(path string) (tenant, what string, ok bool) {
	tenant, what, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch what {
	case "v2.0/.well-known/openid-configuration", "oauth2/v2.0/token":
		return tenant, what, true
	}
	return "", "", false
}

func (a *ARM) entra(r *http.Request, tenant, what string) ARMReply {
	if !strings.EqualFold(tenant, a.Tenant) {
		return entraError(http.StatusBadRequest, "invalid_tenant", 90002, "Tenant '"+tenant+"' not found.")
	}
	if what == "oauth2/v2.0/token" {
		return a.token(r)
	}
	base := a.Endpoint + "/" + tenant
	return armJSON(http.StatusOK, map[string]any{
		"issuer":                                base + "/v2.0",
		"authorization_endpoint":                base + "/oauth2/v2.0/authorize",
		"token_endpoint":                        base + "/oauth2/v2.0/token",
		"jwks_uri":                              base + "/discovery/v2.0/keys",
		"response_types_supported":              []string{"code", "id_token", "token"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt"},
	})
}

func (a *ARM) token(r *http.Request) ARMReply {
	if r.Method != http.MethodPost {
		return entraError(http.StatusBadRequest, "invalid_request", 900561, "The endpoint only accepts POST requests.")
	}
	if err := r.ParseForm(); err != nil {
		return entraError(http.StatusBadRequest, "invalid_request", 90014, "The request body must be form data.")
	}
	f := r.PostForm
	switch {
	case f.Get("grant_type") != "client_credentials":
		return entraError(http.StatusBadRequest, "unsupported_grant_type", 70003, "The app requested an unsupported grant type '"+f.Get("grant_type")+"'.")
	case !strings.EqualFold(f.Get("client_id"), a.Client):
		return entraError(http.StatusBadRequest, "unauthorized_client", 700016, "Application with identifier '"+f.Get("client_id")+"' was not found in the directory.")
	case !strings.Contains(f.Get("scope"), "/.default"):
		return entraError(http.StatusBadRequest, "invalid_scope", 1002012, "The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.")
	}
	if assertion := f.Get("client_assertion"); assertion != "" {
		if err := a.checkAssertion(assertion); err != nil {
			return entraError(http.StatusUnauthorized, "invalid_client", 700027, "Client assertion failed signature validation: "+err.Error()+".")
		}
	} else if subtle.ConstantTimeCompare([]byte(f.Get("client_secret")), []byte(a.Secret)) != 1 {
		return entraError(http.StatusUnauthorized, "invalid_client", 7000215, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.")
	}
	token := "emulated." + armRandomID()
	a.mu.Lock()
	a.tokens[token] = true
	a.mu.Unlock()
	time.AfterFunc(a.cfg.TokenLife+time.Second, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.tokens, token)
	})
	life := int(a.cfg.TokenLife / time.Second)
	return armJSON(http.StatusOK, map[string]any{
		"token_type": "Bearer", "expires_in": life, "ext_expires_in": life, "access_token": token,
	})
}

// ExpireTokens ends every token given so far, whatever was said of its life.
func (a *ARM) ExpireTokens() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.tokens)
}

// checkAssertion verifies the signature of a client's JWT by the configured
// certificate.
func (a *ARM) checkAssertion(jwt string) error {
	if a.cfg.Certificate == nil {
		return errors.New("no certificate is registered")
	}
	key, ok := a.cfg.Certificate.PublicKey.(*rsa.PublicKey)
	part := strings.Split(jwt, ".")
	if !ok || len(part) != 3 {
		return errors.New("want three parts signed by an RSA key")
	}
	rawHeader, err := base64.RawURLEncoding.DecodeString(part[0])
	if err != nil {
		return errors.New("the header is not base64url")
	}
	sig, err := base64.RawURLEncoding.DecodeString(part[2])
	if err != nil {
		return errors.New("the signature is not base64url")
	}
	var header struct {
		Alg string `json:"alg"`
	}
	if err := json.Unmarshal(rawHeader, &header); err != nil {
		return errors.New("the header is not JSON")
	}
	sum := sha256.Sum256([]byte(part[0] + "." + part[1]))
	switch header.Alg {
	case "RS256":
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], sig)
	case "PS256":
		return rsa.VerifyPSS(key, crypto.SHA256, sum[:], sig, nil)
	}
	return errors.New("want RS256 or PS256")
}

func entraError(status int, code string, number int, text string) ARMReply {
	return armJSON(status, map[string]any{
		"error": code, "error_description": "AADSTS" + strconv.Itoa(number) + ": " + text + " Trace ID: " + armRandomID(),
		"error_codes": []int{number}, "trace_id": armRandomID(), "correlation_id": armRandomID(),
	})
}
