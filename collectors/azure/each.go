package azure

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// get asks for one resource and stores it.
func (s *subscription) get(ctx context.Context, id resourceID, do func(context.Context) error) (reply, error) {
	r, err := s.run(ctx, call{
		kind: oneResource, action: permission(id.typ, ""), limit: s.c.opts.CallTimeout, do: do,
	})
	if err != nil {
		return reply{}, err
	}
	_, err = s.store(evidence.AzurePath(s.id, id.typ, id.group, id.name, "", ""), r, r.body)
	return r, err
}

// act runs an operation on a resource and stores its result.
func (s *subscription) act(ctx context.Context, id resourceID, op, argument string, k kind, do func(context.Context) error) (reply, error) {
	r, err := s.ask(ctx, id, op, k, do)
	if err != nil {
		return reply{}, err
	}
	_, err = s.store(evidence.AzurePath(s.id, id.typ, id.group, id.name, op, argument), r, r.body)
	return r, err
}

// ask runs an operation on a resource.
func (s *subscription) ask(ctx context.Context, id resourceID, op string, k kind, do func(context.Context) error) (reply, error) {
	r, err := s.run(ctx, call{kind: k, action: permission(id.typ, op), limit: s.c.opts.CallTimeout, do: do})
	if err != nil {
		return reply{}, err
	}
	if p := readPage(r.body, "value"); p.next != "" && r.answered.status < 300 {
		r.status, r.detail = snapshot.Partial, "the answer goes on at another page, which the operation does not give"
	}
	return r, nil
}

// operation makes a call of a long-running operation: begin has its own time,
// and the polling has the call timeout, since a 5xx is polled for ever.
func operation[T any](s *subscription, begin func(context.Context) (*runtime.Poller[T], error)) func(context.Context) error {
	return func(ctx context.Context) error {
		p, err := begin(ctx)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, s.c.opts.CallTimeout)
		defer cancel()
		_, err = p.PollUntilDone(ctx, &runtime.PollUntilDoneOptions{Frequency: s.c.opts.PollEvery})
		return err
	}
}

// below collects a list below a resource, page by page as received, and returns
// its elements.
func (s *subscription) below(ctx context.Context, id resourceID, child string, p pages) ([]json.RawMessage, error) {
	var rows []json.RawMessage
	links := make(map[string]bool)
	for n := 1; p.more(); n++ {
		r, err := s.run(ctx, call{kind: manyRows, action: permission(id.typ, child), limit: s.c.opts.CallTimeout, do: p.next})
		if err != nil {
			return nil, err
		}
		pg := readPage(bytes.TrimSpace(r.body), "value")
		if r.status == snapshot.Empty && pg.whole && (n > 1 || pg.next != "") {
			r.status, r.detail = snapshot.OK, "" // a page without rows of a list that has some
		}
		if r.answered.status < 300 {
			rows = append(rows, pg.rows...)
		}
		last := true
		if r.status == snapshot.OK {
			var flaw string
			if last, flaw = p.goesOn(r, pg, links, n); flaw != "" {
				last, r.status, r.detail = true, snapshot.Partial, flaw
			}
		}
		if _, err := s.store(evidence.AzurePath(s.id, id.typ, id.group, id.name, child, pageName(n)), r, r.body); err != nil {
			return nil, err
		}
		if last {
			break
		}
	}
	return rows, nil
}

// pageName is the argument that a page of a list is kept under: none for the
// first.
func pageName(n int) string {
	if n == 1 {
		return ""
	}
	return strconv.Itoa(n)
}
