package seal_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alongside/store/seal"
)

func parse(t testing.TB, texts ...string) *seal.Keys {
	t.Helper()
	keys, err := seal.Parse(strings.Join(texts, ","))
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return keys
}

func mustSeal(t testing.TB, keys *seal.Keys, purpose, context, plain string) []byte {
	t.Helper()
	sealed, err := keys.Seal(purpose, context, []byte(plain))
	if err != nil {
		t.Fatalf("Seal: %v", err)
	}
	return sealed
}

func TestParseTakesEveryUsualForm(t *testing.T) {
	t.Parallel()
	secret := []byte("\xff\xfe\xfd0123456789abcdefghijklmnopqrstuvw")
	whole := parse(t, base64.StdEncoding.EncodeToString(secret))
	sealed := mustSeal(t, whole, "p", "c", "words")
	for name, text := range map[string]string{
		"hex_lower":            hex.EncodeToString(secret),
		"hex_upper":            strings.ToUpper(hex.EncodeToString(secret)),
		"base64_padded":        base64.StdEncoding.EncodeToString(secret),
		"base64_raw":           base64.RawStdEncoding.EncodeToString(secret),
		"base64_url":           base64.URLEncoding.EncodeToString(secret),
		"base64_url_raw":       base64.RawURLEncoding.EncodeToString(secret),
		"spaces_and_line_ends": " \t" + hex.EncodeToString(secret) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain, err := parse(t, text).Open("p", "c", sealed)
			if err != nil || string(plain) != "words" {
				t.Errorf("a value sealed with the same key does not open: %v", err)
			}
		})
	}
}

func TestParseNamesEveryFaultAndNoKey(t *testing.T) {
	t.Parallel()
	good := seal.New()
	for name, row := range map[string]struct {
		list string
		want []string
	}{
		"empty":             {"", []string{"no secret key is given"}},
		"only_spaces":       {" \n", []string{"no secret key is given"}},
		"too_short_base64":  {"c2hvcnQtc2VjcmV0LTAwMQ", []string{"secret key 1: it holds 16 bytes, and 32 are the least"}},
		"short_hex_is_hex":  {"aabbccddeeff00112233445566778899aabbccddeeff", []string{"secret key 1: it holds 22 bytes"}},
		"odd_hex":           {"abc", []string{"secret key 1: it has an odd number of hexadecimal digits"}},
		"neither":           {"correct horse battery staple!", []string{"secret key 1: it is neither base64 nor hexadecimal"}},
		"one_byte_repeated": {strings.Repeat("00", 32), []string{"secret key 1: it is one byte repeated"}},
		"trailing_comma":    {good + ",", []string{"secret key 2: it is empty"}},
		"same_key_twice":    {good + ", " + good, []string{"secret key 2: it is the same as key 1"}},
		"several_at_once": {"zzz!," + good + ",0a0b", []string{
			"secret key 1: it is neither", "secret key 3: it holds 2 bytes",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keys, err := seal.Parse(row.list)
			if err == nil || keys != nil {
				t.Fatal("the list was taken")
			}
			for _, want := range row.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error %q does not say %q", err, want)
				}
			}
			if got := strings.Count(err.Error(), "\n") + 1; got != len(row.want) {
				t.Errorf("%d faults are named, want %d: %v", got, len(row.want), err)
			}
			for _, text := range strings.Split(row.list, ",") {
				if text = strings.TrimSpace(text); text != "" && strings.Contains(err.Error(), text) {
					t.Error("the error repeats a key")
				}
			}
		})
	}
}

func TestOpenRefusesWhatWasNotSealedHere(t *testing.T) {
	t.Parallel()
	keys := parse(t, seal.New())
	other := parse(t, seal.New())
	sealed := mustSeal(t, keys, "message text", "messages/m1", "see you thurs")
	for name, row := range map[string]struct {
		keys             *seal.Keys
		purpose, context string
		sealed           []byte
		want             error
	}{
		"another_row":             {keys, "message text", "messages/m2", sealed, seal.ErrSealed},
		"another_purpose":         {keys, "phone number", "messages/m1", sealed, seal.ErrSealed},
		"purpose_shifted":         {keys, "message tex", "tmessages/m1", sealed, seal.ErrSealed},
		"another_installation":    {other, "message text", "messages/m1", sealed, seal.ErrKey},
		"another_version":         {keys, "message text", "messages/m1", append([]byte{2}, sealed[1:]...), seal.ErrSealed},
		"nothing":                 {keys, "message text", "messages/m1", nil, seal.ErrSealed},
		"head_only":               {keys, "message text", "messages/m1", sealed[:5], seal.ErrSealed},
		"cut":                     {keys, "message text", "messages/m1", sealed[:len(sealed)-1], seal.ErrSealed},
		"lengthened":              {keys, "message text", "messages/m1", append(bytes.Clone(sealed), 0), seal.ErrSealed},
		"plain_text_in_its_place": {keys, "message text", "messages/m1", []byte("see you thurs, and some more"), seal.ErrSealed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain, err := row.keys.Open(row.purpose, row.context, row.sealed)
			if !errors.Is(err, row.want) || plain != nil {
				t.Errorf("Open gave %d bytes and %v, want %v", len(plain), err, row.want)
			}
		})
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	older, newer := seal.New(), seal.New()
	before, during, after := parse(t, older), parse(t, newer, older), parse(t, newer)

	sealed := mustSeal(t, before, "p", "c", "words")
	if _, err := during.Open("p", "c", sealed); err != nil {
		t.Errorf("the older key does not open behind the newer one: %v", err)
	}
	if during.Current(sealed) {
		t.Error("what the older key sealed passes for current")
	}
	if _, err := after.Open("p", "c", sealed); !errors.Is(err, seal.ErrKey) {
		t.Errorf("a key that was taken out answers %v, want %v", err, seal.ErrKey)
	}
	again := mustSeal(t, during, "p", "c", "words")
	if !during.Current(again) {
		t.Error("what was sealed again is not current")
	}
	if _, err := after.Open("p", "c", again); err != nil {
		t.Errorf("the first key does not seal: %v", err)
	}

	want := [][]byte{after.Hash("number", "+447700900001"), before.Hash("number", "+447700900001")}
	if diff := cmp.Diff(want, during.Hashes("number", "+447700900001")); diff != "" {
		t.Errorf("Hashes (-want +got):\n%s", diff)
	}
	if !bytes.Equal(during.Hash("number", "+447700900001"), want[0]) {
		t.Error("Hash does not use the first key")
	}
}

