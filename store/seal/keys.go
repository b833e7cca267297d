package seal

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
)

// keyBytes is how much secret a key must at least hold. It is what AES-256 and
// HMAC-SHA256 can use; less would be the weakest part of either.
const keyBytes = 32

// idBytes is the length of a key's id. Four bytes tell the few keys of one
// rotation apart; [Parse] refuses the one list in four thousand million where
// they do not.
const idBytes = 4

// Keys are the keys of one installation. They are safe for use by any number
// of goroutines. Make them with [Parse]; a nil *Keys is of no use.
type Keys struct {
	keys []*key
}

// key is one of the list, with what was derived from it so far.
type key struct {
	id     [idBytes]byte
	secret []byte
	// sealers and hashers hold what was derived, by purpose. Purposes are words
	// of the program, so both stay small.
	sealers sync.Map // string → cipher.AEAD
	hashers sync.Map // string → []byte
}

// Parse reads SECRET_KEYS: keys separated by commas, each of 32 random bytes or
// more in base64 (either alphabet, padded or not) or in hexadecimal digits.
// Spaces around a key do not matter. The error joins every fault found; each
// names the key by its place in the list, and none repeats the key.
func Parse(list string) (*Keys, error) {
	if strings.TrimSpace(list) == "" {
		return nil, errors.New("no secret key is given: make one with `openssl rand -base64 32`")
	}
	var faults []error
	fault := func(place int, why string) {
		faults = append(faults, fmt.Errorf("secret key %d: %s", place, why))
	}
	parsed := &Keys{}
	places := map[[idBytes]byte]int{}
	for i, text := range strings.Split(list, ",") {
		place := i + 1
		secret, err := decode(strings.TrimSpace(text))
		switch {
		case err != nil:
			fault(place, err.Error())
			continue
		case len(secret) < keyBytes:
			fault(place, fmt.Sprintf("it holds %d bytes, and %d are the least", len(secret), keyBytes))
			continue
		case bytes.Count(secret, secret[:1]) == len(secret):
			fault(place, "it is one byte repeated; make one with `openssl rand -base64 32`")
			continue
		}
		k := &key{secret: secret}
		copy(k.id[:], k.derive("id", "", idBytes))
		if first, taken := places[k.id]; taken {
			fault(place, fmt.Sprintf("it is the same as key %d", first))
			continue
		}
		places[k.id] = place
		parsed.keys = append(parsed.keys, k)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return parsed, nil
}

// decode reads one key. Digits that are all hexadecimal are hexadecimal: a
// random key in base64 never looks like that, and a short hexadecimal key read
// as base64 would seem to be longer than it is.
func decode(text string) ([]byte, error) {
	if text == "" {
		return nil, errors.New("it is empty (a comma too many?)")
	}
	if strings.Trim(text, "0123456789abcdefABCDEF") == "" {
		secret, err := hex.DecodeString(text)
		if err != nil {
			return nil, errors.New("it has an odd number of hexadecimal digits")
		}
		return secret, nil
	}
	text = strings.TrimRight(text, "=")
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(text, "-_") {
		encoding = base64.RawURLEncoding
	}
	secret, err := encoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("it is neither base64 nor hexadecimal")
	}
	return secret, nil
}

// New returns the text of a fresh random key, as SECRET_KEYS takes it.
func New() string {
	secret := make([]byte, keyBytes)
	// rand.Read never returns an error: without randomness the program ends.
	_, _ = rand.Read(secret)
	return base64.StdEncoding.EncodeToString(secret)
}

// derive makes n bytes that depend on the key, on what they are for and on
// nothing else (HKDF, RFC 5869). What is derived for one use says nothing about
// what is derived for another.
func (k *key) derive(use, purpose string, n int) []byte {
	derived, err := hkdf.Key(sha256.New, k.secret, nil, "alongside/1/"+use+"/"+purpose, n)
	if err != nil {
		// Only a length beyond 255 hashes is an error, and ours are constants.
		panic("seal: derive a key: " + err.Error())
	}
	return derived
}

// String says how many keys there are and nothing of them.
func (k *Keys) String() string { return fmt.Sprintf("seal.Keys(%d)", len(k.keys)) }

// GoString is [Keys.String]: %#v does not print a key either.
func (k *Keys) GoString() string { return k.String() }

// LogValue is [Keys.String] for slog.
func (k *Keys) LogValue() slog.Value { return slog.StringValue(k.String()) }
