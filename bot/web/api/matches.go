package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/conversations/policy"
	"alongside/store"
)

// Match is how one job suits one client. It is exported because the description
// leaves out the fields of a type within another that is not.
type Match struct {
	Fits    bool     `json:"fits" example:"true" doc:"Nothing speaks against it. There is no score: which reason weighs most is for people to say."`
	Reasons []Reason `json:"reasons" nullable:"false" doc:"Every reason, for, against and to ask about."`
	Offer   *Offered `json:"offer,omitempty" doc:"It was offered to this client already."`
	Now     May      `json:"now" doc:"When the client would hear of it if it were offered now."`
	// EmployerContact is no wherever it is not plainly yes.
	EmployerContact string `json:"employer_contact" enum:"yes,no" example:"no" doc:"Whether this employer may be spoken to about this client. Maybe, and not recorded, is no."`
	EmployerWords   string `json:"employer_words,omitempty" example:"That I have repaired computers for ten years" doc:"What may be said to the employer, where they may be spoken to."`
}

// Reason is one reason, in words and in parts.
type Reason struct {
	Side   conversations.Side   `json:"side" enum:"for,against,ask" example:"for"`
	Aspect conversations.Aspect `json:"aspect" enum:"hours,start,times,area,trait,permanence,said" example:"hours"`
	Words  string               `json:"words" example:"13 hours a week: within their under 16" doc:"The reason in plain words."`
	Number int                  `json:"number,omitempty" example:"13" doc:"What the job has: hours, or minutes after midnight."`
	Limit  int                  `json:"limit,omitempty" example:"16" doc:"What the client wishes, in the same unit."`
	Value  string               `json:"value,omitempty" example:"evenings" doc:"What it is about: the time, the trait, the area, the permanence or the preference."`
	Duty   string               `json:"duty,omitempty" example:"answer customers at the counter" doc:"The one duty that it comes from: ask whether it can be left out."`
}

// Offered is that a lead was offered to a client.
type Offered struct {
	ID     conversations.OfferID     `json:"id" example:"01982c63-5c41-7a8b-8d2e-1f3a5b7c9d0e"`
	Status conversations.OfferStatus `json:"status" enum:"offered,interested,not_interested,applied,withdrawn" example:"offered"`
	Means  string                    `json:"means" example:"no answer yet, which is not a no"`
	At     time.Time                 `json:"at" example:"2026-11-23T10:15:00Z"`
}

// May says when something would go, and why not now.
type May struct {
	Goes   string     `json:"goes" enum:"now,later,not" example:"later"`
	At     *time.Time `json:"at,omitempty" example:"2026-11-30T11:00:00Z" doc:"Not before this moment (later)."`
	Reason string     `json:"reason,omitempty" example:"budget" doc:"Why not now, as a named reason."`
	Means  string     `json:"means,omitempty" example:"the client has had as many texts as they are to get for now" doc:"The same in plain words."`
}

