package conversations_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"alongside/conversations"
)

// teamEvent reads what the team does about a client as a whole: "pass_on s2
// Priya", "tell_passed_on Priya", "returned active number", and
// "resend failed lead.offer question=q1 offer=o1 matter=leads".
func (s *stage) teamEvent(t *testing.T, word, rest string) (conversations.Event, bool) {
	t.Helper()
	fields := strings.Fields(rest)
	switch word {
	case "pass_on":
		s.to = conversations.Specialist{ID: conversations.SpecialistID(fields[0]), Name: strings.Join(fields[1:], " ")}
		return conversations.Event{Kind: conversations.EventPassedOn, To: s.to, By: "s1"}, true
	case "tell_passed_on":
		return conversations.Event{Kind: conversations.EventTellPassedOn, Signed: rest, By: "s2"}, true
	case "returned":
		e := conversations.Event{Kind: conversations.EventReturned, By: "s1"}
		for _, f := range fields {
			if f == "number" {
				e.From = conversations.Address{Channel: conversations.SMS, Value: "y"}
				continue
			}
			e.Stage = conversations.Stage(f)
		}
		return e, true
	case "resend":
		u := s.unreceived(t, fields)
		s.facts.Unreceived = &u
		return conversations.Event{Kind: conversations.EventResend, Message: u.Message, By: "s1"}, true
	}
	return s.leadEvent(t, word, rest)
}

func (s *stage) unreceived(t *testing.T, fields []string) conversations.Unreceived {
	t.Helper()
	u := conversations.Unreceived{
		Message: "m1", Channel: conversations.SMS, Urgency: conversations.Prompt, At: s.now,
		Delivery: conversations.Delivery(fields[0]), Key: fields[1],
	}
	for _, f := range fields[2:] {
		k, v, _ := strings.Cut(f, "=")
		switch k {
		case "question":
			u.Question = conversations.QuestionID(v)
		case "appointment":
			for _, a := range s.facts.Appointments {
				if string(a.ID) == v {
					u.Appointment, u.Stands = a, a.At
				}
			}
		case "an_hour_before":
			u.Stands = u.Stands.Add(-time.Hour)
		case "yesterday":
			u.At = u.At.AddDate(0, 0, -1)
		case "offer":
			u.Offer, u.Matter = conversations.OfferID(v), conversations.MatterLeads
		case "matter":
			u.Matter = conversations.Matter(v)
		case "template":
			u.Nudge = conversations.Nudge{ID: "n1", Template: "nudge." + v, Signed: "Sam"}
		case "words":
			u.Nudge = conversations.Nudge{ID: "n1", Words: map[string]string{"en": strings.ReplaceAll(v, "_", " ")}, Signed: "Sam"}
		case "answer":
			u.Urgency = conversations.Answer
		case "telegram":
			u.Channel = conversations.Telegram
		case "again":
			u.Again = true
		default:
			t.Fatalf("resend %q: no such part", f)
		}
	}
	return u
}

// applyTeam does to the stage what the store does with hand-overs, returns and
// what did not arrive.
func (s *stage) applyTeam(e conversations.Effect) (string, bool) {
	switch e := e.(type) {
	case conversations.SetSpecialist:
		s.facts.Handover = &conversations.Handover{From: s.facts.Specialist, To: e.ID}
		s.facts.Specialist, s.facts.Free = s.to, nil
		return "passed on to " + string(e.ID), true
	case conversations.ToldOfHandover:
		if h := s.facts.Handover; h != nil {
			told := *h
			told.Told = true
			s.facts.Handover = &told
		}
		return "told of it", true
	case conversations.Reopen:
		s.facts.Client.Closed = false
		return "client is back", true
	case conversations.SetFault:
		s.facts.Reach = slices.Clone(s.facts.Reach)
		for i := range s.facts.Reach {
			if s.facts.Reach[i].Channel == e.Channel {
				s.facts.Reach[i].Fault = e.Code
			}
		}
		return "fault of " + string(e.Channel) + ": " + cmp.Or(e.Code, "none"), true
	case conversations.Resent:
		if u := s.facts.Unreceived; u != nil {
			again := *u
			again.Again = true
			s.facts.Unreceived = &again
		}
		return "said again: " + string(e.Message), true
	}
	return s.applyLead(e)
}

// team draws what the team does about a client as a whole, and what such an
// event is about.
func (d dice) team(e *conversations.Event, f *conversations.Facts, s *stage) {
	e.To = oneOf(d, "to whom", []conversations.Specialist{{ID: "s1", Name: "Sam"}, {ID: "s2", Name: "Priya", Reminders: []int{2880, 240}}})
	s.to = e.To
	if e.Kind == conversations.EventReturned && d.coin("at a stage") {
		e.Stage = oneOf(d, "comes back at", conversations.Stages)
	}
	if e.Kind == conversations.EventUndelivered {
		e.Reason = oneOf(d, "fault", []string{"21211", "30003", "30005", "30008", "403"})
	}
	if f.Known() && d.coin("handed over") {
		f.Handover = &conversations.Handover{
			From: conversations.Specialist{ID: "s0", Name: "Ann"}, To: oneOf(d, "from whom", []conversations.SpecialistID{"s1", "s2"}), Told: d.coin("told of it"),
		}
	}
	if e.Kind != conversations.EventResend {
		return
	}
	e.Message = "m8"
	f.Unreceived = &conversations.Unreceived{
		Message: "m8", Channel: d.channel(), Urgency: conversations.Prompt, At: s.now.Add(-time.Duration(d("sent", 40)) * time.Hour),
		Key:      oneOf(d, "words of", []string{"appointment.reminder", "appointment.cancelled", "lead.offer", "task.ask", "optin.question", "passed.on", "optin.welcome"}),
		Delivery: oneOf(d, "delivery", conversations.Deliveries), Question: conversations.QuestionID(fmt.Sprintf("q%d", 1+d("put by", 9))),
		Matter: oneOf(d, "about", conversations.Matters), Again: d("again", 4) == 0,
	}
	u := f.Unreceived
	if d.coin("failed") {
		u.Delivery = conversations.Undelivered
	}
	switch d("speaks of", 4) {
	case 0:
		u.Appointment = e.Appointment
		u.Stands = e.Appointment.At
	case 1:
		u.Offer = e.Offer.ID
	case 2:
		u.Nudge = d.nudge()
	}
}
