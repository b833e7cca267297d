package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/conversations"
	"alongside/store"
)

// On a channel whose carrier takes no more unasked texts, these stay where they
// are, and an answer is found behind them.
func TestClaimLeavesPromptsOfASlowChannel(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, john := f.client()
		_, amina := f.client()
		prompt, done := f.answer(john, "prompt", conversations.Prompt)
		f.release(done)
		answer, done := f.answer(amina, "answer", conversations.Answer)
		f.release(done)
		sends, err := f.store.Claim(f.Context(), f.now, 10, conversations.SMS)
		if err != nil {
			f.Fatal(err)
		}
		if diff := cmp.Diff([]conversations.MessageID{answer.ID}, ids(sends)); diff != "" {
			f.Errorf("with SMS slow (-want +got):\n%s", diff)
		}
		// Another channel's slowness keeps nothing of this one.
		if sends, err = f.store.Claim(f.Context(), f.now, 10, conversations.Telegram); err != nil {
			f.Fatal(err)
		}
		if diff := cmp.Diff([]conversations.MessageID{prompt.ID}, ids(sends)); diff != "" {
			f.Errorf("with Telegram slow (-want +got):\n%s", diff)
		}
	})
}

func (f *fixture) release(done store.Committed) {
	f.Helper()
	if err := f.store.Release(f.Context(), ids(done.Claimed), f.now); err != nil {
		f.Fatal(err)
	}
}

// Two processes share a limit, and Redis does not learn who is who.
func TestPermitsAreSharedAndNameNobody(t *testing.T) {
	t.Parallel()
	withRedis(t, func(f *fixture) {
		from := store.Sender{Channel: conversations.Telegram, Name: "7000000001", Rate: store.Rate{PerSecond: 30, PerChat: time.Hour}}
		to := store.Send{ID: "m", To: conversations.Address{Channel: conversations.Telegram, Value: "7700900123"}}
		if permits, alone := f.store.Permits(f.Context(), from, []store.Send{to}); alone || permits[0].Wait != 0 {
			f.Fatalf("the first: alone %v, %v", alone, permits)
		}
		permits, alone := f.open("other").Permits(f.Context(), from, []store.Send{to})
		if alone || permits[0].Wait <= 0 || permits[0].Limit != store.LimitChat {
			f.Errorf("the second, of another process: alone %v, %v", alone, permits)
		}
		f.store.Pause(f.Context(), from, to, time.Minute)
		keys, err := f.redis.Keys(f.Context(), "*").Result()
		if err != nil || len(keys) < 2 {
			f.Fatalf("the keys: %v, %v", keys, err)
		}
		for _, key := range keys {
			all, err := f.redis.HGetAll(f.Context(), key).Result()
			if err != nil {
				f.Fatal(err)
			}
			for _, text := range append([]string{key}, all["refused"]) {
				if strings.Contains(text, "7700900123") || strings.Contains(text, "7000000001") {
					f.Error("an address is in Redis as it is")
				}
			}
		}
	})
}
