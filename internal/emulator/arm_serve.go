package emulator

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// armOperation is a long-running operation: the call that began it, how many
// polls it still answers with 202, and its result.
type armOperation struct {
	method, pathQuery, owner string
	left                     int
	status                   int
	body                     []byte
}

// ServeHTTP answers one call.
func (a *ARM) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if a.cfg.OnCall != nil {
		a.cfg.OnCall(r.Method, r.URL.Path, r.URL.RawQuery)
	}
	var reply ARMReply
	if tenant, what, ok := entraCall(r.URL.Path); ok {
		reply = a.entra(r, tenant, what)
	} else {
		reply = a.authorized(r)
		reply.Delay = a.cfg.Latency
	}
	if f := a.fault(r); f != nil {
		reply = f.Reply(r, reply)
	}
	a.send(w, r, reply)
}

// fault finds the fault for a call; a poll is matched by the call it belongs to.
func (a *ARM) fault(r *http.Request) *ARMFault {
	method, pathQuery, result := r.Method, r.URL.RequestURI(), false
	if _, id, ok := strings.Cut(r.URL.Path, "/operationResults/"); ok {
		a.mu.Lock()
		if op := a.ops[id]; op != nil {
			method, pathQuery, result = op.method, op.pathQuery, true
		}
		a.mu.Unlock()
	}
	return a.faults.match(method, pathQuery, result)
}

