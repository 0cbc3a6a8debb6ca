package render

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A window fits into the room, and what it marks is under the mark.
func TestWindow(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	alphabet := []string{"a", "b", " ", "\t", "世", "👋", "e\u0301", "\xff", "\u202e", "ö"}
	for range 5000 {
		var b strings.Builder
		for range rnd.IntN(80) {
			b.WriteString(alphabet[rnd.IntN(len(alphabet))])
		}
		b.WriteString("MARK")
		at := b.Len() - len("MARK")
		for range rnd.IntN(80) {
			b.WriteString(alphabet[rnd.IntN(len(alphabet))])
		}
		line := b.String()
		d := newDisplay([]byte(line))
		room := 20 + rnd.IntN(60)
		from, to := d.column(at+1), d.column(at+1+len("MARK"))
		w := d.window(from, to, room)
		text := d.text(w)
		if n := textWidth(text); n > room {
			t.Fatalf("%q in %d columns takes %d: %q", line, room, n, text)
		}
		before, _, found := strings.Cut(text, "MARK")
		if !found || textWidth(before) != w.column(from) {
			t.Fatalf("%q in %d columns: mark at %d, text %q", line, room, w.column(from), text)
		}
	}
}

func TestColumn(t *testing.T) {
	d := newDisplay([]byte("\ta世\te\u0301x"))
	for byteColumn, want := range map[int]int{
		-5: 0, 0: 0, 1: 0, // clamped
		2: 4, 3: 5, // behind the tab
		4: 7, 5: 7, // inside the wide rune: what begins next
		6: 7, 7: 8, // the second tab is one column wide
		8: 9, 10: 9, 11: 10, 99: 10,
	} {
		if got := d.column(byteColumn); got != want {
			t.Errorf("column(%d) = %d, want %d", byteColumn, got, want)
		}
	}
}

func TestPositions(t *testing.T) {
	src := newSource([]byte("ab\r\n\n世👋x"))
	for n, want := range map[int]string{1: "ab", 2: "", 3: "世👋x"} {
		if got, ok := src.line(n); !ok || string(got) != want {
			t.Errorf("line %d = %q, %v", n, got, ok)
		}
	}
	for _, n := range []int{-1, 0, 4} {
		if got, ok := src.line(n); ok {
			t.Errorf("line %d = %q", n, got)
		}
	}
	for offset, want := range map[int][2]int{-1: {1, 1}, 0: {1, 1}, 3: {1, 4}, 4: {2, 1}, 5: {3, 1}, 8: {3, 4}, 99: {3, 9}} {
		if line, column := src.position(offset); line != want[0] || column != want[1] {
			t.Errorf("position(%d) = %d:%d, want %v", offset, line, column, want)
		}
	}
	for column, want := range map[int]int{0: 1, 1: 1, 4: 2, 8: 4, 9: 5, 99: 5} {
		if got := src.utf16Column(3, column); got != want {
			t.Errorf("utf16Column(3, %d) = %d, want %d", column, got, want)
		}
	}
	if got := (*source)(nil).utf16Column(3, 7); got != 7 {
		t.Errorf("without a source the column is %d", got)
	}
}

func TestColour(t *testing.T) {
	for _, tt := range []struct {
		env  string
		tty  bool
		want bool
	}{
		{"", true, true},
		{"", false, false},
		{"TERM=dumb", true, false},
		{"NO_COLOR=1", true, false},
		{"NO_COLOR=", true, true},
		{"CLICOLOR_FORCE=1", false, true},
		{"CLICOLOR_FORCE=0", false, false},
		{"CLICOLOR_FORCE=1 TERM=dumb", false, true},
		{"CLICOLOR_FORCE=1 NO_COLOR=1", true, false},
	} {
		getenv := func(name string) string {
			for field := range strings.FieldsSeq(tt.env) {
				if value, ok := strings.CutPrefix(field, name+"="); ok {
					return value
				}
			}
			return ""
		}
		if got := wantColor(tt.tty, getenv); got != tt.want {
			t.Errorf("%q, terminal %v: colour %v", tt.env, tt.tty, got)
		}
	}
}

func TestTerminalOfAFile(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if s, tty := Terminal(f, func(string) string { return "" }); tty || s != (Style{}) {
		t.Errorf("a file is a terminal %v of style %+v", tty, s)
	}
	columns := func(name string) string { return map[string]string{"COLUMNS": "77"}[name] }
	if s, _ := Terminal(f, columns); s.Width != 77 {
		t.Errorf("COLUMNS is not heeded: %+v", s)
	}
}

func TestPath(t *testing.T) {
	r := &Report{Dir: "/a/b"}
	for file, want := range map[string]string{
		"/a/b/c/d.go": "c/d.go", "/a/b.go": "/a/b.go", "/a/bc/d.go": "/a/bc/d.go", "/x.go": "/x.go", "c.go": "c.go", "": "",
		"/a/b/..d.go": "..d.go",
	} {
		if got := r.path(file); got != want {
			t.Errorf("path(%q) = %q, want %q", file, got, want)
		}
	}
	if got := (&Report{}).path("/a/b.go"); got != "/a/b.go" {
		t.Errorf("without a directory: %q", got)
	}
}
