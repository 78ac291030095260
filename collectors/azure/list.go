package azure

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// pages is a pager of the SDK, whatever it lists.
type pages struct {
	more func() bool
	next func(context.Context) error
}

func pagesOf[T any](p *runtime.Pager[T]) pages {
	return pages{more: p.More, next: func(ctx context.Context) error {
		_, err := p.NextPage(ctx)
		return err
	}}
}

// listed is one resource of a list, as received.
type listed struct {
	id  resourceID
	raw json.RawMessage
}

// listing is what a list had.
type listing struct {
	resources []listed
	whole     bool
}

// list collects a list of a subscription. Each resource becomes a file of its
// own; the list itself is kept only when it is not whole.
func (s *subscription) list(ctx context.Context, typ string, p pages) (listing, error) {
	var l listing
	links := make(map[string]bool)
	for n := 1; p.more(); n++ {
		r, err := s.run(ctx, call{
			kind: manyRows, action: "Microsoft.Network/" + typ + "/read", limit: s.c.opts.CallTimeout, do: p.next,
		})
		if err != nil {
			return listing{}, err
		}
		pg := readPage(bytes.TrimSpace(r.body), "value")
		flaw, err := s.storeRows(typ, r, pg, &l)
		if err != nil {
			return listing{}, err
		}
		if r.status == snapshot.Empty && pg.whole {
			r.status = snapshot.OK // a page without rows; the list may have some
		}
		done := pg.next == "" || r.err != nil
		switch {
		case r.status != snapshot.OK:
			return l, s.storeFlaw(typ, r, n, len(l.resources))
		case r.err != nil && pg.next != "":
			flaw = "the next page cannot be asked for: " + clean(r.err.Error())
		case pg.next != "" && links[pg.next], n == maxPages:
			flaw, done = "the list does not end: a page names an earlier one as the next", true
		}
		if flaw != "" {
			r.status, r.detail = snapshot.Partial, flaw
			return l, s.storeFlaw(typ, r, n, len(l.resources))
		}
		if links[pg.next] = true; done {
			l.whole = true
			return l, s.storeEmpty(typ, r, len(l.resources))
		}
	}
	return l, nil
}

// storeRows keeps the rows of a page, and says what is wrong with them.
func (s *subscription) storeRows(typ string, r reply, pg page, l *listing) (flaw string, err error) {
	if r.answered.status >= 300 {
		return "", nil
	}
	r.status, r.detail = snapshot.OK, ""
	for _, raw := range pg.rows {
		id := idOf(raw)
		rid, ok := parseID(id)
		if !ok || !strings.EqualFold(rid.typ, typ) {
			flaw = "the list has an element whose ID is not that of one of " + typ + ": " + clean(id)
			continue
		}
		stored, err := s.store(evidence.AzurePath(s.id, typ, rid.group, rid.name, "", ""), r, raw)
		if err != nil {
			return "", err
		}
		if !stored {
			flaw = "the list names " + clean(id) + " twice, so its pages overlap and may leave others out"
			continue
		}
		l.resources = append(l.resources, listed{rid, raw})
	}
	return flaw, nil
}

// storeFlaw keeps the answer that kept a list from being whole.
func (s *subscription) storeFlaw(typ string, r reply, n, had int) error {
	if had > 0 {
		r.detail = fmt.Sprintf("page %d of the list: %s: %s (%d resources were read)", n, r.status, r.detail, had)
		r.status = snapshot.Partial
	}
	_, err := s.store(listPath(s.id, typ), r, r.body)
	return err
}

func (s *subscription) storeEmpty(typ string, r reply, had int) error {
	if had > 0 {
		return nil
	}
	r.status, r.detail = snapshot.Empty, "Azure lists none in this subscription"
	_, err := s.store(listPath(s.id, typ), r, r.body)
	return err
}
