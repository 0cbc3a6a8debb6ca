package witness_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/witness"
)

// abba is the history of two goroutines that take two locks in opposite order.
func abba() *explore.Found {
	at := func(line int, text string) explore.Pos {
		return explore.Pos{File: "bank/bank.go", Line: line, Col: 4, Text: text}
	}
	const (
		op, park, wake, spawn, end = explore.EvOp, explore.EvPark, explore.EvWake, explore.EvSpawn, explore.EvEnd
	)
	return &explore.Found{
		Finding: explore.Finding{Kind: explore.Deadlock, Detail: "all goroutines are blocked </script><b>", Goroutines: []explore.Goroutine{
			{ID: 0, Name: "TestTransfer", State: "blocked", Op: explore.OpWait, At: at(30, "wg.Wait"), Object: "waitgroup #1"},
			{ID: 1, Name: "bank.(*Account).to", State: "blocked", Op: explore.OpLock, At: at(12, "b.mu.Lock"), Waits: []int{2},
				Holds: []explore.Held{{Object: "mutex #2", At: at(10, "a.mu.Lock")}}},
			{ID: 2, Name: "bank.(*Account).from", State: "blocked", Op: explore.OpLock, At: at(22, "a.mu.Lock"), Waits: []int{1}},
		}},
		Schedule: 3, Strategy: "pct3", Confirmed: true, Trace: "al1:abc:TestTransfer:AAAA", Steps: 9, Preemptions: 1,
		Events: []explore.Event{
			{Step: 1, Time: 100, G: 0, Kind: spawn, Op: explore.OpGo, At: at(28, "go a.to"), Peer: 1, Note: "bank.(*Account).to"},
			{Step: 2, Time: 200, G: 0, Kind: spawn, Op: explore.OpGo, At: at(29, "go b.from"), Peer: 2, Note: "bank.(*Account).from"},
			{Step: 3, Time: 300, G: 0, Kind: op, Op: explore.OpWait, At: at(30, "wg.Wait"), Obj: "waitgroup #1"},
			{Step: 3, Time: 300, G: 0, Kind: park, Op: explore.OpWait, At: at(30, "wg.Wait"), Obj: "waitgroup #1"},
			{Step: 4, Time: 400, G: 1, Kind: op, Op: explore.OpLock, At: at(10, "a.mu.Lock"), Obj: "mutex #2"},
			{Step: 5, Time: 5000500, G: 2, Kind: op, Op: explore.OpLock, At: at(20, "b.mu.Lock"), Obj: "mutex #3"},
			{Step: 6, Time: 5000600, G: 3, Kind: end, Op: explore.OpExit},
			{Step: 7, Time: 5000700, G: 1, Kind: op, Op: explore.OpLock, At: at(12, "b.mu.Lock"), Obj: "mutex #3"},
			{Step: 7, Time: 5000700, G: 1, Kind: park, Op: explore.OpLock, At: at(12, "b.mu.Lock"), Obj: "mutex #3"},
			{Step: 8, Time: 5000800, G: 2, Kind: op, Op: explore.OpLock, At: at(22, "a.mu.Lock"), Obj: "mutex #2"},
			{Step: 8, Time: 5000800, G: 2, Kind: park, Op: explore.OpLock, At: at(22, "a.mu.Lock"), Obj: "mutex #2"},
			{Step: 9, Time: 5000900, G: 1, Kind: wake, Op: explore.OpLock, At: at(12, "b.mu.Lock"), Peer: 2},
			{Step: 9, Time: 5000900, G: 1, Kind: park, Op: explore.OpLock, At: at(12, "b.mu.Lock"), Obj: "mutex #3"},
		},
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	if err := witness.New("TestTransfer", abba()).WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	const want = `deadlock: all goroutines are blocked </script><b>
  g0 TestTransfer: blocked in WaitGroup.Wait at bank/bank.go:30:4
  g1 bank.(*Account).to: blocked in Lock at bank/bank.go:12:4, waits for g2, holds mutex #2 taken at bank/bank.go:10:4
  g2 bank.(*Account).from: blocked in Lock at bank/bank.go:22:4, waits for g1
found in schedule 3 (pct3); this witness: 9 steps, 1 preemptions

  step       time  g0 TestTransfer         g1 bank.(*Account).to  g2 bank.(*Account).from  g3 goroutine 3
     1      100ns  starts g1
     2      200ns  starts g2
     3      300ns  bank.go:30 wg.Wait
     3      300ns  blocks on waitgroup #1
     4      400ns                          bank.go:10 a.mu.Lock
     5   5.0005ms                                                 bank.go:20 b.mu.Lock
     6   5.0006ms                                                                          ends
     7   5.0007ms                          bank.go:12 b.mu.Lock
     7   5.0007ms                          blocks on mutex #3
     8   5.0008ms                                                 bank.go:22 a.mu.Lock
     8   5.0008ms                                                 blocks on mutex #2
     9   5.0009ms                          woken by g2
     9   5.0009ms                          blocks on mutex #3
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// TestTableCuts checks that a history with many goroutines and events shows
// those that the finding names, and says what it leaves out.
func TestTableCuts(t *testing.T) {
	found := abba()
	for i := range 200 {
		found.Events = append(found.Events, explore.Event{Step: 10 + i, G: 4 + i%20, Kind: explore.EvOp, Op: explore.OpYield})
	}
	for i := range 100 {
		found.Events = append(found.Events, explore.Event{Step: 300 + i, G: 1, Kind: explore.EvOp, Op: explore.OpYield})
	}
	var b strings.Builder
	if err := witness.New("TestTransfer", found).WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"g0 TestTransfer ", "... 52 earlier events", "(201 events of 21 other goroutines are not shown)"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "g7") {
		t.Errorf("the table shows a goroutine that the finding does not name:\n%s", b.String())
	}
}

// TestTableClock checks that the clock's rows find room in a narrow table, and
// that the critical sections inside of package context are left out.
func TestTableClock(t *testing.T) {
	found := &explore.Found{Finding: explore.Finding{Kind: explore.TestFailed, Detail: "the test failed", Goroutines: []explore.Goroutine{
		{ID: 0, Name: "example.com/bank.TestT", State: "ended", Stack: "--- FAIL: TestT\n    bank_test.go:3: 1 is not 2"}}},
		Events: []explore.Event{
			{Step: 1, G: explore.Clock, Kind: explore.EvTimer, Note: "the clock jumps: all others are slow"},
			{Step: 2, G: 0, Kind: explore.EvOp, Op: explore.OpLock, At: explore.Pos{File: "context/context.go", Line: 9, Text: "c.mu.Lock"}},
			{Step: 3, G: 0, Kind: explore.EvOp, Op: explore.OpClose, At: explore.Pos{File: "context/context.go", Line: 10, Text: "close(d)"}},
		}}
	var b strings.Builder
	if err := witness.New("TestT", found).WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"  --- FAIL: TestT\n      bank_test.go:3: 1 is not 2\n", "(the clock jumps: all others are …", "g0 bank.TestT", "context.go:10 close(d)"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "c.mu.Lock") {
		t.Errorf("the table shows what happens inside of package context:\n%s", b.String())
	}
}

func TestChrome(t *testing.T) {
	var b bytes.Buffer
	if err := witness.New("TestTransfer", abba()).WriteChrome(&b); err != nil {
		t.Fatal(err)
	}
	var got struct {
		TraceEvents []struct {
			Name, Ph string
			Tid      int
			Ts, Dur  float64
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	open := map[string]int{}
	for _, e := range got.TraceEvents {
		open[e.Ph]++
		if e.Ph == "X" && e.Tid == 2 && strings.HasPrefix(e.Name, "parked") && (e.Ts != 10 || e.Dur != 3) {
			t.Errorf("g2 is parked from event %v for %v, want 10 for 3", e.Ts, e.Dur)
		}
	}
	if open["s"] != 3 || open["s"] != open["f"] {
		t.Errorf("%d flow starts and %d ends, want 3 of each: two go statements and a wake-up", open["s"], open["f"])
	}
	if open["i"] != 13 {
		t.Errorf("%d instants, want one an event", open["i"])
	}
}

// TestPage opens the page in a browser, if there is one, steps through it by
// keyboard, and reads the result back.
func TestPage(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "bank"), 0o777); err != nil {
		t.Fatal(err)
	}
	source := strings.Repeat("\n", 21) + "\ta.mu.Lock() // <second>\n"
	if err := os.WriteFile(filepath.Join(dir, "bank", "bank.go"), []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := witness.New("TestTransfer", abba()).WriteHTML(&b, dir); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "</script>"); n != 2 {
		t.Fatalf("%d script elements end, want 2: the finding's text must not end one", n)
	}
	for _, outside := range []string{"http://", "https://", "src=", "href="} {
		if text := strings.ReplaceAll(b.String(), "http://www.w3.org/2000/svg", ""); strings.Contains(text, outside) {
			t.Errorf("the page refers to something outside: %s", outside)
		}
	}
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		t.Skip("no Chromium to open the page in")
	}
	// The keys go back three events from the last one.
	const keys = `<script>for (const k of ["ArrowLeft", "ArrowUp", "Home", "End", "ArrowLeft", "ArrowLeft", "ArrowLeft"])
		document.dispatchEvent(new KeyboardEvent("keydown", {key: k}));</script></body>`
	name := filepath.Join(dir, "page.html")
	if err := os.WriteFile(name, []byte(strings.Replace(b.String(), "</body>", keys, 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(browser, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000", "--dump-dom", "file://"+name)
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("the browser does not run here: %v", err)
	}
	dom := string(out)
	for _, want := range []string{
		"event 10 of 13", "step 8, 5.001ms", "bank/bank.go:22:4", "a.mu.Lock() // &lt;second&gt;",
		"blocked in b.mu.Lock", "in TestTransfer: all goroutines are blocked &lt;/script&gt;&lt;b&gt;",
	} {
		if !strings.Contains(dom, want) {
			t.Errorf("after the keys the page lacks %q", want)
		}
	}
	if got := strings.Count(dom, `class="op`); got != 13 {
		t.Errorf("the page draws %d events, want 13", got)
	}
}
