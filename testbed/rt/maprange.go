package rt

import "iter"

// A MapIterator visits the entries of a map.
type MapIterator[K comparable, V any] struct {
	Key K
	Val V

	m    map[K]V
	keys []K
	next int
}

// MapIter is the start of `range m`.
func MapIter[M ~map[K]V, K comparable, V any](s Site, m M) *MapIterator[K, V] {
	it := &MapIterator[K, V]{m: m}
	for k := range m {
		it.keys = append(it.keys, k)
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
