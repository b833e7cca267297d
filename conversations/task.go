package conversations

import "time"

// Task is a task of the client's action plan.
type Task struct {
	ID TaskID
	// What is to be done, in a few words that fit behind "Did you get to"
	// ("look up job descriptions"), agreed with the client.
	What string
	// Due is the day by which; zero if none was agreed.
	Due    time.Time
	Status TaskStatus
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

// taskDue asks after a task of the action plan.
func (s *step) taskDue() {}

// putTask puts a question about a task that had to wait.
func (s *step) putTask(Question) {}

// aboutTask is what a client says of a task.
func (s *step) aboutTask() { s.handOver(FlagNotUnderstood) }

// chooseTask is a press under a question about a task.
func (s *step) chooseTask(Question, Choice) {}
