package year

import (
	"context"
	"encoding/json"
	"fmt"

	"alongside/conversations"
)

// follow reads what the caseload says of one client at the end: what was not
// said and why, and whether each meeting was reminded of.
func (a *audit) follow(ctx context.Context, c *client, r *Report) error {
	why := map[conversations.AppointmentID]string{}
	for before := ""; ; {
		page, err := a.life.Store.Conversation(ctx, c.id, before, 200)
		if err != nil {
			return fmt.Errorf("read the conversation of client %d: %w", c.n, err)
		}
		for _, m := range page.Messages {
			if m.In {
				continue
			}
			if m.Held != "" {
				r.Later[m.Held]++
			}
			if m.Delivery == conversations.Dropped {
				r.Skipped[m.Code]++
				why[m.Appointment] = m.Code
			}
			if m.Delivery == conversations.Queued || m.Delivery == conversations.Sending || m.Delivery == conversations.Unknown {
				r.Open++
			}
		}
		for _, e := range page.Events {
			var detail struct {
				Skipped []struct {
					Appointment conversations.AppointmentID
					Reason      string
				}
			}
			if err := json.Unmarshal(e.Detail, &detail); err != nil {
				return fmt.Errorf("read an event of client %d: %w", c.n, err)
			}
			for _, s := range detail.Skipped {
				r.Skipped[s.Reason]++
				why[s.Appointment] = s.Reason
			}
		}
		if before = page.Before; before == "" {
			return a.meetings(ctx, c, why, r)
		}
	}
}

// meetings looks for meetings that came without a word.
func (a *audit) meetings(ctx context.Context, c *client, why map[conversations.AppointmentID]string, r *Report) error {
	all, err := a.life.Store.Appointments(ctx, c.id)
	if err != nil {
		return err
	}
	who, err := a.life.Store.Client(ctx, c.id)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.Status == conversations.Cancelled || m.At.After(a.life.Until) || !who.ClosedAt.IsZero() && m.At.After(who.ClosedAt) {
			continue
		}
		r.Appointments++
		switch {
		case a.told[meeting{m.ID, m.At.UnixMilli()}] > 0:
			r.Reminded++
		case why[m.ID] != "":
			r.Unreminded[why[m.ID]]++
		default:
			r.Unreminded["no reason"]++
			a.fault(ruleReminded, c, m.At.In(c.zone), "%s booked %s before", m.Kind, m.At.Sub(m.CreatedAt).Round(60e9))
		}
	}
	return nil
}
