package policy

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/bundle"
)

// keyOf is a public key in PEM that verifies a signature which says that it was made
// by algorithm. What the signature says only chooses among what a key of its type can
// do, of which the first is for one that does not say: it never makes another key of it.
func keyOf(text []byte, algorithm string) (*bundle.KeyConfig, error) {
	const wanted = `want BEGIN PUBLIC KEY, as "openssl pkey -in KEY -pubout" prints it`
	block, _ := pem.Decode(text)
	switch {
	case block == nil:
		return nil, errors.New("the key is not PEM: " + wanted)
	case block.Type != "PUBLIC KEY":
		return nil, fmt.Errorf("the key is of the kind %q: %s", block.Type, wanted)
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("the key: %w: %s", err, wanted)
	}
	able := algorithms(public)
	switch {
	case len(able) == 0:
		return nil, errors.New("the key is of a type that signs no bundles: want RSA, ECDSA (P-256, P-384, P-521) or Ed25519")
	case algorithm == "":
		algorithm = able[0]
	case !slices.Contains(able, algorithm):
		return nil, fmt.Errorf("the bundle is signed by %q, and the key verifies %s: want the public key of the one that it was signed with",
			algorithm, strings.Join(able, ", "))
	}
	return &bundle.KeyConfig{Key: string(text), Algorithm: algorithm}, nil
}

// algorithms are those that a key can verify (RFC 7518 section 3.1, RFC 8037 section
// 3.1), nothing for a key that can verify none.
func algorithms(public any) []string {
	switch public := public.(type) {
	case *rsa.PublicKey:
		return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
	case *ecdsa.PublicKey:
		return map[int][]string{256: {"ES256"}, 384: {"ES384"}, 521: {"ES512"}}[public.Params().BitSize]
	case ed25519.PublicKey:
		return []string{"EdDSA"}
	}
	return nil
}

// algorithm is what a bundle's signature says that it was made by (RFC 7515 section
// 4.1.1); empty where it does not say, which is for OPA to refuse.
func algorithm(files fs.FS) string {
	text, err := readFile(files, ".signatures.json")
	if err != nil {
		return ""
	}
	var doc struct{ Signatures []string }
	if err := json.Unmarshal(text, &doc); err != nil || len(doc.Signatures) != 1 {
		return ""
	}
	first, _, _ := strings.Cut(doc.Signatures[0], ".")
	decoded, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		return ""
	}
	var header struct{ Alg string }
	if err := json.Unmarshal(decoded, &header); err != nil {
		return ""
	}
	return header.Alg
}
