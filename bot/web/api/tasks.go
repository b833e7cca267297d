package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
)

// newTask is a task to be added to a client's action plan.
type newTask struct {
	What string `json:"what" minLength:"1" maxLength:"200" example:"look up job descriptions" doc:"What is to be done, in a few words (at most 80 characters) that fit behind: Did you get to …? Agreed with the client."`
	Due  string `json:"due,omitempty" format:"date" example:"2026-11-30" doc:"The day by which; left out if none was agreed."`

	Remind *bool `json:"remind,omitempty" example:"true" doc:"Whether the client is asked after it on its day, as they chose; left out: yes."`
}

// taskChange is what changes about a task.
type taskChange struct {
	What   string                   `json:"what,omitempty" maxLength:"200" example:"look up job descriptions" doc:"What is to be done, in other words."`
	Due    string                   `json:"due,omitempty" format:"date" example:"2026-12-07" doc:"Another day by which."`
	NoDue  bool                     `json:"no_due,omitempty" example:"false" doc:"There is no day by which any more. Not together with due."`
	Remind *bool                    `json:"remind,omitempty" example:"true" doc:"Whether the client is asked after it on its day, as they chose."`
	Status conversations.TaskStatus `json:"status,omitempty" enum:"open,done,not_yet,want_help,dropped" example:"done" doc:"What became of it. dropped: it is on the plan no more."`
}