// matchedClient is a client for whom a lead may be.
type matchedClient struct {
	Client   conversations.ClientID `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	FullName string                 `json:"full_name" example:"John Example" doc:"For the team alone; never in a text."`
	Match
}

// matchedLead is a lead that may be for a client.
type matchedLead struct {
	Lead  conversations.LeadID `json:"lead" example:"01982c63-1b20-7c3d-9e4f-5a6b7c8d9e0f"`
	Title string               `json:"title" example:"PC repair assistant"`
	Match
}

var exampleMatch = Match{
	Fits: true, EmployerContact: "no", Now: May{Goes: "now"},
	Reasons: []Reason{
		{Side: conversations.SideFor, Aspect: conversations.AspectHours, Number: 12, Limit: 16, Words: "12 hours a week: within their under 16"},
		{
			Side: conversations.SideAsk, Aspect: conversations.AspectTrait, Value: "public", Duty: "answer customers at the counter",
			Words: "answer customers at the counter (meeting customers): ask whether this duty can be left out",
		},
	},
}

// mostLeads is how many open leads a client is matched with, the newest.
const mostLeads = 1000

func (a *API) matches() {
	add(a, operation{
		id: "match-lead", method: http.MethodGet, path: "/leads/{lead}/matches", tag: "Leads",
		summary: "List for whom a lead may be",
		description: "The open clients, of one specialist or of all, each with every reason for and against, and whether they would hear of it now. " +
			"First those to whom nothing in it is against their wishes. Nobody is told by this; whom it is offered to is for a person to say.",
		scope: scopeRead, gives: list[matchedClient]{Items: []matchedClient{{Client: exampleClient, FullName: "John Example", Match: exampleMatch}}},
		refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct {
		OfLead
		Specialist conversations.SpecialistID `query:"specialist" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Only the clients of this specialist."`
	},
	) (*body[list[matchedClient]], error) {
		l, err := a.Store.Lead(ctx, in.Lead)
		if err != nil {
			return nil, err
		}
		if in.Specialist != "" {
			if _, err := a.Store.Specialist(ctx, in.Specialist); err != nil {
				return nil, err
			}
		}
		items, err := a.matchLead(ctx, l, in.Specialist)
		if err != nil {
			return nil, err
		}
		return &body[list[matchedClient]]{Body: list[matchedClient]{Items: items}}, nil
	})
	add(a, operation{
		id: "match-client", method: http.MethodGet, path: "/clients/{client}/matches", tag: "Leads",
		summary: "List which leads may be for a client",
		description: "The leads that can still be had, each with every reason for and against. First those in which nothing is against the client's wishes. " +
			"Nobody is told by this.",
		scope: scopeRead, gives: list[matchedLead]{Items: []matchedLead{{Lead: exampleLead, Title: repairs.Title, Match: exampleMatch}}},
		refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *OfClient) (*body[list[matchedLead]], error) {
		if err := a.open(ctx, in.Client); err != nil {
			return nil, err
		}
		items, err := a.matchClient(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		return &body[list[matchedLead]]{Body: list[matchedLead]{Items: items}}, nil
	})
}

// matchLead compares a lead with the wishes of open clients.
func (a *API) matchLead(ctx context.Context, l store.Lead, of conversations.SpecialistID) ([]matchedClient, error) {
	wishes, err := a.Store.WishesOf(ctx, of)
	if err != nil {
		return nil, err
	}
	contacts, err := a.Store.ContactsWith(ctx, l.Work.Employer)
	if err != nil {
		return nil, err
	}
	offers, err := everyPage(func(p store.Page) ([]store.Offer, string, error) { return a.Store.OffersOfLead(ctx, l.ID, p) })
	if err != nil {
		return nil, err
	}
	clients, err := everyPage(func(p store.Page) ([]store.Client, string, error) { return a.Store.Clients(ctx, of, p) })
	if err != nil {
		return nil, err
	}
	items := []matchedClient{}
	for _, c := range clients {
		if !c.ClosedAt.IsZero() {
			continue
		}
		v, err := a.mayOffer(ctx, c.ID, l.Lead)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(offers, func(o store.Offer) bool { return o.Client == c.ID })
		m := matchOf(l.Job(), wishes[c.ID].Counts, v[0], contacts[c.ID])
		if i >= 0 {
			m.Offer = offeredOf(offers[i])
		}
		items = append(items, matchedClient{Client: c.ID, FullName: c.FullName, Match: m})
	}
	slices.SortStableFunc(items, func(x, y matchedClient) int { return byFit(x.Match, y.Match) })
	return items, nil
}

// matchClient compares the open leads with the wishes of one client.
func (a *API) matchClient(ctx context.Context, id conversations.ClientID) ([]matchedLead, error) {
	wishes, err := a.Store.Wishes(ctx, id)
	if err != nil {
		return nil, err
	}
	said, err := a.Store.EmployerContacts(ctx, id)
	if err != nil {
		return nil, err
	}
	offers, err := everyPage(func(p store.Page) ([]store.Offer, string, error) { return a.Store.Offers(ctx, id, p) })
	if err != nil {
		return nil, err
	}
	var leads []store.Lead
	filter := store.LeadFilter{Open: true, Now: a.Now(), Page: store.Page{Limit: mostOnAPage}}
	for next := "-"; next != "" && len(leads) < mostLeads; filter.After = next {
		var page []store.Lead
		if page, next, err = a.Store.Leads(ctx, filter); err != nil {
			return nil, err
		}
		leads = append(leads, page...)
	}
	plain := make([]conversations.Lead, len(leads))
	for i, l := range leads {
		plain[i] = l.Lead
	}
	v, err := a.mayOffer(ctx, id, plain...)
	if err != nil {
		return nil, err
	}
	items := []matchedLead{}
	for n, l := range leads {
		m := matchOf(l.Job(), wishes.Counts, v[n], contactIn(said, l.Work.Employer))
		if i := slices.IndexFunc(offers, func(o store.Offer) bool { return o.Lead.ID == l.ID }); i >= 0 {
			m.Offer = offeredOf(offers[i])
		}
		items = append(items, matchedLead{Lead: l.ID, Title: l.Title, Match: m})
	}
	slices.SortStableFunc(items, func(x, y matchedLead) int { return byFit(x.Match, y.Match) })
	return items, nil
}

