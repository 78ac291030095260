//go:build !linux

package lab

import (
	"context"
	"errors"
	"os"
	"os/exec"
)

// errLinux is unreachable while [Start] asks [Available] first.
func errLinux() error { return errors.New("the lab needs Linux") }

type namespace struct{ pid int }

func namespacesAllowed() string { return errLinux().Error() }

func startNamespace(context.Context, string, string) (*namespace, error) { return nil, errLinux() }

func (*namespace) stop() error { return nil }

func (*namespace) path(name string) string { return name }

func (*namespace) write(string, []byte, os.FileMode) error { return errLinux() }

func (*namespace) command(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, args[0], args[1:]...)
}

func (*namespace) output(context.Context, string, ...string) (string, error) { return "", errLinux() }

func (*namespace) enter(func() error) error { return errLinux() }

type tap struct{}

func (*namespace) tap(string) (*tap, error) { return nil, errLinux() }

func (*tap) read([]byte) (int, error) { return 0, errLinux() }

func (*tap) missed() (int, error) { return 0, errLinux() }

func (*tap) close() error { return nil }
