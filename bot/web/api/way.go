package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
)

// newStage is where a client stands from now on.
type newStage struct {
	Stage conversations.Stage `json:"stage" enum:"referred,informal_chat,waiting,accepted,active,in_work,between_jobs,exited" example:"active" doc:"One of the pathway's stages. To lose a job is between_jobs, never exited."`
	On    string              `json:"on,omitempty" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" patternDescription:"a day such as 2026-11-20" example:"2026-11-20" doc:"Since when, if that was earlier: what the pathway counts from it begins on that day. Left out: today."`
	By    string              `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who does: a specialist's id, or duty or lead for the pathway's people."`
}

// newCircumstance is why nothing unasked goes to a client.
type newCircumstance struct {
	Circumstance string `json:"circumstance" enum:"none,in_hospital,bereaved,in_custody,died" example:"in_hospital" doc:"None takes it back. Died cancels everything for ever, and nothing takes that back."`
	By           string `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who does: a specialist's id, or duty or lead for the pathway's people."`
}

// newMilestone is something that was reached.
type newMilestone struct {
	Milestone conversations.Milestone `json:"milestone" enum:"referred,accepted,started,risk_assessed,employer_contact,job_offer,job_start,job_end,exited,benefits_advice" example:"employer_contact"`
	On        string                  `json:"on,omitempty" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" patternDescription:"a day such as 2026-11-20" example:"2026-11-20" doc:"When; left out: today."`
	By        string                  `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who does: a specialist's id, or duty or lead for the pathway's people."`
}

// newAttendance is whether an appointment happened.
type newAttendance struct {
	Attendance conversations.Attendance `json:"attendance" enum:"attended,missed,excused" example:"attended" doc:"excused: it did not happen, and everybody knew before."`
	Mechanism  conversations.Mechanism  `json:"mechanism,omitempty" enum:"face_to_face,telephone,video" example:"face_to_face" doc:"How it was held; needed for attended, and for no other. It makes the appointment a contact: a text never is one."`
	By         string                   `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who does: a specialist's id, or duty or lead for the pathway's people."`
}

// standing is where a client stands.
type standing struct {
	Client       conversations.ClientID     `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	Stage        conversations.Stage        `json:"stage" example:"active" doc:"Empty where nobody has said."`
	StageSince   *time.Time                 `json:"stage_since,omitempty"`
	Circumstance conversations.Circumstance `json:"circumstance" example:"" doc:"Why nothing unasked goes to the client; empty if there is no such reason."`
	Since        *time.Time                 `json:"circumstance_since,omitempty"`
	Draft        map[string]string          `json:"draft,omitempty" doc:"What a person may send to a client who enters this stage, per language. Nothing is sent by itself."`
}

// milestone is one time that something was reached.
type milestone struct {
	Milestone conversations.Milestone    `json:"milestone" example:"employer_contact"`
	At        time.Time                  `json:"at" example:"2026-11-20T00:00:00Z"`
	By        conversations.SpecialistID `json:"by,omitempty" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c"`
}

