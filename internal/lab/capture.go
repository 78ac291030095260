package lab

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// A place is where a marker can be seen: a private peering, the firewall, or delivered to its destination.
type place string

const (
	atFirewall place = "firewall"
	delivered  place = "delivered"
)

// A witness remembers which marker was seen where.
type witness struct {
	mu   sync.Mutex
	seen map[marker]map[place]int
	esp  map[place]int
}

// A marker is what a probe's packet carries.
type marker [16]byte

// magic precedes every marker on the wire.
const magic = "routeproof-probe:"

func (m marker) payload() []byte { return []byte(magic + hex.EncodeToString(m[:])) }

func newWitness() *witness {
	return &witness{seen: map[marker]map[place]int{}, esp: map[place]int{}}
}

// saw notes the marker in a packet, if there is one.
func (w *witness) saw(at place, packet []byte) {
	_, rest, found := bytes.Cut(packet, []byte(magic))
	var m marker
	if !found || len(rest) < hex.EncodedLen(len(m)) {
		return
	}
	if _, err := hex.Decode(m[:], rest[:hex.EncodedLen(len(m))]); err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen[m] == nil {
		w.seen[m] = map[place]int{}
	}
	w.seen[m][at]++
}

func (w *witness) count(m marker, at place) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen[m][at]
}

func (w *witness) espCounts() map[place]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.esp)
}

// A capture reads every frame on one device, in both directions. What it sees goes to the witness and into a file that
// tcpdump reads.
type capture struct {
	at     place
	node   Node
	device string
	fence  netip.Addr // a packet from node to here crosses device

	tap   *tap
	ended chan struct{} // closed when no frame is read any more
	err   error         // why, once ended is closed; nil at the end of the lab

	mu     sync.Mutex
	missed int // frames that the kernel could not keep
}

// startCaptures listens on both private peerings and at the firewall, if there is one, and returns when all listen.
func (l *Lab) startCaptures(context.Context) error {
	if _, ok := l.nodes[Firewall]; ok {
		l.captures = append(l.captures, &capture{at: atFirewall, node: Firewall, device: "eth0", fence: erGatewayIP()})
	}
	for _, s := range sites() {
		l.captures = append(l.captures, &capture{at: place(s.link), node: s.msee, device: "er0", fence: s.er})
	}
	return parallel(l.captures, func(_ int, c *capture) error {
		if err := c.start(l); err != nil {
			return fmt.Errorf("at %s: %w", c.at, err)
		}
		return nil
	})
}

func (c *capture) start(l *Lab) error {
	file, err := os.Create(l.Captures()[string(c.at)])
	if err != nil {
		return err
	}
	if err = writeCaptureHeader(file); err == nil {
		c.tap, err = l.nodes[c.node].tap(c.device)
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	c.ended = make(chan struct{})
	go func() {
		defer close(c.ended)
		c.err = errors.Join(c.read(l.witness, file), file.Close())
	}()
	l.atClose(c.stop)
	return nil
}

// read handles frames until the tap is closed.
func (c *capture) read(w *witness, file io.Writer) error {
	buf := make([]byte, 1<<17)
	for {
		k, err := c.tap.read(buf)
		if errors.Is(err, os.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		w.frame(c.at, buf[:k])
		if err := writeCaptureFrame(file, buf[:k]); err != nil {
			return err
		}
	}
}

func (c *capture) stop() error {
	err := c.tap.close()
	<-c.ended
	return errors.Join(err, c.err)
}

// whole fails if the capture has ended or has ever missed a frame: then it cannot say that something was not there.
func (c *capture) whole() error {
	select {
	case <-c.ended:
		return errors.Join(fmt.Errorf("the capture at %s has ended", c.at), c.err)
	default:
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	missed, err := c.tap.missed()
	if err != nil {
		return fmt.Errorf("the capture at %s: %w", c.at, err)
	}
	if c.missed += missed; c.missed > 0 {
		return fmt.Errorf("the capture at %s missed %d frames", c.at, c.missed)
	}
	return nil
}

// Captures are the capture files, by link and "firewall". They grow while the lab runs, a frame at a time.
func (l *Lab) Captures() map[string]string {
	files := map[string]string{}
	for _, c := range l.captures {
		files[string(c.at)] = filepath.Join(l.dir, string(c.at)+".pcap")
	}
	return files
}

// writeCaptureHeader begins a pcap file of Ethernet frames, version 2.4, with times in microseconds.
func writeCaptureHeader(w io.Writer) error {
	header := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	header = binary.LittleEndian.AppendUint16(header, 2)
	header = binary.LittleEndian.AppendUint16(header, 4)
	header = append(header, make([]byte, 8)...)
	header = binary.LittleEndian.AppendUint32(header, 1<<18)
	header = binary.LittleEndian.AppendUint32(header, 1)
	_, err := w.Write(header)
	return err
}

func writeCaptureFrame(w io.Writer, frame []byte) error {
	at := now()
	size := uint32(len(frame)) //nolint:gosec // at most the buffer's
	record := make([]byte, 0, 16+len(frame))
	record = binary.LittleEndian.AppendUint32(record, uint32(at.Unix()))            //nolint:gosec // until 2106
	record = binary.LittleEndian.AppendUint32(record, uint32(at.Nanosecond()/1000)) //nolint:gosec // below a million
	record = binary.LittleEndian.AppendUint32(record, size)
	record = binary.LittleEndian.AppendUint32(record, size)
	_, err := w.Write(append(record, frame...))
	return err
}

// now stamps captured frames and bounds waits on sockets; no result depends on it.
func now() time.Time {
	return time.Now() //nolint:forbidigo // see above
}

// frame looks at one captured frame: for a marker, and whether it is ESP (in UDP, port 4500, not IKE).
func (w *witness) frame(at place, frame []byte) {
	w.saw(at, frame)
	const ethernet, udp = 14, 8
	if len(frame) < ethernet+20 || frame[12] != 8 || frame[13] != 0 || frame[ethernet+9] != 17 {
		return
	}
	payload := frame[ethernet:]
	payload = payload[min(len(payload), int(payload[0]&15)*4):]
	if len(payload) < udp+8 || binary.BigEndian.Uint16(payload[2:]) != 4500 || binary.BigEndian.Uint32(payload[udp:]) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.esp[at]++
}
