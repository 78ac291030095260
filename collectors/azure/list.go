package azure

import (
	"bytes"
	"cmp"
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

// onePage is a list that the SDK has as a single call.
func onePage(do func(context.Context) error) pages {
	asked := false
	return pages{more: func() bool { return !asked }, next: func(ctx context.Context) error {
		asked = true
		return do(ctx)
	}}
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
	had   int
	whole bool
}

// list collects a list of a subscription, and shows each resource to see. Each
// becomes a file of its own; the list itself is kept only when it is not whole.
func (s *subscription) list(ctx context.Context, typ string, p pages, see func(listed)) (listing, error) {
	var l listing
	var flaws string // the first one
	links := make(map[string]bool)
	for n := 1; p.more(); n++ {
		r, err := s.run(ctx, call{
			kind: manyRows, action: permission(typ, ""), limit: s.c.opts.CallTimeout, do: p.next,
		})
		if err != nil {
			return listing{}, err
		}
		pg := readPage(bytes.TrimSpace(r.body), "value")
		had, flaw, err := s.storeRows(typ, r, pg, see)
		if err != nil {
			return listing{}, err
		}
		l.had += had
		if r.status == snapshot.Empty && pg.whole {
			r.status = snapshot.OK // a page without rows; the list may have some
		}
		if r.status != snapshot.OK {
			return l, s.storeFlaw(typ, r, n, l.had)
		}
		last, endless := p.goesOn(r, pg, links, n)
		flaws = cmp.Or(flaws, flaw, endless)
		if last {
			_, hidden := s.hides(typ)
			flaws = cmp.Or(flaws, hidden)
		}
		switch {
		case !last && endless == "":
		case flaws != "":
			r.status, r.detail = snapshot.Partial, flaws
			return l, s.storeFlaw(typ, r, n, l.had)
		default:
			l.whole = true
			return l, s.storeEmpty(typ, r, l.had)
		}
	}
	return l, nil
}

// goesOn reports whether a page is the last one, or else why the list cannot be
// followed from here. links are the pages that were named before.
func (p pages) goesOn(r reply, pg page, links map[string]bool, n int) (last bool, flaw string) {
	switch {
	case pg.next == "":
		return true, ""
	case r.err != nil:
		return false, "the next page cannot be asked for: " + clean(r.err.Error())
	case links[pg.next], n == maxPages:
		return false, "the list does not end: a page names an earlier one as the next"
	}
	links[pg.next] = true
	return false, ""
}

// storeRows keeps the rows of a page, and says what is wrong with them.
func (s *subscription) storeRows(typ string, r reply, pg page, see func(listed)) (had int, flaw string, err error) {
	if r.answered.status >= 300 {
		return 0, "", nil
	}
	r.status, r.detail = snapshot.OK, ""
	for _, raw := range pg.rows {
		id := idOf(raw)
		rid, ok := parseID(id)
		if !ok || !strings.EqualFold(rid.typ, typ) {
			flaw = "the list has an element whose ID is not that of one of " + typ + ": " + clean(id)
			continue
		}
		rid.typ = typ
		stored, err := s.store(evidence.AzurePath(s.id, typ, rid.group, rid.name, "", ""), r, raw)
		if err != nil {
			return had, "", err
		}
		if !stored {
			flaw = "the list names " + clean(id) + " twice, so its pages overlap and may leave others out"
			continue
		}
		had++
		if see != nil {
			see(listed{rid, raw})
		}
	}
	return had, flaw, nil
}

// storeFlaw keeps the answer that kept a list from being whole.
func (s *subscription) storeFlaw(typ string, r reply, n, had int) error {
	if r.status == snapshot.Empty {
		r.status = snapshot.Partial // no list at all, which does not say that there is none
	}
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
