package rt

import (
	"cmp"
	"iter"
	"reflect"
	"slices"
)

// A MapIterator visits the entries of a map: those present at the start, in
// the order of their keys, less those deleted meanwhile.
type MapIterator[K comparable, V any] struct {
	Key K
	Val V

	m    map[K]V
	keys []K
	next int
}

// MapIter is the start of `range m`.
func MapIter[M ~map[K]V, K comparable, V any](s Site, m M) *MapIterator[K, V] {
	it := &MapIterator[K, V]{m: m, keys: make([]K, 0, len(m))}
	for k := range m {
		it.keys = append(it.keys, k)
	}
	if active.Load() != nil {
		slices.SortFunc(it.keys, func(a, b K) int {
			return compare(reflect.ValueOf(&a).Elem(), reflect.ValueOf(&b).Elem(), 0)
		})
	}
	return it
}

// Next advances to the next entry and reports whether there is one.
func (it *MapIterator[K, V]) Next() bool {
	for it.next < len(it.keys) {
		it.Key = it.keys[it.next]
		it.next++
		if v, ok := it.m[it.Key]; ok {
			it.Val = v
			return true
		}
		if it.Key != it.Key { // NaN: cannot be looked up, nor deleted
			return true
		}
	}
	return false
}

// MapAll is maps.All.
func MapAll[M ~map[K]V, K comparable, V any](m M) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for it := MapIter(0, m); it.Next() && yield(it.Key, it.Val); {
		}
	}
}

// MapKeys is maps.Keys.
func MapKeys[M ~map[K]V, K comparable, V any](m M) iter.Seq[K] {
	return func(yield func(K) bool) {
		for it := MapIter(0, m); it.Next() && yield(it.Key); {
		}
	}
}

// MapValues is maps.Values.
func MapValues[M ~map[K]V, K comparable, V any](m M) iter.Seq[V] {
	return func(yield func(V) bool) {
		for it := MapIter(0, m); it.Next() && yield(it.Val); {
		}
	}
}

// compareDepth bounds how far pointers are followed to order what they point to.
const compareDepth = 3

// compare orders two values of one type by what they contain, so that the order
// is the same in every run. Pointers and channels are ordered by their shadow's
// number if they have one, else by what they point to; only what cannot be told
// apart that way is left to the address.
func compare(a, b reflect.Value, depth int) int {
	switch a.Kind() {
	case reflect.Bool:
		return cmp.Compare(b2i(a.Bool()), b2i(b.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return cmp.Compare(a.Int(), b.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return cmp.Compare(a.Uint(), b.Uint())
	case reflect.Float32, reflect.Float64:
		return cmp.Compare(a.Float(), b.Float())
	case reflect.Complex64, reflect.Complex128:
		x, y := a.Complex(), b.Complex()
		return cmp.Or(cmp.Compare(real(x), real(y)), cmp.Compare(imag(x), imag(y)))
	case reflect.String:
		return cmp.Compare(a.String(), b.String())
	case reflect.Array:
		for i := range a.Len() {
			if c := compare(a.Index(i), b.Index(i), depth); c != 0 {
				return c
			}
		}
	case reflect.Struct:
		for i := range a.NumField() {
			if c := compare(a.Field(i), b.Field(i), depth); c != 0 {
				return c
			}
		}
	case reflect.Interface:
		return compareDynamic(a, b, depth)
	case reflect.Pointer, reflect.Chan, reflect.UnsafePointer:
		return comparePointers(a, b, depth)
	}
	return 0 // what else there is, such as slices behind a pointer, does not count
}

func compareDynamic(a, b reflect.Value, depth int) int {
	if a.IsNil() || b.IsNil() {
		return cmp.Compare(b2i(!a.IsNil()), b2i(!b.IsNil()))
	}
	x, y := a.Elem(), b.Elem()
	if x.Type() != y.Type() {
		return cmp.Or(cmp.Compare(x.Type().PkgPath(), y.Type().PkgPath()), cmp.Compare(x.Type().String(), y.Type().String()))
	}
	return compare(x, y, depth)
}

func comparePointers(a, b reflect.Value, depth int) int {
	p, q := a.UnsafePointer(), b.UnsafePointer()
	if p == q {
		return 0
	}
	if p == nil || q == nil {
		return cmp.Compare(b2i(p != nil), b2i(q != nil))
	}
	if e := active.Load(); e != nil && a.Kind() == reflect.Chan {
		if x, y := e.objects.find(p, chanClass), e.objects.find(q, chanClass); x != nil && y != nil {
			return cmp.Compare(x.num, y.num)
		}
	}
	if a.Kind() == reflect.Pointer && depth < compareDepth {
		if c := compare(a.Elem(), b.Elem(), depth+1); c != 0 {
			return c
		}
	}
	return cmp.Compare(uintptr(p), uintptr(q))
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
