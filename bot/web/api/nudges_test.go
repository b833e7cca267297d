package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/google/go-cmp/cmp"
)

// previewed is the answer to a preview.
type previewed struct {
	Bulk                  bool
	Clients, Parts, Later int
	Goes                  []struct {
		Client, Channel, Language, Text, Reason string
		Parts                                   int
		NotBefore                               *time.Time `json:"not_before"`
	}
	LeftOut  []struct{ Client, Reason, Means string } `json:"left_out"`
	Findings []struct {
		Code, Language, Found, Means string
		Refused                      bool
	}
}

// A preview says what each would get, who is left out and why, and what there is
// to say about the words; nothing is stored or sent by it.
func TestANudgeIsSeenBeforeItGoes(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		plain, welsh, held, unasked := f.agreed(sam, 801), f.agreed(sam, 802), f.agreed(sam, 803), f.john(sam, 804)
		f.do("PATCH", "/api/v1/clients/"+welsh+"/settings", map[string]any{"wakes": "15:00"}).is(200)
		f.do("POST", "/api/v1/clients/"+held+"/hold", map[string]any{"by": sam}).is(200)
		must(t, f.turn.Run(f.Context(), conversations.Event{
			Kind: conversations.EventText, ProviderID: "SM1", Text: "i will be there",
			From: conversations.Address{Channel: conversations.SMS, Value: "+447700900801"},
		}))
		f.took()
		wanted := map[string]any{"by": sam, "specialist": sam, "words": map[string]string{"en": "Good luck with the interview."}}
		var got previewed
		f.do("POST", "/api/v1/nudges/preview", wanted).is(200, &got)
		if !got.Bulk || got.Clients != 4 || got.Parts != 2 || got.Later != 1 || len(got.Goes) != 2 || len(got.LeftOut) != 2 {
			t.Fatalf("preview: %+v", got)
		}
		if g := got.Goes[0]; g.Client != plain || g.Text != "Sam: Good luck with the interview." || g.Parts != 1 || g.Channel != "sms" || g.NotBefore != nil {
			t.Errorf("the first: %+v", g)
		}
		if g := got.Goes[1]; g.Client != welsh || g.Reason != "quiet_hours" || g.NotBefore == nil || g.NotBefore.UTC().Hour() != 15 {
			t.Errorf("the second: %+v", g)
		}
		why := map[string]string{}
		for _, l := range got.LeftOut {
			if why[l.Client] = l.Reason; len(l.Means) < 10 {
				t.Errorf("%s is said as %q", l.Reason, l.Means)
			}
		}
		if diff := cmp.Diff(map[string]string{held: "hold", unasked: "not_agreed"}, why); diff != "" {
			t.Errorf("left out (-want +got):\n%s", diff)
		}
		if len(got.Findings) != 1 || got.Findings[0].Code != "lock_screen" || got.Findings[0].Found != "interview*" || got.Findings[0].Refused {
			t.Errorf("findings: %+v", got.Findings)
		}
		var listed struct{ Items []made }
		if f.do("GET", "/api/v1/nudges", nil).is(200, &listed); len(listed.Items) != 0 || len(f.took()) != 0 {
			t.Errorf("a preview left something: %+v", listed)
		}

		// A person who writes to one client alone knows of the hold.
		got = previewed{}
		f.do("POST", "/api/v1/nudges/preview", map[string]any{"by": sam, "clients": []string{held}, "template": "nudge.thinking_of_you"}).is(200, &got)
		if got.Bulk || len(got.Goes) != 1 || got.Goes[0].Text != "Sam: I am thinking of you today. There is no need to answer." {
			t.Errorf("to one alone: %+v", got)
		}

		// Who has written since the last text is told apart from who has not.
		for answer, want := range map[string]int{"answered": 1, "unanswered": 2} {
			got = previewed{}
			f.do("POST", "/api/v1/nudges/preview", map[string]any{"by": sam, "answer": answer, "template": "nudge.well_done"}).is(200, &got)
			if got.Clients != want {
				t.Errorf("%s: %d clients, want %d", answer, got.Clients, want)
			}
		}
	})
}

// English goes to who chose Welsh only where the specialist says so.
func TestANudgeInTheLanguageOfEach(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		var m made
		f.do("POST", "/api/v1/clients", map[string]any{"specialist": sam, "full_name": "Siân Example", "mobile": "07700 900811", "language": "cy"}).is(201, &m)
		f.do("POST", "/api/v1/clients/"+m.ID+"/agreements", map[string]any{"channel": "sms", "agreement": "given", "how": "in person"}).is(200)
		for name, row := range map[string]struct {
			says map[string]any
			want string
		}{
			"none_of_theirs": {map[string]any{"words": map[string]string{"en": "See you soon."}}, "no_words_in_language"},
			"confirmed":      {map[string]any{"words": map[string]string{"en": "See you soon."}, "instead": "en"}, "en Sam: See you soon."},
			"theirs":         {map[string]any{"words": map[string]string{"en": "See you soon.", "cy": "Wela i di."}, "instead": "en"}, "cy Sam: Wela i di."},
			"from_the_list":  {map[string]any{"template": "nudge.well_done"}, "cy Sam: Da iawn chi. Roedd hynny'n dipyn o gamp."},
		} {
			row.says["by"], row.says["clients"] = sam, []string{m.ID}
			var got previewed
			f.do("POST", "/api/v1/nudges/preview", row.says).is(200, &got)
			said := ""
			for _, g := range got.Goes {
				said += g.Language + " " + g.Text
			}
			for _, l := range got.LeftOut {
				said += l.Reason
			}
			if said != row.want {
				t.Errorf("%s: %q, want %q", name, said, row.want)
			}
		}
	})
}

