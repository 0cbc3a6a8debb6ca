package rule

// Nearest returns the rule ID, slug-qualified pass or pass name that is closest
// to a misspelt name, or "" when nothing is close.
func Nearest(name string) string {
	var names []string
	for _, r := range All() {
		names = append(names, r.ID())
	}
	return NearestOf(name, append(names, Passes()...))
}

// NearestOf returns the candidate with the smallest edit distance to name, the
// first of equals, or "" when even that one differs in more than a third.
func NearestOf(name string, candidates []string) string {
	best, bestDist := "", len(name)/3+1
	for _, c := range candidates {
		if d := distance(name, c); d < bestDist {
			best, bestDist = c, d
		}
	}
	return best
}

// distance counts the bytes to insert, delete, replace or swap with their
// neighbour to turn a into b (optimal string alignment).
func distance(a, b string) int {
	var before []int // the row above the one above
	above := make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := above[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(replace, above[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above = above, row
	}
	return above[len(b)]
}
