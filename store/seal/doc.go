// Package seal keeps what the caseload says about people unreadable to whoever
// holds the database but not the keys: it encrypts single values, and it makes
// keyed hashes by which a value can be found without being readable.
//
// The keys come from SECRET_KEYS. The first one seals, every one opens, so that
// a key can be replaced while the service runs: put the new key in front, and
// take the old one out when nothing sealed with it is left.
//
// It never stores, logs or prints a key, and no error of it repeats any part of
// a key or of a value.
package seal