// due is one thing on the list of a specialist.
type due struct {
	Client conversations.ClientID `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	Step   string                 `json:"step" example:"first_employer_contact" doc:"The pathway's step; meeting: no meeting is booked although one is due; attendance: a meeting is over, and nobody has said whether it happened; task: one of the action plan is not done."`
	Text   map[string]string      `json:"text" doc:"What there is to do, per language."`
	By     string                 `json:"by" example:"2026-12-22" doc:"The last day for it."`
	Since  time.Time              `json:"since" example:"2026-11-22T14:00:00Z" doc:"What it counts from."`
	Late   bool                   `json:"late" example:"false" doc:"That day is over."`

	Appointment conversations.AppointmentID `json:"appointment,omitempty" example:"" doc:"The meeting (attendance)."`
	Task        conversations.TaskID        `json:"task,omitempty" example:"" doc:"The task (task)."`
	What        string                      `json:"what,omitempty" example:"" doc:"What is to be done (task)."`
}

var exampleDue = due{
	Client: exampleClient, Step: "first_employer_contact", Text: map[string]string{"en": "First contact with an employer"},
	By: "2026-12-22", Since: exampleNow,
}

// Steps that the pathway's file does not name have words of their own here.
var (
	sayMeeting    = map[string]string{"en": "Book the next meeting", "cy": "Trefnu'r cyfarfod nesaf"}
	sayAttendance = map[string]string{"en": "Did this meeting happen?", "cy": "A ddigwyddodd y cyfarfod hwn?"}
)

// stepAttendance is the step of a meeting of which nobody has said whether it happened.
const stepAttendance = "attendance"

func (a *API) way() {
	a.setStage()
	a.setCircumstance()
	a.milestones()
	a.attendance()
	a.anotherTime()
	a.dues()
}

func (a *API) standingOf(c store.Client) standing {
	return standing{
		Client: c.ID, Stage: c.Stage, StageSince: instant(c.StageAt), Circumstance: c.Circumstance, Since: instant(c.CircumstanceAt),
		Draft: a.Pathway.Rule(c.Stage).Draft,
	}
}

// stands takes an event through its turn and says where the client then stands.
func (a *API) stands(ctx context.Context, ev conversations.Event) (*body[standing], error) {
	if err := a.Event(ctx, ev); err != nil {
		return nil, err
	}
	c, err := a.Store.Client(ctx, ev.Client)
	if err != nil {
		return nil, err
	}
	return &body[standing]{Body: a.standingOf(c)}, nil
}

// on reads a day at which something was reached: its first moment, in the
// client's zone; now if it is left out.
func (a *API) on(day, zone string) (time.Time, error) {
	now := a.Now()
	if day == "" {
		return now, nil
	}
	local, err := time.LoadLocation(zone)
	if err != nil {
		local = time.UTC
	}
	at, err := time.ParseInLocation(time.DateOnly, day, local)
	if err != nil {
		return at, invalid(problem.Fault{Field: "body.on", Message: "is no day: write it as 2026-11-20"})
	}
	if at.After(now) {
		return at, invalid(problem.Fault{Field: "body.on", Message: "lies ahead: it is recorded once it has been reached"})
	}
	return at, nil
}

func (a *API) setStage() {
	add(a, operation{
		id: "set-stage", method: http.MethodPut, path: "/clients/{client}/stage", tag: "Pathway",
		summary: "Set where a client stands on the pathway",
		description: "What may not go at the new stage is taken back. Some stages need a milestone first: no work before the risk assessment, where the pathway says so. " +
			"Exited closes the record. Nothing is sent by this: the answer holds a draft that a person may send.",
		scope: scopeWrite, takes: newStage{Stage: conversations.StageActive, By: string(exampleSpecialist)},
		gives:   standing{Client: exampleClient, Stage: conversations.StageActive, StageSince: &exampleNow},
		refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newStage
	},
	) (*body[standing], error) {
		c, by, err := a.changeBy(ctx, in.Client, in.Body.By)
		if err != nil {
			return nil, err
		}
		if a.Pathway.Rule(in.Body.Stage).Stage == "" {
			return nil, invalid(problem.Fault{Field: "body.stage", Message: "is no stage of this pathway, which has " + a.stageNames()})
		}
		if err := a.mayEnter(ctx, in.Client, in.Body.Stage); err != nil {
			return nil, err
		}
		at, err := a.on(in.Body.On, c.Zone)
		if err != nil {
			return nil, err
		}
		return a.stands(ctx, conversations.Event{Kind: conversations.EventStage, At: at, Client: in.Client, Stage: in.Body.Stage, By: by})
	})
}

func (a *API) stageNames() string {
	stages := make([]conversations.Stage, len(a.Pathway.Stages))
	for i, r := range a.Pathway.Stages {
		stages[i] = r.Stage
	}
	return commas(stages)
}

// commas lists words with commas between them.
func commas[T ~string](words []T) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(w))
	}
	return b.String()
}

// mayEnter refuses a stage for which a milestone is missing.
func (a *API) mayEnter(ctx context.Context, id conversations.ClientID, st conversations.Stage) error {
	u, err := a.Store.Underway(ctx, id)
	if err != nil {
		return err
	}
	lacks := a.Pathway.Lacks(st, u.Progress.Reached)
	if len(lacks) == 0 {
		return nil
	}
	return problem.New(http.StatusConflict, "milestone_missing",
		"This stage needs what is not recorded yet: "+commas(lacks)+". Record it as a milestone, then set the stage.")
}

func (a *API) setCircumstance() {
	add(a, operation{
		id: "set-circumstance", method: http.MethodPut, path: "/clients/{client}/circumstance", tag: "Pathway",
		summary: "Say that a client is in hospital, bereaved, in custody, or has died",
		description: "Nothing unasked goes until it is taken back, and what waits is dropped; what the client writes is answered. " +
			"Appointments stand until you decide. Died cancels everything for ever and closes the record.",
		scope: scopeWrite, takes: newCircumstance{Circumstance: "in_hospital", By: string(exampleSpecialist)},
		gives:   standing{Client: exampleClient, Stage: conversations.StageActive, Circumstance: conversations.InHospital, Since: &exampleNow},
		refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newCircumstance
	},
	) (*body[standing], error) {
		_, by, err := a.changeBy(ctx, in.Client, in.Body.By)
		if err != nil {
			return nil, err
		}
		return a.stands(ctx, conversations.Event{
			Kind: conversations.EventCircumstance, At: a.Now(), Client: in.Client, By: by,
			Circumstance: conversations.Circumstance(strings.TrimPrefix(in.Body.Circumstance, "none")),
		})
	})
}

func (a *API) milestones() {
	reached := milestone{Milestone: conversations.MilestoneEmployer, At: exampleNow, By: exampleSpecialist}
	listed := func(ctx context.Context, id conversations.ClientID) (*body[list[milestone]], error) {
		all, err := a.Store.Milestones(ctx, id)
		if err != nil {
			return nil, err
		}
		return &body[list[milestone]]{Body: listOf(all, "", func(m store.Milestone) milestone {
			return milestone{Milestone: m.Milestone, At: m.At, By: m.RecordedBy}
		})}, nil
	}
	add(a, operation{
		id: "add-milestone", method: http.MethodPost, path: "/clients/{client}/milestones", tag: "Pathway",
		summary:     "Record a milestone",
		description: "What the pathway counts from, and what some of its steps wait for. The latest of a kind counts; none is overwritten. The stage stays as it is.",
		scope:       scopeWrite, takes: newMilestone{Milestone: conversations.MilestoneEmployer, On: "2026-11-20", By: string(exampleSpecialist)},
		gives: list[milestone]{Items: []milestone{reached}}, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newMilestone
	},
	) (*body[list[milestone]], error) {
		c, by, err := a.changeBy(ctx, in.Client, in.Body.By)
		if err != nil {
			return nil, err
		}
		at, err := a.on(in.Body.On, c.Zone)
		if err != nil {
			return nil, err
		}
		// A turn, because what is asked by the clock may count from it.
		err = a.Event(ctx, conversations.Event{
			Kind: conversations.EventStage, At: at, Client: in.Client, Milestone: in.Body.Milestone, By: by,
		})
		if err != nil {
			return nil, err
		}
		return listed(ctx, in.Client)
	})
	add(a, operation{
		id: "list-milestones", method: http.MethodGet, path: "/clients/{client}/milestones", tag: "Pathway",
		summary: "List what a client has reached", description: "The oldest first, each time that it was reached.",
		scope: scopeRead, gives: list[milestone]{Items: []milestone{reached}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfClient) (*body[list[milestone]], error) {
		if _, err := a.Store.Client(ctx, in.Client); err != nil {
			return nil, err
		}
		return listed(ctx, in.Client)
	})
}

func (a *API) attendance() {
	happened := exampleMeeting
	happened.Attendance, happened.Mechanism = conversations.Attended, conversations.FaceToFace
	add(a, operation{
		id: "record-attendance", method: http.MethodPut, path: "/appointments/{appointment}/attendance", tag: "Appointments",
		summary: "Say whether an appointment happened",
		description: "Once it has begun. The client is told nothing by this. One that was missed is put before you with what you can do: " +
			"call, visit, or send them a kind word about another time. The first meeting, held face to face, starts what the pathway counts.",
		scope: scopeWrite, takes: newAttendance{Attendance: conversations.Attended, Mechanism: conversations.FaceToFace, By: string(exampleSpecialist)},
		gives: happened, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfAppointment
		Body newAttendance
	},
	) (*body[appointment], error) {
		m, err := a.Store.Appointment(ctx, in.Appointment)
		if err != nil {
			return nil, err
		}
		by, err := a.ofTheTeam(ctx, in.Body.By)
		if err != nil {
			return nil, err
		}
		switch attended := in.Body.Attendance == conversations.Attended; {
		case m.Status == conversations.Cancelled:
			return nil, problem.New(http.StatusConflict, "cancelled", "This appointment was cancelled: it did not happen.")
		case m.At.After(a.Now()):
			return nil, problem.New(http.StatusConflict, "not_yet", "This appointment has not begun. Say what became of it once it has.")
		case attended && in.Body.Mechanism == "":
			return nil, invalid(problem.Fault{Field: "body.mechanism", Message: "is needed for an appointment that was attended: face_to_face, telephone or video"})
		case !attended && in.Body.Mechanism != "":
			return nil, invalid(problem.Fault{Field: "body.mechanism", Message: "is for an appointment that was attended; leave it out"})
		}
		err = a.Event(ctx, conversations.Event{
			Kind: conversations.EventAttendance, At: a.Now(), Client: m.Client, By: by, Appointment: m.Appointment,
			Attendance: in.Body.Attendance, Mechanism: in.Body.Mechanism,
		})
		if err != nil {
			return nil, err
		}
		if m, err = a.Store.Appointment(ctx, in.Appointment); err != nil {
			return nil, err
		}
		return &body[appointment]{Body: appointmentOf(m)}, nil
	})
}

// OfStep names a step of a client in a path.
type OfStep struct {
	OfClient
	Step string `path:"step" maxLength:"40" example:"retention_13_weeks" doc:"The pathway's step."`
}

func (a *API) dues() {
	add(a, operation{
		id: "list-due", method: http.MethodGet, path: "/specialists/{specialist}/due", tag: "Pathway",
		summary: "List what the pathway asks of a specialist",
		description: "Over the whole caseload, the soonest first: steps with their last day, meetings that should be booked, meetings of which " +
			"nobody has said whether they happened, and the client's tasks that are late or not done yet. It is worked out from what is recorded at this moment.",
		scope: scopeRead, gives: list[due]{Items: []due{exampleDue}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct {
		Specialist conversations.SpecialistID `path:"specialist" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"The specialist's id."`
	},
	) (*body[list[due]], error) {
		if _, err := a.Store.Specialist(ctx, in.Specialist); err != nil {
			return nil, err
		}
		all, err := a.Store.UnderwayOf(ctx, in.Specialist)
		if err != nil {
			return nil, err
		}
		return &body[list[due]]{Body: list[due]{Items: a.dueOf(all...)}}, nil
	})
	add(a, operation{
		id: "list-due-of-client", method: http.MethodGet, path: "/clients/{client}/due", tag: "Pathway",
		summary: "List what the pathway asks for one client", description: "As in the list of the specialist.",
		scope: scopeRead, gives: list[due]{Items: []due{exampleDue}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfClient) (*body[list[due]], error) {
		u, err := a.Store.Underway(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		return &body[list[due]]{Body: list[due]{Items: a.dueOf(u)}}, nil
	})
	add(a, operation{
		id: "do-step", method: http.MethodPost, path: "/clients/{client}/due/{step}/done", tag: "Pathway",
		summary:     "Say that a step of the pathway is done",
		description: "For steps that no appointment and no milestone meets. It leaves the list, and comes back when what it counts from is reached again.",
		scope:       scopeWrite, takes: holder{By: exampleSpecialist}, gives: list[due]{Items: []due{}},
		refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfStep
		Body holder
	},
	) (*body[list[due]], error) {
		_, by, err := a.changeBy(ctx, in.Client, in.Body.By)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(a.Pathway.Steps, func(s conversations.Step) bool { return s.Name == in.Step }) {
			return nil, notFound("This pathway has no such step. A meeting that is due is met by booking one.")
		}
		if err := a.Store.DoStep(ctx, in.Client, in.Step, by); err != nil {
			return nil, err
		}
		u, err := a.Store.Underway(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		return &body[list[due]]{Body: list[due]{Items: a.dueOf(u)}}, nil
	})
}

// dueOf works out what is due for some clients, the soonest first.
func (a *API) dueOf(clients ...store.Underway) []due {
	out := []due{}
	for _, u := range clients {
		for _, d := range a.Pathway.Dues(u.Progress, a.Now().In(u.Zone)) {
			text := sayMeeting
			if i := slices.IndexFunc(a.Pathway.Steps, func(s conversations.Step) bool { return s.Name == d.Step }); i >= 0 {
				text = a.Pathway.Steps[i].Text
			}
			out = append(out, due{Client: u.Client, Step: d.Step, Text: text, By: d.By.Format(time.DateOnly), Since: d.Since, Late: d.Late})
		}
		for _, m := range u.Unrecorded {
			out = append(out, due{
				Client: u.Client, Step: stepAttendance, Text: sayAttendance, By: m.At.Format(time.DateOnly), Since: m.At, Appointment: m.ID,
				Late: a.Now().In(u.Zone).Format(time.DateOnly) > m.At.Format(time.DateOnly),
			})
		}
	}
	for _, u := range clients {
		out = append(out, a.tasksDue(u)...)
	}
	slices.SortStableFunc(out, func(x, y due) int { return strings.Compare(x.By, y.By) })
	return out
}
