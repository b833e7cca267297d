package signin

import (
	"bytes"
	"encoding/base32"
	"fmt"
	"image/png"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
)

// Codes of six digits, a new one every 30 seconds: what every authenticator app
// understands (RFC 6238).
const (
	stepSeconds = 30
	codeDigits  = otp.DigitsSix
	// stepsAside is by how many steps a phone's clock may be wrong, either way
	// (RFC 6238, section 5.2).
	stepsAside = 1
)

// stepOf finds the step whose code was typed, among those near now that come
// after the newest one that was taken: a code counts once.
func stepOf(secret, typed string, now time.Time, after int64) (step int64, right bool) {
	current := now.Unix() / stepSeconds
	for step := max(current-stepsAside, after+1); step <= current+stepsAside; step++ {
		if step < 0 {
			continue
		}
		ok, err := hotp.ValidateCustom(typed, uint64(step), secret, hotp.ValidateOpts{Digits: codeDigits, Algorithm: otp.AlgorithmSHA1})
		if err == nil && ok {
			return step, true
		}
	}
	return 0, false
}

// digitsOf is a code as it was meant: without the space that apps show in it.
// ok is false for what is no code of six digits.
func digitsOf(typed string) (code string, ok bool) {
	code = strings.NewReplacer(" ", "", "\u00a0", "", "-", "").Replace(typed)
	return code, len(code) == codeDigits.Length() && strings.Trim(code, "0123456789") == ""
}

// newSecret makes the shared secret of a two-step sign-in: 20 random bytes.
func newSecret() (string, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "x", AccountName: "x"})
	if err != nil {
		return "", fmt.Errorf("make a secret for the two-step sign-in: %w", err)
	}
	return key.Secret(), nil
}

// qrSide is the side of the picture in pixels; phones read it from a screen.
const qrSide = 264

// picture is the secret as a QR code that an authenticator app reads, as a PNG.
// Issuer and login are what the app calls it.
func picture(secret, issuer, login string) ([]byte, error) {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return nil, fmt.Errorf("read the secret of a two-step sign-in: %w", err)
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: login, Secret: raw})
	if err != nil {
		return nil, fmt.Errorf("draw the secret of a two-step sign-in: %w", err)
	}
	drawn, err := key.Image(qrSide, qrSide)
	if err != nil {
		return nil, fmt.Errorf("draw the secret of a two-step sign-in: %w", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, drawn); err != nil {
		return nil, fmt.Errorf("draw the secret of a two-step sign-in: %w", err)
	}
	return b.Bytes(), nil
}

// grouped is a secret or a code in fours, to be read and typed.
func grouped(code string) string {
	var b strings.Builder
	for i, r := range code {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
