package summary

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// An entry is one lock whose state differs from what it was at the function's
// entry: taken by this function, or released although the caller held it.
type entry struct {
	Holding
	key      string // refKey, the sort order
	released bool   // the caller's lock, released here
	handed   bool   // somebody else will release it
	learned  uint32 // atoms learnt since it was taken
}

// A state is what the walk knows at one point of one path. States are values:
// a walk copies before it changes one.
type state struct {
	locks  []entry
	known  uint32 // which atoms are decided
	truth  uint32 // and how
	defers []*ssa.Defer
	// coarse is set once conditions were forgotten for lack of room: the path
	// may not exist, so nothing that it meets is reported or summarised.
	coarse bool
	trail  *trail // how the path got here; not part of the identity
}

// A trail is a path as a list of branches, newest first.
type trail struct {
	Decision
	up *trail
}

func (t *trail) list() []Decision {
	var all []Decision
	for ; t != nil; t = t.up {
		all = append(all, t.Decision)
	}
	slices.Reverse(all)
	return all
}

// identity encodes everything that the future of a path depends on.
func (w *walker) identity(s *state) string {
	var b strings.Builder
	for i := range s.locks {
		e := &s.locks[i]
		b.WriteString(e.key)
		b.WriteByte("wr"[e.Mode])
		if e.released {
			b.WriteByte('-')
		}
		if e.handed {
			b.WriteByte('>')
		}
		if e.Crossed {
			b.WriteByte('o')
		}
		b.WriteString(strconv.Itoa(w.ids[e.Site]))
		b.WriteByte(';')
	}
	for _, d := range s.defers {
		b.WriteByte('d')
		b.WriteString(strconv.Itoa(w.ids[d]))
	}
	b.WriteByte("|~"[btoi(s.coarse)])
	b.WriteString(strconv.FormatUint(uint64(s.known), 36))
	b.WriteByte('/')
	b.WriteString(strconv.FormatUint(uint64(s.truth), 36))
	return b.String()
}

// find returns the index of the entry for a lock in a mode, or -1.
func (s *state) find(key string, mode Mode, released bool) int {
	return slices.IndexFunc(s.locks, func(e entry) bool { return e.key == key && e.Mode == mode && e.released == released })
}

// findThrough returns the index of a held lock that a variable names which took
// several values, or -1: walking hand over hand, "n = n.next" and n.mu.Unlock()
// may release what was locked under the name that one of the values has.
func (s *state) findThrough(ref Ref, mode Mode) int {
	phi, _ := ref.Base.(*ssa.Phi)
	for _, v := range values(phi, 3) {
		if r := RefOf(v); r.Known() {
			r.Sel += ref.Sel
			if i := s.find(refKey(r), mode, false); i >= 0 {
				return i
			}
		}
	}
	return -1
}

// values lists what a phi may be, through a few phis that it merges.
func values(phi *ssa.Phi, n int) []ssa.Value {
	if phi == nil || n == 0 {
		return nil
	}
	var all []ssa.Value
	for _, e := range phi.Edges {
		all = append(all, e)
		if inner, ok := e.(*ssa.Phi); ok {
			all = append(all, values(inner, n-1)...)
		}
	}
	return all
}

// holds returns the entry of a held lock, whatever its mode, or nil.
func (s *state) holds(key string) *entry {
	for i := range s.locks {
		if e := &s.locks[i]; e.key == key && !e.released {
			return e
		}
	}
	return nil
}

func (s *state) add(e entry) {
	s.locks = append(slices.Clip(s.locks), e)
	slices.SortStableFunc(s.locks, func(a, b entry) int {
		return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.Mode, b.Mode))
	})
}

func (s *state) remove(i int) {
	locks := make([]entry, 0, len(s.locks)-1)
	s.locks = append(append(locks, s.locks[:i]...), s.locks[i+1:]...)
}

// edit returns the i-th entry for changing, unshared.
func (s *state) edit(i int) *entry {
	s.locks = slices.Clone(s.locks)
	return &s.locks[i]
}

// learn records an atom's truth, also in every held lock, so that the fact can
// be forgotten with the lock.
func (s *state) learn(bit uint32, truth bool) {
	s.known |= bit
	s.truth &^= bit
	if truth {
		s.truth |= bit
	}
	if len(s.locks) > 0 {
		s.locks = slices.Clone(s.locks)
		for i := range s.locks {
			s.locks[i].learned |= bit
		}
	}
}

func (s *state) forget(bits uint32) {
	s.known &^= bits
	s.truth &^= bits
}
