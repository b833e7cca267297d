package caseload

import (
	"context"
	"fmt"
	"slices"
	"time"

	"alongside/conversations"
	"alongside/conversations/policy"
)

// The reasons why a message must not go after all, beside those of policy.
const (
	reasonAddressChanged       = "address_changed"
	reasonAppointmentMoved     = "appointment_moved"
	reasonAppointmentCancelled = "appointment_cancelled"
	reasonOfferWithdrawn       = "offer_withdrawn"
	reasonNudgeStopped         = conversations.NudgeStopped
)

// Still asks once more, right before messages are sent, whether they are true
// and allowed. It returns a named reason for each that must not go:
// address_changed, too_late, appointment_cancelled, appointment_moved,
// quiet_hours, offer_withdrawn, nudge_stopped, and those of policy: stopped, not_agreed, declined, doubted,
// closed, blocked, paused, kind_stopped, hold, in_hospital, bereaved, in_custody, died.
//
// Crisis words are attempted whatever was agreed; only time and another's
// number stop them. An id that is not a message of ours has no reason.
func (c *Caseload) Still(ctx context.Context, ids []conversations.MessageID, now time.Time) (map[conversations.MessageID]string, error) {
	reasons := map[conversations.MessageID]string{}
	if len(ids) == 0 {
		return reasons, nil
	}
	which, args := in(nil, ids)
	err := one(ctx, c.db.reader(), func(scan scan) error {
		id, reason, err := still(scan, now)
		if reason != "" {
			reasons[id] = reason
		}
		return err
	}, `SELECT m.id, m.peer, m.urgency, m.question, m.until, m.stands, m.closes, m.appointment, m.revision, COALESCE(a.id, ''),
			COALESCE(a.agreement, ''), COALESCE(a.agreed_in, 0), COALESCE(a.blocked, FALSE), COALESCE(c.closed_at, 0),
			COALESCE(t.status, ''), COALESCE(t.at, 0), m.matter, COALESCE(c.stopped, ''), COALESCE(c.paused_until, 0), COALESCE(c.held_at, 0), COALESCE(c.circumstance, ''),
			CASE WHEN m.offer = '' THEN '' ELSE COALESCE((SELECT CASE WHEN l.filled_at > 0 THEN 'withdrawn' ELSE o.status END
				FROM offers o JOIN leads l ON l.id = o.lead WHERE o.id = m.offer), 'withdrawn') END,
			CASE WHEN m.matter <> 'nudges' THEN '' ELSE COALESCE((SELECT CASE WHEN n.state = 'stopped' THEN 'stopped' WHEN n.bulk THEN 'bulk' ELSE 'single' END
				FROM nudge_clients k JOIN nudges n ON n.id = k.nudge WHERE k.message = m.id AND k.message <> ''), '') END
		FROM messages m LEFT JOIN client_addresses a ON a.id = m.address LEFT JOIN clients c ON c.id = m.peer
			LEFT JOIN appointments t ON t.id = m.appointment
		WHERE m.direction = 'out' AND m.id IN (`+which+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("ask whether messages are still true: %w", err)
	}
	return reasons, nil
}

func still(scan scan, now time.Time) (id conversations.MessageID, reason string, err error) {
	var peer, question, appointment, address string
	var urgency conversations.Urgency
	var until, stands, closes, revision, agreedIn, closed, at int64
	var agreement conversations.Agreement
	var blocked bool
	var status conversations.AppointmentStatus
	var matter conversations.Matter
	var stopped, circumstance string
	var paused, held int64
	var offer conversations.OfferStatus
	var nudge string
	err = scan(&id, &peer, &urgency, &question, &until, &stands, &closes, &appointment, &revision, &address, &agreement, &agreedIn, &blocked, &closed,
		&status, &at, &matter, &stopped, &paused, &held, &circumstance, &offer, &nudge)
	if err != nil {
		return "", "", err
	}
	client := clientOf(peer) != ""
	switch {
	case until != 0 && millis(now) > until:
		return id, string(policy.TooLate), nil
	case client && address == "":
		return id, reasonAddressChanged, nil
	case urgency == conversations.Crisis, !client:
		return id, "", nil
	}
	// The appointment of a message without Stands is only what it is about: news
	// of its cancellation speaks of it, too.
	if appointment != "" && stands != 0 {
		switch {
		case status == conversations.Cancelled:
			return id, reasonAppointmentCancelled, nil
		case at != stands:
			return id, reasonAppointmentMoved, nil
		}
	}
	if urgency == conversations.Prompt && closes != 0 && millis(now) >= closes {
		return id, string(policy.QuietHours), nil
	}
	switch {
	case offer == conversations.OfferWithdrawn:
		return id, reasonOfferWithdrawn, nil
	case nudge == "stopped":
		return id, reasonNudgeStopped, nil
	}
	kind := policy.Reply
	if urgency == conversations.Prompt {
		kind = policy.Unasked
		if agreement == conversations.AgreementAsked && question != "" {
			kind = policy.Invitation
		}
	}
	standing := policy.Standing{
		Given: agreement == conversations.AgreementGiven, Asked: agreement == conversations.AgreementAsked,
		Stopped: agreement == conversations.AgreementStopped, Declined: agreement == conversations.AgreementDeclined,
		Doubted: agreement == conversations.AgreementDoubted, Closed: closed != 0, Blocked: blocked,
		Paused: millis(now) < paused, KindStopped: matter != "" && slices.Contains(matters(stopped), matter),
		// What a person writes to this one client goes in spite of the hold.
		Held:         held != 0 && matter != "" && matter != conversations.MatterAppointments && nudge != "single",
		Circumstance: policy.Reason(circumstance),
	}
	if urgency == conversations.Answer && revision >= agreedIn {
		return id, "", nil // It is the last word of the turn that set the agreement, or came after it.
	}
	// Hours that are never open: they were kept when the message was committed,
	// and here only what comes before them in May is asked.
	verdict := policy.May(kind, standing, policy.Hours{}, now, time.Time{})
	if verdict.Decision == policy.Never && verdict.Reason != policy.TooLate {
		return id, string(verdict.Reason), nil
	}
	return id, "", nil
}
