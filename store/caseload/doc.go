// Package caseload is the half of the store that lasts: it keeps clients, their
// conversations, messages and appointments in SQL, on SQLite or PostgreSQL, and
// inserts the jobs that a change causes in the same transaction.
//
// All SQL is in it, written once; texts, addresses and snapshots are sealed
// before they reach the database. It knows nothing of Redis, sends nothing, and
// holds no transaction open across anything but the database.
package caseload
