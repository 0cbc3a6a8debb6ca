package witness

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"strings"
)

//go:embed page.html
var page string

// WriteHTML writes one page that needs nothing else: a lane a goroutine, with
// what each did, when it was blocked, and who woke it; the keyboard steps
// through the events. dir is where the source files are; their lines are shown
// where they can be read.
func (t *Timeline) WriteHTML(w io.Writer, dir string) error {
	data, err := json.Marshal(struct {
		*Timeline
		Source map[string]string `json:"source"`
	}{t, t.sourceLines(dir)})
	if err != nil {
		return fmt.Errorf("writing the timeline page: %w", err)
	}
	// json.Marshal escapes <, > and &, so the text cannot end the script element.
	text := strings.NewReplacer(
		"{{.Title}}", html.EscapeString(t.Finding.Kind.String()+" in "+t.Test),
		"{{.Data}}", string(data),
	).Replace(page)
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("writing the timeline page: %w", err)
	}
	return nil
}

// sourceLines reads the lines that the rows name, keyed "file:line". A file
// that cannot be read is left out: the page shows its position all the same.
func (t *Timeline) sourceLines(dir string) map[string]string {
	files := map[string][]string{}
	lines := map[string]string{}
	for _, r := range t.Rows {
		if r.File == "" || r.Line == 0 {
			continue
		}
		text, read := files[r.File]
		if !read {
			if b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(r.File))); err == nil {
				text = strings.Split(string(b), "\n")
			}
			files[r.File] = text
		}
		if r.Line <= len(text) {
			lines[fmt.Sprintf("%s:%d", r.File, r.Line)] = text[r.Line-1]
		}
	}
	return lines
}
