package main_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alongside/store/storetest"
)

// A nudge goes to 500 clients at the rate that a carrier allows unless somebody
// says otherwise. Meanwhile twenty people text, ten one after another and ten at
// once, some of whom have it and some of whom still wait for it: each has an answer
// while most of the batch has not gone. Then the rest is stopped.
func TestAnswersWhileABatchGoes(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database string, redis storetest.RedisServer) {
		const people, texting = 500, 20
		s := serve(t, database, redis.URL)
		specialist := s.create("/specialists", map[string]any{"name": "Sam"})
		s.agreed(specialist, people)
		s.stop()
		// From here on with the limit as it is by default.
		s.env = slices.DeleteFunc(s.env, func(v string) bool { return strings.HasPrefix(v, "SMS_RATE=") })
		s.start()

		const words = "I hope that your week goes well."
		gone := func() (n int) {
			for _, m := range s.carrier.Sent() {
				if strings.Contains(m.Body, words) {
					n++
				}
			}
			return n
		}
		began := time.Now()
		nudge := s.create("/nudges", map[string]any{"by": specialist, "everybody": true, "words": map[string]string{"en": words}})
		s.await("the batch has begun", func() bool { return gone() >= 10 })
		beforeTexts := gone()

		took := make([]time.Duration, texting)
		person := func(i int) {
			who := fictional(i * people / texting)
			at := time.Now()
			if d := s.text(who, "when am i seeing sam next"); d.Status != http.StatusOK {
				t.Errorf("the webhook answered %d", d.Status)
			}
			if err := s.answered(who, words); err != nil {
				t.Errorf("person %d has no answer: %v", i, err)
			}
			took[i] = time.Since(at)
		}
		for i := range texting / 2 {
			person(i)
			n := gone()
			s.await("the batch goes on", func() bool { return gone() > n })
		}
		single := time.Since(began)
		var all sync.WaitGroup
		for i := texting / 2; i < texting; i++ {
			all.Go(func() { person(i) })
		}
		all.Wait()
		after := gone()
		one, many := took[:texting/2], took[texting/2:]
		slices.Sort(one)
		slices.Sort(many)
		round := func(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
		t.Logf("beside a batch of %d (asked for %v before): ten texts one after another were answered within %v (median %v), ten at once within %v (median %v); %d of the batch had gone before the first, %d by the last answer",
			people, round(single), round(one[len(one)-1]), round(one[len(one)/2]), round(many[len(many)-1]), round(many[len(many)/2]), beforeTexts, after)
		if after >= people/2 {
			t.Errorf("%d of %d of the batch went before the last answer", after, people)
		}

		if _, metrics := s.get(s.metrics + "/metrics"); !strings.Contains(metrics, `alongside_limit_wait_seconds_count{channel="sms",limit="rate"}`) {
			t.Error("nothing is measured of the waits")
		}
		var shown struct {
			State    string
			Progress struct {
				Planned, Sent, Waiting int
			}
		}
		if code := s.call(http.MethodPost, "/nudges/"+nudge+"/stop", nil, &shown); code != http.StatusOK {
			t.Fatalf("stop: %d", code)
		}
		s.stop()
		if n := gone(); n < after || n >= people {
			t.Errorf("%d of %d of the batch went in all", n, people)
		}
		for i := range people {
			n := 0
			for _, m := range s.carrier.SentTo(fictional(i)) {
				if strings.Contains(m.Body, words) {
					n++
				}
			}
			if n > 1 {
				t.Errorf("client %d got the nudge %d times", i, n)
			}
		}
	})
}

// agreed puts n clients on the caseload who agreed to texts, and waits until each
// has been welcomed.
func (s *service) agreed(specialist string, n int) {
	s.t.Helper()
	next := make(chan int)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range next {
				var made madeID
				code := s.call(http.MethodPost, "/clients", map[string]any{
					"specialist": specialist, "full_name": fmt.Sprint("Client ", i), "name": "Client", "language": "en", "mobile": fictional(i),
				}, &made)
				if code < 300 {
					code = s.call(http.MethodPost, "/clients/"+made.ID+"/agreements", map[string]any{"channel": "sms", "agreement": "given", "how": "in person"}, nil)
				}
				if code >= 300 {
					s.t.Errorf("client %d was not added: %d", i, code)
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
	s.await("all are welcomed", func() bool { return len(s.carrier.Sent()) >= n })
}

// answered waits until a person has been sent something beside the welcome and a
// nudge with these words.
func (s *service) answered(number, nudge string) error {
	ctx, cancel := context.WithTimeout(s.t.Context(), awaitWithin)
	defer cancel()
	return s.carrier.Await(ctx, func() bool {
		n := 0
		for _, m := range s.carrier.SentTo(number) {
			if !strings.Contains(m.Body, nudge) {
				n++
			}
		}
		return n > 1
	})
}
