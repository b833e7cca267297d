package conversations

import (
	"slices"
	"strings"
	"time"

	"alongside/conversations/understand"
)

// Task is a task of the client's action plan.
type Task struct {
	ID TaskID
	// What is to be done, in a few words that fit behind "Did you get to"
	// ("look up job descriptions"), agreed with the client.
	What string
	// Due is the day by which; zero if none was agreed.
	Due    time.Time
	Status TaskStatus
	// Ask is when it is asked after by the clock; zero if it is not. A job for any
	// other moment is stale.
	Ask time.Time
}

// TaskStatus is what the client said of a task.
type TaskStatus string

// The statuses of a task.
const (
	TaskOpen    TaskStatus = "open"
	TaskDone    TaskStatus = "done"
	TaskNotYet  TaskStatus = "not_yet"
	TaskHelp    TaskStatus = "want_help"
	TaskDropped TaskStatus = "dropped"
)

// TaskStatuses lists every status.
var TaskStatuses = []TaskStatus{TaskOpen, TaskDone, TaskNotYet, TaskHelp, TaskDropped}

// taskOptions are the numbered answers of a question about a task; the fourth
// is there where the task was not named.
var (
	taskOptions      = []Choice{ChooseDone, ChooseNotYet, ChooseHelp}
	taskFoundOptions = []Choice{ChooseDone, ChooseNotYet, ChooseHelp, ChooseShow}
)

// helpOffered is the number of the answer "not yet" (Question.Number): help was
// offered with it, and a yes means that.
const helpOffered = 2

// task finds a task among the facts; done and dropped ones are not there.
func (s *step) task(id TaskID) (Task, bool) {
	i := slices.IndexFunc(s.facts.Tasks, func(t Task) bool { return t.ID == id })
	if i < 0 || id == "" {
		return Task{}, false
	}
	t := s.facts.Tasks[i]
	return t, t.Status != TaskDone && t.Status != TaskDropped
}

// taskDue asks after a task of the action plan.
func (s *step) taskDue() {
	t, ok := s.task(s.event.Task)
	if due := s.event.Due; !due.IsZero() {
		if !ok || !due.Equal(t.Ask) {
			return
		}
		s.do(SetDue{Task: t.ID})
	}
	if _, asked := s.waitingTask(t.ID); !ok || asked {
		return
	}
	s.putTaskQuestion(s.newTask(t), t)
}

func (s *step) newTask(t Task) Question {
	q := s.newQuestion(AskTask, Appointment{})
	q.Task = t.ID
	return q
}

// waitingTask is the question about one task that waits to be put or answered.
func (s *step) waitingTask(id TaskID) (Question, bool) {
	if q := s.state.Open; q != nil && q.Kind == AskTask && q.Task == id {
		return *q, true
	}
	i := slices.IndexFunc(s.state.Queue, func(q Question) bool { return q.Kind == AskTask && q.Task == id })
	if i < 0 {
		return Question{}, false
	}
	return s.state.Queue[i], true
}

func (s *step) putTaskQuestion(q Question, t Task) {
	m := Say{
		Key: "task.ask", Options: taskOptions, Matter: MatterTasks,
		Vars: map[string]any{"specialist": s.facts.Specialist.Name, "task": t.What},
	}
	q.Shown = s.openly()
	if !q.Shown {
		m.Key, m.Options = "task.ask_found", taskFoundOptions
		m.Vars = s.withSpecialist()
	}
	s.putAllowed(q, m, time.Time{})
}

// putTask puts a question about a task that had to wait, if it is not settled;
// as with an offer, under an id of its own.
func (s *step) putTask(q Question) {
	if t, ok := s.task(q.Task); ok {
		s.putTaskQuestion(s.newTask(t), t)
	}
}

// wantsToSee is the fourth number of a question that did not name its task.
func (s *step) wantsToSee() bool {
	q := *s.state.Open
	n := bareNumber(s.event.Text)
	if q.Shown || n == 0 || n > len(taskFoundOptions) || taskFoundOptions[n-1] != ChooseShow {
		return false
	}
	s.showTask(q)
	return true
}

// asksWhichTask finds the question which of the things it is in a few words that
// name the task itself ("what college"): it is said again in full.
func (s *step) asksWhichTask() {
	q, r := s.state.Open, s.reading
	first, _, _ := strings.Cut(strings.TrimSpace(s.event.Text), " ")
	if q == nil || q.Kind != AskTask || s.words() > pickOne+1 || r.Number > 0 || urgent(r) || !s.rules.Lexicons.Has(first, "asks_which") {
		return
	}
	if named := s.namedTasks(); len(named) != 1 || named[0].ID != q.Task {
		return
	}
	s.reading.Intent, s.reading.Topic, s.reading.Also, s.reading.Sure = understand.Help, understand.TopicAgain, nil, max(r.Sure, sureEnough)
}

// showTask names the task to who asked which one it is.
func (s *step) showTask(q Question) {
	t, ok := s.task(q.Task)
	if !ok || s.lent() || q.Put >= 2 && q.Number != helpOffered {
		s.do(RaiseFlag{Reason: FlagQuestion, Task: q.Task, Message: s.event.Message})
		s.read("message")
		return
	}
	q.Shown = true
	s.putAgain(q)
	s.reply(Say{Key: "task.shown", Question: q.ID, Options: taskOptions, Vars: map[string]any{"task": t.What}})
}

