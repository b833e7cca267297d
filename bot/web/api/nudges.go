package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
	"alongside/templates"
)

// NudgeTo says to whom a nudge goes.
type NudgeTo struct {
	Clients    []conversations.ClientID   `json:"clients,omitempty" maxItems:"2000" example:"[\"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10\"]" doc:"The clients chosen, at most 2,000. With exactly one of them it is a message to that client; any other goes to many, and waits for who is on hold."`
	Specialist conversations.SpecialistID `json:"specialist,omitempty" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Only clients on this caseload."`
	Stage      conversations.Stage        `json:"stage,omitempty" enum:"referred,informal_chat,waiting,accepted,active,in_work,between_jobs" example:"active" doc:"Only clients at this stage."`
	Language   string                     `json:"language,omitempty" maxLength:"20" example:"cy" doc:"Only clients who want texts in this language."`
	Answer     string                     `json:"answer,omitempty" enum:"answered,unanswered" example:"unanswered" doc:"Only clients who have written since the last text that they had not asked for, or who have not."`
	Everybody  bool                       `json:"everybody,omitempty" example:"false" doc:"Needed where nothing else says to whom it goes."`
}

// NudgeSays is what a nudge says.
type NudgeSays struct {
	Template string            `json:"template,omitempty" maxLength:"100" example:"nudge.how_are_you" doc:"Words from the reviewed list: nudge.how_are_you, nudge.find_time, nudge.thinking_of_you or nudge.well_done; or the service's own, as service. with their id: what is sent are then their words. Not together with words."`
	Words    map[string]string `json:"words,omitempty" example:"{\"en\":\"I hope that your week goes well.\",\"cy\":\"Gobeithio bod eich wythnos yn mynd yn dda.\"}" doc:"The specialist's own words, by the tag of their language. Each client gets those in theirs, behind the specialist's name."`
	Instead  string            `json:"instead,omitempty" maxLength:"20" example:"en" doc:"The language of the words for who has none of theirs among them. Left out: they get nothing."`
}

// NudgeWanted is a nudge to be previewed. It is exported, like its parts, because
// the description leaves out the fields of a type within another that is not.
type NudgeWanted struct {
	NudgeTo
	NudgeSays
	By conversations.SpecialistID `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"The specialist whose words they are, or who chose them: their name stands before them."`
	At *time.Time                 `json:"at,omitempty" example:"2026-11-24T11:00:00Z" doc:"When it is to go, with an offset; left out: now. Within each client's own hours all the same."`
}

// newNudge is a nudge to be sent.
type newNudge struct {
	NudgeWanted
	Confirmed []string `json:"confirmed,omitempty" maxItems:"20" example:"[\"lock_screen\"]" doc:"The codes of findings that the specialist has read and wants to let pass. Those that are refused cannot be."`
	Once      string   `json:"once,omitempty" maxLength:"100" example:"tuesday-hello" doc:"A name of the caller's own: the same one of the same specialist twice makes one nudge."`
}

// finding is something about the words.
type finding struct {
	Code     string `json:"code" example:"lock_screen"`
	Language string `json:"language" example:"en" doc:"Which of the words."`
	Found    string `json:"found,omitempty" example:"interview*" doc:"What was found, as the list or the text has it; * stands for any ending."`
	Refused  bool   `json:"refused" example:"false" doc:"Nothing goes while this stands. Any other can be confirmed."`
	Means    string `json:"means" doc:"Why, and what to do."`
}

// nudgeGoes is what one client would get.
type nudgeGoes struct {
	Client    conversations.ClientID `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	Channel   conversations.Channel  `json:"channel" enum:"sms,telegram" example:"sms"`
	Language  string                 `json:"language" example:"en"`
	Text      string                 `json:"text" example:"Sam: I hope that your week goes well."`
	Parts     int                    `json:"parts" example:"1" doc:"How many SMS it takes; 0 on another channel."`
	NotBefore *time.Time             `json:"not_before,omitempty" doc:"When it may go, where that is later."`
	Reason    string                 `json:"reason,omitempty" example:"quiet_hours" doc:"Why later."`
	Means     string                 `json:"means,omitempty" doc:"The same in plain words."`
}

// nudgeLeft is a client who would get nothing.
type nudgeLeft struct {
	Client conversations.ClientID `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	Reason string                 `json:"reason" example:"hold"`
	Means  string                 `json:"means" example:"the client is on hold until a person releases them"`
}

