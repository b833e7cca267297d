package conversations_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"alongside/conversations"
	"alongside/conversations/understand"
)

// apply does to the stage what the store does to the caseload, and says it in
// one line.
func (s *stage) apply(e conversations.Effect) string {
	if line, ok := s.applyCorrection(e); ok {
		return line
	}
	if line, ok := s.applyClock(e); ok {
		return line
	}
	switch e := e.(type) {
	case conversations.Understood:
		if t := s.text(""); t != nil {
			t.Was = e.Reading.Intent
		}
		return understood(e.Reading)
	case conversations.Say:
		return s.said(e)
	case conversations.Book:
		s.facts.Appointments = append(s.facts.Appointments, e.Appointment)
		return fmt.Sprintf("booked %s %s", e.Appointment.ID, e.Appointment.At.In(s.zone).Format(stageTime))
	case conversations.SetAppointment:
		return s.setAppointment(e)
	case conversations.SetAgreement:
		channels := []conversations.Channel{e.Channel}
		if e.Channel == "" {
			channels = nil
			for _, r := range s.facts.Reach {
				channels = append(channels, r.Channel)
			}
		}
		for _, c := range channels {
			s.reach(c, e.Agreement)
		}
		return fmt.Sprintf("agreement %s: %s (%s)", orAll(e.Channel), e.Agreement, e.How)
	case conversations.SetBlocked:
		for i := range s.facts.Reach {
			if s.facts.Reach[i].Channel == e.Channel {
				if s.facts.Reach[i].Blocked = e.Blocked; !e.Blocked {
					s.facts.Reach[i].Fault = ""
				}
			}
		}
		return fmt.Sprintf("carrier %s: blocked %t", e.Channel, e.Blocked)
	case conversations.SetLanguage:
		s.facts.Client.Language = e.Language
		return "language " + e.Language
	case conversations.JoinAccount:
		return "account joined"
	case conversations.SetAddress:
		return "address replaced"
	case conversations.SetStage:
		s.facts.Client.Stage = e.Stage
		return "stage " + string(e.Stage)
	case conversations.SetAttendance:
		return strings.TrimSpace(fmt.Sprintf("appointment %s: %s %s", e.ID, e.Attendance, e.Mechanism))
	case conversations.Nudged:
		return "nudge " + string(e.ID) + ": " + cmp.Or(e.Reason, "said")
	case conversations.SetCircumstance:
		s.facts.Client.Circumstance = e.Circumstance
		return "circumstance " + cmp.Or(string(e.Circumstance), "none")
	case conversations.Close:
		s.facts.Client.Closed = true
		return "client closed"
	case conversations.DropQueued:
		about := strings.TrimSpace(string(e.Appointment) + string(e.Offer) + " " + string(e.Matter))
		if e.Owed {
			return fmt.Sprintf("drop owed %s: %s", about, e.Reason)
		}
		return fmt.Sprintf("drop queued %s everything=%t: %s", about, e.Everything, e.Reason)
	case conversations.Skip:
		return fmt.Sprintf("not said: %s, %s", e.Key, e.Reason)
	case conversations.RaiseFlag:
		s.see("flag " + string(e.Reason))
		text := "flag " + string(e.Reason)
		for _, part := range []string{string(e.Appointment), string(e.Offer), string(e.Task), string(e.Message), e.Detail} {
			if part != "" {
				text += " " + part
			}
		}
		if e.Condition != "" {
			text += fmt.Sprintf(" %q", e.Condition)
		}
		return text
	case conversations.RaiseAlert:
		s.facts.Alerted, s.facts.Taken = true, false
		if e.Threat {
			return "alert " + string(e.Danger) + ", a threat to staff"
		}
		return "alert " + string(e.Danger)
	case conversations.Hold:
		s.facts.Client.Held = true
		return "hold: " + e.Reason
	case conversations.Release:
		s.facts.Client.Held = false
		return "released"
	case conversations.AwaitText:
		return "await a text until " + e.At.In(s.zone).Format(stageTime)
	case conversations.Recall:
		return "recall " + e.At.In(s.zone).Format(stageTime)
	case conversations.RecordAnswer, conversations.EndCheckIn, conversations.RecordFeedback:
		return s.applyCheckIn(e)
	case conversations.Set:
		s.facts.Client = s.facts.Client.With(e.Settings)
		return wasSet(e.Settings)
	case conversations.MakeLink:
		return "link made"
	case conversations.PreferChannel:
		slices.SortStableFunc(s.facts.Reach, func(a, b conversations.Reach) int {
			return boolInt(b.Channel == e.Channel) - boolInt(a.Channel == e.Channel)
		})
		return "prefers " + string(e.Channel)
	case conversations.Remind:
		return fmt.Sprintf("remind %s %d before, at %s", e.Appointment, e.Before, e.At.In(s.zone).Format(stageTime))
	case conversations.Expect:
		return fmt.Sprintf("expect %s until %s", e.Question, e.At.In(s.zone).Format(stageTime))
	}
	if text, ok := s.applyTeam(e); ok {
		return text
	}
	return fmt.Sprintf("an effect that the stage does not know: %T", e)
}

