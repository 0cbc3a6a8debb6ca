package finding

import (
	"cmp"
	"slices"
)

// Compare orders findings by place, then rule, then message.
func Compare(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(a.Pos.File, b.Pos.File),
		cmp.Compare(a.Pos.Line, b.Pos.Line),
		cmp.Compare(a.Pos.Column, b.Pos.Column),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Message, b.Message),
		cmp.Compare(a.Package, b.Package),
	)
}

// Sort sorts the findings in place and returns them without repetitions. The
// same finding comes twice when a file is analysed as part of a package and
// again as part of its test variant.
func Sort(list []Finding) []Finding {
	slices.SortStableFunc(list, Compare)
	return slices.CompactFunc(list, func(a, b Finding) bool {
		return a.Pos == b.Pos && a.Rule == b.Rule && a.Message == b.Message
	})
}
