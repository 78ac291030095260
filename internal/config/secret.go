package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// maxSecret bounds a secret's file, in bytes.
const maxSecret = 1 << 20

// A Secret is the place of a secret: an environment variable or a file. The
// zero Secret is none. It never holds the secret itself, so a Config can be
// logged.
type Secret struct {
	env, file string
}

// Given reports whether there is a secret.
func (s Secret) Given() bool { return s != Secret{} }

// String names the place.
func (s Secret) String() string {
	switch {
	case s.env != "":
		return "environment variable " + s.env
	case s.file != "":
		return "file " + s.file
	}
	return "none"
}

// Read fetches the secret; it is nil for the zero Secret. lookup finds an
// environment variable. A file's line breaks at the end are not part of the
// secret. An empty secret is an error: it would be tried as an empty password.
func (s Secret) Read(lookup func(string) (string, bool)) ([]byte, error) {
	var value []byte
	switch {
	case s.env != "":
		v, ok := lookup(s.env)
		if !ok {
			return nil, fmt.Errorf("%s is not set", s)
		}
		value = []byte(v)
	case s.file != "":
		var err error
		if value, err = readSecret(s.file); err != nil {
			return nil, err
		}
		value = bytes.TrimRight(value, "\r\n")
	default:
		return nil, nil
	}
	if len(value) == 0 {
		return nil, fmt.Errorf("%s is empty", s)
	}
	return value, nil
}

func readSecret(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	value, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return nil, err
	}
	if len(value) > maxSecret {
		return nil, errors.New("file " + file + " is too large for a secret")
	}
	return value, nil
}
