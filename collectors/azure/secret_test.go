package azure_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	azlog "github.com/Azure/azure-sdk-for-go/sdk/azcore/log"

	"github.com/routeproof/routeproof/internal/emulator"
	"github.com/routeproof/routeproof/internal/evidence"
)

// secretMarker is planted where a secret is; "kept" and a number where none is.
const secretMarker = "planted-c0ffee"

// spellings are the names of secrets in all the ways in which they are written.
func spellings() []string {
	var all []string
	for _, name := range []string{
		"serviceKey", "authorizationKey", "sharedKey", "radiusServerSecret", "md5Key", "md5AuthenticationKey", "preSharedKey", "peeringSharedKey",
		"sharedKeys", "sharedKey2", "primaryKey", "radiusServerSecrets", "bgpMd5Key", "vpnClientSecret",
	} {
		words := regexp.MustCompile(`[A-Z]?[a-z0-9]+`).FindAllString(name, -1)
		all = append(
			all, name, strings.ToLower(name), strings.ToUpper(name), strings.ToUpper(name[:1])+name[1:], strings.Join(words, "_"),
			strings.ToLower(strings.Join(words, "-")), strings.ToUpper(strings.Join(words, "_")), strings.Join(words, " "), strings.Join(words, "."),
		)
	}
	return all
}

// isSecret says of the members of the payloads which of them is a secret.
func isSecret(name string) bool {
	switch name {
	case "serviceKey", "authorizationKey", "sharedKey", "radiusServerSecret":
		return true
	}
	return false
}

// planter puts markers into a payload.
type planter struct {
	kept, planted int
	spell         []string
	nth           int
}

func (p *planter) value(v any) any {
	switch v := v.(type) {
	case string:
		p.kept++
		return fmt.Sprintf("kept%dkept", p.kept)
	case []any:
		for i := range v {
			v[i] = p.value(v[i])
		}
	case map[string]any:
		for name, member := range v {
			if isSecret(name) {
				v[name] = secretMarker
				p.planted++
				continue
			}
			v[name] = p.value(member)
		}
		p.plant(v)
	}
	return v
}

// plant adds secrets to an object: another few spellings and shapes to each.
func (p *planter) plant(v map[string]any) {
	for _, shape := range []any{
		secretMarker,
		map[string]any{"value": secretMarker},
		[]any{secretMarker, map[string]any{"a": []any{secretMarker}}},
		"x\"" + secretMarker + "\\",
		map[string]any{"properties": map[string]any{"id": secretMarker}},
	} {
		v[p.spell[p.nth%len(p.spell)]] = shape
		p.nth++
		p.planted++
	}
}

