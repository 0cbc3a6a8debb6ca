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

// distance is the Levenshtein distance in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diag, row[j+1] = row[j+1], min(diag+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
