package evidence

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// A SigningKey makes seals. It never prints itself.
type SigningKey struct {
	private crypto.Signer
	id      string
}

// A PublicKey checks seals.
type PublicKey struct {
	public crypto.PublicKey
	id     string
}

// ParseSigningKey reads a private key, Ed25519 or ECDSA P-256, from PKCS#8 in PEM.
// The error never has a part of the data in it.
func ParseSigningKey(data []byte) (*SigningKey, error) {
	const accepted = "want an Ed25519 or ECDSA P-256 key as openssl genpkey -algorithm ed25519 writes it"
	block, _ := pem.Decode(data)
	switch {
	case block == nil:
		return nil, errors.New("no PEM in it: " + accepted)
	case block.Type == "ENCRYPTED PRIVATE KEY":
		return nil, errors.New("the key is encrypted: decrypt it with openssl pkey, and let only this program's user read it")
	case block.Type != "PRIVATE KEY":
		return nil, fmt.Errorf("a PEM block %q: %s", block.Type, accepted)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("not a PKCS#8 key that can be read: " + accepted)
	}
	signer, ok := parsed.(crypto.Signer)
	if !ok || !sealing(signer.Public()) {
		return nil, fmt.Errorf("a key of type %T: %s", parsed, accepted)
	}
	id, err := dsse.SHA256KeyID(signer.Public())
	if err != nil {
		return nil, fmt.Errorf("key ID: %w", err)
	}
	return &SigningKey{signer, id}, nil
}

// ParsePublicKey reads the public half of a key that [ParseSigningKey] takes, from
// PEM.
func ParsePublicKey(data []byte) (*PublicKey, error) {
	const accepted = "want an Ed25519 or ECDSA P-256 key as openssl pkey -pubout writes it"
	block, _ := pem.Decode(data)
	switch {
	case block == nil:
		return nil, errors.New("no PEM in it: " + accepted)
	case block.Type != "PUBLIC KEY":
		return nil, fmt.Errorf("a PEM block %q: %s", block.Type, accepted)
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, errors.New("not a public key that can be read: " + accepted)
	}
	if !sealing(parsed) {
		return nil, fmt.Errorf("a key of type %T: %s", parsed, accepted)
	}
	id, err := dsse.SHA256KeyID(parsed)
	if err != nil {
		return nil, fmt.Errorf("key ID: %w", err)
	}
	return &PublicKey{parsed, id}, nil
}

// sealing reports whether seals are made with keys of this kind.
func sealing(public crypto.PublicKey) bool {
	switch k := public.(type) {
	case ed25519.PublicKey:
		return true
	case *ecdsa.PublicKey:
		return k.Curve == elliptic.P256()
	}
	return false
}

// ID is the fingerprint of the public key in OpenSSH's form, SHA256:<base64>, for
// people to compare.
func (k *SigningKey) ID() string { return k.id }

// String says which key it is, and nothing of the key.
func (k *SigningKey) String() string { return "key " + k.id }

// GoString is [SigningKey.String].
func (k *SigningKey) GoString() string { return k.String() }

// sign signs data. An ECDSA signature is that of the data's SHA-256, in ASN.1, as
// openssl dgst makes it.
func (k *SigningKey) sign(data []byte) ([]byte, error) {
	if _, ok := k.private.(ed25519.PrivateKey); ok {
		return k.private.Sign(rand.Reader, data, crypto.Hash(0))
	}
	sum := sha256.Sum256(data)
	return k.private.Sign(rand.Reader, sum[:], crypto.SHA256)
}

// ID is the fingerprint of the key in OpenSSH's form, SHA256:<base64>.
func (k *PublicKey) ID() string { return k.id }

// KeyID is part of [dsse.Verifier].
func (k *PublicKey) KeyID() (string, error) { return k.id, nil }

// Public is part of [dsse.Verifier].
func (k *PublicKey) Public() crypto.PublicKey { return k.public }

// Verify is part of [dsse.Verifier].
func (k *PublicKey) Verify(_ context.Context, data, signature []byte) error {
	fits := false
	switch public := k.public.(type) {
	case ed25519.PublicKey:
		fits = ed25519.Verify(public, data, signature)
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(data)
		fits = ecdsa.VerifyASN1(public, sum[:], signature)
	}
	if !fits {
		return errors.New("the signature is not this key's over this content")
	}
	return nil
}