func (a *ARM) send(w http.ResponseWriter, r *http.Request, reply ARMReply) {
	if reply.Delay > 0 {
		t := time.NewTimer(reply.Delay)
		defer t.Stop()
		select {
		case <-t.C:
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
	if reply.Reset && reply.Keep == 0 {
		panic(http.ErrAbortHandler)
	}
	h := w.Header()
	maps.Copy(h, reply.Header)
	id := armRandomID()
	h.Set("X-Ms-Request-Id", id)
	h.Set("X-Ms-Correlation-Request-Id", id)
	h.Set("X-Ms-Routing-Request-Id", "WESTEUROPE:"+id)
	h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache")
	if reply.Status != http.StatusNoContent {
		h.Set("Content-Type", "application/json; charset=utf-8")
		h.Set("Content-Length", strconv.Itoa(len(reply.Body)))
	}
	w.WriteHeader(reply.Status)
	if reply.Reset {
		_, _ = w.Write(reply.Body[:min(reply.Keep, len(reply.Body))])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	if reply.Status != http.StatusNoContent {
		_, _ = w.Write(reply.Body)
	}
}

func (a *ARM) authorized(r *http.Request) ARMReply {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	a.mu.Lock()
	known := a.tokens[token]
	a.mu.Unlock()
	if !ok || !known {
		return a.unauthorized(ok)
	}
	if r.URL.Query().Get("api-version") == "" {
		return armError(http.StatusBadRequest, "MissingApiVersionParameter",
			"The api-version query parameter (?api-version=) is required for all requests.")
	}
	if reply, ok := a.refused(r); ok {
		return reply
	}
	return a.manage(r)
}

func (a *ARM) unauthorized(expired bool) ARMReply {
	code, text := "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing or invalid."
	if expired {
		code, text = "ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than current UTC time."
	}
	reply := armError(http.StatusUnauthorized, code, text)
	reply.Header.Set("Www-Authenticate", `Bearer authorization_uri="`+a.Endpoint+"/"+a.Tenant+`", error="invalid_token", error_description="`+text+`"`)
	return reply
}

// manage routes a call by its path, in which ARM ignores case.
func (a *ARM) manage(r *http.Request) ARMReply {
	seg := strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	for i := range seg {
		if plain, err := url.PathUnescape(seg[i]); err == nil {
			seg[i] = plain
		}
	}
	if r.Method == http.MethodPost && armPath(seg, "providers", "microsoft.resourcegraph", "resources") {
		return a.graph(r)
	}
	if len(seg) < 2 || !strings.EqualFold(seg[0], "subscriptions") {
		return armError(http.StatusNotFound, "InvalidResourceType", "The resource type could not be found.")
	}
	sub := seg[1]
	if !a.store.subs[strings.ToLower(sub)] {
		return armError(http.StatusNotFound, "SubscriptionNotFound", "The subscription '"+sub+"' could not be found.")
	}
	rest, group := seg[2:], ""
	if len(rest) > 2 && strings.EqualFold(rest[0], "resourceGroups") {
		group, rest = rest[1], rest[2:]
	}
	switch {
	case r.Method == http.MethodGet && armPath(rest, "providers", "microsoft.authorization", "permissions"):
		return a.authorization(group)
	case r.Method == http.MethodGet && armPath(rest, "resourcegroups"):
		return a.groups(sub)
	case r.Method == http.MethodGet && group == "" && armPath(rest, "providers", "microsoft.network"):
		return a.provider(sub)
	}
	return a.network(r, sub, group, rest)
}

// network routes a call of Microsoft.Network by what follows the subscription
// and the resource group in its path.
func (a *ARM) network(r *http.Request, sub, group string, rest []string) ARMReply {
	if len(rest) < 3 || !armPath(rest[:2], "providers", "microsoft.network") {
		return armError(http.StatusNotFound, "InvalidResourceType", "The resource type could not be found.")
	}
	rest = rest[2:]
	get := r.Method == http.MethodGet
	switch {
	case get && len(rest) == 4 && strings.EqualFold(rest[0], "locations") && strings.EqualFold(rest[2], "operationResults"):
		return a.result(r, rest[3])
	case get && len(rest) == 1:
		return a.list(r, a.readable(a.store.list(sub, group, rest[0])))
	case group == "":
		return armError(http.StatusNotFound, "InvalidResourceType", "The resource type could not be found.")
	}
	want := armResource{sub: sub, typ: rest[0], group: group, name: rest[1]}
	res := a.store.byID[strings.ToLower(want.id())]
	if res == nil {
		return armError(http.StatusNotFound, "ResourceNotFound", "The Resource 'Microsoft.Network/"+rest[0]+"/"+rest[1]+
			"' under resource group '"+group+"' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix")
	}
	return a.resource(r, res, rest[2:])
}

// resource answers a call on one resource: its GET, that of a list below it, or
// the POST of an operation (".../getLearnedRoutes",
// ".../peerings/AzurePrivatePeering/routeTables/primary",
// ".../bgpConnections/peer/learnedRoutes").
func (a *ARM) resource(r *http.Request, res *armResource, rest []string) ARMReply {
	lists, _ := armOperations(res.typ)
	switch {
	case r.Method == http.MethodGet && len(rest) == 0:
		return armOK(res.body)
	case r.Method == http.MethodGet && len(rest) == 1 && slices.Contains(lists, strings.ToLower(rest[0])):
		return a.below(r, res, rest[0])
	case r.Method == http.MethodPost && len(rest) == 1:
		return a.begin(r, res, rest[0]+armArgument(r))
	case r.Method == http.MethodPost && len(rest) == 3 && armPath(rest[:1], "bgpconnections"):
		return a.begin(r, res, rest[2]+"."+rest[1])
	case r.Method == http.MethodPost && len(rest) == 4 && armPath(rest[:2], "peerings", "azureprivatepeering"):
		return a.begin(r, res, rest[2]+"."+rest[3])
	}
	return armError(http.StatusMethodNotAllowed, "MethodNotAllowed", "The method is not supported on this resource.")
}

// armArgument is what an operation is asked about: the BGP peer in the query, or
// the resource below it that the body names.
func armArgument(r *http.Request) string {
	if peer := r.URL.Query().Get("peer"); peer != "" {
		return "." + peer
	}
	var about struct {
		ResourceID string `json:"resourceId"`
	}
	if err := json.NewDecoder(r.Body).Decode(&about); err != nil || about.ResourceID == "" {
		return ""
	}
	return "." + path.Base(about.ResourceID)
}

// begin starts a long-running operation as Microsoft.Network does for its
// diagnostic actions: 202, a body of null, and nothing but a Location.
func (a *ARM) begin(r *http.Request, res *armResource, action string) ARMReply {
	status, body := res.action(action)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.cfg.OneOperation {
		for _, op := range a.ops {
			if op.owner == res.id() {
				reply := armError(http.StatusTooManyRequests, "RetryableErrorDueToAnotherOperation", "Another operation is in progress on this resource.")
				reply.Header.Set("Retry-After", "1")
				return reply
			}
		}
	}
	id := armRandomID()
	a.ops[id] = &armOperation{
		method: r.Method, pathQuery: r.URL.RequestURI(), owner: res.id(),
		left: a.cfg.Polls, status: status, body: body,
	}
	reply := ARMReply{Status: http.StatusAccepted, Header: make(http.Header), Body: []byte("null")}
	reply.Header.Set("Location", a.Endpoint+"/subscriptions/"+res.sub+
		"/providers/Microsoft.Network/locations/westeurope/operationResults/"+id+"?api-version="+url.QueryEscape(r.URL.Query().Get("api-version")))
	return reply
}

func (a *ARM) result(r *http.Request, id string) ARMReply {
	a.mu.Lock()
	defer a.mu.Unlock()
	op := a.ops[id]
	if op == nil {
		return armError(http.StatusNotFound, "OperationNotFound", "The operation '"+id+"' could not be found.")
	}
	reply := ARMReply{Status: http.StatusAccepted, Header: make(http.Header), Body: []byte("null")}
	reply.Header.Set("Location", a.Endpoint+r.URL.RequestURI())
	if op.left > 0 {
		op.left--
		return reply
	}
	op.owner = ""
	reply.Status, reply.Body = op.status, op.body
	return reply
}

func armPath(seg []string, want ...string) bool {
	return slices.EqualFunc(seg, want, strings.EqualFold)
}

func armOK(body []byte) ARMReply {
	return ARMReply{Status: http.StatusOK, Header: make(http.Header), Body: body}
}

func armError(status int, code, message string) ARMReply {
	return armJSON(status, map[string]any{"error": map[string]string{"code": code, "message": message}})
}

func armJSON(status int, v any) ARMReply {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte("{}")
	}
	return ARMReply{Status: status, Header: make(http.Header), Body: body}
}

// armRandomID is a random GUID.
func armRandomID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	s := hex.EncodeToString(b[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