// It is sent in the background, followed, changed and cancelled before it begins,
// and stopped after.
func TestANudgeIsFollowed(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		one := f.agreed(sam, 821)
		f.agreed(sam, 822)
		type progress struct {
			ID, State string
			At        time.Time
			Words     map[string]string
			Progress  struct{ Clients, Planned, Said, Sent, Stopped int }
		}
		send := map[string]any{"by": sam, "everybody": true, "at": "2026-11-24T11:00:00Z", "once": "a", "words": map[string]string{"en": "Good luck with the interview."}}
		f.do("POST", "/api/v1/nudges", send).refuses(422, "words")
		send["confirmed"] = []string{"lock_screen"}
		var first, second progress
		a := f.do("POST", "/api/v1/nudges", send).is(202, &first)
		f.do("POST", "/api/v1/nudges", send).is(202, &second)
		at := a.header.Get("Location")
		if first.ID == "" || first.ID != second.ID || at != "/api/v1/nudges/"+first.ID || first.State != "planned" || first.Progress.Planned != 2 {
			t.Fatalf("made %+v and %+v at %s", first, second, at)
		}
		f.do("PATCH", at, map[string]any{"words": map[string]string{"en": "How is the depression?"}}).refuses(422, "words")
		f.do("PATCH", at, map[string]any{"words": map[string]string{"en": "See you soon."}, "at": "2026-11-25T11:00:00Z"}).is(200, &first)
		if first.Words["en"] != "See you soon." || first.At.Day() != 25 {
			t.Errorf("changed: %+v", first)
		}
		f.do("DELETE", at, nil).is(200, &first)
		if first.State != "cancelled" || first.Progress.Stopped != 2 {
			t.Errorf("cancelled: %+v", first)
		}
		f.do("DELETE", at, nil).refuses(409, "conflict")
		f.do("POST", at+"/stop", nil).refuses(409, "conflict")

		var running progress
		f.do("POST", "/api/v1/nudges", map[string]any{"by": sam, "everybody": true, "template": "nudge.well_done"}).is(202, &running)
		n, err := f.store.BeginNudge(f.Context(), conversations.NudgeID(running.ID), 0)
		must(t, err)
		must(t, f.turn.Run(f.Context(), conversations.Event{Kind: conversations.EventNudge, Client: conversations.ClientID(one), Nudge: n.Nudge}))
		f.do("GET", "/api/v1/nudges/"+running.ID, nil).is(200, &running)
		if running.State != "running" || running.Progress.Said != 1 || running.Progress.Planned != 1 {
			t.Errorf("half-way: %+v", running)
		}
		f.do("DELETE", "/api/v1/nudges/"+running.ID, nil).refuses(409, "conflict")
		f.do("POST", "/api/v1/nudges/"+running.ID+"/stop", nil).is(200, &running)
		var each struct {
			Items []struct{ Client, State, Delivery, Reason, Means string }
		}
		f.do("GET", "/api/v1/nudges/"+running.ID+"/clients", nil).is(200, &each)
		if running.State != "stopped" || len(each.Items) != 2 || each.Items[0].Client != one || each.Items[0].Delivery != "dropped" ||
			each.Items[0].Reason != "nudge_stopped" || each.Items[1].State != "stopped" {
			t.Errorf("stopped: %+v, %+v", running, each)
		}
	})
}

// TestPreviewOfMany: a preview reads in bulk, whatever the number. It logs how long
// it took beside as many plain loads.
func TestPreviewOfMany(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		many := 500
		if strings.HasPrefix(f.Name(), "TestPreviewOfMany/postgresql") {
			many = 100 // making clients takes longer than all of the rest
		}
		sam := conversations.SpecialistID(f.sam())
		var ids []conversations.ClientID
		for i := range many {
			id, err := f.store.AddClient(f.Context(), store.NewClient{Specialist: sam, FullName: "John Example", Mobile: fmt.Sprintf("+4477009%05d", i)})
			must(t, err)
			ids = append(ids, id)
			must(t, f.turn.Run(f.Context(), conversations.Event{
				Kind: conversations.EventAgreement, Client: id, Channel: conversations.SMS, Agreement: conversations.AgreementGiven, How: "in person",
			}))
		}
		var got previewed
		began := time.Now()
		f.do("POST", "/api/v1/nudges/preview", map[string]any{"by": sam, "everybody": true, "words": map[string]string{"en": "Hope your week goes well."}}).is(200, &got)
		preview := time.Since(began)
		began = time.Now()
		for _, id := range ids {
			_, err := f.store.Load(f.Context(), conversations.Event{Kind: conversations.EventNudge, Client: id}, f.clock())
			must(t, err)
		}
		loads := time.Since(began)
		t.Logf("a preview of %d: %v; %d loads: %v; ratio %.2f", many, preview, many, loads, float64(preview)/float64(loads))
		if len(got.Goes) != many || got.Parts != many || !strings.HasPrefix(got.Goes[0].Text, "Sam: ") {
			t.Errorf("%d would go, in %d parts", len(got.Goes), got.Parts)
		}
	})
}
