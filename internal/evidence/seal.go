package evidence

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// The files beside the items.
const (
	manifestFile = "manifest.json"
	sumsFile     = "SHA256SUMS"
	// SealFile is a DSSE envelope (https://github.com/secure-systems-lab/dsse,
	// protocol 1.0) around an in-toto statement.
	SealFile = "seal.dsse.json"
)

// What a seal says, in the words of the in-toto attestation framework, Statement v1.
const (
	payloadType   = "application/vnd.in-toto+json"
	statementType = "https://in-toto.io/Statement/v1"
	predicateType = "https://github.com/routeproof/routeproof/evidence/v1"
)

// statement is an in-toto statement about an evidence directory. Its subjects are
// all files but SHA256SUMS, which says nothing of its own, and the seal itself.
type statement struct {
	Type          string    `json:"_type"`
	Subject       []subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     predicate `json:"predicate"`
}

type subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

// predicate repeats what the manifest says of the run, for those who read a seal
// without the evidence.
type predicate struct {
	ManifestSHA256 string    `json:"manifestSHA256"`
	Previous       *Link     `json:"previous,omitempty"`
	Tool           string    `json:"tool"`
	PolicyDigest   string    `json:"policyDigest,omitempty"`
	Started        time.Time `json:"started"`
	Finished       time.Time `json:"finished"`
}

// newStatement states what m, whose manifest.json has the sum, lists.
func newStatement(m Manifest, sum string) statement {
	s := statement{
		Type: statementType, PredicateType: predicateType,
		Predicate: predicate{
			ManifestSHA256: sum, Previous: m.Previous, Tool: m.Tool,
			PolicyDigest: m.PolicyDigest, Started: m.Started, Finished: m.Finished,
		},
	}
	for _, it := range m.Items {
		s.Subject = append(s.Subject, subject{it.Path, map[string]string{"sha256": it.SHA256}})
	}
	s.Subject = append(s.Subject, subject{manifestFile, map[string]string{"sha256": sum}})
	slices.SortFunc(s.Subject, func(a, b subject) int { return strings.Compare(a.Name, b.Name) })
	return s
}

// seal signs a statement about m.
func seal(m Manifest, sum string, key *SigningKey) ([]byte, error) {
	body, err := json.Marshal(newStatement(m, sum))
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	signature, err := key.sign(dsse.PAE(payloadType, body))
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	envelope := dsse.Envelope{
		PayloadType: payloadType, Payload: base64.StdEncoding.EncodeToString(body),
		Signatures: []dsse.Signature{{KeyID: key.id, Sig: base64.StdEncoding.EncodeToString(signature)}},
	}
	raw, err := json.MarshalIndent(envelope, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return append(raw, '\n'), nil
}

// unseal reads a seal, and returns its envelope too. It checks no signature.
func unseal(raw []byte) (statement, *dsse.Envelope, error) {
	var e dsse.Envelope
	if err := json.Unmarshal(raw, &e); err != nil {
		return statement{}, nil, fmt.Errorf("it is not a DSSE envelope: %w", err)
	}
	if e.PayloadType != payloadType {
		return statement{}, nil, fmt.Errorf("its payload is %q: want %s", e.PayloadType, payloadType)
	}
	body, err := e.DecodeB64Payload()
	if err != nil {
		return statement{}, nil, errors.New("its payload is not Base64")
	}
	var s statement
	if err := json.Unmarshal(body, &s); err != nil {
		return statement{}, nil, fmt.Errorf("its payload is not the statement of an evidence directory: %w", err)
	}
	if s.Type != statementType || s.PredicateType != predicateType {
		return statement{}, nil, fmt.Errorf("it states %q of type %q: want %s and %s", s.PredicateType, s.Type, predicateType, statementType)
	}
	return s, &e, nil
}

// signedBy is the first of the keys whose signature is on the envelope.
func signedBy(ctx context.Context, e *dsse.Envelope, keys []*PublicKey) (*PublicKey, error) {
	var named []string
	for _, s := range e.Signatures {
		named = append(named, s.KeyID)
	}
	for _, k := range keys {
		verifier, err := dsse.NewEnvelopeVerifier(k)
		if err != nil {
			return nil, err
		}
		if _, err := verifier.Verify(ctx, e); err == nil {
			return k, nil
		}
		if slices.Contains(named, k.id) {
			return nil, fmt.Errorf("it names the key %s, whose signature it does not have: the seal was changed", k.id)
		}
	}
	if len(named) == 0 {
		return nil, errors.New("nobody has signed it")
	}
	ids := make([]string, len(keys))
	for i, k := range keys {
		ids[i] = k.id
	}
	return nil, fmt.Errorf("it was sealed with another key, %s: want one by %s", strings.Join(named, ", "), strings.Join(ids, " or "))
}