// task is a task of an action plan as the API shows it.
type task struct {
	ID         conversations.TaskID     `json:"id" example:"01982c64-0d10-7b21-8c32-4d5e6f708192"`
	Client     conversations.ClientID   `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	What       string                   `json:"what" example:"look up job descriptions"`
	Unreadable bool                     `json:"unreadable,omitempty" example:"false" doc:"It is there, but none of the present keys opens it."`
	Due        string                   `json:"due" example:"2026-11-30" doc:"The day by which; empty if none was agreed."`
	Status     conversations.TaskStatus `json:"status" enum:"open,done,not_yet,want_help,dropped" example:"open"`
	Means      string                   `json:"means" example:"to be done" doc:"The same in plain words."`
	Remind     bool                     `json:"remind" example:"true" doc:"Whether the client is asked after it on its day."`
	AskedAt    *time.Time               `json:"asks_at,omitempty" doc:"When they are; left out where they are not, or have been."`
	CreatedAt  *time.Time               `json:"created_at" doc:"When it was added."`
	ChangedAt  *time.Time               `json:"changed_at" doc:"When it last changed."`
}

var lookUp = task{
	ID: exampleTask, Client: exampleClient, What: "look up job descriptions", Due: "2026-11-30", Status: conversations.TaskOpen,
	Means: tasksSaid[conversations.TaskOpen], Remind: true, AskedAt: &exampleNow, CreatedAt: &exampleNow, ChangedAt: &exampleNow,
}

func taskOf(t store.Task) task {
	out := task{
		ID: t.ID, Client: t.Client, What: t.What, Unreadable: t.Unreadable, Status: t.Status, Means: tasksSaid[t.Status],
		Remind: t.Remind, AskedAt: instant(t.Ask), CreatedAt: instant(t.CreatedAt), ChangedAt: instant(t.ChangedAt),
	}
	if !t.Due.IsZero() {
		out.Due = t.Due.Format(time.DateOnly)
	}
	return out
}

// OfTask names a task of a client in a path.
type OfTask struct {
	OfClient
	Task conversations.TaskID `path:"task" maxLength:"100" example:"01982c64-0d10-7b21-8c32-4d5e6f708192" doc:"The task's id."`
}

func (a *API) tasks() {
	add(a, operation{
		id: "add-task", method: http.MethodPost, path: "/clients/{client}/tasks", tag: "Action plan",
		summary:     "Add a task to a client's action plan",
		description: "Nothing is sent by this. The client is asked after it on its day, if they chose that, or when you say so.",
		scope:       scopeWrite, status: http.StatusCreated, refuses: []int{http.StatusNotFound, http.StatusConflict},
		takes: newTask{What: lookUp.What, Due: lookUp.Due}, gives: lookUp,
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newTask
	},
	) (*created[task], error) {
		due, err := a.dayFor(ctx, in.Client, in.Body.Due)
		if err != nil {
			return nil, err
		}
		remind := in.Body.Remind == nil || *in.Body.Remind
		ask, err := a.asksAfter(ctx, in.Client, due, remind, conversations.TaskOpen)
		if err != nil {
			return nil, err
		}
		id, err := a.Store.AddTask(ctx, store.NewTask{Client: in.Client, What: in.Body.What, Due: due, Unasked: !remind, Ask: ask})
		if err != nil {
			return nil, err
		}
		t, err := a.task(ctx, in.Client, id)
		if err != nil {
			return nil, err
		}
		return &created[task]{Location: Prefix + "/clients/" + string(in.Client) + "/tasks", Body: taskOf(t)}, nil
	})
	add(a, operation{
		id: "list-tasks", method: http.MethodGet, path: "/clients/{client}/tasks", tag: "Action plan",
		summary:     "List the tasks of a client's action plan",
		description: "In the order in which they were added, those that are done included; of very many the latest.",
		scope:       scopeRead, gives: list[task]{Items: []task{lookUp}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfClient) (*body[list[task]], error) {
		if _, err := a.Store.Client(ctx, in.Client); err != nil {
			return nil, err
		}
		tasks, err := a.Store.Tasks(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		return &body[list[task]]{Body: listOf(tasks, "", taskOf)}, nil
	})
	a.changeTask()
	a.askTask()
}

func (a *API) changeTask() {
	done := lookUp
	done.Status, done.Means = conversations.TaskDone, tasksSaid[conversations.TaskDone]
	add(a, operation{
		id: "change-task", method: http.MethodPatch, path: "/clients/{client}/tasks/{task}", tag: "Action plan",
		summary:     "Change a task",
		description: "Its words, its day, or what became of it. Nothing is sent by this. What is left out stays.",
		scope:       scopeWrite, takes: taskChange{Status: conversations.TaskDone}, gives: done,
		refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfTask
		Body taskChange
	},
	) (*body[task], error) {
		change := store.TaskChange{What: in.Body.What, Status: in.Body.Status, Remind: in.Body.Remind}
		due, err := a.dayFor(ctx, in.Client, in.Body.Due)
		switch {
		case err != nil:
			return nil, err
		case in.Body.NoDue && in.Body.Due != "":
			return nil, invalid(problem.Fault{Field: "body.no_due", Message: "cannot stand beside due: send one of them"})
		case in.Body.NoDue, in.Body.Due != "":
			change.Due = &due
		case change.What == "" && change.Status == "" && change.Remind == nil:
			return nil, invalid(problem.Fault{Field: "body", Message: "changes nothing: send what, due, no_due, remind or status"})
		}
		if err := a.askAnew(ctx, in.OfTask, &change); err != nil {
			return nil, err
		}
		t, err := a.Store.SetTask(ctx, in.Client, in.Task, change)
		if err != nil {
			return nil, err
		}
		return &body[task]{Body: taskOf(t)}, nil
	})
}

// askAnew works out when a task is asked after once its day, its status or the
// client's choice changes; what was set before is stale by that.
func (a *API) askAnew(ctx context.Context, of OfTask, change *store.TaskChange) error {
	if change.Due == nil && change.Status == "" && change.Remind == nil {
		return nil
	}
	t, err := a.task(ctx, of.Client, of.Task)
	if err != nil {
		return err
	}
	due, status, remind := t.Due, t.Status, t.Remind
	if change.Due != nil {
		due = *change.Due
	}
	if change.Status != "" {
		status = change.Status
	}
	if change.Remind != nil {
		remind = *change.Remind
	}
	ask, err := a.asksAfter(ctx, of.Client, due, remind, status)
	change.Ask = &ask
	return err
}

func (a *API) askTask() {
	add(a, operation{
		id: "ask-task", method: http.MethodPost, path: "/clients/{client}/tasks/{task}/ask", tag: "Action plan",
		summary: "Ask a client how a task goes",
		description: "Did you get to it? The client answers done, not yet, or that they would like help. " + mayWait +
			" A task that was asked after and has no answer yet is not asked after again.",
		scope: scopeWrite, gives: exampleOutcome, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *OfTask) (*body[outcome], error) {
		if err := a.open(ctx, in.Client); err != nil {
			return nil, err
		}
		t, err := a.task(ctx, in.Client, in.Task)
		if err != nil {
			return nil, err
		}
		if t.Status == conversations.TaskDone || t.Status == conversations.TaskDropped {
			return nil, problem.New(http.StatusConflict, "settled", "This task is done or dropped, so there is nothing to ask. Change its status to open first if it is to be done again.")
		}
		return a.outcome(ctx, conversations.Event{Kind: conversations.EventTask, Client: in.Client, Task: in.Task})
	})
}

// task reads one task of a client.
func (a *API) task(ctx context.Context, client conversations.ClientID, id conversations.TaskID) (store.Task, error) {
	tasks, err := a.Store.Tasks(ctx, client)
	if err != nil {
		return store.Task{}, err
	}
	i := slices.IndexFunc(tasks, func(t store.Task) bool { return t.ID == id })
	if i < 0 {
		return store.Task{}, store.ErrNotFound
	}
	return tasks[i], nil
}

// dayFor is a day where the client's clock runs, as it begins; the zero time
// for none. The client's record must be open.
func (a *API) dayFor(ctx context.Context, client conversations.ClientID, day string) (time.Time, error) {
	if err := a.open(ctx, client); err != nil || day == "" {
		return time.Time{}, err
	}
	c, err := a.Store.Client(ctx, client)
	if err != nil {
		return time.Time{}, err
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return time.Time{}, err
	}
	at, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return time.Time{}, invalid(problem.Fault{Field: "body.due", Message: "must be a day, such as 2026-11-30"})
	}
	return at, nil
}
