// Package router collects from routers over SSH and reads what they printed. It
// is the only package that imports scrapligo; the platforms' commands and the
// reading of their output live in the packages below it.
package router

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/routeproof/routeproof/collectors/router/frr"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Device is a router to collect from. Host keys are always checked against
// KnownHosts; there is no way to turn that off.
type Device struct {
	Name     string // in the configuration and the evidence
	Address  string // host:port
	Platform string
	User     string

	Password   string // also answers keyboard-interactive questions
	Key        []byte // a private key in PEM
	Passphrase string // of Key
	Agent      string // the socket of an SSH agent

	KnownHosts string // path of a known_hosts file

	ConnectTimeout time.Duration // zero: 15 s
	CommandTimeout time.Duration // zero: 120 s
	MaxBytes       int           // of one command's output; zero: 256 MiB

	Now func() time.Time
}

// Platforms are the platforms that can be collected from.
func Platforms() []string { return []string{frr.Platform} }

// platform is what has to be known to talk to a kind of router.
type platform struct {
	setup    []string
	commands []string
	failed   []string // texts with which it refuses a command
}

func platformOf(name string) (platform, error) {
	switch name {
	case frr.Platform:
		return platform{
			setup: frr.Setup(), commands: frr.Commands(),
			failed: []string{"% Unknown command", "% Ambiguous command", "% Command incomplete", "% There is no matched command"},
		}, nil
	default:
		return platform{}, fmt.Errorf("unknown router platform %q (want %s)", name, strings.Join(Platforms(), " or "))
	}
}

// Collector collects from one router.
type Collector struct {
	device   Device
	platform platform
}

// New returns a collector for a device, or an error that names the platform.
func New(d Device) (*Collector, error) {
	p, err := platformOf(d.Platform)
	if err != nil {
		return nil, fmt.Errorf("router %s: %w", d.Name, err)
	}
	if d.ConnectTimeout == 0 {
		d.ConnectTimeout = 15 * time.Second
	}
	if d.CommandTimeout == 0 {
		d.CommandTimeout = 120 * time.Second
	}
	if d.MaxBytes == 0 {
		d.MaxBytes = 256 << 20
	}
	if d.Now == nil {
		return nil, fmt.Errorf("router %s: no clock", d.Name)
	}
	return &Collector{d, p}, nil
}

// Collect stores what each of the platform's commands printed. A router that
// cannot be reached gives every command an item that says so.
func (c *Collector) Collect(ctx context.Context, w *evidence.Writer) error {
	s, err := c.connect(ctx)
	if err != nil {
		for _, cmd := range c.platform.commands {
			if err := c.add(w, cmd, answer{status: statusOf(err), detail: err.Error(), at: c.device.Now()}); err != nil {
				return err
			}
		}
		return ctx.Err()
	}
	defer s.close()
	broken := false
	for _, cmd := range c.platform.commands {
		a := answer{status: snapshot.Error, detail: "not asked: the session had ended", at: c.device.Now()}
		if !broken {
			a = s.ask(ctx, cmd)
			a.fingerprint = s.fingerprint
			broken = a.broken
		}
		if err := c.add(w, cmd, a); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// answer is what a command brought.
type answer struct {
	text        []byte
	status      snapshot.Status
	detail      string
	fingerprint string
	at          time.Time
	took        time.Duration
	broken      bool // the session cannot be used any more
}

func (c *Collector) add(w *evidence.Writer, command string, a answer) error {
	id := map[string]string{"platform": c.device.Platform}
	if a.fingerprint != "" {
		id["hostKey"] = a.fingerprint
	}
	return w.Add(evidence.Item{
		Path: evidence.RouterPath(c.device.Name, command), Source: "router/" + c.device.Name, What: command,
		Status: a.status, Detail: a.detail, At: a.at.UTC(), TookMS: a.took.Milliseconds(), Identity: id,
	}, a.text)
}

func statusOf(err error) snapshot.Status {
	if errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "i/o timeout") {
		return snapshot.Timeout
	}
	if strings.Contains(err.Error(), "unable to authenticate") {
		return snapshot.Denied
	}
	return snapshot.Error
}
