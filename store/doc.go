// Package store is one unit of work over both stores: the caseload in SQL,
// which owns the truth, and the live state in Redis, which makes it quick.
//
// It loads what a turn needs, commits what a turn did in one transaction, hands
// the outbox what is to be sent, and answers the read models of console and
// API. It never decides anything about a conversation.
package store