func understood(r understand.Reading) string {
	text := "understood: " + string(r.Intent)
	if v := r.Value(); v != "" {
		text += " " + v
	}
	for _, a := range r.Also {
		text += " + " + strings.TrimSpace(string(a.Intent)+" "+a.Value())
	}
	return text
}

func (s *stage) said(m conversations.Say) string {
	text := "> " + m.Key + vars(m.Vars)
	if len(m.Options) > 0 {
		var o []string
		for i, c := range m.Options {
			o = append(o, fmt.Sprintf("%d %s", i+1, c))
		}
		text += " [" + strings.Join(o, ", ") + "]"
	}
	if m.Question != "" {
		text += " (" + string(m.Question) + ")"
	}
	if m.Channel != conversations.SMS && m.Channel != "" {
		text += " on " + string(m.Channel)
	}
	if m.Language != "en" {
		text += " in " + m.Language
	}
	if !m.NotBefore.IsZero() {
		text += " not before " + m.NotBefore.In(s.zone).Format(stageTime) + ": " + m.Held
	}
	if m.Urgency == conversations.Crisis {
		text += " at once"
		s.facts.CrisisSaid = s.now
	}
	if m.Urgency == conversations.Answer {
		s.facts.Answered = s.now
	}
	return text
}

func (s *stage) setAppointment(e conversations.SetAppointment) string {
	text := fmt.Sprintf("appointment %s: %s", e.ID, e.Status)
	for i := range s.facts.Appointments {
		a := &s.facts.Appointments[i]
		if a.ID != e.ID {
			continue
		}
		a.Status, a.Proposed = e.Status, e.Proposed
		if !e.At.IsZero() {
			a.At = e.At
		}
	}
	if !e.At.IsZero() {
		text += " at " + e.At.In(s.zone).Format(stageTime)
	}
	if !e.Proposed.IsZero() {
		text += ", proposed " + e.Proposed.In(s.zone).Format(stageTime)
	}
	return text
}

func (s *stage) reach(c conversations.Channel, a conversations.Agreement) {
	for i := range s.facts.Reach {
		if s.facts.Reach[i].Channel == c {
			if s.facts.Reach[i].Before = ""; a == conversations.AgreementDoubted {
				s.facts.Reach[i].Before = s.facts.Reach[i].Agreement
			}
			s.facts.Reach[i].Agreement = a
			return
		}
	}
	s.facts.Reach = append(s.facts.Reach, conversations.Reach{Channel: c, Agreement: a})
}

func orAll(c conversations.Channel) string {
	if c == "" {
		return "every channel"
	}
	return string(c)
}
