package azure

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync"
)

// errTooLong ends an answer that is longer than maxAnswer.
var errTooLong = errors.New("the answer is too long")

// exchange is what one call was answered: the first request, and the last
// answer of its retries and polls, as received. Unlike what the SDK keeps, it
// also has an answer that broke off.
type exchange struct {
	mu      sync.Mutex // guards the rest: a try that timed out may still be reading
	try     int
	request string
	status  int // zero: no answer
	header  http.Header
	body    []byte
	cut     error
	before  *answered // by the try before, if it was answered
}

// answered is a copy of an exchange's answer at one moment.
type answered struct {
	request string
	status  int
	header  http.Header
	body    []byte
	cut     error
	before  *answered
}

func (x *exchange) answer() answered {
	x.mu.Lock()
	defer x.mu.Unlock()
	return answered{x.request, x.status, x.header, x.body, x.cut, x.before}
}

type exchangeKey struct{}

// record makes the calls under ctx keep their exchange in x.
func record(ctx context.Context, x *exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}

// recorder is a transport that fills in the exchange of the request's context,
// has no more calls under way than there are slots, and asks nobody but the endpoint.
type recorder struct {
	next     http.RoundTripper
	endpoint *url.URL
	slots    chan struct{}
}

// RoundTrip implements [http.RoundTripper].
func (t recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := stays(t.endpoint, r.URL); err != nil {
		return nil, err
	}
	select {
	case t.slots <- struct{}{}:
		defer func() { <-t.slots }()
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	x, ok := r.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		return t.next.RoundTrip(r)
	}
	x.mu.Lock()
	x.try++
	try := x.try
	if x.request == "" {
		x.request = r.Method + " " + r.URL.RequestURI()
	}
	if x.status != 0 {
		x.before = &answered{status: x.status, header: x.header, body: x.body}
	}
	x.status, x.header, x.body, x.cut = 0, nil, nil, nil
	x.mu.Unlock()
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	x.mu.Lock()
	if x.try == try {
		x.status, x.header = resp.StatusCode, resp.Header
	}
	x.mu.Unlock()
	resp.Body = &recorded{ReadCloser: resp.Body, x: x, try: try}
	return resp, nil
}

// recorded is an answer's body that is copied to its exchange as it is read.
type recorded struct {
	io.ReadCloser
	x   *exchange
	try int
	n   int
}

func (b *recorded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n += n
	if err == nil && b.n > maxAnswer {
		err = errTooLong
	}
	b.x.mu.Lock()
	defer b.x.mu.Unlock()
	if b.x.try == b.try {
		b.x.body = append(b.x.body, p[:n]...)
		if err != nil && !errors.Is(err, io.EOF) {
			b.x.cut = err
		}
	}
	return n, err
}
