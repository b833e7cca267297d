package seal

import (
	"crypto/hmac"
	"crypto/sha256"
)

// Hash makes the 32 bytes under which a value is stored to be found again:
// HMAC-SHA256 under the first key. Without the keys nobody can try out all
// phone numbers against it, and equal values of two purposes do not look alike.
func (k *Keys) Hash(purpose, value string) []byte {
	return k.keys[0].hash(purpose, value)
}

// Hashes makes the hash of a value under every key, the first key's first. A
// look-up tries all of them: during a rotation some rows still hold the hash
// of an older key.
func (k *Keys) Hashes(purpose, value string) [][]byte {
	hashes := make([][]byte, len(k.keys))
	for i, each := range k.keys {
		hashes[i] = each.hash(purpose, value)
	}
	return hashes
}

func (k *key) hash(purpose, value string) []byte {
	known, _ := k.hashers.Load(purpose)
	derived, ok := known.([]byte)
	if !ok {
		derived = k.derive("hash", purpose, keyBytes)
		k.hashers.Store(purpose, derived)
	}
	mac := hmac.New(sha256.New, derived)
	mac.Write([]byte(value))
	return mac.Sum(nil)
}
