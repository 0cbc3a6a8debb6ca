package render

import (
	"strings"
	"testing"
)

// The expected values are those of the published test of GitHub's upload action.
func TestLineHashes(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"", []string{"c129715d7a2bc9a3:1"}},
		{" a\nb\n  \t\tc\n d", []string{"271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"}},
		{" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End", []string{
			"8b7cf3e952e7aeb2:1", "b1ae1287ec4718d9:1", "bff680108adb0fcc:1", "c6805c5e1288b612:1", "b86d3392aea1be30:1", "e6ceba753e1a442:1"}},
		{" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", []string{
			"e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1"}},
		{" hello; \t\rworld!!!\r\r\r  \t\tGreetings\r End\r", []string{
			"e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1"}},
	} {
		got := lineHashes(tt.text)
		if strings.Join(got, " ") != strings.Join(tt.want, " ") {
			t.Errorf("%q:\n got %v\nwant %v", tt.text, got, tt.want)
		}
	}
}

// Lines that begin with the same 100 units differ in the count behind the colon.
func TestLineHashesCountEqualLines(t *testing.T) {
	line := strings.Repeat("x", 150) + "\n"
	got := lineHashes(line + line)
	first, count, _ := strings.Cut(got[0], ":")
	if count != "1" || got[1] != first+":2" {
		t.Errorf("got %v", got)
	}
}