func TestHashTellsPurposesAndValuesApart(t *testing.T) {
	t.Parallel()
	keys := parse(t, seal.New())
	seen := map[string]string{}
	for _, purpose := range []string{"sms", "telegram", ""} {
		for _, value := range []string{"", "+447700900001", "+447700900002"} {
			hash := keys.Hash(purpose, value)
			if len(hash) != 32 {
				t.Fatalf("a hash has %d bytes, want 32", len(hash))
			}
			if !bytes.Equal(hash, keys.Hash(purpose, value)) {
				t.Error("the same value hashes differently the second time")
			}
			if twin, taken := seen[string(hash)]; taken {
				t.Errorf("%q has the hash of %q", purpose+"/"+value, twin)
			}
			seen[string(hash)] = purpose + "/" + value
		}
	}
}

// TestEveryChangedByteIsNoticed is the property that the caseload leans on:
// whatever is sealed opens again, and with one bit changed anywhere in it, or
// under another purpose or context, it does not.
func TestEveryChangedByteIsNoticed(t *testing.T) {
	t.Parallel()
	keys := parse(t, seal.New(), seal.New())
	rapid.Check(t, func(t *rapid.T) {
		purpose := rapid.StringMatching(`[a-z ]{1,12}`).Draw(t, "purpose")
		context := rapid.String().Draw(t, "context")
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		sealed, err := keys.Seal(purpose, context, plain)
		if err != nil {
			t.Fatalf("Seal: %v", err)
		}
		if got, want := len(sealed), len(plain)+33; got != want {
			t.Fatalf("%d bytes were sealed into %d, want %d", len(plain), got, want)
		}
		opened, err := keys.Open(purpose, context, sealed)
		if err != nil || !bytes.Equal(opened, plain) {
			t.Fatalf("what was sealed does not open: %v", err)
		}
		if again, _ := keys.Seal(purpose, context, plain); bytes.Equal(again, sealed) {
			t.Fatal("the same value sealed twice looks the same")
		}
		at := rapid.IntRange(0, len(sealed)-1).Draw(t, "at")
		changed := bytes.Clone(sealed)
		changed[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, err := keys.Open(purpose, context, changed); err == nil {
			t.Fatalf("byte %d was changed and nobody noticed", at)
		}
		if _, err := keys.Open(purpose, context+"x", sealed); !errors.Is(err, seal.ErrSealed) {
			t.Fatalf("another context answers %v", err)
		}
	})
}

func TestKeysAreNeverPrinted(t *testing.T) {
	t.Parallel()
	text := seal.New()
	keys := parse(t, text)
	secret, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(struct{ Keys any }{keys})
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("keys", "keys", keys)
	holder := struct{ Keys *seal.Keys }{keys}
	printed := fmt.Sprintf("%v %+v %#v %s %v %+v", keys, keys, keys, keys, holder, holder) + logged.String() + string(encoded)
	for _, leak := range []string{text, hex.EncodeToString(secret), string(secret), strings.Trim(fmt.Sprintf("%d", secret[:8]), "[]")} {
		if strings.Contains(printed, leak) {
			t.Errorf("a key was printed: the form of %d characters", len(leak))
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	keys := parse(t, seal.New())
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 50 {
				purpose := fmt.Sprint("purpose ", i)
				sealed, err := keys.Seal(purpose, "row", []byte("words"))
				if err != nil {
					t.Errorf("Seal: %v", err)
					return
				}
				if _, err := keys.Open(purpose, "row", sealed); err != nil {
					t.Errorf("Open: %v", err)
				}
				keys.Hash(purpose, "value")
			}
		})
	}
	all.Wait()
}

func BenchmarkSealAndOpen(b *testing.B) {
	keys := parse(b, seal.New())
	plain := []byte("yh thats fine see u thurs")
	for b.Loop() {
		sealed, _ := keys.Seal("message text", "messages/019a8b5e", plain)
		if _, err := keys.Open("message text", "messages/019a8b5e", sealed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHash(b *testing.B) {
	keys := parse(b, seal.New())
	for b.Loop() {
		keys.Hash("sms", "+447700900001")
	}
}
