package emulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// list answers one page of a list, with the resources byte for byte as in the
// tree. The page begins at $skiptoken, which only nextLink brings.
func (a *ARM) list(r *http.Request, rs []*armResource) ARMReply {
	rows := make([][]byte, len(rs))
	for i, res := range rs {
		rows[i] = res.body
	}
	return a.rows(r, rows)
}

// below answers a list below a resource: as in the tree where that has it on
// one page which is not too long, else page by page.
func (a *ARM) below(r *http.Request, res *armResource, child string) ARMReply {
	var rows [][]byte
	n := 0
	for name := child; ; name = child + "." + strconv.Itoa(n+1) {
		body, ok := res.actions[strings.ToLower(name)]
		if !ok {
			break
		}
		n++
		var p struct {
			Value []json.RawMessage `json:"value"`
		}
		if err := json.Unmarshal(body, &p); err != nil {
			return armOK(body) // as broken as it was recorded
		}
		for _, row := range p.Value {
			rows = append(rows, row)
		}
	}
	if n == 1 && len(rows) <= a.cfg.PageSize {
		status, body := res.action(child)
		return ARMReply{Status: status, Header: make(http.Header), Body: body}
	}
	return a.rows(r, rows)
}

func (a *ARM) rows(r *http.Request, rows [][]byte) ARMReply {
	page, next := armPage(rows, r.URL.Query().Get("$skiptoken"), a.cfg.PageSize)
	var b bytes.Buffer
	b.WriteString(`{"value":[`)
	for i, row := range page {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(row)
	}
	b.WriteByte(']')
	if next != "" {
		q := r.URL.Query()
		q.Set("$skiptoken", next)
		link, err := json.Marshal(a.Endpoint + r.URL.EscapedPath() + "?" + q.Encode())
		if err != nil {
			return armError(http.StatusInternalServerError, "InternalServerError", err.Error())
		}
		b.WriteString(`,"nextLink":`)
		b.Write(link)
	}
	b.WriteByte('}')
	return armOK(b.Bytes())
}

func armPage[T any](rs []T, token string, size int) (page []T, next string) {
	start, err := strconv.Atoi(token)
	if err != nil || start < 0 {
		start = 0
	}
	start = min(start, len(rs))
	end := min(start+size, len(rs))
	if end < len(rs) {
		next = strconv.Itoa(end)
	}
	return rs[start:end], next
}

// graph answers a Resource Graph query. Of the query it understands only
// "type in~ ('a','b')"; every row has id, name, type, resourceGroup,
// subscriptionId and location.
func (a *ARM) graph(r *http.Request) ARMReply {
	var q struct {
		Query         string   `json:"query"`
		Subscriptions []string `json:"subscriptions"`
		Options       struct {
			SkipToken string `json:"$skipToken"`
			Top       int    `json:"$top"`
		} `json:"options"`
	}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		return armError(http.StatusBadRequest, "BadRequest", "The request body is not valid: "+err.Error())
	}
	types := armGraphTypes(q.Query)
	if len(types) == 0 {
		return armError(http.StatusBadRequest, "BadRequest", "Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.")
	}
	var rs []*armResource
	for _, res := range a.store.all {
		in := len(q.Subscriptions) == 0 || slices.ContainsFunc(q.Subscriptions, func(s string) bool { return strings.EqualFold(s, res.sub) })
		if in && slices.Contains(types, "microsoft.network/"+strings.ToLower(res.typ)) {
			rs = append(rs, res)
		}
	}
	rs = a.readable(rs)
	size := a.cfg.PageSize
	if q.Options.Top > 0 {
		size = min(size, q.Options.Top)
	}
	page, next := armPage(rs, q.Options.SkipToken, size)
	rows := make([]map[string]string, 0, len(page))
	for _, res := range page {
		rows = append(rows, map[string]string{
			"id": res.id(), "name": res.name, "type": "microsoft.network/" + strings.ToLower(res.typ),
			"resourceGroup": strings.ToLower(res.group), "subscriptionId": res.sub, "location": "westeurope",
		})
	}
	answer := map[string]any{
		"totalRecords": len(rs), "count": len(rows), "data": rows, "facets": []any{}, "resultTruncated": "false",
	}
	if next != "" {
		answer["$skipToken"] = next
	}
	reply := armJSON(http.StatusOK, answer)
	reply.Header.Set("X-Ms-User-Quota-Remaining", "14")
	reply.Header.Set("X-Ms-User-Quota-Resets-After", "00:00:05")
	return reply
}

// armGraphTypes are the types of "type in~ (...)", in lower case.
func armGraphTypes(query string) []string {
	m := regexp.MustCompile(`(?is)\btype\s+in~\s*\(([^)]*)\)`).FindStringSubmatch(query)
	if m == nil {
		return nil
	}
	var types []string
	for t := range strings.SplitSeq(m[1], ",") {
		if t = strings.Trim(strings.TrimSpace(t), `'"`); t != "" {
			types = append(types, strings.ToLower(t))
		}
	}
	return types
}

// provider answers what versions Microsoft.Network has: as in the tree, else
// one version of every type there, and the one that has getEffectiveRoutes where
// a gateway in the tree answers it.
func (a *ARM) provider(sub string) ARMReply {
	if body, ok := a.store.providers[strings.ToLower(sub)]; ok {
		return armOK(body)
	}
	type resourceType struct {
		ResourceType string   `json:"resourceType"`
		APIVersions  []string `json:"apiVersions"`
	}
	var types []resourceType
	for _, res := range a.store.all {
		i := slices.IndexFunc(types, func(t resourceType) bool { return strings.EqualFold(t.ResourceType, res.typ) })
		if i < 0 {
			types, i = append(types, resourceType{res.typ, []string{"2025-05-01"}}), len(types)
		}
		if _, ok := res.actions["geteffectiveroutes"]; ok && len(types[i].APIVersions) == 1 {
			types[i].APIVersions = []string{"2025-09-01", "2025-05-01"}
		}
	}
	return armJSON(http.StatusOK, map[string]any{
		"id": "/subscriptions/" + sub + "/providers/Microsoft.Network", "namespace": "Microsoft.Network",
		"registrationState": "Registered", "resourceTypes": types,
	})
}
