package cli

import (
	"bytes"
	"testing"
)

func TestTakeJSON(t *testing.T) {
	const object = "{\n\t\"m/p\": {\n\t\t\"leak\": []\n\t}\n}\n"
	for _, tt := range []struct{ stderr, rest, out string }{
		{"", "", ""},
		{"# m/p\np.go:1:2: expected '{'\n", "# m/p\np.go:1:2: expected '{'\n", ""},
		{"# m/p\n" + object + "# m/q\nq.go:1:1: wrong\n" + object, "# m/p\n# m/q\nq.go:1:1: wrong\n", object + object},
	} {
		var out bytes.Buffer
		if rest := takeJSON(tt.stderr, &out); rest != tt.rest || out.String() != tt.out {
			t.Errorf("%q\nleaves %q\nand   %q", tt.stderr, rest, out.String())
		}
	}
}
