package caseload

import (
	"encoding/json"
	"errors"
	"reflect"

	"alongside/conversations"
)

// Work is what is known of the work behind a lead, beside what clients read. It
// is for the people who match it; an employer's name is in it.
type Work struct {
	// Job is what wishes are compared with. Its hours are the lead's own, and are
	// not kept here; see [Lead.Job].
	Job conversations.Job
	// Employer, Place, Travel and Environment are in the specialist's words; each
	// may be empty.
	Employer, Place, Travel, Environment string
}

// Job is the job behind a lead, complete: with the lead's hours, and its area
// where no other was given.
func (l Lead) Job() conversations.Job { return l.Work.job(l.Lead) }

// Job is the job behind the lead that was offered; see [Lead.Job].
func (o Offer) Job() conversations.Job { return o.Work.job(o.Lead) }

func (w Work) job(l conversations.Lead) conversations.Job {
	j := w.Job
	j.Hours = l.Hours
	if j.Area == "" {
		j.Area = l.Area
	}
	return j
}

// keptWork is how it is stored.
type keptWork struct {
	Starts      int                      `json:"starts,omitempty"`
	Times       []conversations.Times    `json:"times,omitempty"`
	Area        string                   `json:"area,omitempty"`
	Traits      []conversations.Trait    `json:"traits,omitempty"`
	Duties      []keptDuty               `json:"duties,omitempty"`
	Permanence  conversations.Permanence `json:"permanence,omitempty"`
	Employer    string                   `json:"employer,omitempty"`
	Place       string                   `json:"place,omitempty"`
	Travel      string                   `json:"travel,omitempty"`
	Environment string                   `json:"environment,omitempty"`
}

type keptDuty struct {
	Text   string                `json:"text"`
	Traits []conversations.Trait `json:"traits,omitempty"`
}

func (c *Caseload) sealedWork(lead string, w Work) ([]byte, error) {
	k := keptWork{
		Starts: w.Job.Starts, Times: w.Job.Times, Area: w.Job.Area, Traits: w.Job.Traits, Permanence: w.Job.Permanence,
		Employer: w.Employer, Place: w.Place, Travel: w.Travel, Environment: w.Environment,
	}
	for _, d := range w.Job.Duties {
		k.Duties = append(k.Duties, keptDuty(d))
	}
	return c.sealedJSON(sealWork, lead, k)
}

func (c *Caseload) openedWork(lead string, sealed []byte) (w Work, err error) {
	var k keptWork
	if err := c.openedJSON(sealWork, lead, sealed, &k); err != nil {
		return w, err
	}
	w = Work{
		Job:      conversations.Job{Starts: k.Starts, Times: k.Times, Area: k.Area, Traits: k.Traits, Permanence: k.Permanence},
		Employer: k.Employer, Place: k.Place, Travel: k.Travel, Environment: k.Environment,
	}
	for _, d := range k.Duties {
		w.Job.Duties = append(w.Job.Duties, conversations.Duty(d))
	}
	return w, nil
}

// sealedJSON seals a value as JSON; the zero value is nothing (NULL).
func (c *Caseload) sealedJSON(purpose, row string, v any) ([]byte, error) {
	if reflect.ValueOf(v).IsZero() {
		return nil, nil
	}
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return c.sealed(purpose, row, plain)
}

// openedJSON opens what [Caseload.sealedJSON] sealed; NULL leaves the value as it is.
func (c *Caseload) openedJSON(purpose, row string, sealed []byte, into any) error {
	plain, err := c.opened(purpose, row, sealed)
	if err != nil || plain == nil {
		return err
	}
	if json.Unmarshal(plain, into) != nil {
		// The parser's error repeats what it read.
		return errors.New("what is kept as " + purpose + " of " + row + " cannot be read")
	}
	return nil
}
