package evidence

import (
	"fmt"
	"maps"
	"slices"

	"github.com/routeproof/routeproof/internal/snapshot"
)

// A Fault is a panic of a reader. Item is what it was reading, empty when that is
// not known.
type Fault struct {
	Item  string
	Cause any
}

// Blame is deferred around the reading of one item. A panic in it goes on, as a
// [Fault] of that item; where several are deferred the innermost counts.
func Blame(item string) {
	switch cause := recover().(type) {
	case nil:
	case Fault:
		panic(cause)
	default:
		panic(Fault{item, cause})
	}
}

// Guard calls read, and returns the fault that it ended with, or nil.
func Guard(read func()) (f *Fault) {
	defer func() {
		switch cause := recover().(type) {
		case nil:
		case Fault:
			f = &cause
		default:
			f = &Fault{Cause: cause}
		}
	}()
	read()
	return nil
}

// Without is d with an item that nobody may read any more, because a reader
// failed on it: its status is error, and says so. Where the fault names no item,
// or one that could not be read before, all items are lost; ok is false when they
// were already. d itself stays as it is.
func (d *Dir) Without(f Fault) (rest *Dir, ok bool) {
	rest = &Dir{Manifest: d.Manifest, Attested: d.Attested, fsys: d.fsys, distrusted: maps.Clone(d.distrusted)}
	if rest.distrusted == nil {
		rest.distrusted = make(map[string]bool)
	}
	rest.Manifest.Items = slices.Clone(d.Manifest.Items)
	_, known := d.Item(f.Item)
	one := known && !d.distrusted[f.Item]
	for i := range rest.Manifest.Items {
		it := &rest.Manifest.Items[i]
		if one && it.Path != f.Item || rest.distrusted[it.Path] {
			continue
		}
		it.Status, it.Detail, ok = snapshot.Error, f.detail(one), true
		rest.distrusted[it.Path] = true
	}
	return rest, ok
}

// detail says what happened, and what to do.
func (f Fault) detail(one bool) string {
	cause := []rune(fmt.Sprint(f.Cause))
	if len(cause) > 200 {
		cause = append(cause[:200], '…')
	}
	what := "the reader of routeproof failed on this item"
	if !one {
		what = "a reader of routeproof failed, and nothing of the evidence was read"
	}
	return fmt.Sprintf("%s (%s): a fault of the program and not of the network; please report it with the version and, if you may, the item", what, string(cause))
}
