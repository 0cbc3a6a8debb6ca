package rule

import "testing"

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"level", "level", 0},
		{"levle", "level", 1}, // a swap is one slip of the fingers
		{"leak", "leek", 1},
		{"lockawait", "lokawait", 1},
		{"abcd", "badc", 2},
	} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestNearest(t *testing.T) {
	for name, want := range map[string]string{
		"lockawait/double-lok": "lockawait/double-lock",
		"lokawait":             "lockawait",
		"xyz":                  "",
		"":                     "",
	} {
		if got := Nearest(name); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}
