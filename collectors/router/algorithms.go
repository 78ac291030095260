package router

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// algorithms are the key exchanges, ciphers and MACs that a host is offered. All
// are named, because what x/crypto offers where none are includes SHA-1. Those
// that only old routers need come last, and only where the configuration asks.
func (h Hop) algorithms() ssh.Config {
	a := ssh.SupportedAlgorithms()
	c := ssh.Config{KeyExchanges: a.KeyExchanges, Ciphers: a.Ciphers, MACs: a.MACs}
	if h.Legacy {
		c.KeyExchanges = append(c.KeyExchanges, ssh.InsecureKeyExchangeDHGEXSHA1, ssh.InsecureKeyExchangeDH14SHA1, ssh.InsecureKeyExchangeDH1SHA1)
		c.Ciphers = append(c.Ciphers, ssh.InsecureCipherAES128CBC, ssh.InsecureCipherTripleDESCBC)
		c.MACs = append(c.MACs, ssh.InsecureHMACSHA196)
	}
	return c
}

// keyAlgorithms are the signature algorithms that a host key of a type is asked
// for with.
func (h Hop) keyAlgorithms(keyType string) []string {
	switch {
	case keyType != ssh.KeyAlgoRSA:
		return []string{keyType}
	case h.Legacy:
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSA}
	}
	return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
}

// certAlgorithms are those of host keys that an authority has signed.
func (h Hop) certAlgorithms() []string {
	out := []string{
		ssh.CertAlgoED25519v01, ssh.CertAlgoECDSA256v01, ssh.CertAlgoECDSA384v01, ssh.CertAlgoECDSA521v01,
		ssh.CertAlgoRSASHA512v01, ssh.CertAlgoRSASHA256v01,
	}
	if h.Legacy {
		out = append(out, ssh.CertAlgoRSAv01)
	}
	return out
}

// plainAlgorithms are those of all host keys without a certificate.
func (h Hop) plainAlgorithms() []string {
	out := []string{ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521}
	return append(out, h.keyAlgorithms(ssh.KeyAlgoRSA)...)
}

// inUse says what was agreed on with a host that may use legacy algorithms; it is
// empty for every other.
func (h Hop) inUse(conn ssh.Conn) string {
	if !h.Legacy {
		return ""
	}
	meta, ok := conn.(ssh.AlgorithmsConnMetadata)
	if !ok {
		return "allowed"
	}
	a := meta.Algorithms()
	return fmt.Sprintf("allowed; in use: %s, %s, %s", a.KeyExchange, a.HostKey, a.Write.Cipher)
}

// explain says what to do when a host and this program have no algorithm in
// common.
func (h Hop) explain(err error, hostKeys []string) error {
	none, ok := errors.AsType[*ssh.AlgorithmNegotiationError](err)
	if !ok {
		return err
	}
	theirs := shown(strings.Join(none.RequestedAlgorithms, ", "))
	if strings.Contains(none.What, "host key") {
		return fmt.Errorf("%s has no host key of a type that %s has for it (%s); it offers %s: add its key with `%s`, and check the fingerprint%s",
			h.Address, h.KnownHosts, strings.Join(hostKeys, ", "), theirs, keyscan(h.Address), h.hint(none.RequestedAlgorithms))
	}
	return fmt.Errorf("no %s in common with %s, which offers %s%s", none.What, h.Address, theirs, h.hint(none.RequestedAlgorithms))
}

// hint names the option that would have helped.
func (h Hop) hint(offered []string) string {
	with := Hop{Legacy: true}
	more := with.algorithms()
	accepted := slices.Concat(more.KeyExchanges, more.Ciphers, more.MACs, with.plainAlgorithms())
	if h.Legacy || !slices.ContainsFunc(offered, func(o string) bool { return slices.Contains(accepted, o) }) {
		return ""
	}
	return "; to accept algorithms that are no longer safe, set legacyAlgorithms: true for it"
}
