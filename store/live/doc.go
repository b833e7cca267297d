// Package live is the quick half of the store: Redis, where the state of every
// conversation lives by its revision, and where open pages hear of changes.
//
// It is a help and never the truth. Whatever it holds may be gone, behind or
// out of reach at any moment; the caseload's snapshot and its revision decide.
// So no call waits longer than [Budget], none is repeated, and after a few
// failures in a row calls return at once until Redis answers again.
//
// It never holds a text, a name or an address, and it logs nothing.
package live
