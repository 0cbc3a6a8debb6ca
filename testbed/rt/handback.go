package rt

import "github.com/asynclint/asynclint/testbed/explore"

func (opts Options) handBack(r *explore.Report, body func()) error { return nil }
