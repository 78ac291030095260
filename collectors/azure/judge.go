package azure

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// kind is what a call is expected to answer.
type kind int

const (
	oneResource  kind = iota // an object
	manyRows                 // an object with an array named "value"
	graphRows                // an object with an array named "data"
	instanceRows             // an object with an array for each instance of a hub
)

// judge says how a call went: its status and, where it is not ok, why and what
// to do. err is what the SDK said; the answer itself counts more, because the
// SDK also refuses answers that are whole but new to it. action is the
// permission the call needs.
func judge(err error, a answered, k kind, action string, limit time.Duration) (snapshot.Status, string) {
	if a.status == 0 && a.before != nil && errors.Is(err, context.DeadlineExceeded) {
		a = *a.before // the time ran out while the call was tried once more
	}
	if away, ok := errors.AsType[elsewhereError](err); ok {
		return snapshot.Error, away.Error()
	}
	switch {
	case a.status == 0:
		return unanswered(err, limit)
	case isLocked(a):
		return snapshot.Throttled, "another operation holds the resource: " + errorText(a) + ": collect when nothing else works on it"
	case a.status == http.StatusTooManyRequests:
		return snapshot.Throttled, "Azure throttles: " + errorText(a) + ": collect less often, or with fewer identities at once"
	case errors.Is(err, context.DeadlineExceeded):
		return snapshot.Timeout, fmt.Sprintf("no result within %s; the last answer was %s", limit, lastAnswer(a))
	case errors.Is(a.cut, errTooLong):
		return snapshot.Partial, fmt.Sprintf("the answer is longer than %d MiB, and was left there", maxAnswer>>20)
	case a.cut != nil:
		return snapshot.Partial, fmt.Sprintf("the answer broke off after %d bytes", len(a.body))
	case a.status == http.StatusForbidden:
		return snapshot.Denied, denied(a, action)
	case a.status == http.StatusUnauthorized:
		return snapshot.Denied, "the credential was not accepted: " + errorText(a)
	case a.status >= 300:
		return snapshot.Error, errorText(a)
	case a.status == http.StatusAccepted:
		return snapshot.Error, "Azure accepted the operation but its result could not be had: " + clean(errText(err))
	}
	return judgeBody(err, a, k)
}

// judgeBody judges the body of an answer of status 2xx.
func judgeBody(err error, a answered, k kind) (snapshot.Status, string) {
	body := bytes.TrimSpace(a.body)
	switch {
	case len(body) == 0:
		return snapshot.Empty, fmt.Sprintf("the answer has no content (status %d), which does not prove that there is nothing", a.status)
	case string(body) == "null":
		return snapshot.Empty, "the answer is null, which does not prove that there is nothing"
	case !json.Valid(body):
		return snapshot.Partial, fmt.Sprintf("the answer of %d bytes is not whole JSON", len(a.body))
	case body[0] != '{':
		return snapshot.Partial, "the answer is not a JSON object"
	}
	if k == oneResource {
		if id := idOf(body); id == "" {
			return snapshot.Partial, "the answer is no resource: it has no ID" + because(err)
		}
		return snapshot.OK, ""
	}
	if k == instanceRows {
		return judgeInstances(err, a, body)
	}
	member := "value"
	if k == graphRows {
		member = "data"
	}
	p := readPage(body, member)
	switch {
	case p.failed:
		return snapshot.Error, "the operation failed: " + errorText(a) + because(err)
	case !p.found && len(p.members) > 0:
		return snapshot.Partial, fmt.Sprintf("the answer has no list named %q", member) + because(err)
	case len(p.rows) == 0:
		return snapshot.Empty, "the answer is an empty list, which does not prove that there is nothing"
	}
	return snapshot.OK, ""
}

