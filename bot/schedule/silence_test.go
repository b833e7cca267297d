package schedule

import (
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store"
	"alongside/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func TestEventOfASilence(t *testing.T) {
	t.Parallel()
	r := &turns{}
	if err := on(r).silence().Work(t.Context(), jobOf(store.SilenceArgs{Client: "john", DueMs: noon.UnixMilli()}, 1)); err != nil {
		t.Error(err)
	}
	want := []conversations.Event{{Kind: conversations.EventSilence, Client: "john", Due: noon}}
	if diff := cmp.Diff(want, r.events()); diff != "" {
		t.Error(diff)
	}
}

// Who does not answer is put before their specialist once, in the working day,
// although each job runs three times and in two processes; who has written since
// is not, and the jobs of the older silence do nothing. Nothing more is said to
// anybody for it, and the record stays open.
func TestASilenceIsToldOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		c := newClocked(t, db)
		c.pathway.Unanswered = conversations.Unanswered{Questions: 2, Days: 7}
		sam, err := c.stores[0].AddSpecialist(t.Context(), store.NewSpecialist{Name: "Sam"})
		if err != nil {
			t.Fatal(err)
		}
		on := func(day, hour int) time.Time { return time.Date(2026, time.March, day, hour, 0, 0, 0, c.zone) } // 2 March is a Monday.
		flags := func(client conversations.ClientID) (list []string) {
			t.Helper()
			all, _, err := c.stores[1].Flags(t.Context(), store.FlagFilter{Client: client, Settled: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range all {
				if f.Reason == conversations.FlagSilent {
					list = append(list, f.RaisedAt.In(c.zone).Format("Mon 2 15:04 ")+f.Detail+" "+f.SettledBy)
				}
			}
			return list
		}
		wants := func(client conversations.ClientID, want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, flags(client)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.now.Format("Mon 2 15:04"), diff)
			}
		}
		c.now = on(5, 9)
		quiet, wrote, once := c.client(sam, 1), c.client(sam, 2), c.client(sam, 3)
		daily := conversations.Rhythm{Rule: "FREQ=DAILY", Since: "2026-03-05", Clock: 12 * 60}
		c.choose(quiet, daily)
		c.choose(wrote, daily)
		c.choose(once, conversations.Rhythm{On: "2026-03-05", Clock: 12 * 60})
		c.until(on(6, 18)) // Thursday and Friday: two questions each.
		number := func(n string) conversations.Event {
			return conversations.Event{
				Kind: conversations.EventText, ProviderID: "SM" + n, Text: "hello there", From: conversations.Address{Channel: conversations.SMS, Value: "+44770090000" + n},
			}
		}
		c.do(number("2"))
		c.until(on(9, 8))
		wants(quiet)
		c.until(on(9, 18)) // A day after the second was Saturday.
		wants(quiet, "Mon 9 09:00 questions_unanswered ")
		wants(wrote)
		c.until(on(13, 18))
		wants(quiet, "Mon 9 09:00 questions_unanswered ")
		wants(wrote, "Wed 11 12:00 questions_unanswered ") // A new silence, of Monday and Tuesday.
		wants(once, "Thu 12 12:00 days_without_a_text ")
		c.do(number("1"))
		wants(quiet, "Mon 9 09:00 questions_unanswered turn")
		for _, id := range []conversations.ClientID{quiet, wrote, once} {
			if client, err := c.stores[0].Client(t.Context(), id); err != nil || !client.ClosedAt.IsZero() {
				t.Errorf("dropped for silence: %v, %v", client.ClosedAt, err)
			}
		}
	})
}

const (
	mariasPhone = "+447700900204"
	noorsPhone  = "+447700900205"
)

// away has Sam away from now on, covered by Maria, and, if they are away too, who
// covers her.
func (s *scene) away() (sam, maria conversations.SpecialistID) {
	s.Helper()
	client, err := s.c.Store.Client(s.Context(), s.john)
	check(s.T, err)
	sam, maria = client.Specialist, s.specialist("Maria", mariasPhone)
	s.absent(sam, maria)
	return sam, maria
}

func (s *scene) specialist(name, phone string) conversations.SpecialistID {
	s.Helper()
	id, err := s.c.Store.AddSpecialist(s.Context(), store.NewSpecialist{Name: name, Phone: phone})
	check(s.T, err)
	return id
}

func (s *scene) absent(who, cover conversations.SpecialistID) store.Absence {
	s.Helper()
	a, err := s.c.Store.SetAbsence(s.Context(), store.Absence{
		Specialist: who, Cover: cover, From: s.now.Add(-time.Minute), Until: s.now.AddDate(0, 0, 7),
	}, "duty", s.now)
	check(s.T, err)
	return a
}

func TestAnAlertReachesTheCover(t *testing.T) {
	t.Parallel()
	s := raised(t, johnsPhone, selfHarm)
	_, maria := s.away()
	s.says(dutyMail+": page.alert", dutyPhone+": page.alert", mariasPhone+": page.alert")
	s.now = s.now.Add(15 * time.Minute)
	s.says(leadPhone + ": page.alert")
	// From here on the cover is away as well: their cover is told at once.
	noor := s.specialist("Noor", noorsPhone)
	s.absent(maria, noor)
	s.now = s.now.Add(15 * time.Minute)
	s.says(dutyMail+": page.alert", dutyPhone+": page.alert", leadPhone+": page.alert", noorsPhone+": page.alert")
}

func TestAnAlertReachesTheLeadWhereTheCoverIsAwayToo(t *testing.T) {
	t.Parallel()
	s := raised(t, johnsPhone, selfHarm)
	sam, maria := s.away()
	s.absent(maria, sam)
	s.says(dutyMail+": page.alert", dutyPhone+": page.alert", leadPhone+": page.alert")
}

// A threat is told to who meets the client, away or not; and where there is
// nobody else, who is away is told of any danger.
func TestWhoIsAwayIsToldWhereTheyMust(t *testing.T) {
	t.Parallel()
	s := raised(t, johnsPhone, conversations.RaiseAlert{Threat: true})
	s.away()
	s.says(dutyMail+": page.alert", dutyPhone+": page.alert", leadPhone+": page.alert", mariasPhone+": page.alert", samsPhone+": page.alert")

	s = raised(t, johnsPhone, selfHarm)
	client, err := s.c.Store.Client(t.Context(), s.john)
	check(t, err)
	s.absent(client.Specialist, s.specialist("Maria", ""))
	s.c.Pathway.Duty, s.c.Pathway.Lead = conversations.Staff{}, conversations.Staff{}
	s.says(samsPhone + ": page.alert")
}
