package twilio

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/bot/carrier"
	"alongside/bot/outbox"
)

// TestAsk sends messages at some times and then asks about one that was tried at noon.
func TestAsk(t *testing.T) {
	t.Parallel()
	const service = "MG0123456789abcdef0123456789abcdef"
	same := reminder()
	other := reminder()
	other.Text = "Sam: see you friday"
	elsewhere := reminder()
	elsewhere.To.Value = "+447700900002"
	type sent struct {
		m  outbox.Message
		at time.Duration // after noon
	}
	rows := map[string]struct {
		sent    []sent
		from    string
		stuck   bool // the messages stay queued
		fault   carrier.Fault
		asked   time.Duration // after noon; 0: ten minutes
		found   int           // which of sent, from 1; 0: none
		outcome outbox.Outcome
		code    string
		blocked bool
		err     error
	}{
		"arrived":                     {sent: []sent{{same, 2 * time.Second}}, found: 1, outcome: outbox.Sent},
		"never_arrived":               {},
		"other_words":                 {sent: []sent{{other, time.Second}}},
		"another_person":              {sent: []sent{{elsewhere, time.Second}}},
		"still_queued":                {sent: []sent{{same, 2 * time.Second}}, stuck: true, found: 1, outcome: outbox.Sent},
		"queued_at_a_service":         {sent: []sent{{same, 2 * time.Second}}, from: service, stuck: true, found: 1, outcome: outbox.Sent},
		"from_a_service":              {sent: []sent{{same, 2 * time.Second}}, from: service, found: 1, outcome: outbox.Sent},
		"among_others":                {sent: []sent{{other, 0}, {same, 1 * time.Second}, {elsewhere, 2 * time.Second}}, found: 2, outcome: outbox.Sent},
		"the_same_words_yesterday":    {sent: []sent{{same, -24 * time.Hour}}},
		"the_same_words_this_morning": {sent: []sent{{same, -time.Hour}, {same, 3 * time.Second}}, found: 2, outcome: outbox.Sent},
		"the_same_words_later":        {sent: []sent{{same, 3 * time.Second}, {same, 8 * time.Minute}}, found: 1, outcome: outbox.Sent},
		"only_much_later":             {sent: []sent{{same, 8 * time.Minute}}},
		"nearest_of_two":              {sent: []sent{{same, -time.Minute}, {same, 3 * time.Second}}, found: 2, outcome: outbox.Sent},
		"clocks_differ":               {sent: []sent{{same, -90 * time.Second}}, found: 1, outcome: outbox.Sent},
		"clocks_differ_and_two":       {sent: []sent{{same, -90 * time.Second}, {same, 2 * time.Minute}}, err: ErrSeveral},
		"twice_at_once":               {sent: []sent{{same, 2 * time.Second}, {same, 3 * time.Second}}, err: ErrSeveral},
		"too_early":                   {asked: 29 * time.Second, err: ErrTooEarly},
		"found_early":                 {sent: []sent{{same, time.Second}}, asked: 2 * time.Second, found: 1, outcome: outbox.Sent},
		"failed_since":                {sent: []sent{{same, time.Second}}, fault: carrier.Fault{Kind: carrier.FaultFailed, Code: 30008}, found: 1, outcome: outbox.Refused, code: "30008"},
		"failed_by_a_stop":            {sent: []sent{{same, time.Second}}, fault: carrier.Fault{Kind: carrier.FaultFailed, Code: 21610}, found: 1, outcome: outbox.Refused, code: "21610", blocked: true},
		"undelivered_since":           {sent: []sent{{same, time.Second}}, fault: carrier.Fault{Kind: carrier.FaultUndelivered, Code: 30003}, found: 1, outcome: outbox.Sent, code: "30003"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := &clock{}
			s := start(t, func(ours *Config, theirs *carrier.Config) {
				ours.Now, theirs.Now = now.time, now.time
				theirs.MessagingServiceSID = service
				if row.from != "" {
					ours.From = row.from
				}
				if row.stuck {
					theirs.Statuses, theirs.Pace = []string{carrier.StatusQueued, carrier.StatusSent}, time.Hour
				}
			})
			if row.fault.Kind != "" {
				if err := s.carrier.Inject(row.fault); err != nil {
					t.Fatal(err)
				}
			}
			var sids []string
			for _, one := range row.sent {
				now.set(one.at)
				one.m.Until = time.Time{}
				r := s.Send(t.Context(), one.m)
				if r.Outcome != outbox.Sent {
					t.Fatalf("send: %+v", r)
				}
				sids = append(sids, r.ProviderID)
			}
			now.set(10 * time.Minute)
			if row.asked != 0 {
				now.set(row.asked)
			}
			r, found, err := s.Ask(t.Context(), same, noon)
			s.watch.Show(err)
			if !errors.Is(err, row.err) || (err != nil) != (row.err != nil) || found != (row.found > 0) {
				t.Fatalf("found %t, error %v", found, err)
			}
			want := outbox.Result{Outcome: row.outcome, Code: row.code, Blocked: row.blocked}
			if row.found > 0 {
				want.ProviderID = sids[row.found-1]
			}
			if diff := cmp.Diff(want, r); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAskReadsPages: the message is behind two pages of newer ones.
func TestAskReadsPages(t *testing.T) {
	t.Parallel()
	now := &clock{}
	s := start(t, func(ours *Config, theirs *carrier.Config) {
		ours.Now, theirs.Now = now.time, now.time
	})
	wanted := s.Send(t.Context(), reminder())
	now.set(time.Minute)
	for range 2*pageSize + 50 {
		m := reminder()
		m.Text = "another"
		if r := s.Send(t.Context(), m); r.Outcome != outbox.Sent {
			t.Fatalf("send: %+v", r)
		}
	}
	r, found, err := s.Ask(t.Context(), reminder(), noon)
	if err != nil || !found || r.ProviderID != wanted.ProviderID {
		t.Errorf("result %+v, found %t, error %v", r, found, err)
	}
}

// TestAskCannotAsk: an error, never "not found", and none that repeats the number asked for.
func TestAskCannotAsk(t *testing.T) {
	t.Parallel()
	rows := map[string]func(t *testing.T, s *service) *http.Client{
		"unavailable": func(t *testing.T, s *service) *http.Client {
			return fault(t, s, carrier.Fault{Kind: carrier.FaultStatus, Status: 503, Op: "list"})
		},
		"html": func(t *testing.T, s *service) *http.Client {
			return fault(t, s, carrier.Fault{Kind: carrier.FaultHTML, Status: 502, Op: "list"})
		},
		"closed": func(t *testing.T, s *service) *http.Client {
			return fault(t, s, carrier.Fault{Kind: carrier.FaultCloseBefore, Op: "list"})
		},
		"not_connected": func(*testing.T, *service) *http.Client { return &http.Client{Transport: mute{}} },
		"not_a_list": func(*testing.T, *service) *http.Client {
			return &http.Client{Transport: says(`{"messages":[{"sid":7,"to":"` + john + `"}]}`)}
		},
		"no_date": func(*testing.T, *service) *http.Client {
			return &http.Client{Transport: says(`{"messages":[{"sid":"` + sid("1") + `"}]}`)}
		},
		"no_end": func(*testing.T, *service) *http.Client {
			return &http.Client{Transport: says(`{"messages":[],"next_page_uri":"/x?PageToken=PA1&Page=1"}`)}
		},
		"lost_page": func(*testing.T, *service) *http.Client {
			return &http.Client{Transport: says(`{"messages":[],"next_page_uri":"/x"}`)}
		},
	}
	for name, change := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, nil)
			if client := change(t, s); client != nil {
				s.http = client
			}
			r, found, err := s.Ask(t.Context(), reminder(), noon.Add(-time.Hour))
			s.watch.Show(err)
			if err == nil || found || r != (outbox.Result{}) {
				t.Errorf("result %+v, found %t, error %v", r, found, err)
			}
		})
	}
}

// clock tells noon and what was added to it; the carrier reads it from its own goroutines.
type clock struct{ after atomic.Int64 }

func (c *clock) time() time.Time         { return noon.Add(time.Duration(c.after.Load())) }
func (c *clock) set(after time.Duration) { c.after.Store(int64(after)) }

func fault(t *testing.T, s *service, f carrier.Fault) *http.Client {
	t.Helper()
	if err := s.carrier.Inject(f); err != nil {
		t.Fatal(err)
	}
	return nil
}

// says is a transport that answers every request with 200 and the same body.
type says string

func (body says) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(body)))}, nil
}
