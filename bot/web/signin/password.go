package signin

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

// hashing are OWASP's parameters for argon2id: 19 MiB, two passes, one thread
// (Password Storage Cheat Sheet, read in November 2026).
var hashing = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// nobodys is the hash of a password that nobody has, with the parameters above:
// a login that does not exist takes as long as one that does.
const nobodys = "$argon2id$v=19$m=19456,t=2,p=1$c7HiLDYi+p6X0g76LGvTOQ$T4QaMxnWTVdIjY84E0dJ1ni4E3x6d8ELCDycGBJzEGg"

// How many hashes may be made at once, of 19 MiB each. Browsers that are known
// have places of their own: whoever floods the sign-in from outside does not
// keep the team out.
const (
	placesForAll   = 3
	placesForKnown = 2
	// placeWithin is how long a sign-in waits for a place.
	placeWithin = 4 * time.Second
)

// errBusy says that too many sign in at this moment.
var errBusy = errors.New("too many sign-ins at once")

// hasher bounds the memory that passwords cost.
type hasher struct{ all, known chan struct{} }

func newHasher() *hasher {
	return &hasher{all: make(chan struct{}, placesForAll), known: make(chan struct{}, placesForKnown)}
}

// place waits for a place and returns what gives it back.
func (h *hasher) place(ctx context.Context, known bool) (leave func(), err error) {
	places := h.all
	if known {
		places = h.known
	}
	ctx, cancel := context.WithTimeout(ctx, placeWithin)
	defer cancel()
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-ctx.Done():
		return nil, errBusy
	}
}

// right says whether a password is that of a hash; none is that of no hash, and
// finding out takes as long.
func (h *hasher) right(ctx context.Context, password, hash string, known bool) (bool, error) {
	leave, err := h.place(ctx, known)
	if err != nil {
		return false, err
	}
	defer leave()
	against := hash
	if hash == "" {
		against = nobodys
	}
	right, err := argon2id.ComparePasswordAndHash(password, against)
	if err != nil {
		return false, errors.New("the stored hash of a password cannot be read")
	}
	return right && hash != "", nil
}

// hash makes the hash of a new password.
func (h *hasher) hash(ctx context.Context, password string, known bool) (string, error) {
	leave, err := h.place(ctx, known)
	if err != nil {
		return "", err
	}
	defer leave()
	return argon2id.CreateHash(password, &hashing)
}

// The length of a password, in characters: long enough that three words will
// do, and nothing else is asked of it (NCSC, "three random words"); short enough
// that hashing it costs what another does.
const (
	shortestPassword = 12
	longestPassword  = 200
)

// passwordFault is the key of what is wrong with a new password; empty if
// nothing is. Login and name are those of whom it is for.
func passwordFault(password, again, login, name string) string {
	low := strings.ToLower(password)
	local, _, _ := strings.Cut(strings.ToLower(login), "@")
	switch n := utf8.RuneCountInString(password); {
	case n < shortestPassword:
		return "password_short"
	case n > longestPassword || !utf8.ValidString(password):
		return "password_long"
	case password != again:
		return "password_differs"
	case low == strings.ToLower(login), low == strings.ToLower(name), local != "" && strings.Trim(low, local) == "", few(low):
		return "password_plain"
	}
	return ""
}

// few says whether a password is made of three characters or fewer.
func few(password string) bool {
	seen := map[rune]bool{}
	for _, r := range password {
		seen[r] = true
	}
	return len(seen) <= 3
}

// pause is how long the n-th wrong try in a row keeps the next waiting: none for
// the first four, then half a minute that doubles up to a quarter of an hour.
// It stops growing there, so that nobody is kept out by others' tries for ever;
// a browser that the person has signed in with counts for itself.
func pause(n int) time.Duration {
	const free, first, longest = 4, 30 * time.Second, 15 * time.Minute
	if n <= free {
		return 0
	}
	return min(first<<min(n-free-1, 10), longest)
}
