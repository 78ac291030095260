package router

import "bytes"

// Output is what is taken for the output of a command out of what a router sent,
// in the pieces in which it came, and whether it is known to be whole. The router
// is one that runs FRR.
func Output(prompt, command string, pieces [][]byte) (text string, whole bool) {
	var b bytes.Buffer
	t := newTape(prompt, command, &b, 1<<30)
	for _, p := range pieces {
		t.write(p)
	}
	p, _ := platformOf("frr")
	whole, _ = t.endBefore(p.check())
	_ = t.finish()
	return b.String(), whole
}

// ReadOnly is the check that every command passes before it is sent.
var ReadOnly = readOnly

// Sent is every command that is sent to a platform's routers.
func Sent(name string) ([]string, error) {
	p, err := platformOf(name)
	return p.sent(), err
}
