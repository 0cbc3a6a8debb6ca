package render_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/asynclint/asynclint/internal/finding"
	"github.com/asynclint/asynclint/internal/render"
	"github.com/asynclint/asynclint/internal/rule"
)

// base is the working directory of the synthetic run. Nothing is read from it.
const base = "/home/gopher/service"

// files are the sources that the synthetic findings are about.
var files = map[string]string{
	base + "/store/store.go": `package store

func (s *Store) Put(k, v string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[k] = v
	if s.Len() > limit {
		s.evict()
	}
}

func (s *Store) Twice() { s.mu.Lock(); s.mu.Lock() }

func (s *Store) Get(ctx context.Context, k string) (string, error) {
	res := make(chan string)
	go func() { res <- s.slow(k) }()
	select {
	case v := <-res:
		return v, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
`,
	base + "/store/len.go": `package store

// Len counts the entries.
func (s *Store) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.m)
}
`,
	base + "/wide.go": "package service\n\n" +
		"func 世界() {\n" +
		"\tlog.Print(\"こんにちは、世界 👋\"); mu.Lock(); /* e\u0301 */ mu.Lock() // zwölf\n" +
		"}\n",
	base + "/long.go": "package service\n\n" +
		"var table = []string{" + strings.Repeat(`"alpha", `, 20) + "compute(mu.Lock, 1), " + strings.Repeat(`"omega", `, 20) + "}\n",
	base + "/bytes.go": "package service\r\n\r\n" +
		"var s = \"\xff\xfe\x1b[31m\u202e\"; var l = mu.Lock()\r\n",
	"/usr/lib/go/src/net/http/server.go": "package http\n\nfunc (s *Server) Serve() {}\n",
}

func read(name string) ([]byte, error) {
	if text, ok := files[name]; ok {
		return []byte(text), nil
	}
	return nil, fs.ErrNotExist
}

// span finds the n-th occurrence, from 1, of a text in a file.
func span(file, text string, n int) (from, to finding.Position) {
	src, at := files[file], 0
	for i := 1; ; i++ {
		k := strings.Index(src[at:], text)
		if k < 0 {
			panic(fmt.Sprintf("%s: no occurrence %d of %q", file, n, text))
		}
		at += k
		if i == n {
			break
		}
		at += len(text)
	}
	pos := func(offset int) finding.Position {
		before := src[:offset]
		return finding.Position{
			File: file, Offset: offset,
			Line:   1 + strings.Count(before, "\n"),
			Column: offset - strings.LastIndex(before, "\n"),
		}
	}
	return pos(at), pos(at + len(text))
}

// help is what every finding advises. The goldens must not change when the
// catalogue words something better.
const help = "call a variant that expects the lock to be held, or release the lock before the call"

// at starts a finding of a catalogue rule at an occurrence of a text.
func at(r *rule.Rule, file, text string, n int, message string) finding.Finding {
	f := finding.Finding{
		Rule: r.ID(), Level: rule.Error, Message: message + " (" + r.ID() + ")", Help: help, URL: r.URL(),
		Package: "example.com/service", Fingerprint: fmt.Sprintf("%s-%d", r.Slug, n),
	}
	f.Pos, f.End = span(file, text, n)
	return f
}

// related adds a secondary position to a finding.
func related(f finding.Finding, file, text string, n int, message string) finding.Finding {
	from, to := span(file, text, n)
	f.Related = append(f.Related, finding.Related{Pos: from, End: to, Message: message})
	return f
}

// replace adds a fix that replaces an occurrence of a text.
func replace(f finding.Finding, message, file, text string, n int, by string) finding.Finding {
	from, to := span(file, text, n)
	f.Fixes = append(f.Fixes, finding.Fix{Message: message, Edits: []finding.Edit{{File: file, Start: from.Offset, End: to.Offset, New: by}}})
	return f
}

const (
	store = base + "/store/store.go"
	lenGo = base + "/store/len.go"
)