// aboutTask is what a client says of a task.
func (s *step) aboutTask() {
	t, asked, ok := s.meantTask()
	if !ok {
		if len(s.facts.Tasks) == 0 && s.state.Open != nil {
			s.handOver(FlagNotUnderstood)
			return
		}
		// It was understood, but not which task is meant: the specialist knows.
		s.flag(FlagMessage, "")
		s.read("message")
		return
	}
	c := map[understand.Intent]Choice{
		understand.Done: ChooseDone, understand.NotYet: ChooseNotYet, understand.WantHelp: ChooseHelp,
	}[s.reading.Intent]
	if q, waits := s.waitingTask(t.ID); waits && q.Number == helpOffered && c == ChooseDone && s.bareYes() {
		c = ChooseHelp
	}
	s.answerTask(t, c, asked)
}

// bareYes is a yes and nothing else: after "would you like help?" it is no
// "done".
func (s *step) bareYes() bool {
	if s.event.Kind != EventText || s.reading.Number != 0 || words(s.event.Text) > 3 {
		return false
	}
	r := s.rules.Lexicons.Read(understand.Query{
		Text: s.event.Text, Lang: s.ownLanguage(), Asked: understand.AskedOptin, Now: s.now,
	})
	return r.Intent == understand.OptinYes
}

// meantTask is the task that a text is about: the one that it names, else the
// one that was asked about, else the only one. Asked says that it was.
func (s *step) meantTask() (t Task, asked, ok bool) {
	q, waits := s.waiting(AskTask)
	named := s.namedTasks()
	switch {
	case len(named) == 1:
		return named[0], waits && q.Task == named[0].ID, true
	case waits:
		t, ok = s.task(q.Task)
		return t, true, ok
	case len(s.facts.Tasks) == 1:
		t, ok = s.task(s.facts.Tasks[0].ID)
		return t, false, ok
	default:
		return Task{}, false, false
	}
}

// answerTask writes down what they said of a task. Without the question the
// answer names it, so that a wrong one can be put right.
func (s *step) answerTask(t Task, c Choice, asked bool) {
	q, waits := s.waitingTask(t.ID)
	switch c {
	case ChooseDone:
		s.setTask(t, TaskDone)
		s.closeTask(t.ID, c)
		if !asked && !s.facts.Client.Guarded {
			s.answer("task.done_named", map[string]any{"task": t.What})
			return
		}
		s.answer("task.done", s.withSpecialist())
	case ChooseNotYet:
		if t.Status != TaskNotYet {
			s.setTask(t, TaskNotYet)
		}
		if o := s.state.Open; waits && q.Number == helpOffered || s.lent() || asking(s.effects) || o != nil && o.ID != q.ID {
			// Help was offered already, or another question has the floor.
			s.closeTask(t.ID, c)
			s.answer("task.no_rush", nil)
			return
		}
		s.offerHelp(t, q, waits)
	case ChooseHelp:
		if t.Status != TaskHelp {
			s.setTask(t, TaskHelp)
		}
		s.do(RaiseFlag{Reason: FlagTaskHelp, Task: t.ID, Message: s.event.Message})
		s.closeTask(t.ID, c)
		s.read("task_help")
	default:
	}
}

// offerHelp answers "not yet" without guilt and leaves the question open, so
// that a yes to the help finds it.
func (s *step) offerHelp(t Task, q Question, waits bool) {
	if !waits || q.Put >= 2 {
		shown := q.Shown || !waits
		q = s.newTask(t)
		q.Shown = shown
	}
	q.Number = helpOffered
	s.putAgain(q)
	s.reply(Say{Key: "task.not_yet", Question: q.ID})
}

func (s *step) setTask(t Task, st TaskStatus) {
	s.do(SetTask{ID: t.ID, Status: st})
	s.facts.Tasks = slices.Clone(s.facts.Tasks)
	for i := range s.facts.Tasks {
		if s.facts.Tasks[i].ID == t.ID {
			s.facts.Tasks[i].Status = st
		}
	}
}

// closeTask ends the question about a task, open or waiting.
func (s *step) closeTask(id TaskID, c Choice) {
	if q, waits := s.waitingTask(id); waits {
		s.closeOne(q.ID, c)
	}
}

// chooseTask is a press under a question about a task.
func (s *step) chooseTask(q Question, c Choice) {
	t, ok := s.task(q.Task)
	if !ok && q.Put == 0 && q.Task != "" {
		// They had said that it is done, so it left the facts, and press another
		// answer now: see stillAnswerable.
		t, ok = Task{ID: q.Task, Status: TaskDone}, true
	}
	switch {
	case !ok:
		// A second press under what is settled does nothing.
		s.closeOne(q.ID, "")
		s.answer("task.settled", s.withSpecialist())
	case c == ChooseShow:
		if w, waits := s.waitingTask(t.ID); waits && !w.Shown {
			s.showTask(w)
		}
	default:
		s.answerTask(t, c, true)
	}
}
