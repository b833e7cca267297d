package conversations_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"alongside/conversations"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The clock of these tests begins on a Saturday night: duty is duty.
var saturdayNight = time.Date(2026, time.November, 28, 2, 30, 0, 0, time.UTC)

func watchPathway() conversations.Pathway {
	return conversations.Pathway{
		Zone: time.UTC, Reading: conversations.Hours{From: 9 * 60, To: 17 * 60}, AcknowledgeWithin: 15,
		Holidays: map[string]bool{"2026-12-25": true, "2026-12-28": true},
	}
}

// A ward is an alert in the making: what Escalate decides is written down, and
// each page ends as the row says.
type ward struct {
	conversations.Watch
	now  time.Time
	next time.Time
	// ends says how a page to somebody ends; what is not named is sent.
	ends map[string]conversations.Delivery
}

func (w *ward) decide() []string {
	e := conversations.Escalate(watchPathway(), w.Watch, w.now)
	w.next = e.Next
	var said []string
	if e.Nobody {
		said = append(said, "nobody")
	}
	for _, p := range e.Pages {
		said = append(said, fmt.Sprintf("%d %s %s %s", p.Step, p.Watcher, p.Via, strings.TrimPrefix(string(p.Kind), "page.")))
		p.Delivery = conversations.Sent
		if d, ok := w.ends[p.Watcher+" "+string(p.Via)]; ok {
			p.Delivery = d
			if d != conversations.Sending {
				p.Tries = 1
			}
		}
		w.Pages = append(w.Pages, p)
	}
	return said
}

func TestEscalate(t *testing.T) {
	t.Parallel()
	phone := func(id string, r conversations.Role) conversations.Watcher {
		return conversations.Watcher{ID: id, Role: r, Phone: true}
	}
	sam := phone("sam", conversations.RoleSpecialist)
	duty := conversations.Watcher{ID: "duty", Role: conversations.RoleDuty, Phone: true, Mail: true}
	lead, ann := phone("lead", conversations.RoleLead), phone("ann", conversations.RoleMeets)
	const failed, unknown, retried = conversations.Failed, conversations.Unknown, conversations.Queued
	type deliveries = map[string]conversations.Delivery
	tests := []struct {
		name   string
		people []conversations.Watcher
		threat bool
		ends   deliveries
		// at are the minutes after the alert at which it is asked; want is what was
		// said at each.
		at   []int
		want []string
		// acknowledged is the minute at which somebody did; 0 means nobody.
		acknowledged int
	}{
		{
			name: "first_the_specialist_and_duty_then_the_lead_then_all", people: []conversations.Watcher{sam, duty, lead, ann},
			at: []int{0, 1, 14, 15, 29, 30, 45},
			want: []string{
				"1 sam sms alert, 1 duty sms alert, 1 duty email alert", "", "", "2 lead sms alert", "",
				"3 sam sms again, 3 duty sms again, 3 duty email again, 3 lead sms again",
				"4 sam sms again, 4 duty sms again, 4 duty email again, 4 lead sms again",
			},
		},
		{
			name: "a_refused_phone_escalates_at_once", people: []conversations.Watcher{sam, duty, lead}, ends: deliveries{"sam sms": failed},
			at:   []int{0, 0, 0, 14, 15},
			want: []string{"1 sam sms alert, 1 duty sms alert, 1 duty email alert", "2 lead sms alert", "", "", "3 sam sms again, 3 duty sms again, 3 duty email again, 3 lead sms again"},
		},
		{
			name: "a_lost_answer_escalates_at_once", people: []conversations.Watcher{sam, lead}, ends: deliveries{"sam sms": unknown},
			at: []int{0, 0}, want: []string{"1 sam sms alert", "2 lead sms alert"},
		},
		{
			name: "a_page_that_has_to_be_tried_again_escalates_at_once", people: []conversations.Watcher{sam, lead}, ends: deliveries{"sam sms": retried},
			at: []int{0, 0}, want: []string{"1 sam sms alert", "2 lead sms alert"},
		},
		{
			name: "a_mailbox_does_not_stand_in_for_a_phone", people: []conversations.Watcher{duty, lead}, ends: deliveries{"duty sms": failed},
			at: []int{0, 0}, want: []string{"1 duty sms alert, 1 duty email alert", "2 lead sms alert"},
		},
		{
			name: "a_refused_mail_beside_a_phone_that_was_reached_does_not", people: []conversations.Watcher{duty, lead}, ends: deliveries{"duty email": failed},
			at: []int{0, 0, 15}, want: []string{"1 duty sms alert, 1 duty email alert", "", "2 lead sms alert"},
		},
		{
			name: "a_specialist_without_an_address_escalates_at_once", people: []conversations.Watcher{{ID: "sam", Role: conversations.RoleSpecialist}, duty, lead},
			at: []int{0, 0, 0}, want: []string{"1 duty sms alert, 1 duty email alert", "2 lead sms alert", ""},
		},
		{
			name: "an_unknown_sender_without_duty_goes_to_the_lead", people: []conversations.Watcher{lead},
			at: []int{0, 14, 15}, want: []string{"2 lead sms alert", "", "3 lead sms again"},
		},
		{
			name: "everybody_refused_waits_for_its_time", people: []conversations.Watcher{sam, lead}, ends: deliveries{"sam sms": failed, "lead sms": failed},
			at: []int{0, 0, 0, 14, 15}, want: []string{"1 sam sms alert", "2 lead sms alert", "", "", "3 sam sms again, 3 lead sms again"},
		},
		{
			name: "without_a_lead_all_again", people: []conversations.Watcher{sam, duty},
			at: []int{0, 15}, want: []string{"1 sam sms alert, 1 duty sms alert, 1 duty email alert", "3 sam sms again, 3 duty sms again, 3 duty email again"},
		},
		{
			name: "a_threat_reaches_the_lead_and_who_is_to_meet_them", people: []conversations.Watcher{sam, duty, lead, ann}, threat: true,
			at: []int{0, 1, 15},
			want: []string{
				"1 sam sms alert, 1 duty sms alert, 1 duty email alert, 1 lead sms alert, 1 ann sms alert", "",
				"2 sam sms again, 2 duty sms again, 2 duty email again, 2 lead sms again, 2 ann sms again",
			},
		},
		{
			name: "nobody_at_all", people: []conversations.Watcher{{ID: "sam", Role: conversations.RoleSpecialist}},
			at: []int{0, 15}, want: []string{"nobody", "nobody"},
		},
		{
			// Saturday 02:30; the next working morning is Monday at 9.
			name: "acknowledged_is_quiet_until_the_next_working_morning", people: []conversations.Watcher{sam, duty, lead}, acknowledged: 10,
			at: []int{0, 15, 60, 54*60 + 29, 54*60 + 30, 55 * 60, 78*60 + 30},
			want: []string{
				"1 sam sms alert, 1 duty sms alert, 1 duty email alert", "", "", "",
				"2 sam sms outcome, 2 duty sms outcome, 2 duty email outcome", "",
				"3 sam sms outcome, 3 duty sms outcome, 3 duty email outcome, 3 lead sms outcome",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := ward{Watch: conversations.Watch{RaisedAt: saturdayNight, Threat: tt.threat, People: tt.people}, ends: tt.ends}
			var got []string
			for _, m := range tt.at {
				w.now = saturdayNight.Add(time.Duration(m) * time.Minute)
				if tt.acknowledged > 0 && m >= tt.acknowledged {
					w.AcknowledgedAt = saturdayNight.Add(time.Duration(tt.acknowledged) * time.Minute)
				}
				got = append(got, strings.Join(w.decide(), ", "))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("pages (-want +got):\n%s", diff)
			}
		})
	}
}