// findings is the table that every format is shown with, one shape an entry.
func findings() map[string]finding.Finding {
	all := make(map[string]finding.Finding)

	f := at(rule.DoubleLock, store, "s.mu.Lock()", 3, "s.mu is locked again while it is held, so the goroutine waits for itself")
	all["same-line"] = related(f, store, "s.mu.Lock()", 2, "s.mu is locked here")

	f = at(rule.DoubleLock, store, "s.Len()", 1, "s.Len locks s.mu, which is already held, so the goroutine waits for itself")
	f = related(f, store, "s.mu.Lock()", 1, "s.mu is locked here")
	all["other-file"] = related(f, lenGo, "s.mu.Lock()", 1, "Len locks it again here")

	f = at(rule.DoubleLock, store, "s.Len()", 1, "s.Len locks s.mu, which is already held, so the goroutine waits for itself")
	f = related(f, lenGo, "s.mu.Lock()", 1, "Len locks s.mu here")
	all["reading-order"] = related(f, store, "s.mu.Lock()", 1, "and s.mu is locked since here")

	f = at(rule.AbandonedSender, store, "res <- s.slow(k)", 1, "the goroutine sends on res for ever when the select returns through ctx.Done")
	f = related(f, store, "make(chan string)", 1, "res has no buffer")
	f = related(f, store, "case <-ctx.Done():\n\t\treturn \"\", ctx.Err()", 1, "returns without receiving from res")
	all["fix"] = replace(f, "make res a buffered channel of size 1", store, "make(chan string)", 1, "make(chan string, 1)")

	f = at(rule.BreakInSelect, store, "select {\n\tcase v := <-res:\n\t\treturn v, nil\n\tcase <-ctx.Done():\n\t\treturn \"\", ctx.Err()\n\t}", 1, "the loop goes on after ctx is done")
	f = replace(f, "return from the function", store, "\tselect {\n", 1, "\tselect { // first\n\t// second\n")
	all["multi-line"] = related(f, store, "ctx.Done()", 1, "ready for ever once ctx is done")

	f = at(rule.BreakInSelect, store, "select", 1, "only points are known")
	f = related(f, store, "go func", 1, "a keyword")
	f = related(f, store, "() { res", 1, "no word")
	f = related(f, store, "res := make", 1, "a name")
	f.End = f.Pos
	for i := range f.Related {
		f.Related[i].End = finding.Position{}
	}
	all["points"] = f

	f = at(rule.MissingUnlock, store, "ctx.Err()", 1, "s.mu stays locked on the way out")
	all["far-apart"] = related(f, store, "s.mu.Lock()", 1, "s.mu is locked here")

	body := files[store][strings.Index(files[store], "func (s *Store) Get"):]
	f = at(rule.MissingUnlock, store, strings.TrimSpace(body), 1, "s.mu stays locked in all of Get")
	all["long-span"] = related(f, store, "res <- s.slow(k)", 1, "also in here")

	from, to := span(store, "func (s *Store) Get(ctx context.Context, k string) (string, error) {", 1)
	f = at(rule.MissingUnlock, store, "{\n\tres := make(chan string)\n", 1, "s.mu stays locked on the way out")
	f.Level, f.Related = rule.Note, []finding.Related{{Pos: from, End: to, Message: "in this function"}}
	all["multi-line-inside"] = f

	f = at(rule.DoubleLock, store, "s.mu.Lock()", 3, "s.mu is locked again while it is held, so the goroutine waits for itself")
	f = related(f, store, "s.mu.Lock()", 2, "s.mu is locked here")
	f = related(f, store, "s *Store", 2, "through s")
	f = related(f, store, "s.mu.Lock(); s.mu", 1, "both on one line")
	all["crowded-line"] = related(f, store, "s.mu.Lock()", 3, "and here by the same goroutine")

	f = at(rule.AbandonedSender, store, "select {\n\tcase v := <-res:\n\t\treturn v, nil\n\tcase <-ctx.Done():\n\t\treturn \"\", ctx.Err()\n\t}", 1, "the select can leave first")
	f = related(f, store, "func() { res <- s.slow(k) }()\n\tselect {", 1, "starts here")
	all["nested-spans"] = related(f, store, "case <-ctx.Done():\n\t\treturn \"\", ctx.Err()", 1, "and leaves here")

	f = at(rule.DoubleLock, base+"/wide.go", "mu.Lock()", 2, "mu is locked again while it is held, so 世界 waits for itself")
	all["wide-runes"] = related(f, base+"/wide.go", "mu.Lock()", 1, "mu is locked here")

	all["long-line"] = at(rule.UncancellableSleep, base+"/long.go", "compute(mu.Lock, 1)", 1, "compute sleeps where ctx could end it")
	all["not-utf8"] = at(rule.MissingUnlock, base+"/bytes.go", "mu.Lock()", 1, "mu stays locked")
	all["no-related"] = at(rule.UncancellableSleep, store, "s.evict()", 1, "s.evict sleeps where ctx could end it")

	f = at(rule.MissingUnlock, store, "s.mu.Lock()", 1, "s.mu stays locked when Put returns early")
	f.Suppressed = &finding.Suppression{Reason: "Put never returns early,\tsee the test", Pos: f.Pos}
	all["suppressed"] = f

	f = at(rule.DoubleLock, store, "s.evict()", 1, "s.evict locks s.mu, which is already held")
	f.Pos.File, f.End.File = base+"/gone.go", base+"/gone.go"
	f = related(f, store, "s.mu.Lock()", 1, "s.mu is locked here")
	f.Related[0].Pos.File, f.Related[0].End.File = base+"/gone.go", base+"/gone.go"
	all["missing-file"] = f

	f = at(rule.DoubleLock, store, "s.evict()", 1, "s.evict locks s.mu, which is already held")
	f.Pos.Line, f.End.Line = 4000, 4000
	all["past-the-end"] = related(f, store, "s.mu.Lock()", 1, "s.mu is locked here")

	f = at(rule.DoubleLock, "/usr/lib/go/src/net/http/server.go", "func (s *Server) Serve() {}", 1, "")
	f.Rule, f.Level, f.Help, f.URL = "vet/lostcancel", rule.Warning, "", "https://pkg.go.dev/golang.org/x/tools/go/analysis/passes/lostcancel"
	f.Message = "the cancel function is not used on all paths\n(possible context leak)"
	all["foreign"] = f
	return all
}

// names lists the table's entries in the order in which reports hold them.
var names = []string{
	"same-line", "other-file", "reading-order", "fix", "multi-line", "multi-line-inside", "points", "far-apart", "long-span", "crowded-line", "nested-spans", "wide-runes", "long-line",
	"not-utf8", "no-related", "suppressed", "missing-file", "past-the-end", "foreign",
}

// report is a run with every finding of the table and two failures.
func report(t *testing.T) *render.Report {
	t.Helper()
	r := &render.Report{
		Failures: []finding.Failure{
			{Package: "example.com/service/broken", Reason: "broken.go:3:1: syntax error: unexpected }\nbroken.go:9:2: undefined: x"},
			{Package: "example.com/service/store", Pass: "leak", Reason: "function Get has more than 5000 blocks"},
		},
		Packages: 14, Suppressed: 3, Version: "v0.1.0", Dir: base, Elapsed: 1234 * time.Millisecond, ReadFile: read,
	}
	table := findings()
	if len(table) != len(names) {
		t.Fatalf("table has %d entries, names %d", len(table), len(names))
	}
	for _, name := range names {
		r.Findings = append(r.Findings, table[name])
	}
	return r
}
