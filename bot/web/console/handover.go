package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

// handOverPage is a hand-over before it is done: of one client, or of a caseload.
type handOverPage struct {
	slip
	// One says that it is about one client, whose page is at Back.
	One         bool
	Name, Back  string
	From, To    store.Specialist
	Specialists []store.Specialist
	// Clients are those who would be handed over, once it is known to whom.
	Clients []handing
	// Texted counts those whom the words would reach.
	Texted int
}

// handing is one client who would be handed over.
type handing struct {
	store.ClientRow
	// Words are what they would be told, Parts in how many SMS; Not is why they
	// would be told nothing.
	Words string
	Parts int
	Later bool
	Not   string
}

func (c *Console) handOver(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	return c.showHandOver(w, r, who, http.StatusOK, slip{})
}

func (c *Console) showHandOver(w http.ResponseWriter, r *http.Request, who signin.Who, status int, s slip) error {
	if err := allowed(who, signin.ManageTeam); err != nil {
		return err
	}
	ctx := r.Context()
	p := handOverPage{slip: s, Back: "/team"}
	from, to := r.FormValue("from"), r.FormValue("to")
	var err error
	if from != "" {
		if p.From, err = c.colleague(ctx, "from", from); err != nil {
			return err
		}
	}
	var rows []store.ClientRow
	if from != "" {
		if rows, err = c.Store.Rows(ctx, []conversations.SpecialistID{p.From.ID}, !lead(who)); err != nil {
			return err
		}
	}
	return c.renderHandOver(w, r, who, status, p, to, rows)
}

// handOverOne is the same for one client.
func (c *Console) handOverOne(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	return c.showHandOverOne(w, r, who, http.StatusOK, slip{})
}

func (c *Console) showHandOverOne(w http.ResponseWriter, r *http.Request, who signin.Who, status int, s slip) error {
	client, err := c.clientOf(r, who)
	if err != nil {
		return err
	}
	if err := allowed(who, signin.ChangeClients); err != nil {
		return err
	}
	ctx := r.Context()
	if err := c.Audit(ctx, who, "client.read", client.ID); err != nil {
		return err
	}
	p := handOverPage{slip: s, One: true, Name: client.FullName, Back: to(client.ID, "", "")}
	if p.From, err = c.Store.Specialist(ctx, client.Specialist); err != nil {
		return err
	}
	rows, err := c.Store.Rows(ctx, []conversations.SpecialistID{client.Specialist}, !lead(who))
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(row store.ClientRow) bool { return row.ID != client.ID })
	if len(rows) == 0 && s.Fault == "" {
		p.Fault = "fault.closed"
	}
	return c.renderHandOver(w, r, who, status, p, r.FormValue("to"), rows)
}

// renderHandOver works out what each client would be told, and shows it.
func (c *Console) renderHandOver(w http.ResponseWriter, r *http.Request, who signin.Who, status int, p handOverPage, taker string, rows []store.ClientRow) error {
	ctx := r.Context()
	var err error
	if p.Specialists, err = c.everySpecialist(ctx); err != nil {
		return err
	}
	if taker != "" && len(rows) > 0 {
		if p.To, err = c.Store.Specialist(ctx, conversations.SpecialistID(taker)); err != nil {
			return err
		}
	}
	if p.To.ID != "" && p.To.ID != p.From.ID {
		if p.Clients, err = c.handings(ctx, who, rows, p.From, p.To); err != nil {
			return err
		}
	}
	for _, h := range p.Clients {
		if h.Words != "" {
			p.Texted++
		}
	}
	c.Render(w, r, status, "hand_over", p)
	return nil
}