// A page that is on its way is waited for, and not for ever: a process may have
// ended in the middle of it.
func TestAPageUnderWayIsWaitedFor(t *testing.T) {
	t.Parallel()
	w := ward{now: saturdayNight, Watch: conversations.Watch{RaisedAt: saturdayNight, People: []conversations.Watcher{
		{ID: "sam", Role: conversations.RoleSpecialist, Phone: true}, {ID: "lead", Role: conversations.RoleLead, Phone: true},
	}}, ends: map[string]conversations.Delivery{"sam sms": conversations.Sending}}
	w.decide()
	w.now = w.now.Add(time.Second)
	if said := w.decide(); len(said) != 0 || !w.next.Equal(saturdayNight.Add(time.Minute)) {
		t.Errorf("%v, and again at %v", said, w.next)
	}
}

// While people are told of an older alert of the same person this one waits for
// that, and is told by itself as soon as that is over.
func TestAFurtherTextJoinsTheAlertThatStands(t *testing.T) {
	t.Parallel()
	w := conversations.Watch{RaisedAt: saturdayNight, Joined: true, People: []conversations.Watcher{
		{ID: "sam", Role: conversations.RoleSpecialist, Phone: true},
	}}
	if e := conversations.Escalate(watchPathway(), w, saturdayNight); len(e.Pages) > 0 || e.Next.Sub(saturdayNight) > time.Minute {
		t.Errorf("%+v", e)
	}
	w.Joined = false
	if e := conversations.Escalate(watchPathway(), w, saturdayNight); len(e.Pages) != 1 {
		t.Errorf("%+v", e)
	}
}

func TestAPhoneOfWhichNobodyCanTellIsLeftAlone(t *testing.T) {
	t.Parallel()
	way := watchPathway()
	way.AcknowledgeWithin = 1
	sam := conversations.Watcher{ID: "sam", Role: conversations.RoleSpecialist, Phone: true}
	w := conversations.Watch{RaisedAt: saturdayNight, People: []conversations.Watcher{sam}}
	w.Pages = conversations.Escalate(way, w, saturdayNight).Pages
	w.Pages[0].Delivery = conversations.Unknown
	for minutes := range 5 {
		if e := conversations.Escalate(way, w, saturdayNight.Add(time.Duration(minutes)*time.Minute)); len(e.Pages) != 0 {
			t.Fatalf("after %d minutes: %+v", minutes, e.Pages)
		}
	}
	if e := conversations.Escalate(way, w, saturdayNight.Add(5*time.Minute)); len(e.Pages) != 1 {
		t.Errorf("after 5 minutes: %+v", e)
	}
}

