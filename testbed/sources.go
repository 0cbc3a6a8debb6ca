package testbed

import "embed"

// sources are the packages that are compiled into a program under test.
//
//go:embed rt/*.go explore/*.go worker/*.go job/*.go
var sources embed.FS
