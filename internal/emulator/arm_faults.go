package emulator

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// ARMReply is an answer of the emulator before it is sent.
type ARMReply struct {
	Status int
	Header http.Header
	Body   []byte
	// Delay is waited before anything is sent.
	Delay time.Duration
	// Reset breaks the connection after the first Keep bytes of the body, or
	// before the status line when Keep is zero.
	Reset bool
	Keep  int
}

// ARMFault changes the answers to the calls that it matches.
type ARMFault struct {
	// Method is the method of the call; empty means any.
	Method string
	// Path is matched against the call's path and query; nil means any.
	Path *regexp.Regexp
	// Result makes the fault hit the operationResults of a long-running call
	// that matches, instead of the call itself.
	Result bool
	// Times is how many calls are hit; zero means all.
	Times int
	// Reply makes the answer that is sent out of the true one.
	Reply func(*http.Request, ARMReply) ARMReply
}

// armFaults are the faults that are switched on, with how often each was hit.
type armFaults struct {
	mu   sync.Mutex // guards on and hits
	on   []ARMFault
	hits []int
}

// SetFaults replaces the faults. The first that matches a call hits it.
func (a *ARM) SetFaults(faults ...ARMFault) {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	a.faults.on, a.faults.hits = faults, make([]int, len(faults))
}

func (f *armFaults) match(method, pathQuery string, result bool) *ARMFault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.on {
		x := &f.on[i]
		if x.Result != result || x.Method != "" && x.Method != method ||
			x.Path != nil && !x.Path.MatchString(pathQuery) || x.Times > 0 && f.hits[i] >= x.Times {
			continue
		}
		f.hits[i]++
		return x
	}
	return nil
}

// ARMDeny answers 403 AuthorizationFailed that names the missing action.
func ARMDeny(action string) func(*http.Request, ARMReply) ARMReply {
	return func(r *http.Request, _ ARMReply) ARMReply {
		return armError(http.StatusForbidden, "AuthorizationFailed", fmt.Sprintf(
			"The client '22222222-2222-2222-2222-222222222222' with object id '33333333-3333-3333-3333-333333333333' does not have authorization to perform action '%s' over scope '%s' or the scope is invalid. If access was recently granted, please refresh your credentials.",
			action, r.URL.Path))
	}
}

// ARMThrottle answers 429 with Retry-After. The code is
// SubscriptionRequestsThrottled for throttling and
// RetryableErrorDueToAnotherOperation for a lock.
func ARMThrottle(code string, retryAfter time.Duration) func(*http.Request, ARMReply) ARMReply {
	return func(*http.Request, ARMReply) ARMReply {
		r := armError(http.StatusTooManyRequests, code, "The request is being throttled.")
		r.Header.Set("Retry-After", strconv.Itoa(int(retryAfter/time.Second)))
		if retryAfter%time.Second != 0 {
			r.Header.Set("Retry-After-Ms", strconv.FormatInt(retryAfter.Milliseconds(), 10))
		}
		return r
	}
}

// ARMFail answers an error.
func ARMFail(status int, code string) func(*http.Request, ARMReply) ARMReply {
	return func(*http.Request, ARMReply) ARMReply { return armError(status, code, "An error occurred.") }
}

// ARMSlow answers the truth after a while.
func ARMSlow(d time.Duration) func(*http.Request, ARMReply) ARMReply {
	return func(_ *http.Request, r ARMReply) ARMReply { r.Delay = d; return r }
}

// ARMBody answers the status with this body: 204 with none, 200 with "null".
func ARMBody(status int, body string) func(*http.Request, ARMReply) ARMReply {
	return func(_ *http.Request, r ARMReply) ARMReply { r.Status, r.Body = status, []byte(body); return r }
}

// ARMCut answers the truth without its end, as a broken proxy does: the answer
// is complete for HTTP.
func ARMCut(keep int) func(*http.Request, ARMReply) ARMReply {
	return func(_ *http.Request, r ARMReply) ARMReply { r.Body = r.Body[:min(keep, len(r.Body))]; return r }
}

// ARMReset breaks the connection after keep bytes of the body.
func ARMReset(keep int) func(*http.Request, ARMReply) ARMReply {
	return func(_ *http.Request, r ARMReply) ARMReply { r.Reset, r.Keep = true, keep; return r }
}

// ARMRevoke answers 401 with the challenge of continuous access evaluation: the
// token was good, and now the client must have another one.
func ARMRevoke() func(*http.Request, ARMReply) ARMReply {
	return func(*http.Request, ARMReply) ARMReply {
		r := armError(http.StatusUnauthorized, "TokenCreatedWithOutdatedPolicies", "Continuous access evaluation resulted in a challenge.")
		claims := base64.StdEncoding.EncodeToString([]byte(`{"access_token":{"nbf":{"essential":true,"value":"1"}}}`))
		r.Header.Set("Www-Authenticate", `Bearer realm="", authorization_uri="https://login.invalid/common/oauth2/authorize", error="insufficient_claims", claims="`+claims+`"`)
		return r
	}
}

// ARMRepeat answers the first page of a list as it is, and the rows of that page
// again on each of the following ones. It serves the lists of one type.
func ARMRepeat() func(*http.Request, ARMReply) ARMReply {
	var mu sync.Mutex
	var first json.RawMessage
	return func(_ *http.Request, r ARMReply) ARMReply {
		page := make(map[string]json.RawMessage)
		if err := json.Unmarshal(r.Body, &page); err != nil {
			return r
		}
		mu.Lock()
		defer mu.Unlock()
		if first == nil {
			first = page["value"]
			return r
		}
		page["value"] = first
		again := armJSON(r.Status, page)
		again.Header = r.Header
		return again
	}
}