// mayOffer asks policy when a client would hear of each of some leads, each as
// if it alone were offered now.
func (a *API) mayOffer(ctx context.Context, id conversations.ClientID, leads ...conversations.Lead) ([]policy.Verdict, error) {
	now := a.Now()
	loaded, err := a.Store.Load(ctx, conversations.Event{Kind: conversations.EventOffered, Client: id}, now)
	if err != nil {
		return nil, err
	}
	rules := conversations.Rules{Pathway: a.Pathway}
	all := make([]policy.Verdict, len(leads))
	for i, l := range leads {
		all[i] = conversations.MayOffer(rules, loaded.Facts, loaded.State, l, now)
	}
	return all, nil
}

// byFit puts first what has least against it, then what has least to ask about.
func byFit(x, y Match) int {
	count := func(m Match, s conversations.Side) (n int) {
		for _, r := range m.Reasons {
			if r.Side == s {
				n++
			}
		}
		return n
	}
	if x.Fits != y.Fits {
		return cmp.Compare(count(x, conversations.SideAgainst), count(y, conversations.SideAgainst))
	}
	return cmp.Or(
		cmp.Compare(count(x, conversations.SideAgainst), count(y, conversations.SideAgainst)),
		cmp.Compare(count(x, conversations.SideAsk), count(y, conversations.SideAsk)),
	)
}

func matchOf(j conversations.Job, w conversations.Wishes, v policy.Verdict, e store.EmployerContact) Match {
	m := conversations.MatchJob(j, w)
	out := Match{Fits: m.Fits(), Now: mayOf(v), Reasons: each(m.Reasons, reasonOf)}
	out.EmployerContact, out.EmployerWords = contactSaid(e)
	return out
}

func reasonOf(r conversations.Reason) Reason {
	return Reason{
		Side: r.Side, Aspect: r.Aspect, Words: SayMatch(r), Number: r.Number, Limit: r.Limit, Duty: r.Duty,
		Value: cmp.Or(string(r.Times), string(r.Trait), r.Area, string(r.Permanence), string(r.Said)),
	}
}

func mayOf(v policy.Verdict) May {
	m := May{Goes: "not", Reason: string(v.Reason), Means: plainReason(string(v.Reason))}
	switch v.Decision {
	case policy.Now:
		m.Goes = "now"
	case policy.Later:
		m.Goes, m.At = "later", instant(v.At)
	case policy.Never:
	}
	return m
}

func offeredOf(o store.Offer) *Offered {
	return &Offered{ID: o.ID, Status: o.Status, Means: offersSaid[o.Status], At: o.At.Truncate(time.Second)}
}

// contactSaid says whether an employer may be spoken to, and what may be said.
func contactSaid(e store.EmployerContact) (contact, words string) {
	if !e.Permitted.Permits() {
		return string(conversations.ContactNo), ""
	}
	return string(conversations.ContactYes), e.Words
}

// contactIn finds what a client said about one employer.
func contactIn(said []store.EmployerContact, employer string) store.EmployerContact {
	i := slices.IndexFunc(said, func(e store.EmployerContact) bool { return employer != "" && store.SameEmployer(e.Employer, employer) })
	if i < 0 {
		return store.EmployerContact{}
	}
	return said[i]
}

// everyPage reads a list of the store to its end.
func everyPage[T any](read func(store.Page) ([]T, string, error)) (all []T, err error) {
	page := store.Page{Limit: mostOnAPage}
	for {
		list, next, err := read(page)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
		if page.After = next; next == "" {
			return all, nil
		}
	}
}