// nudgePreview is what a nudge would do.
type nudgePreview struct {
	Bulk     bool        `json:"bulk" example:"true" doc:"It goes to many."`
	Clients  int         `json:"clients" example:"2" doc:"How many were chosen."`
	Parts    int         `json:"parts" example:"1" doc:"How many SMS all of it takes."`
	Later    int         `json:"later" example:"0" doc:"How many would get it later than asked for."`
	Goes     []nudgeGoes `json:"goes" nullable:"false" doc:"Who would get it, in the words in which it would go."`
	LeftOut  []nudgeLeft `json:"left_out" nullable:"false" doc:"Who would get nothing, and why."`
	Findings []finding   `json:"findings" nullable:"false" doc:"What there is to say about the words."`
}

var exampleSays = NudgeSays{Words: map[string]string{"en": "I hope that your week goes well."}}

var exampleWanted = NudgeWanted{NudgeTo: NudgeTo{Specialist: exampleSpecialist, Stage: conversations.StageActive}, NudgeSays: exampleSays, By: exampleSpecialist}

var exampleNudgePreview = nudgePreview{
	Bulk: true, Clients: 2, Parts: 1, Findings: []finding{},
	Goes:    []nudgeGoes{{Client: exampleClient, Channel: conversations.SMS, Language: "en", Text: "Sam: I hope that your week goes well.", Parts: 1}},
	LeftOut: []nudgeLeft{{Client: "01982c5f-1a40-7c11-8d3e-6b0f2a4c8e11", Reason: "hold", Means: reasons["hold"]}},
}

// says is the nudge that is wanted, without its id.
func (w NudgeWanted) says(c chosenClients) conversations.Nudge {
	return conversations.Nudge{Template: w.Template, Words: w.Words, Instead: w.Instead, Bulk: c.bulk}
}

// moment is when it is wanted; zero means now.
func (w NudgeWanted) moment() time.Time {
	if w.At == nil {
		return time.Time{}
	}
	return *w.At
}

func (a *API) nudges() {
	add(a, operation{
		id: "preview-nudge", method: http.MethodPost, path: "/nudges/preview", tag: "Nudges",
		summary: "See what a nudge would do",
		description: "Each client's message in the words in which it would go, who is left out and why, and what there is to say about the words. " +
			"Nothing is stored or sent. What the clients write until it goes may change who gets it.",
		scope: scopeWrite, takes: exampleWanted, gives: exampleNudgePreview,
	}, func(ctx context.Context, in *struct{ Body NudgeWanted }) (*body[nudgePreview], error) {
		chosen, err := a.chosen(ctx, in.Body)
		if err != nil {
			return nil, err
		}
		n, err := a.Store.NudgeWords(ctx, in.Body.says(chosen))
		if err != nil {
			return nil, err
		}
		if err := a.Store.CheckNudge(n, in.Body.moment()); err != nil {
			return nil, err
		}
		return &body[nudgePreview]{Body: a.preview(chosen, in.Body, n)}, nil
	})
	a.makeNudge()
	a.readNudges()
	a.changeNudge()
}

// chosenClients are those to whom a nudge goes, and by whom.
type chosenClients struct {
	clients []store.Loaded
	by      store.Specialist
	bulk    bool
}

// chosen finds them.
func (a *API) chosen(ctx context.Context, w NudgeWanted) (c chosenClients, err error) {
	filtered := w.Specialist != "" || w.Stage != "" || w.Language != "" || w.Answer != "" || w.Everybody
	switch {
	case len(w.Clients) > 0 && filtered:
		return c, invalid(problem.Fault{Field: "body.clients", Message: "stands beside another choice: send the clients, or say which ones, and not both"})
	case len(w.Clients) == 0 && !filtered:
		return c, invalid(problem.Fault{Field: "body.clients", Message: "says nobody: choose clients, or say which ones, or send everybody"})
	}
	c.by, err = a.Store.Specialist(ctx, w.By)
	if isMissing(err) {
		return c, invalid(problem.Fault{Field: "body.by", Message: "is no specialist of this service; the list of specialists has their ids"})
	}
	if err != nil {
		return c, err
	}
	who := store.Audience{
		Clients: w.Clients, Specialist: w.Specialist, Stage: w.Stage, Language: w.Language,
		Answered: w.Answer == "answered", Unanswered: w.Answer == "unanswered",
	}
	if c.clients, err = a.Store.LoadMany(ctx, who); err != nil {
		return c, err
	}
	known := map[conversations.ClientID]bool{}
	for _, l := range c.clients {
		known[l.Client] = true
	}
	for _, id := range w.Clients {
		if !known[id] {
			return c, invalid(problem.Fault{Field: "body.clients", Message: "holds one who is not on the caseload; the list of clients has their ids"})
		}
	}
	c.bulk = len(w.Clients) == 0 || len(c.clients) != 1
	return c, nil
}

