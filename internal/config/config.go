// Package config turns the configuration file into a typed, validated
// [Config]. The file is YAML; every key that is not known, every value of the
// wrong kind and every secret that stands in the file itself is an error that
// names the line, the key and what is accepted.
package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/routeproof/routeproof/internal/evidence"
	"github.com/routeproof/routeproof/internal/finding"
	"github.com/routeproof/routeproof/internal/snapshot"
)

// maxFile bounds the configuration file, in bytes.
const maxFile = 4 << 20

// A Config is what the operator declares. Its paths are as given, or relative
// to the working directory when the file gave them relative to itself.
type Config struct {
	// Azure is nil when nothing is to be collected from Azure.
	Azure   *Azure
	Routers []Router
	// RoutersAtOnce bounds how many routers are logged in to at the same time.
	RoutersAtOnce int
	// Scope is what no device can say of the network: sites and what protection
	// is demanded.
	Scope    snapshot.Scope
	Schedule Schedule
	// Output is where runs are kept; empty when the file does not say.
	Output string
	// SealKey is the private key that evidence is sealed with, if it is.
	SealKey Secret
	// Retention says which runs are kept; the zero value keeps all.
	Retention evidence.Retention
	// PolicyDirs are directories and bundles with policies beside the built-in ones.
	// PolicyKey is the file of the public key that they must all be signed with,
	// empty when they need not be.
	PolicyDirs []string
	PolicyKey  string
	// Parameters are values of the policies' settings, by name; Disabled are policies
	// that are switched off. Whether there are such, the policies know.
	Parameters map[string]any
	Disabled   []finding.Disabled
	// Waivers is the waivers file; empty for none.
	Waivers string
}

// Azure says which subscriptions to collect, and as whom. Without Client the
// default credential chain of the Azure SDKs is used.
type Azure struct {
	Subscriptions []string
	// Cloud is public, usgovernment, china or custom. A custom cloud has its
	// own Endpoint, Authority and Audience, and possibly a CAFile.
	Cloud                         string
	Endpoint, Authority, Audience string
	CAFile                        string
	Tenant, Client                string
	// At most one of Secret and Certificate is set.
	Secret              Secret
	Certificate         Secret
	CertificatePassword Secret
}

// Router is one router to log in to.
type Router struct {
	Name, Platform string
	Login
	// Jump are the hosts to go through, the nearest first.
	Jump []Login
	// How long to wait; zero is the program's own choice.
	ConnectTimeout, CommandTimeout, IdleTimeout time.Duration
}

// Login is how to log in to a router or jump host. Address has a port only when
// the file gave one. At least one of Password, Key and Agent is set.
type Login struct {
	Address, User             string
	Password, Key, Passphrase Secret
	// Certificate is the file of an OpenSSH user certificate, for Key or for a
	// key of the agent.
	Certificate string
	Agent       bool
	// KnownHosts is the file that the host's key must be in.
	KnownHosts string
	// Legacy accepts algorithms that are no longer safe.
	Legacy bool
}

// Load reads and validates the configuration file. platforms are the router
// platforms that the program reads.
func Load(file string, platforms []string) (Config, error) {
	f, err := os.Open(file)
	if err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return Config{}, fmt.Errorf("configuration: %w: want a YAML file", err)
	}
	if len(data) > maxFile {
		return Config{}, fmt.Errorf("configuration %s: larger than %d bytes", file, maxFile)
	}
	return Parse(file, data, platforms)
}

// Parse validates data as the content of the configuration file called file.
// The error lists every problem, one a line.
func Parse(file string, data []byte, platforms []string) (Config, error) {
	var doc document
	l, err := decode(file, data, &doc)
	if err != nil {
		return Config{}, err
	}
	v := validator{layout: l, dir: filepath.Dir(file), platforms: platforms}
	c := v.config(doc)
	if err := errors.Join(v.problems...); err != nil {
		return Config{}, err
	}
	return c, nil
}
