package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"alongside/conversations"
	"alongside/store/caseload"
)

// Page asks for a part of a list.
type Page = caseload.Page

// Specialist is an employment specialist as the team sees them.
type Specialist = caseload.Specialist

// Client is a client's record as the team sees it.
type Client = caseload.Client

// Reach is one channel on which a client has an address, with the address.
type Reach = caseload.Reach

// ErrCursor says that a cursor was not given out by a page.
var ErrCursor = caseload.ErrCursor

// longestKnownAs bounds the names that stand in texts: a text has 160
// characters, and more to say than a name.
const longestKnownAs = 40

// NewSpecialist is a specialist to be added, as a person entered it.
type NewSpecialist struct {
	// Name is the first name that clients know; it stands in texts.
	Name string
	// Phone is a mobile number for alerts, Email an address; both may be empty.
	Phone, Email string
}

// AddSpecialist adds a specialist. What was entered wrongly is refused, all of
// it at once: see [Refusals].
func (s *Store) AddSpecialist(ctx context.Context, n NewSpecialist) (conversations.SpecialistID, error) {
	var c checks
	checked := caseload.NewSpecialist{
		Name:  c.line("name", n.Name, true, longestKnownAs),
		Email: c.email(n.Email),
	}
	if n.Phone != "" {
		checked.Phone = c.mobile("phone", n.Phone)
	}
	if err := c.err(); err != nil {
		return "", err
	}
	return s.caseload.AddSpecialist(ctx, checked)
}

// SetReminders sets how long before an appointment the clients of a specialist
// are reminded who have no offsets of their own, in minutes, longest first; none
// takes the pathway's again. What is ahead is planned anew. What was entered
// wrongly is refused: see [Refusals]. [ErrNotFound] for an unknown specialist.
func (s *Store) SetReminders(ctx context.Context, id conversations.SpecialistID, minutes []int) error {
	var c checks
	if fault := conversations.OffsetsFault(minutes); fault != "" {
		c.refuse("reminders", RefusedValue, "The reminders "+fault+".")
		return c.err()
	}
	return s.caseload.SetReminders(ctx, id, minutes)
}

// Specialist returns one specialist, or [ErrNotFound].
func (s *Store) Specialist(ctx context.Context, id conversations.SpecialistID) (Specialist, error) {
	return s.caseload.Specialist(ctx, id)
}

// Specialists returns a page of all specialists, in the order in which they
// were added, and the cursor of the next page, empty after the last.
func (s *Store) Specialists(ctx context.Context, page Page) (list []Specialist, next string, err error) {
	return s.caseload.Specialists(ctx, page)
}

// NewClient is a client to be added, as a person entered it.
type NewClient struct {
	Specialist conversations.SpecialistID
	// FullName is for the team and never in a text.
	FullName string
	// Name is what the client likes to be called; texts use it only if Named.
	Name  string
	Named bool
	// Language is a tag ("en", "cy"); empty means not known yet.
	Language string
	// Zone is the name of the client's time zone; empty means Europe/London.
	Zone string
	// Mobile is the client's number, as people write one.
	Mobile string
	// Wakes is the waking hour in minutes after midnight; 0 means the pathway's.
	Wakes int
	// Detail says that the client wants place and names in texts.
	Detail bool
	// Stage is where they stand on the pathway, StageAt since when; both may be
	// left out. That the pathway has the stage is for the caller to know.
	Stage   conversations.Stage
	StageAt time.Time
}

// AddClient adds a client, whom nothing is sent before they agree to it. What
// was entered wrongly is refused, all of it at once: see [Refusals]. The number
// of another open client is refused ([RefusedTaken]) without saying whose it is.
func (s *Store) AddClient(ctx context.Context, n NewClient) (conversations.ClientID, error) {
	var c checks
	checked := c.client(n)
	if err := c.err(); err != nil {
		return "", err
	}
	id, err := s.caseload.AddClient(ctx, checked)
	if errors.Is(err, caseload.ErrNotFound) {
		c.refuse("specialist", RefusedUnknown, "There is no such specialist on the caseload.")
		return "", c.err()
	}
	return id, taken(err)
}

// client checks a client to be added.
func (c *checks) client(n NewClient) caseload.NewClient {
	checked := caseload.NewClient{
		Specialist: n.Specialist,
		FullName:   c.line("full_name", n.FullName, true, longestName),
		Name:       c.line("name", n.Name, n.Named, longestKnownAs),
		Named:      n.Named,
		Language:   c.language(n.Language),
		Zone:       c.zone(n.Zone),
		Mobile:     c.mobile("mobile", n.Mobile),
		Wakes:      c.wakes(n.Wakes),
		Detail:     n.Detail,
		Stage:      n.Stage,
		StageAt:    n.StageAt,
	}
	if n.Specialist == "" {
		c.refuse("specialist", RefusedEmpty, "Please choose the client's specialist.")
	}
	return checked
}

// CheckMobile reads a client's new number as people write one and returns it in
// E.164 form. It is refused like the number of [Store.AddClient]; the client's
// own number is not.
func (s *Store) CheckMobile(ctx context.Context, client conversations.ClientID, text string) (e164 string, err error) {
	var c checks
	e164 = c.mobile("mobile", text)
	if err := c.err(); err != nil {
		return "", err
	}
	if err := s.caseload.CheckFree(ctx, conversations.Address{Channel: conversations.SMS, Value: e164}, client); err != nil {
		return "", taken(err)
	}
	return e164, nil
}

// taken makes a refusal of an address that is taken. It does not say by whom:
// that somebody is a client of the service is nobody else's business.
func taken(err error) error {
	if !errors.Is(err, caseload.ErrTaken) {
		return err
	}
	return &Refusal{
		Code: RefusedTaken, Field: "mobile",
		Text: "This number belongs to another client whose record is open, and one number cannot be two people's: a reply could not be told apart. " +
			"Please check the number. If it has changed hands, the other record has to be given its new number, or be closed, first; your team lead can see it.",
	}
}

// Client returns one client, or [ErrNotFound].
func (s *Store) Client(ctx context.Context, id conversations.ClientID) (Client, error) {
	return s.caseload.Client(ctx, id)
}

// SeveralClients reads clients by their ids, in the order of their names; who is
// not on the caseload is left out.
func (s *Store) SeveralClients(ctx context.Context, ids []conversations.ClientID) ([]Client, error) {
	return s.caseload.SeveralClients(ctx, ids)
}

// Clients returns a page of the clients, of one specialist, with those for whose
// specialist they stand in just now, or (empty) of all,
// closed records included, in the order in which they were added, and the
// cursor of the next page, empty after the last.
func (s *Store) Clients(ctx context.Context, of conversations.SpecialistID, page Page) (list []Client, next string, err error) {
	return s.caseload.Clients(ctx, of, page)
}

// Reach returns the channels of a client, the preferred one first, or
// [ErrNotFound].
func (s *Store) Reach(ctx context.Context, client conversations.ClientID) ([]Reach, error) {
	list, err := s.caseload.Reach(ctx, client)
	if err == nil && len(list) == 0 {
		// Every client has a number, so nobody has none but who is not there.
		err = fmt.Errorf("read the reach of client %s: %w", client, ErrNotFound)
	}
	return list, err
}