// payloads are the fixtures and, where they are, the recorded answers.
func payloads(t *testing.T) map[string][]byte {
	t.Helper()
	all := make(map[string][]byte)
	for p, body := range files(t, fixtures(t)) {
		all[p] = []byte(body)
	}
	recorded := filepath.Join("..", "..", "..", "shared", "data", "azure")
	if _, err := os.Stat(recorded); err != nil {
		t.Logf("no recorded answers at %s: only the fixtures are tried", recorded)
		return all
	}
	err := fs.WalkDir(os.DirFS(recorded), ".", func(p string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(p) != ".json" {
			return err
		}
		body, err := os.ReadFile(filepath.Join(recorded, p))
		all["azure/recorded/"+p] = body
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestNoSecretOfAnyPayloadReachesTheDiskAndNothingElseIsLost(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "evidence")
	w, err := evidence.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	p := planter{spell: spellings()}
	wants := make(map[string][2]int)
	for name, body := range payloads(t) {
		var doc any
		if err := json.Unmarshal(body, &doc); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		from := p.kept
		doc = p.value(doc)
		for style, indent := range map[string]string{"compact": "", "indented": "  "} {
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetIndent("", indent)
			if err := e.Encode(doc); err != nil {
				t.Fatal(err)
			}
			item := strings.TrimSuffix(name, ".json") + "." + style + ".json"
			wants[item] = [2]int{from + 1, p.kept}
			detail := "the answer was " + strings.ReplaceAll(b.String()[:min(b.Len(), 3000)], "\n", " ")
			if err := w.Add(evidence.Item{Path: item, Source: "azure/x", Detail: detail}, b.Bytes()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(evidence.Manifest{}); err != nil {
		t.Fatal(err)
	}
	if p.planted < 1000 || p.kept < 200 {
		t.Fatalf("only %d secrets are planted among %d other values", p.planted, p.kept)
	}
	grepDisk(t, dir, secretMarker)
	for item, want := range wants {
		body, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(item)))
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(body) {
			t.Errorf("%s is no JSON any more", item)
		}
		for n := want[0]; n <= want[1]; n++ {
			if !bytes.Contains(body, fmt.Appendf(nil, `"kept%dkept"`, n)) {
				t.Errorf("%s lost the value kept%dkept, which is no secret", item, n)
			}
		}
	}
	t.Logf("%d payloads, %d secrets planted, %d other values kept", len(wants)/2, p.planted, p.kept)
}

// Whatever the answers are, and with all that the SDK logs, no secret is in the
// evidence, in the log or in an error.
func TestNoSecretIsInEvidenceErrorsOrLogs(t *testing.T) {
	var mu sync.Mutex
	var log bytes.Buffer
	azlog.SetListener(func(e azlog.Event, text string) { //nolint:forbidigo // the SDK's own log
		if e == azlog.EventResponseError { //nolint:forbidigo // the SDK's own log
			return // the SDK logs errors whole; those of Azure hold no keys
		}
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintln(&log, e, text)
	})
	defer azlog.SetListener(nil) //nolint:forbidigo // the SDK's own log

	fsys := make(fstest.MapFS)
	p := planter{spell: spellings()}
	for name, body := range files(t, fixtures(t)) {
		var doc any
		if err := json.Unmarshal([]byte(body), &doc); err != nil {
			t.Fatal(err)
		}
		addSecrets(&p, doc)
		raw, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: raw}
	}
	inError := `"code":"Bad","message":"m","sharedKey":"` + secretMarker + `","innererror":{"service_key":"` + secretMarker + `"}}`
	for name, faults := range map[string][]emulator.ARMFault{
		"in whole answers": nil,
		"in cut answers": {
			{Path: regexp.MustCompile(`Routes|expressRouteCircuits\?`), Reply: emulator.ARMCut(420)},
			{Path: regexp.MustCompile(`/connections/`), Reply: emulator.ARMReset(430)},
			{Path: regexp.MustCompile(`/virtualNetworkGateways/`), Reply: emulator.ARMCut(437)},
		},
		"in error answers":      {{Path: regexp.MustCompile(`Microsoft`), Reply: emulator.ARMBody(400, `{"error":{`+inError+`}`)}},
		"in denials":            {{Path: regexp.MustCompile(`Microsoft`), Reply: emulator.ARMBody(403, `{"error":{`+inError+`}`)}},
		"in failed operations":  {{Path: regexp.MustCompile(`Routes`), Result: true, Reply: emulator.ARMBody(200, `{"status":"Failed","error":{`+inError+`}`)}},
		"in answers of no kind": {{Path: regexp.MustCompile(`Microsoft`), Reply: emulator.ARMBody(200, `{"sharedKey":"`+secretMarker+`"}`)}},
		"in what cannot be decoded": {{
			Path: regexp.MustCompile(`Microsoft`), Reply: emulator.ARMBody(200, `{"id":7,"value":{"sharedKey":"`+secretMarker+`"},"properties":"`+`x"}`),
		}},
		"in accepted operations": {{Path: regexp.MustCompile(`Routes`), Reply: func(_ *http.Request, r emulator.ARMReply) emulator.ARMReply {
			r.Header, r.Body = nil, []byte(`{"sharedKey":"`+secretMarker+`"}`)
			return r
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			a := startARM(t, emulator.ARMConfig{FS: fsys, Faults: faults})
			o := options(a)
			_, dir := collect(t, o)
			rights := check(t, o)
			if text := fmt.Sprint(rights); strings.Contains(text, secretMarker) {
				t.Errorf("the check says %s", text)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, secret := range []string{secretMarker, a.Secret, "Bearer emulated", "emulated."} {
				grepDisk(t, dir, secret)
				if bytes.Contains(log.Bytes(), []byte(secret)) {
					t.Errorf("the log has %q", secret)
				}
			}
			if log.Len() == 0 {
				t.Error("nothing was logged")
			}
			log.Reset()
		})
	}
}

// addSecrets plants secrets beside what is there.
func addSecrets(p *planter, v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			addSecrets(p, e)
		}
	case map[string]any:
		for _, e := range v {
			addSecrets(p, e)
		}
		p.plant(v)
	}
}