func TestNextMorning(t *testing.T) {
	t.Parallel()
	const form = "Mon 2006-01-02 15:04"
	for from, want := range map[string]string{
		"Sat 2026-11-28 02:30": "Mon 2026-11-30 09:00",
		"Tue 2026-11-24 02:30": "Tue 2026-11-24 09:00",
		"Tue 2026-11-24 09:00": "Wed 2026-11-25 09:00",
		"Tue 2026-11-24 16:59": "Wed 2026-11-25 09:00",
		"Fri 2026-11-27 20:00": "Mon 2026-11-30 09:00",
		"Thu 2026-12-24 12:00": "Tue 2026-12-29 09:00",
	} {
		at, err := time.Parse(form, from)
		if err != nil {
			t.Fatal(err)
		}
		if got := conversations.NextMorning(watchPathway(), at).Format(form); got != want {
			t.Errorf("after %s: %s, want %s", from, got, want)
		}
	}
}

// Whoever there is and however the pages end: while nobody has acknowledged,
// somebody is told at every step and the steps do not lie further apart than
// the pathway says; nobody is told twice in one; and it is never a flood.
func TestEscalationIsNeverSilentAndNeverAFlood(t *testing.T) {
	t.Parallel()
	way := watchPathway()
	const interval = 15 * time.Minute
	outcomes := []conversations.Delivery{
		conversations.Sent, conversations.Sent, conversations.Failed, conversations.Unknown, conversations.Queued,
		conversations.Sending, conversations.Undelivered, conversations.Delivered,
	}
	rapid.Check(t, func(t *rapid.T) {
		w := conversations.Watch{RaisedAt: saturdayNight, Threat: rapid.Bool().Draw(t, "threat")}
		for _, r := range conversations.Roles {
			if rapid.Bool().Draw(t, string(r)) {
				w.People = append(w.People, conversations.Watcher{
					ID: string(r), Role: r, Phone: rapid.Bool().Draw(t, "phone"), Mail: rapid.Bool().Draw(t, "mail"),
				})
			}
		}
		toldSince := saturdayNight
		now := saturdayNight
		until := saturdayNight.Add(4 * time.Hour)
		for i := 0; now.Before(until); i++ {
			if i > 2000 {
				t.Fatal("it is asked again and again without the clock moving on")
			}
			e := conversations.Escalate(way, w, now)
			if e.Next.Before(now) || len(e.Pages) == 0 && !e.Next.After(now) {
				t.Fatalf("ask again at %v, and it is %v", e.Next, now)
			}
			if e.Nobody {
				if slices.ContainsFunc(w.People, func(p conversations.Watcher) bool {
					return (p.Phone || p.Mail) && (p.Role != conversations.RoleMeets || w.Threat)
				}) {
					t.Fatal("there is somebody")
				}
				return
			}
			for _, p := range e.Pages {
				if slices.ContainsFunc(w.Pages, func(x conversations.Page) bool {
					return x.Watcher == p.Watcher && x.Step == p.Step && x.Via == p.Via
				}) {
					t.Fatalf("%s is told twice at step %d", p.Watcher, p.Step)
				}
				p.Delivery = rapid.SampledFrom(outcomes).Draw(t, "ends")
				p.Tries = 1
				w.Pages = append(w.Pages, p)
				toldSince = now
			}
			if len(e.Pages) > 0 {
				continue
			}
			if now.Sub(toldSince) > interval+time.Minute {
				t.Fatalf("silent for %v", now.Sub(toldSince))
			}
			now = e.Next
		}
		// One round at once, one more for who is new, and one each interval.
		ways := 0
		for _, p := range w.People {
			if p.Phone {
				ways++
			}
			if p.Mail {
				ways++
			}
		}
		if most := ways * (3 + int(until.Sub(saturdayNight)/interval)); len(w.Pages) > most {
			t.Fatalf("%d pages in four hours to %d addresses, at most %d", len(w.Pages), ways, most)
		}
		// Acknowledged: silence until a working morning; closed: for ever.
		w.AcknowledgedAt = until
		if e := conversations.Escalate(way, w, until.Add(time.Hour)); len(e.Pages) > 0 || e.Next.Before(until) {
			t.Fatalf("acknowledged: %+v", e)
		}
		w.ClosedAt = until
		if e := conversations.Escalate(way, w, until.Add(1000*time.Hour)); len(e.Pages) > 0 || !e.Next.IsZero() {
			t.Fatalf("closed: %+v", e)
		}
	})
}
