package cli

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		p := startProgress(&out, true)
		time.Sleep(progressDelay - time.Millisecond)
		synctest.Wait()
		if out.Len() > 0 {
			t.Errorf("a short run printed %q", out.String())
		}
		for range 3 {
			for _, b := range []byte("{\n\t\"example.com/p\": {}\n}\n") {
				p.Write([]byte{b})
			}
		}
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		if got := out.String(); !strings.HasSuffix(got, "analysing: 3 packages done, 2s") {
			t.Errorf("after the delay: %q", got)
		}
		out.Reset()
		p.say("go: warning: something\n")
		if got := out.String(); got != "\r\x1b[Kgo: warning: something\n" {
			t.Errorf("a message was printed as %q", got)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		out.Reset()
		p.end()
		if got := out.String(); got != "\r\x1b[K" {
			t.Errorf("the end printed %q", got)
		}
	})
}

func TestNoProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		p := startProgress(&out, false) // not a terminal
		time.Sleep(time.Minute)
		p.say("go: warning: something\n")
		p.end()
		if got := out.String(); got != "go: warning: something\n" {
			t.Errorf("printed %q", got)
		}
		var none *progress
		none.say("x")
		if n, err := none.Write([]byte("x")); n != 1 || err != nil {
			t.Errorf("Write = %d, %v", n, err)
		}
	})
}