// isLocked reports whether a resource is held by another operation, which
// Microsoft.Network answers with the status of throttling.
func isLocked(a answered) bool {
	if a.status != http.StatusTooManyRequests && a.status != http.StatusConflict {
		return false
	}
	code, _ := errorOf(a.body)
	return strings.EqualFold(code, "RetryableErrorDueToAnotherOperation") || strings.EqualFold(code, "AnotherOperationInProgress")
}

// judgeInstances judges routes by instance of a hub: a list for each.
func judgeInstances(err error, a answered, body []byte) (snapshot.Status, string) {
	doc, _ := parseJSON(body)
	rows := 0
	for i, list := range doc.elems {
		switch {
		case doc.names[i] == "error" && list.kind == kindObject:
			return snapshot.Error, "the operation failed: " + errorText(a) + because(err)
		case list.kind != kindArray && list.kind != kindNull:
			return snapshot.Partial, "the answer has something other than a list for " + clean(doc.names[i])
		}
		rows += len(list.elems)
	}
	if rows == 0 {
		return snapshot.Empty, "the answer has no routes, which does not prove that there are none"
	}
	return snapshot.OK, ""
}

func because(err error) string {
	if err == nil {
		return ""
	}
	return ": " + clean(err.Error())
}

func unanswered(err error, limit time.Duration) (snapshot.Status, string) {
	if failed, ok := errors.AsType[*azidentity.AuthenticationFailedError](err); ok {
		return loginStatus(failed, limit)
	}
	switch {
	case err == nil:
		return snapshot.Error, "no call was made"
	case errors.Is(err, context.DeadlineExceeded):
		return snapshot.Timeout, fmt.Sprintf("no answer within %s", limit)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return snapshot.Error, "the connection was closed before an answer"
	}
	return snapshot.Error, "no answer: " + clean(errText(err))
}

// loginStatus says why no token could be had.
func loginStatus(err error, limit time.Duration) (snapshot.Status, string) {
	failed, ok := errors.AsType[*azidentity.AuthenticationFailedError](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return snapshot.Timeout, fmt.Sprintf("no token from Entra within %s", limit)
	case ok && failed.RawResponse != nil && failed.RawResponse.StatusCode < 500:
		code := regexp.MustCompile(`AADSTS[0-9]+`).FindString(err.Error())
		if code == "" {
			code = fmt.Sprintf("status %d", failed.RawResponse.StatusCode)
		}
		return snapshot.Denied, "Entra refused the credential (" + code + "): check the tenant, the client, and its secret or certificate"
	}
	return snapshot.Error, "no token could be had: " + clean(errText(err))
}

// errText is err without the URL that net/http puts before it.
func errText(err error) string {
	if err == nil {
		return "no reason given"
	}
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return ue.Err.Error()
	}
	return err.Error()
}

// denied names the action that the identity lacks: Azure's word for it, or else
// the one that the call is known to need.
func denied(a answered, action string) string {
	_, message := errorOf(a.body)
	if m := regexp.MustCompile(`perform action '([A-Za-z0-9./*_-]{1,200})'`).FindStringSubmatch(message); m != nil {
		action = m[1]
	}
	code, _ := errorOf(a.body)
	if code == "" {
		code = "Forbidden"
	}
	return fmt.Sprintf("403 %s: the identity lacks the action %s: grant it a role that has this action", clean(code), action)
}

func lastAnswer(a answered) string {
	if a.status >= 300 {
		return errorText(a)
	}
	return fmt.Sprintf("status %d", a.status)
}

// errorText is an error answer in one line: status, code and message.
func errorText(a answered) string {
	code, message := errorOf(a.body)
	return clean(strings.TrimSpace(fmt.Sprintf("%d %s %s", a.status, code, message)))
}

// errorOf takes ARM's error out of a body. Either may be empty.
func errorOf(body []byte) (code, message string) {
	var e struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return "", ""
	}
	return e.Error.Code, e.Error.Message
}

// clean makes untrusted text fit for one line of a report: no control
// characters, single blanks, and not long.
func clean(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	const limit = 300
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "..."
}
