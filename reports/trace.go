package reports

import (
	"fmt"
	"io"

	"github.com/routeproof/routeproof/internal/finding"
)

// Paths writes the paths of one finding, hop by hop, as the terminal report
// draws them.
func Paths(w io.Writer, f finding.Finding, o TextOptions) error {
	t := newTerminal(w, finding.Report{}, o)
	t.paths(f)
	if err := t.w.Flush(); err != nil {
		return fmt.Errorf("write paths: %w", err)
	}
	return nil
}
