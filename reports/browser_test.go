package reports_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/routeproof/routeproof/reports"
)

var shots = flag.String("screenshots", "", "keep screenshots of the page in this directory")

// browser is a headless Chromium, spoken to over the DevTools protocol on pipes.
type browser struct {
	t       *testing.T
	in      *os.File
	out     *bufio.Reader
	id      int
	session string
	events  []event
}

type event struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct{ Message string }
}

// startBrowser skips the test where there is no Chromium.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	name := ""
	for _, candidate := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(candidate); err == nil {
			name = path
			break
		}
	}
	if name == "" {
		t.Skip("no chromium, chromium-browser or google-chrome on the PATH: the page was not opened in a browser")
	}
	theirsIn, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, theirsOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := os.MkdirTemp("", "chromium") //nolint:usetesting // t.TempDir fails a test when Chromium still writes while it ends
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 90*time.Second)
	cmd := exec.CommandContext(ctx, name, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
		"--remote-debugging-pipe", "--user-data-dir="+profile, "about:blank")
	cmd.ExtraFiles = []*os.File{theirsIn, theirsOut} // 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = theirsIn.Close(), theirsOut.Close()
	b := &browser{t: t, in: in, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		_, _ = fmt.Fprintf(in, `{"id":999999,"method":"Browser.close"}`+"\x00")
		_ = cmd.Wait()
		cancel()
		_, _ = in.Close(), out.Close()
		_ = os.RemoveAll(profile)
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Network", "Log", "Runtime"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

func (b *browser) read() event {
	b.t.Helper()
	data, err := b.out.ReadBytes(0)
	if err != nil {
		b.t.Fatalf("Chromium ended: %v", err)
	}
	var e event
	if err := json.Unmarshal(bytes.TrimRight(data, "\x00"), &e); err != nil {
		b.t.Fatal(err)
	}
	return e
}

func (b *browser) call(method string, params map[string]any, result any) {
	b.t.Helper()
	b.id++
	message := map[string]any{"id": b.id, "method": method, "params": params}
	if params == nil {
		message["params"] = map[string]any{}
	}
	if b.session != "" {
		message["sessionId"] = b.session
	}
	data, err := json.Marshal(message)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.in.Write(append(data, 0)); err != nil {
		b.t.Fatal(err)
	}
	for {
		e := b.read()
		if e.ID != b.id {
			b.events = append(b.events, e)
			continue
		}
		if e.Error != nil {
			b.t.Fatalf("%s: %s", method, e.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(e.Result, result); err != nil {
				b.t.Fatal(err)
			}
		}
		return
	}
}

// open loads a file and returns what happened until it was loaded.
func (b *browser) open(file string) []event {
	b.t.Helper()
	b.events = nil
	b.call("Page.navigate", map[string]any{"url": "file://" + file}, nil)
	for loaded := false; !loaded; {
		for _, e := range b.events {
			loaded = loaded || e.Method == "Page.loadEventFired"
		}
		if !loaded {
			b.events = append(b.events, b.read())
		}
	}
	return b.events
}

func (b *browser) eval(expression string) string {
	b.t.Helper()
	var r struct{ Result struct{ Value any } }
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &r)
	return fmt.Sprint(r.Result.Value)
}

func (b *browser) look(width int, scheme string) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

func (b *browser) screenshot(name string) {
	b.t.Helper()
	var shot struct{ Data []byte }
	var raw struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &raw)
	shot.Data, _ = base64.StdEncoding.DecodeString(raw.Data)
	if err := os.WriteFile(filepath.Join(*shots, name), shot.Data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// contrast is the least ratio between the colour of a text and what is behind
// it, over all elements that have text of their own. It takes SVG's fill.
const contrast = `(() => {
  const parse = c => { const m = c.match(/[\d.]+/g).map(Number); return m.length > 3 && m[3] === 0 ? null : m.slice(0, 3) };
  const lum = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 }); return .2126 * r + .7152 * g + .0722 * b };
  let worst = [99, ''];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || e.tagName === 'title') continue;
    let up = e, back = null;
    while (up && !(back = parse(getComputedStyle(up).backgroundColor))) up = up.parentElement;
    const s = getComputedStyle(e), fore = parse(e.ownerSVGElement ? s.fill : s.color);
    const [a, b] = [lum(fore), lum(back || [255, 255, 255])].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < worst[0]) worst = [ratio, e.tagName + '.' + (e.getAttribute('class') || '') + ' ' + e.textContent.slice(0, 40)];
  }
  return worst[0] >= 4.5 ? '' : worst.join(' ');
})()`

// crossed are the nodes of the picture of the network that a line runs through.
const crossed = `(() => {
  const boxes = [...document.querySelectorAll('.net rect.node')].map(r => r.getBBox());
  const inside = (p, b) => p.x > b.x + 2 && p.x < b.x + b.width - 2 && p.y > b.y + 2 && p.y < b.y + b.height - 2;
  const hits = new Set();
  for (const line of document.querySelectorAll('.net path')) {
    for (let at = 0; at <= line.getTotalLength(); at += 3) {
      if (boxes.some(b => inside(line.getPointAtLength(at), b))) hits.add(line.parentNode.textContent);
    }
  }
  return [...hits].join(', ');
})()`

// unreachable is what a reader without a mouse cannot scroll to, and links that are
// too small for a finger (WCAG 2.2, 2.1.1 and 2.5.8).
const unreachable = `(() => {
  document.querySelectorAll('details').forEach(d => d.open = true);
  const hidden = [...document.querySelectorAll('main *')].filter(e => getComputedStyle(e).overflowX === 'auto' && e.scrollWidth > e.clientWidth && e.tabIndex < 0);
  const small = [...document.querySelectorAll('.lane a')].filter(e => e.getBoundingClientRect().height < 24);
  return [...hidden, ...small].map(e => e.tagName + ' ' + e.textContent.slice(0, 40)).slice(0, 3).join(', ');
})()`

func TestThePageInABrowser(t *testing.T) {
	b := startBrowser(t)
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, []byte(write(t, reports.HTML, decided())), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{1280, 390, 320} {
		for _, scheme := range []string{"light", "dark"} {
			b.look(width, scheme)
			for _, e := range b.open(file) {
				switch e.Method {
				case "Network.requestWillBeSent":
					if !strings.Contains(string(e.Params), `"url":"file://`+file) {
						t.Errorf("%d %s: the page loads something: %s", width, scheme, e.Params)
					}
				case "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown":
					t.Errorf("%d %s: %s: %s", width, scheme, e.Method, e.Params)
				}
			}
			if got := b.eval("document.documentElement.scrollWidth"); got != fmt.Sprint(width) {
				t.Errorf("%s: the page is %s pixels wide on a screen of %d", scheme, got, width)
			}
			if got := b.eval(contrast); got != "" {
				t.Errorf("%d %s: the contrast of %s is too low to read", width, scheme, got)
			}
			if got := b.eval(unreachable); got != "" {
				t.Errorf("%d %s: %s", width, scheme, got)
			}
			if *shots != "" {
				b.screenshot(fmt.Sprintf("sample-%d-%s.png", width, scheme))
			}
		}
	}
	if got := b.eval("document.querySelectorAll('.net path').length"); got == "0" {
		t.Error("no link in the picture of the network")
	}
	if got := b.eval(crossed); got != "" {
		t.Errorf("%s: a line runs through a node", got)
	}
	if got := b.eval("document.querySelectorAll('script,img,iframe,object,embed,link,form,base,[onclick],[onload],[onerror]').length"); got != "0" {
		t.Errorf("%s elements that a report must not have", got)
	}
}

// What is wider than the paper is not printed at all: there is nothing to scroll.
func TestAPrintedPageLosesNoColumn(t *testing.T) {
	b := startBrowser(t)
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, []byte(write(t, reports.HTML, large(200))), 0o600); err != nil {
		t.Fatal(err)
	}
	const paper = 718 // pixels across an A4 page within Chromium's margins
	b.look(paper, "light")
	b.call("Emulation.setEmulatedMedia", map[string]any{"media": "print"}, nil)
	b.open(file)
	const wide = `[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
		.map(e => e.tagName + '.' + e.getAttribute('class')).slice(0, 5).join(' ')`
	if got := b.eval(wide); got != "" {
		t.Errorf("beyond the edge of the paper: %s", got)
	}
}
