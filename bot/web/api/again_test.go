package api_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"alongside/conversations"
)

func TestARequestWithAKeyIsDoneOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		john := f.agreed(f.sam(), 1)
		book := func(key, place string) answer {
			return f.do("POST", "/api/v1/clients/"+john+"/appointments",
				map[string]any{"kind": "regular", "at": "2026-11-26T14:00:00Z", "place": place}, "Idempotency-Key", key)
		}
		first := book("k-1", "the library").is(201)
		again := book("k-1", "the library").is(201)
		if !bytes.Equal(first.body, again.body) || first.header.Get("Location") != again.header.Get("Location") || again.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("again: %s", again.body)
		}
		book("k-1", "the cafe").refuses(422, "key_reused")
		var list struct{ Items []made }
		if f.do("GET", "/api/v1/clients/"+john+"/appointments", nil).is(200, &list); len(list.Items) != 1 {
			t.Errorf("booked %d times", len(list.Items))
		}
		// Another token's key is another; so is one of the day before yesterday.
		before := f.token
		f.token = f.newToken("write")
		book("k-1", "the library").is(201)
		f.token = before
		f.advance(25 * time.Hour)
		if book("k-1", "the library").is(201).header.Get("Idempotent-Replayed") != "" {
			t.Error("a key is kept for more than a day")
		}
		// A refusal is an answer; a failure of ours is none.
		if book("k-2", "").is(201); book("k 3", "").refuses(400, "bad_key").Status != 400 {
			t.Error("an odd key is taken")
		}
		f.fail(func(context.Context, conversations.Event) error { return errors.New("a fault of ours") })
		book("k-4", "the library").refuses(500, "internal")
		f.fail(nil)
		book("k-4", "the library").is(201)
	})
}