// preview rehearses the nudge n, which was wanted as w, with each client.
func (a *API) preview(c chosenClients, w NudgeWanted, n conversations.Nudge) nudgePreview {
	out := nudgePreview{Bulk: c.bulk, Clients: len(c.clients), Goes: []nudgeGoes{}, LeftOut: []nudgeLeft{}, Findings: a.findings(w.Words)}
	at := a.Now()
	if later := w.moment(); later.After(at) {
		at = later
	}
	n.ID, n.Signed = "preview", c.by.Name
	for _, l := range c.clients {
		did, err := a.Rehearse(l, conversations.Event{Kind: conversations.EventNudge, At: at, By: w.By, Nudge: n}, at)
		if err != nil || len(did.Messages) == 0 {
			out.LeftOut = append(out.LeftOut, leftOut(l.Client, did.Effects))
			continue
		}
		m := did.Messages[0]
		goes := nudgeGoes{
			Client: l.Client, Channel: m.Channel, Language: m.Language, Text: m.Text, NotBefore: instant(m.NotBefore),
			Reason: m.Held, Means: plainReason(m.Held),
		}
		if m.Channel == conversations.SMS {
			goes.Parts = m.Parts
		}
		out.Parts += goes.Parts
		if goes.NotBefore != nil {
			out.Later++
		}
		out.Goes = append(out.Goes, goes)
	}
	return out
}

// leftOut says why a client gets nothing: as the turn says, or else that there are no words.
func leftOut(client conversations.ClientID, effects []conversations.Effect) nudgeLeft {
	left := nudgeLeft{Client: client, Reason: "no_words"}
	for _, e := range effects {
		if n, ok := e.(conversations.Nudged); ok && n.Reason != "" {
			left.Reason = n.Reason
		}
	}
	left.Means = plainReason(left.Reason)
	return left
}

func (a *API) findings(words map[string]string) []finding {
	out := []finding{}
	if len(words) == 0 || a.CheckWords == nil {
		return out
	}
	for _, f := range a.CheckWords(words) {
		out = append(out, finding{Code: f.Code, Language: f.Language, Found: f.Found, Refused: f.Refused, Means: findingsSaid[f.Code]})
	}
	return out
}

// checked refuses words of which something stands that must not, or that nobody
// has confirmed.
func (a *API) checked(words map[string]string, confirmed []string) error {
	var faults []problem.Fault
	for _, f := range a.findings(words) {
		if !f.Refused && slices.Contains(confirmed, f.Code) {
			continue
		}
		fault := problem.Fault{Field: "body.words", Message: f.Code + ": " + f.Means}
		if !slices.Contains(faults, fault) {
			faults = append(faults, fault)
		}
	}
	if len(faults) == 0 {
		return nil
	}
	p := invalid(faults...)
	p.Code, p.Detail = "words", "Nothing was sent: there is something to say about the words. Change them; what is not refused can be confirmed by its code."
	return p
}

// findingsSaid say in plain words why something about the words matters, and what
// to do.
var findingsSaid = map[string]string{
	templates.FindingEmpty:      "there are no words in this language; write some, or leave the language out",
	templates.FindingLong:       "it is longer than a phone takes; shorten it to 1,500 characters",
	templates.FindingPrivate:    "whoever sees the phone would learn of an illness, a medicine, a benefit or what the service is; say it without this word, or in person",
	templates.FindingReserved:   "a carrier acts on this word when it comes back as a reply; ask for a number or other words",
	templates.FindingLink:       "nobody can tell where a link leads, and people are taught not to open them; say where to look in words",
	templates.FindingLockScreen: "others may see this word on the phone; say it another way, or confirm that it is right for each of these clients",
	templates.FindingPhone:      "it holds a telephone number; confirm that it is one that may be given to each of these clients",
	templates.FindingBlame:      "it may sound like being told off, or speaks of what something costs; say it kindly, or confirm it",
	templates.FindingWatched:    "it may sound like being watched; say it another way, or confirm it",
	templates.FindingParts:      "it takes more than three SMS; shorten it, or confirm it",
	templates.FindingLanguage:   "it seems to be in another language than it says; put it under its own language, or confirm it",
}