// handings rehearses what each client would be told of a hand-over.
func (c *Console) handings(ctx context.Context, who signin.Who, rows []store.ClientRow, from, to store.Specialist) ([]handing, error) {
	ids := make([]conversations.ClientID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	loaded, err := c.Store.LoadMany(ctx, store.Audience{Clients: ids})
	if err != nil {
		return nil, err
	}
	signed, err := c.signedBy(ctx, who)
	if err != nil {
		return nil, err
	}
	list := make([]handing, len(rows))
	for i, row := range rows {
		list[i] = handing{ClientRow: row}
		at := slices.IndexFunc(loaded, func(l store.Loaded) bool { return l.Client == row.ID })
		if at < 0 || c.Rehearse == nil {
			continue
		}
		l := loaded[at]
		l.Facts.Handover = &conversations.Handover{From: conversations.Specialist{ID: from.ID, Name: from.Name}, To: to.ID}
		l.Facts.Specialist = conversations.Specialist{ID: to.ID, Name: to.Name, Reminders: to.Reminders}
		turn, err := c.Rehearse(l, conversations.Event{Kind: conversations.EventTellPassedOn, At: c.Now(), Signed: signed}, c.Now())
		if err != nil {
			return nil, err
		}
		for _, m := range turn.Messages {
			list[i].Words, list[i].Later = m.Text, !m.NotBefore.IsZero()
			if m.Channel == conversations.SMS {
				list[i].Parts = m.Parts
			}
		}
		for _, e := range turn.Effects {
			if skip, is := e.(conversations.Skip); is {
				list[i].Not = skip.Reason
			}
		}
	}
	return list, nil
}

// signedBy is the first name that stands before what somebody sends: a
// specialist's own, or that of the pathway's person in the role. Empty: the
// client's own specialist.
func (c *Console) signedBy(ctx context.Context, who signin.Who) (string, error) {
	switch {
	case who.Specialist != "":
		s, err := c.Store.Specialist(ctx, who.Specialist)
		return s.Name, err
	case who.Role == signin.Lead:
		return c.Pathway.Lead.Name, nil
	}
	return c.Pathway.Duty.Name, nil
}

func (c *Console) handOverAll() deed {
	return deed{
		what: "team.handed_over", may: managesTeam, again: c.showHandOver,
		do: func(ctx context.Context, r *http.Request, who signin.Who) (string, error) {
			from, err := c.colleague(ctx, "from", r.PostFormValue("from"))
			if err != nil {
				return "", err
			}
			rows, err := c.Store.Rows(ctx, []conversations.SpecialistID{from.ID}, true)
			if err != nil {
				return "", err
			}
			var chosen []conversations.ClientID
			for _, row := range rows {
				// Who came since the preview was looked at stays.
				if slices.Contains(r.PostForm["client"], string(row.ID)) {
					chosen = append(chosen, row.ID)
				}
			}
			if len(chosen) == 0 {
				return "", wrongField("client", "nobody")
			}
			if err := c.handOn(ctx, who, r.PostForm, from.ID, chosen...); err != nil {
				return "", err
			}
			return "/team?done=team_handed", nil
		},
	}
}

func (c *Console) handOneOver() deed {
	return deed{
		what: "client.hand_over", subject: "client", again: c.showHandOverOne,
		may: func(who signin.Who, r *http.Request) error {
			if _, err := c.clientOf(r, who); err != nil {
				return err
			}
			return allowed(who, signin.ChangeClients)
		},
		do: func(ctx context.Context, r *http.Request, who signin.Who) (string, error) {
			client, err := c.clientOf(r, who)
			switch {
			case err != nil:
				return "", err
			case !client.ClosedAt.IsZero():
				return "", wrong("fault.closed")
			}
			if err := c.handOn(ctx, who, r.PostForm, client.Specialist, client.ID); err != nil {
				return "", err
			}
			// They may be on a caseload now that the reader does not see.
			if taker := conversations.SpecialistID(r.PostFormValue("to")); !who.Sees(taker) {
				return "/caseload?done=team_handed", nil
			}
			return to(client.ID, "team_handed", ""), nil
		},
	}
}

// handOn hands clients of a specialist to another, one after the other, and has
// them told where that was ticked. Sent again it hands over those who are left.
func (c *Console) handOn(ctx context.Context, who signin.Who, form url.Values, from conversations.SpecialistID, clients ...conversations.ClientID) error {
	taker, err := c.colleague(ctx, "to", form.Get("to"))
	switch {
	case err != nil:
		return err
	case taker.ID == from:
		return wrongField("to", "same")
	}
	signed, err := c.signedBy(ctx, who)
	if err != nil {
		return err
	}
	to := conversations.Specialist{ID: taker.ID, Name: taker.Name, Reminders: taker.Reminders}
	for _, id := range clients {
		if len(clients) > 1 {
			if err := c.Audit(ctx, who, "client.hand_over", id); err != nil {
				return err
			}
		}
		now := c.Now()
		if err := c.Event(ctx, conversations.Event{Kind: conversations.EventPassedOn, At: now, Client: id, To: to, By: by(who)}); err != nil {
			return err
		}
		if form.Get("tell") == "" {
			continue
		}
		err := c.Event(ctx, conversations.Event{Kind: conversations.EventTellPassedOn, At: now, Client: id, By: by(who), Signed: signed})
		if err != nil {
			return err
		}
	}
	return nil
}
