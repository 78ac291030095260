// Package labdata carries the lab's configuration files into the binary, so that the lab also runs away from its source.
package labdata

import "embed"

// Files are the scripts and templates beside this file.
//
//go:embed *.sh *.tmpl *.conf sshd_config
var Files embed.FS
