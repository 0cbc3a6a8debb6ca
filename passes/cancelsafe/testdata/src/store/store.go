// Package store stands for a library that the registry does not know.
package store

type DB struct{ rows map[string]string }

func (db *DB) Get(key string) string { return db.rows[key] }
