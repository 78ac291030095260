package router_test

import (
	"io/fs"
	"testing"

	"github.com/routeproof/routeproof/testdata/scenarios"
)

func sub(t *testing.T, name string) fs.FS {
	t.Helper()
	fsys, err := fs.Sub(scenarios.FS(), name)
	if err != nil {
		t.Fatal(err)
	}
	return fsys
}