// toMany is a lead that is to be offered to several clients.
type toMany struct {
	Clients []conversations.ClientID `json:"clients" minItems:"1" maxItems:"100" example:"[\"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10\"]" doc:"To whom; each is told nothing of the others."`
	By      string                   `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who offers it: a specialist's id, or duty or lead for the pathway's people."`
}

// offerResult is what became of an offer to one client.
type offerResult struct {
	Client conversations.ClientID `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	Result string                 `json:"result" enum:"offered,later,not" example:"offered" doc:"later: it is offered, and they hear of it then. not: nothing was done."`
	Offer  conversations.OfferID  `json:"offer,omitempty" example:"01982c63-5c41-7a8b-8d2e-1f3a5b7c9d0e"`
	At     *time.Time             `json:"at,omitempty" example:"2026-11-30T11:00:00Z" doc:"Not before this moment (later)."`
	Reason string                 `json:"reason,omitempty" example:"" doc:"Why later, or why not, as a named reason."`
	Means  string                 `json:"means,omitempty" example:"" doc:"The same in plain words."`
}

func (a *API) offerToMany() {
	add(a, operation{
		id: "offer-lead-to-many", method: http.MethodPost, path: "/leads/{lead}/offers", tag: "Leads",
		summary: "Offer a lead to several clients",
		description: "Each is asked alone, in their own words and hours, and knows nothing of the others. Who may not be told of leads is left out, with the reason; " +
			"beyond the number a week that a client wishes for, where the service counts, it waits. If it fails on the way, send it again: nobody is offered it twice.",
		scope: scopeWrite, takes: toMany{Clients: []conversations.ClientID{exampleClient}, By: exampleSpecialist},
		gives:   list[offerResult]{Items: []offerResult{{Client: exampleClient, Result: "offered", Offer: exampleOffer}}},
		refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfLead
		Body toMany
	},
	) (*body[list[offerResult]], error) {
		if _, err := a.Store.Lead(ctx, in.Lead); err != nil {
			return nil, err
		}
		by, err := a.ofTheTeam(ctx, in.Body.By)
		if err != nil {
			return nil, err
		}
		results := []offerResult{}
		for i, id := range in.Body.Clients {
			if slices.Contains(in.Body.Clients[:i], id) {
				continue
			}
			r, err := a.offerOne(ctx, id, in.Lead, by)
			if err != nil {
				return nil, err
			}
			results = append(results, r)
		}
		return &body[list[offerResult]]{Body: list[offerResult]{Items: results}}, nil
	})
}

// offerOne offers a lead to one of several clients, unless policy forbids it. An
// error is a failure, or that the lead itself cannot be offered any more.
func (a *API) offerOne(ctx context.Context, id conversations.ClientID, lead conversations.LeadID, by conversations.SpecialistID) (offerResult, error) {
	not := func(reason string) offerResult {
		return offerResult{Client: id, Result: "not", Reason: reason, Means: plainReason(reason)}
	}
	c, err := a.Store.Client(ctx, id)
	switch {
	case isMissing(err):
		return not("no_client"), nil
	case err != nil:
		return offerResult{}, err
	case !c.ClosedAt.IsZero():
		return not(string(policy.Closed)), nil
	}
	l, err := a.offerable(ctx, id, lead)
	if p, is := err.(*problem.Problem); is && p.Code == "offered" { //nolint:errorlint // It was made in that call.
		return not("offered_before"), nil
	}
	if err != nil {
		return offerResult{}, err
	}
	v, err := a.mayOffer(ctx, id, l.Lead)
	if err != nil {
		return offerResult{}, err
	}
	if v[0].Decision == policy.Never {
		return not(string(v[0].Reason)), nil
	}
	offer, err := a.offer(ctx, id, l, by)
	if isOffered(err) {
		return not("offered_before"), nil
	}
	if err != nil {
		return offerResult{}, err
	}
	may := mayOf(v[0])
	result := offerResult{Client: id, Result: strings.Replace(may.Goes, "now", "offered", 1), Offer: offer.ID, At: may.At, Reason: may.Reason, Means: may.Means}
	return result, nil
}
