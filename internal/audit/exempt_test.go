package audit_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/audit"
	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// An exemption of everything was a way to a report that says COMPLIANT of a network
// in clear, and nobody read why.
func TestAnExemptionIsToldAndOneOfEverythingIsAFailure(t *testing.T) {
	engine := engine(t)
	dir := scenario(t, "guideline-as-written")
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	pfx := netip.MustParsePrefix
	half := func(p string) snapshot.Exempt {
		return snapshot.Exempt{Flow: snapshot.Flow{OnPrem: pfx(p)}, Reason: "ZZREASON", Expires: at.AddDate(0, 1, 0)}
	}
	for name, c := range map[string]struct {
		exempt  []snapshot.Exempt
		failure string
	}{
		"a prefix for a month": {[]snapshot.Exempt{half("10.10.9.0/24")}, ""},
		"everything": {[]snapshot.Exempt{{
			Flow: snapshot.Flow{OnPrem: pfx("0.0.0.0/0"), Azure: pfx("0.0.0.0/0")}, Reason: "ZZREASON", Expires: at.AddDate(0, 1, 0),
		}}, "names no prefix on either side"},
		"everything, by naming nothing": {[]snapshot.Exempt{{Reason: "ZZREASON", Expires: at.AddDate(0, 1, 0)}}, "names no prefix on either side"},
		"ten years": {[]snapshot.Exempt{{
			Flow: snapshot.Flow{OnPrem: pfx("10.10.9.0/24")}, Reason: "ZZREASON", Expires: at.AddDate(10, 0, 0),
		}}, "more than 366 days after the evidence"},
		"everything, in two halves": {[]snapshot.Exempt{half("0.0.0.0/1"), half("128.0.0.0/1")}, "exempt every address pair"},
		"what has ended is no exemption": {[]snapshot.Exempt{{
			Flow: snapshot.Flow{}, Reason: "ZZREASON", Expires: at.AddDate(0, -1, 0),
		}}, ""},
	} {
		d, err := evidence.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		d.Manifest.Finished, d.Manifest.Scope.Exempt = at, c.exempt
		res, err := audit.Run(t.Context(), d, []audit.Reader{router.Read, azure.Read}, nil, engine, "test")
		if err != nil {
			t.Fatal(err)
		}
		r := res.Report
		said := ""
		for _, f := range r.Findings {
			if f.Policy != "EXE-01" {
				continue
			}
			said += f.Message
			if f.Outcome == finding.Fail && (c.failure == "" || !strings.Contains(f.Message, c.failure)) {
				t.Errorf("%s: fails with %q, want %q", name, f.Message, c.failure)
			}
		}
		if c.failure != "" && (!strings.Contains(said, c.failure) || r.Verdict != finding.Fail) {
			t.Errorf("%s: %s, %q, want a failure that says %q", name, r.Verdict, said, c.failure)
		}
		if !strings.Contains(said, "ZZREASON") {
			t.Errorf("%s: no finding gives the reason: %q", name, said)
		}
	}
}
