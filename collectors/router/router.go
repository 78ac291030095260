// Package router collects from routers over SSH and reads what they printed. It
// is the only package that imports scrapligo; the platforms' commands and the
// reading of their output live in the packages below it.
package router

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"time"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// Device is a router to collect from, and how to log in to it; [Hop] says what
// the fields that both have mean.
type Device struct {
	Name     string // in the configuration and the evidence
	Address  string // host:port
	Platform string
	User     string

	Password    string
	Key         []byte
	Passphrase  string
	Certificate []byte
	Agent       string

	KnownHosts string
	Legacy     bool

	// Jump are the hosts to go through, the nearest first. Each has its own
	// credentials, and its own host key is checked.
	Jump []Hop

	ConnectTimeout time.Duration // to log in to one host; zero: 15 s
	CommandTimeout time.Duration // for one command; zero: 10 min
	IdleTimeout    time.Duration // without a byte, within a command; zero: 60 s
	MaxBytes       int64         // of one command's output; zero: 512 MiB

	// Slots, where it is not nil, holds one value for every router that is being
	// collected from: its capacity bounds how many are at once. Devices share it.
	Slots chan struct{}

	Now func() time.Time
}

// hop is the device as the last host on the way to it.
func (d Device) hop() Hop {
	return Hop{
		Address: d.Address, User: d.User, Password: d.Password, Key: d.Key, Passphrase: d.Passphrase,
		Certificate: d.Certificate, Agent: d.Agent, KnownHosts: d.KnownHosts, Legacy: d.Legacy,
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
	d.ConnectTimeout = cmp.Or(d.ConnectTimeout, 15*time.Second)
	d.CommandTimeout = cmp.Or(d.CommandTimeout, 10*time.Minute)
	d.IdleTimeout = cmp.Or(d.IdleTimeout, 60*time.Second)
	d.MaxBytes = cmp.Or(d.MaxBytes, 512<<20)
	if d.Now == nil {
		return nil, fmt.Errorf("router %s: no clock", d.Name)
	}
	return &Collector{d, p}, nil
}

// Collect stores what each of the platform's commands printed. A router that
// cannot be reached gives every command an item that says so. After a command
// that ended in doubt the session is closed, because what comes next may still
// belong to it, and the next command is asked in a new one; no command is asked
// twice.
func (c *Collector) Collect(ctx context.Context, w *evidence.Writer) error {
	if c.device.Slots != nil {
		select {
		case c.device.Slots <- struct{}{}:
			defer func() { <-c.device.Slots }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	r := visit{Collector: c, platform: c.platform, w: w}
	defer r.leave()
	for _, group := range inGroups(c.platform.commands) {
		if err := r.collect(ctx, r.asked(group)); err != nil {
			return err
		}
	}
	for _, group := range inGroups(r.ofVRFs()) {
		if err := r.collect(ctx, group); err != nil {
			return err
		}
	}
	for _, group := range inGroups(r.ofNeighbors()) {
		if err := r.collect(ctx, group); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// maxLogins bounds how often one collection logs in to a router that keeps
// breaking sessions.
const maxLogins = 6

// visit is one collection from one router.
type visit struct {
	*Collector
	platform platform          // with the commands that the router's neighbours add
	seen     snapshot.Sessions // its neighbours
	vrfs     bool              // it has more VRFs than the default one
	w        *evidence.Writer
	session  *session
	logins   int
	away     error             // why there is no more session
	id       map[string]string // of the last session
}

// asked are commands as this router is asked them.
func (v *visit) asked(commands []string) []string {
	if v.platform.inVRFs == nil || !v.vrfs {
		return commands
	}
	out := make([]string, len(commands))
	for i, c := range commands {
		out[i] = v.platform.inVRFs(c)
	}
	return out
}

// collect stores the answers to commands. Where a table and its summary are asked
// together, the table must be of one version.
func (v *visit) collect(ctx context.Context, commands []string) error {
	answers := make([]answer, len(commands))
	streams := make([]*evidence.Stream, len(commands))
	ids := make([]map[string]string, len(commands))
	for i, cmd := range commands {
		stream, err := v.w.Stream(evidence.RouterPath(v.device.Name, cmd))
		if err != nil {
			return err
		}
		heard := listener{to: stream, on: listsNeighbors(cmd) || v.platform.listsVRFs(cmd)}
		streams[i], answers[i] = stream, v.ask(ctx, cmd, &heard)
		if answers[i].err != nil {
			return answers[i].err
		}
		v.hear(cmd, answers[i], &heard)
		ids[i] = v.identity()
	}
	if len(answers) == 2 && answers[0].status == snapshot.OK {
		if why := moved(answers[0].head, answers[1].head); why != "" {
			answers[0].status, answers[0].detail = snapshot.Partial, why
		}
	}
	for i, a := range answers {
		err := streams[i].Close(evidence.Item{
			Path: evidence.RouterPath(v.device.Name, commands[i]), Source: "router/" + v.device.Name, What: commands[i],
			Status: a.status, Detail: a.detail, At: a.at.UTC(), TookMS: a.took.Milliseconds(), Identity: ids[i],
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ask asks one command, in a new session where there is none.
func (v *visit) ask(ctx context.Context, command string, stream io.Writer) answer {
	if v.session == nil && v.away == nil {
		v.enter(ctx)
	}
	if v.away != nil {
		return answer{status: statusOf(v.away), detail: v.away.Error(), at: v.device.Now()}
	}
	a := v.session.ask(ctx, command, stream)
	if a.broken {
		v.leave()
	}
	return a
}

// enter logs in.
func (v *visit) enter(ctx context.Context) {
	v.id = nil
	if v.logins++; v.logins > maxLogins {
		v.away = fmt.Errorf("not asked: %d sessions had broken before", maxLogins)
		return
	}
	if v.session, v.away = v.connect(ctx); v.away == nil {
		v.id = v.session.id
		v.session.platform = v.platform
	}
}

// leave ends the session.
func (v *visit) leave() {
	if v.session != nil {
		v.session.close()
		v.session = nil
	}
}

// identity is what the router proved about itself, and how.
func (v *visit) identity() map[string]string {
	id := map[string]string{"platform": v.platform.name}
	maps.Copy(id, v.id)
	return id
}
