package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
)

// What [Keys.Open] may answer.
var (
	// ErrKey: the value was sealed with a key that is not in the list: a key was
	// taken out too early, or the database belongs to another installation.
	ErrKey = errors.New("sealed with a key that is not among the secret keys")
	// ErrSealed: the value is not what was sealed for this purpose and context:
	// it was changed, cut, or comes from another row.
	ErrSealed = errors.New("the sealed value does not belong here or was changed")
)

// version is the first byte of every sealed value, so that the form can change.
const version = 1

// headBytes is the length of what stands before the nonce: version and key id.
const headBytes = 1 + idBytes

// Seal encrypts plain with the first key (AES-256-GCM, a fresh random nonce).
// It opens only with the same purpose and context. The purpose is a word of the
// program ("message text"), the context names the row ("messages/" and its id),
// so that a value copied to another row or column does not open there.
//
// A sealed value is 33 bytes longer than plain. One key may seal some four
// thousand million values of one purpose before its nonces might repeat.
func (k *Keys) Seal(purpose, context string, plain []byte) ([]byte, error) {
	first := k.keys[0]
	aead, err := first.sealer(purpose)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", purpose, err)
	}
	sealed := make([]byte, headBytes, headBytes+len(plain)+aead.Overhead())
	sealed[0] = version
	copy(sealed[1:], first.id[:])
	//nolint:gosec // G407 takes the nil for a fixed nonce; this cipher draws its own and refuses one.
	return aead.Seal(sealed, nil, plain, associated(sealed[:headBytes], purpose, context)), nil
}

// Open gives back what was sealed with the same purpose and context under any
// of the keys. The error is [ErrKey] or [ErrSealed], with the purpose.
func (k *Keys) Open(purpose, context string, sealed []byte) ([]byte, error) {
	if len(sealed) < headBytes || sealed[0] != version {
		return nil, fmt.Errorf("open %s: %w", purpose, ErrSealed)
	}
	head := sealed[:headBytes]
	for _, candidate := range k.keys {
		if !bytes.Equal(head[1:], candidate.id[:]) {
			continue
		}
		aead, err := candidate.sealer(purpose)
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", purpose, err)
		}
		plain, err := aead.Open(nil, nil, sealed[headBytes:], associated(head, purpose, context))
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", purpose, ErrSealed)
		}
		return plain, nil
	}
	return nil, fmt.Errorf("open %s: %w", purpose, ErrKey)
}

// Current says whether a value was sealed with the first key. What was not has
// to be sealed again before its key may be taken out of the list.
func (k *Keys) Current(sealed []byte) bool {
	return len(sealed) >= headBytes && sealed[0] == version && bytes.Equal(sealed[1:headBytes], k.keys[0].id[:])
}

// associated is what a sealed value is bound to beside its own bytes. The
// purpose holds no zero byte, so no two pairs read the same.
func associated(head []byte, purpose, context string) []byte {
	bound := make([]byte, 0, len(head)+len(purpose)+1+len(context))
	bound = append(bound, head...)
	bound = append(bound, purpose...)
	bound = append(bound, 0)
	return append(bound, context...)
}

// sealer returns the cipher of one purpose, derived once.
func (k *key) sealer(purpose string) (cipher.AEAD, error) {
	known, _ := k.sealers.Load(purpose)
	if aead, ok := known.(cipher.AEAD); ok {
		return aead, nil
	}
	block, err := aes.NewCipher(k.derive("seal", purpose, keyBytes))
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	k.sealers.Store(purpose, aead)
	return aead, nil
}
