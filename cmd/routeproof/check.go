package main

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/routeproof/routeproof/collectors/azure"
	"github.com/routeproof/routeproof/collectors/router"
	"github.com/routeproof/routeproof/internal/config"
)

// checked is what the preflight of one source found.
type checked struct {
	text  string
	fine  bool
	fails error // the check itself could not be made
}

// check asks every source of a configuration what could be collected from it,
// without collecting. What is lacking is exit code 3.
func (p program) check(ctx context.Context, cfg config.Config, quiet bool) error {
	cs, err := p.collectors(cfg)
	if err != nil {
		return err
	}
	p.progress(quiet, "checking")
	found := make([]checked, len(cs))
	var wg sync.WaitGroup
	routers := 0
	for i, c := range cs {
		switch c := c.(type) {
		case *azure.Collector:
			wg.Go(func() { found[i] = checkAzure(ctx, c) })
		case *router.Collector:
			name := cfg.Routers[routers].Name
			routers++
			wg.Go(func() { found[i] = checkRouter(ctx, c, name) })
		}
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("check: %w", err)
	}
	fine := true
	for _, f := range found {
		if f.fails != nil {
			err = f.fails
		}
		fine = fine && f.fine
		if f.text == "" || quiet {
			continue
		}
		if err := p.print(f.text); err != nil {
			return err
		}
	}
	switch {
	case err != nil:
		return fmt.Errorf("check: %w", err)
	case !fine:
		return verdictError{code: exitOpen}
	}
	return nil
}

func checkRouter(ctx context.Context, c *router.Collector, name string) checked {
	key, err := c.Check(ctx)
	if err != nil {
		return checked{text: printable(fmt.Sprintf("router %s: %v", name, err)) + "\n"}
	}
	return checked{text: printable(fmt.Sprintf("router %s: connects, host key %s is known, login works", name, key)) + "\n", fine: true}
}

func checkAzure(ctx context.Context, c *azure.Collector) checked {
	all, err := c.Check(ctx)
	if err != nil {
		return checked{fails: err}
	}
	f := checked{fine: true}
	var b strings.Builder
	for _, r := range all {
		fine := sayRights(&b, r)
		f.fine = f.fine && fine
	}
	f.text = b.String()
	return f
}

// sayRights says what the identity may do in a subscription, and reports whether
// that is what it should.
func sayRights(b *strings.Builder, r azure.Rights) bool {
	fine := r.Unknown == "" && len(r.Excess) == 0
	fmt.Fprintf(b, "azure %s: ", printable(r.Subscription))
	if r.Unknown != "" && len(r.Held) == 0 && len(r.Lacking) == 0 {
		fmt.Fprintf(b, "%s\n", printable(r.Unknown))
		return false
	}
	fmt.Fprintf(b, "%d of the %d actions that collecting needs are granted\n", len(r.Held), len(r.Held)+len(r.Lacking))
	for _, g := range r.Lacking {
		word := "lacks"
		if g.Optional {
			word = "does without"
		} else {
			fine = false
		}
		fmt.Fprintf(b, "    %s %s%s: %s\n", word, g.Name, groupsOf(g, ", has it only in %s"), g.Why)
		if g.Opens != "" {
			fmt.Fprintf(b, "        open without it: %s\n", g.Opens)
		}
	}
	for _, g := range r.Excess {
		fmt.Fprintf(b, "    should not have %s%s: %s\n", g.Name, groupsOf(g, " (in %s)"), g.Why)
	}
	if r.Unknown != "" {
		fmt.Fprintf(b, "    %s\n", printable(r.Unknown))
	}
	return fine
}

// groupsOf names the resource groups of a grant, if it has any.
func groupsOf(g azure.Grant, format string) string {
	const most = 5
	if len(g.Groups) == 0 {
		return ""
	}
	names := g.Groups
	more := ""
	if len(names) > most {
		more = fmt.Sprintf(" and %d more", len(names)-most)
		names = names[:most]
	}
	return printable(fmt.Sprintf(format, "resource group "+strings.Join(names, ", ")+more))
}
