package router

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// authentication is what a host is offered: keys first (the configured one
// before the agent's), then the password. A password is sent once: a router that
// refused it is not asked interactively too, which would count as another
// failure. done releases the agent.
func (h Hop) authentication(ctx context.Context, now time.Time) (methods []ssh.AuthMethod, done func(), err error) {
	done = func() {}
	var ring []ssh.Signer
	if h.Agent != "" {
		conn, err := (&net.Dialer{}).DialContext(ctx, "unix", h.Agent)
		if err != nil {
			return nil, done, fmt.Errorf("ssh agent: %w", err)
		}
		done = func() { _ = conn.Close() }
		if ring, err = agent.NewClient(conn).Signers(); err != nil {
			done()
			return nil, func() {}, fmt.Errorf("ssh agent: %w", err)
		}
	}
	keys, err := h.signers(ring, now)
	if err != nil {
		done()
		return nil, func() {}, err
	}
	// All keys in one method: x/crypto tries each method once.
	if len(keys) > 0 {
		methods = append(methods, ssh.PublicKeys(keys...))
	}
	if h.Password != "" {
		methods = append(methods, h.password()...)
	}
	if len(methods) == 0 {
		done()
		return nil, func() {}, fmt.Errorf("no credentials for %s: configure key, password or agent (an agent must hold a key)", h.Address)
	}
	return methods, done, nil
}

// password offers the password, and to those who ask questions instead, the
// answers that it holds.
func (h Hop) password() []ssh.AuthMethod {
	sent := false
	return []ssh.AuthMethod{
		ssh.PasswordCallback(func() (string, error) {
			sent = true
			return h.Password, nil
		}),
		ssh.KeyboardInteractive(func(_, _ string, questions []string, echos []bool) ([]string, error) {
			if sent && len(questions) > 0 {
				return nil, refusal{snapshot.Denied, "unable to authenticate: it does not take these credentials"}
			}
			answers, err := h.answers(questions, echos)
			sent = sent || len(questions) > 0
			return answers, err
		}),
	}
}

// answers answers the questions of keyboard-interactive authentication (RFC
// 4256): the user's name where what is typed is shown, the password where it is
// not. Whatever else is asked for, such as a second factor, is not guessed.
func (h Hop) answers(questions []string, echos []bool) ([]string, error) {
	answers := make([]string, len(questions))
	hidden := 0
	for i, q := range questions {
		low := strings.ToLower(q)
		switch {
		case !echos[i]:
			hidden++
			answers[i] = h.Password
		case strings.Contains(low, "user") || strings.Contains(low, "login"):
			answers[i] = h.User
		default:
			return nil, refusal{snapshot.Denied, "it asks " + shown(q) + ", which nothing in the configuration answers: use a key"}
		}
	}
	if hidden > 1 {
		return nil, refusal{snapshot.Denied, fmt.Sprintf("it asks %d questions at once that are answered unseen: use a key", hidden)}
	}
	return answers, nil
}

// signers are the keys to offer: the configured one, with its certificate, then
// those of the agent.
func (h Hop) signers(ring []ssh.Signer, now time.Time) ([]ssh.Signer, error) {
	var own []ssh.Signer
	if len(h.Key) > 0 {
		signer, err := h.parseKey()
		if err != nil {
			return nil, err
		}
		own = append(own, signer)
	}
	all := append(own, ring...)
	if len(h.Certificate) > 0 {
		cert, err := h.certificate(now)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all, func(s ssh.Signer) bool { return string(s.PublicKey().Marshal()) == string(cert.Key.Marshal()) })
		if i < 0 {
			return nil, fmt.Errorf("certificate for %s: it is for the key %s, which neither key nor the agent holds", h.Address, ssh.FingerprintSHA256(cert.Key))
		}
		signer, err := ssh.NewCertSigner(cert, h.limit(all[i]))
		if err != nil {
			return nil, fmt.Errorf("certificate for %s: %w", h.Address, err)
		}
		return append([]ssh.Signer{signer}, h.limits(all)...), nil
	}
	return h.limits(all), nil
}

func (h Hop) parseKey() (ssh.Signer, error) { //nolint:ireturn // x/crypto's keys are interfaces
	signer, err := ssh.ParsePrivateKey(h.Key)
	_, encrypted := errors.AsType[*ssh.PassphraseMissingError](err)
	switch {
	case encrypted && h.Passphrase == "":
		return nil, fmt.Errorf("private key for %s: it is encrypted: configure passphrase", h.Address)
	case encrypted:
		signer, err = ssh.ParsePrivateKeyWithPassphrase(h.Key, []byte(h.Passphrase))
	}
	if err != nil {
		return nil, fmt.Errorf("private key for %s: %w", h.Address, err)
	}
	return signer, nil
}

// certificate reads a user certificate as ssh-keygen writes it.
func (h Hop) certificate(now time.Time) (*ssh.Certificate, error) {
	key, _, _, _, err := ssh.ParseAuthorizedKey(h.Certificate)
	if err != nil {
		return nil, fmt.Errorf("certificate for %s: %w: want a file as ssh-keygen -s writes it", h.Address, err)
	}
	cert, ok := key.(*ssh.Certificate)
	switch {
	case !ok:
		return nil, fmt.Errorf("certificate for %s: it is a plain %s key: want the file that ends in -cert.pub", h.Address, key.Type())
	case cert.CertType != ssh.UserCert:
		return nil, fmt.Errorf("certificate for %s: it is a host's: want a user's", h.Address)
	case cert.ValidBefore != ssh.CertTimeInfinity && uint64(max(now.Unix(), 0)) >= cert.ValidBefore:
		return nil, fmt.Errorf("certificate for %s: it ended at %s: get a new one", h.Address, time.Unix(int64(min(cert.ValidBefore, 1<<62)), 0).UTC().Format(time.RFC3339))
	}
	return cert, nil
}

func (h Hop) limits(signers []ssh.Signer) []ssh.Signer {
	out := make([]ssh.Signer, len(signers))
	for i, s := range signers {
		out[i] = h.limit(s)
	}
	return out
}

// limit keeps an RSA key from signing with SHA-1, which x/crypto falls back to
// where the server does not say what it takes.
func (h Hop) limit(s ssh.Signer) ssh.Signer { //nolint:ireturn // x/crypto's keys are interfaces
	as, ok := s.(ssh.AlgorithmSigner)
	if !ok || s.PublicKey().Type() != ssh.KeyAlgoRSA {
		return s
	}
	algorithms := []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	if h.Legacy {
		algorithms = append(algorithms, ssh.KeyAlgoRSA)
	}
	limited, err := ssh.NewSignerWithAlgorithms(as, algorithms)
	if err != nil {
		return s // it can't sign with these at all, and says so itself
	}
	return limited
}
