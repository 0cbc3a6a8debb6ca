package registry

import (
	"flag"
	"fmt"
	"go/types"
	"slices"
	"strings"
)

// User holds the entries that a user adds. It is the value of a flag:
//
//	-registry=example.com/store#DB.Get=db,example.com/rpc#Call=net
//
// The zero value has no entries.
type User struct {
	kinds map[string]Kind // by name
}

var _ flag.Value = (*User)(nil)

// Kinds that only users may give: calls that compute for long, and the
// operations of a lock that goes by other names.
const (
	CPU     Kind = "cpu"
	Unlock  Kind = "unlock"
	RLock   Kind = "rlock"
	RUnlock Kind = "runlock"
)

// UserKinds are the kinds that an entry of a user may have.
var UserKinds = []Kind{CPU, DB, Disk, DNS, Exec, Lock, Net, RLock, RUnlock, Sleep, Stream, Unlock, Wait}

// Set replaces the entries. It implements [flag.Value].
func (u *User) Set(value string) error {
	kinds := make(map[string]Kind)
	for entry := range strings.SplitSeq(value, ",") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		fn, kind, ok := strings.Cut(entry, "=")
		path, symbol, named := strings.Cut(fn, "#")
		if !ok || !named || path == "" || symbol == "" {
			return fmt.Errorf("malformed registry entry %q: want import/path#Symbol=kind", entry)
		}
		if !slices.Contains(UserKinds, Kind(kind)) {
			return fmt.Errorf("registry entry %q: unknown kind %q: want one of %v", entry, kind, UserKinds)
		}
		kinds[path+"\t"+symbol] = Kind(kind)
	}
	u.kinds = kinds
	return nil
}

// String returns the entries as Set takes them, sorted.
func (u *User) String() string {
	if u == nil {
		return ""
	}
	entries := make([]string, 0, len(u.kinds))
	for n, kind := range u.kinds {
		entries = append(entries, strings.Replace(n, "\t", "#", 1)+"="+string(kind))
	}
	slices.Sort(entries)
	return strings.Join(entries, ",")
}

// Kind returns the kind that the user gave a function.
func (u *User) Kind(fn *types.Func) (Kind, bool) {
	if len(u.kinds) == 0 {
		return "", false
	}
	kind, ok := u.kinds[name(fn)]
	return kind, ok
}

// Blocking is [Blocking] with the user's entries before the embedded ones. The
// operations that end a wait and computations do not block.
func (u *User) Blocking(fn *types.Func) (Entry, bool) {
	switch kind, ok := u.Kind(fn); {
	case !ok:
		return Blocking(fn)
	case kind == Unlock || kind == RUnlock || kind == CPU:
		return Entry{}, false
	case kind == RLock:
		return Entry{Kind: Lock}, true
	default:
		return Entry{Kind: kind, Context: takesContext(fn)}, true
	}
}

func takesContext(fn *types.Func) bool {
	params := fn.Signature().Params()
	if params.Len() == 0 {
		return false
	}
	named, ok := types.Unalias(params.At(0).Type()).(*types.Named)
	return ok && named.Obj().Name() == "Context" && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "context"
}
