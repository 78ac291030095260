package azure

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/network/armnetwork/v9"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resourcegraph/armresourcegraph"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Collect stores what Azure answers about every subscription. A call that is
// refused, throttled or broken becomes an item that says so, and the others go
// on; the error is for evidence that cannot be written and for ctx being done.
func (c *Collector) Collect(ctx context.Context, w *evidence.Writer) error {
	defer c.http.CloseIdleConnections()
	start := c.opts.Now()
	if err := c.authenticate(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return c.storeLoginFailure(w, start, err)
	}
	files := newStorage(w)
	t := newTasks(ctx, maxSubscriptions)
	for _, id := range c.opts.Subscriptions {
		t.start(func(ctx context.Context) error {
			s, err := c.subscription(id, files)
			if err != nil {
				return err
			}
			return s.collect(ctx)
		})
	}
	err, stored := t.wait(), files.wait()
	return cmp.Or(err, stored)
}

// storeLoginFailure makes an item for every list that could not be asked for.
func (c *Collector) storeLoginFailure(w *evidence.Writer, start time.Time, cause error) error {
	status, detail := loginStatus(cause, c.opts.CallTimeout)
	at := c.opts.Now()
	for _, sub := range c.opts.Subscriptions {
		for _, typ := range collectedTypes() {
			err := w.Add(evidence.Item{
				Path: listPath(sub, typ), Source: "azure/" + sub, What: "log in to " + strings.TrimSuffix(c.cloud.ActiveDirectoryAuthorityHost, "/"),
				Status: status, Detail: detail, At: stamp(at), TookMS: at.Sub(start).Milliseconds(),
				Identity: map[string]string{"subscription": sub},
			}, nil)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// subscription is one subscription while it is collected.
type subscription struct {
	c       *Collector
	id      string
	files   *storage
	network *armnetwork.ClientFactory
	graph   *armresourcegraph.Client

	pipeline runtime.Pipeline    // for what the SDK has no function for
	versions map[string][]string // of each type; set before gateways are asked
	rights   rights              // set before anything is listed

	mu     sync.Mutex // guards stored
	stored map[string]bool
}

func (c *Collector) subscription(id string, files *storage) (*subscription, error) {
	network, err := armnetwork.NewClientFactory(id, c.cred, c.arm)
	if err != nil {
		return nil, fmt.Errorf("azure client: %w", err)
	}
	graph, err := armresourcegraph.NewClient(c.cred, c.arm)
	if err != nil {
		return nil, fmt.Errorf("azure client: %w", err)
	}
	pipeline, err := newPipeline(c)
	if err != nil {
		return nil, fmt.Errorf("azure client: %w", err)
	}
	return &subscription{c: c, id: id, files: files, network: network, graph: graph, pipeline: pipeline, stored: make(map[string]bool)}, nil
}

// collect lists what can be listed, and then asks for what has to be asked one
// by one.
func (s *subscription) collect(ctx context.Context) error {
	if err := s.learnRights(ctx); err != nil {
		return err
	}
	lists := newTasks(ctx, s.c.opts.Concurrency)
	f := &found{samples: make(samples)}
	for _, l := range s.lists(f) {
		lists.start(func(ctx context.Context) error {
			got, err := s.list(ctx, l.typ, l.p, l.see)
			if l.typ == typeVNets && err == nil {
				f.vnets = got
			}
			return err
		})
	}
	var inv inventory
	lists.start(func(ctx context.Context) error {
		var err error
		inv, err = s.inventory(ctx)
		return err
	})
	lists.start(s.provider)
	if err := lists.wait(); err != nil {
		return err
	}
	inv.crossCheck(f.held, f.vnets.whole)
	if err := s.storeInventory(&inv); err != nil {
		return err
	}
	each := newTasks(ctx, s.c.opts.Concurrency)
	s.startConnections(each, inv)
	s.startGateways(each, inv)
	s.startCircuits(each, f)
	s.startHubs(each, f)
	s.startSamples(each, f)
	return each.wait()
}

// call is one call of the SDK, with its retries and polls.
type call struct {
	kind   kind
	action string // the permission it needs
	limit  time.Duration
	do     func(context.Context) error
}

// reply is how a call went.
type reply struct {
	answered
	status snapshot.Status
	detail string
	at     time.Time
	took   time.Duration
	err    error // what the SDK said, also where the answer is usable
}

// run makes a call. Its error is only for ctx being done.
func (s *subscription) run(ctx context.Context, k call) (reply, error) {
	var x exchange
	start := s.c.opts.Now()
	// A call that waits for Retry-After lives longer than any one try of it.
	bound, cancel := context.WithTimeout(record(ctx, &x), k.limit+maxRetryAfter)
	defer cancel()
	err := k.do(bound)
	if ctx.Err() != nil {
		return reply{}, ctx.Err()
	}
	at := s.c.opts.Now()
	r := reply{answered: x.answer(), at: at, took: at.Sub(start), err: err}
	r.status, r.detail = judge(err, r.answered, k.kind, k.action, k.limit)
	return r, nil
}

// requestID is Azure's name for the call, by which its support can find it.
func (r reply) requestID() string {
	for _, h := range []string{"X-Ms-Request-Id", "X-Ms-Arm-Service-Request-Id", "X-Ms-Correlation-Request-Id"} {
		if v := r.header.Get(h); v != "" {
			return clean(v)
		}
	}
	return ""
}

// store keeps body at path as what r answered. A path is kept once: the second
// time reports false.
func (s *subscription) store(p string, r reply, body []byte) (bool, error) {
	s.mu.Lock()
	again := s.stored[p]
	s.stored[p] = true
	s.mu.Unlock()
	if again {
		return false, nil
	}
	identity := map[string]string{"subscription": s.id}
	if id := r.requestID(); id != "" {
		identity["requestID"] = id
	}
	return true, s.files.add(evidence.Item{
		Path: p, Source: "azure/" + s.id, What: r.request, Status: r.status, Detail: r.detail,
		At: stamp(r.at), TookMS: r.took.Milliseconds(), Identity: identity,
	}, body)
}

func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// listPath is where the state of a list is kept when it is not whole.
func listPath(sub, typ string) string {
	return path.Join("azure", evidence.Segment(sub), typ+".json")
}

// tasks runs functions at once, a bounded number at a time, until one fails.
type tasks struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	slots  chan struct{}
	wg     sync.WaitGroup
}

func newTasks(ctx context.Context, n int) *tasks {
	t := &tasks{slots: make(chan struct{}, n)}
	t.ctx, t.cancel = context.WithCancelCause(ctx)
	return t
}

// start runs f as soon as there is a free slot, unless the group has ended.
func (t *tasks) start(f func(context.Context) error) {
	t.wg.Go(func() {
		select {
		case t.slots <- struct{}{}:
			defer func() { <-t.slots }()
		case <-t.ctx.Done():
			return
		}
		if err := f(t.ctx); err != nil {
			t.cancel(err)
		}
	})
}

// wait waits for all functions and returns the first error, or why the group's
// context is done.
func (t *tasks) wait() error {
	t.wg.Wait()
	err := context.Cause(t.ctx)
	t.cancel(nil)
	return err
}

// notFound reports whether a resource is gone since it was listed.
func (r reply) notFound() bool { return r.answered.status == http.StatusNotFound }
