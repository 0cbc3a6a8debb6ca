package registry

import (
	_ "embed"
	"go/types"
	"strings"
)

// A Kind says what a blocking call waits for.
type Kind string

// The kinds differ in how long the wait can be and in who can end it.
const (
	Sleep  Kind = "sleep"  // a timer
	Net    Kind = "net"    // a peer on the network
	DNS    Kind = "dns"    // name resolution
	Disk   Kind = "disk"   // the local file system; bounded, unless it is a network mount
	Exec   Kind = "exec"   // the end of a child process
	Lock   Kind = "lock"   // another goroutine's critical section
	Wait   Kind = "wait"   // other goroutines, or an event
	Chan   Kind = "chan"   // the other end of a channel or in-memory pipe
	DB     Kind = "db"     // a database server
	Stream Kind = "stream" // whatever is behind the reader or writer: perhaps memory
)

// External reports whether the wait is for something outside the process that
// answers when it pleases: the network, a database, a child process.
func (k Kind) External() bool {
	switch k {
	case Net, DNS, DB, Exec:
		return true
	}
	return false
}

// An Entry describes one blocking call.
type Entry struct {
	Kind Kind
	// Context: the function takes a context and honours it.
	Context bool
	// Instead is the function, method or Type.Method of the same library that
	// can be cancelled, or "" when there is none.
	Instead string
}

// The fields behind the name: kind, "ctx" or "-", what to use instead or "-".
//
//go:embed blocking.tsv
var blockingTable table

// Blocking returns the entry of a function that blocks.
func Blocking(fn *types.Func) (Entry, bool) {
	n := name(fn)
	if n == "" {
		return Entry{}, false
	}
	fields, ok := blockingTable.find(n)
	if !ok || len(fields) < 3 {
		return Entry{}, false
	}
	return Entry{
		Kind:    Kind(fields[0]),
		Context: fields[1] == "ctx",
		Instead: strings.TrimPrefix(fields[2], "-"),
	}, true
}
