package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/routeproof/routeproof/internal/evidence"
)

func TestRetentionAndTheSealKeyAreRead(t *testing.T) {
	tests := []struct {
		text string
		want evidence.Retention
	}{
		{"runAtStart: true", evidence.Retention{}},
		{"retention: {keepLast: 30}", evidence.Retention{KeepLast: 30}},
		{"retention: {keepFor: 36h}", evidence.Retention{KeepHours: 36}},
		{"retention: {keepLast: 5, keepFor: 90d}", evidence.Retention{KeepLast: 5, KeepHours: 90 * 24}},
		{"retention: {keepFor: 2w}", evidence.Retention{KeepHours: 14 * 24}},
	}
	for _, tt := range tests {
		c, err := parse(t, tt.text)
		if err != nil {
			t.Fatalf("%s: %v", tt.text, err)
		}
		if diff := cmp.Diff(tt.want, c.Retention); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.text, diff)
		}
		if c.SealKey.Given() {
			t.Errorf("%s: a seal key out of nothing: %s", tt.text, c.SealKey)
		}
	}
	c, err := parse(t, "evidence: {sealKey: {file: seal.pem}}")
	if err != nil {
		t.Fatal(err)
	}
	if c.SealKey.String() != "file /etc/seal.pem" {
		t.Errorf("the seal key is %s", c.SealKey)
	}
}

func TestRetentionThatWouldKeepNothingIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"retention: {keepLast: 0}":       "retention.keepLast: 0: want",
		"retention: {keepLast: -1}":      "retention.keepLast: -1: want",
		"retention: {keepFor: 0d}":       `"0d": want an age like 36h, 90d or 52w`,
		"retention: {keepFor: -5d}":      `"-5d": want an age`,
		"retention: {keepFor: 1000000d}": `"1000000d": want an age`,
		"retention: {keepFor: 90}":       "retention.keepFor: got a number",
		"retention: {keep: 5}":           `unknown key "keep" (want keepLast, keepFor)`,
		"evidence: {sealKey: abc}":       "a secret is not written into the configuration",
		"evidence: {sealKey: {}}":        "evidence.sealKey: is empty",
	} {
		if _, err := parse(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error = %v, want one with %q", text, err, want)
		}
	}
}
