// Package storetest gives tests real databases, a real Redis and a log of their own:
// a fresh SQLite file, and where the programs are installed a PostgreSQL and a
// Redis that the test process starts and that end with it, however it ends.
//
// It is for tests only and never touches a server that it did not start. A
// program that ALONGSIDE_REQUIRE names ("postgres,redis") must be there: its
// absence then fails the test instead of leaving it out.
package storetest

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Required says whether a test must not do without a program.
func Required(program string) bool {
	return slices.Contains(strings.Split(os.Getenv("ALONGSIDE_REQUIRE"), ","), program)
}

// absent ends the test if the program is required.
func absent(t testing.TB, program string) {
	t.Helper()
	if Required(program) {
		t.Fatalf("%s is not installed, and ALONGSIDE_REQUIRE wants it", program)
	}
}
