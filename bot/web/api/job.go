package api

import (
	"alongside/conversations"
	"alongside/store"
)

// Job is what is known of the work behind a lead. It is exported because the
// description leaves out the fields of a type within another that is not.
type Job struct {
	Starts      string                   `json:"starts,omitempty" maxLength:"5" pattern:"^(([01][0-9]|2[0-3]):[0-5][0-9])?$" patternDescription:"a time of day such as 11:00, or empty" example:"11:00" doc:"The earliest time at which somebody has to be there."`
	Times       []conversations.Times    `json:"times,omitempty" maxItems:"6" enum:"mornings,afternoons,evenings,nights,weekends,shifts" example:"[\"mornings\",\"afternoons\"]" doc:"When it is done; left out: not known."`
	District    string                   `json:"district,omitempty" maxLength:"200" example:"NG9" doc:"Where it is, in the terms in which clients say what they can reach: a district, or the first half of a postcode. Left out: the area."`
	Traits      []conversations.Trait    `json:"traits,omitempty" maxItems:"15" enum:"public,crowds,alone,team,indoors,outdoors,mess,lifting,till,pressure,change,routine,noise,driving,phone" example:"[\"indoors\",\"alone\"]" doc:"What the work as a whole is like."`
	Duties      []Duty                   `json:"duties,omitempty" maxItems:"50" example:"[{\"text\":\"repair computers\"}]" doc:"What somebody does there. One that does not fit a client is asked about: it may be left out of the job."`
	Permanence  conversations.Permanence `json:"permanence,omitempty" enum:"permanent,fixed_term,seasonal,zero_hours" example:"permanent" doc:"How long it lasts; left out: not known."`
	Employer    string                   `json:"employer,omitempty" maxLength:"200" example:"Beeston Computers" doc:"Who employs. It is never sent to a client by itself, and nothing is ever sent to an employer."`
	Place       string                   `json:"place,omitempty" maxLength:"600" example:"The workshop behind the shop" doc:"Where exactly, in words."`
	Travel      string                   `json:"travel,omitempty" maxLength:"600" example:"Ten minutes on foot from the tram" doc:"How one gets there, in words."`
	Environment string                   `json:"environment,omitempty" maxLength:"600" example:"Two people, a radio, no customers behind the door" doc:"What it is like there, in words."`
}

// Duty is one thing that somebody does at work.
type Duty struct {
	Text   string                `json:"text" minLength:"1" maxLength:"200" example:"answer customers at the counter"`
	Traits []conversations.Trait `json:"traits,omitempty" maxItems:"15" enum:"public,crowds,alone,team,indoors,outdoors,mess,lifting,till,pressure,change,routine,noise,driving,phone" doc:"What this duty alone brings."`
}

var repairsJob = Job{
	Starts: "11:00", Times: []conversations.Times{conversations.TimesMornings, conversations.TimesAfternoons}, District: "NG9",
	Traits: []conversations.Trait{conversations.TraitIndoors}, Permanence: conversations.Permanent, Employer: "Beeston Computers",
	Duties: []Duty{{Text: "repair computers"}, {Text: "answer customers at the counter", Traits: []conversations.Trait{conversations.TraitPublic}}},
}

// workOf reads what was sent of a job; nil is nothing known.
func workOf(j *Job) store.Work {
	if j == nil {
		return store.Work{}
	}
	w := store.Work{
		Job: conversations.Job{
			Starts: minutesOf(j.Starts), Times: j.Times, Area: j.District, Traits: j.Traits, Permanence: j.Permanence,
		},
		Employer: j.Employer, Place: j.Place, Travel: j.Travel, Environment: j.Environment,
	}
	for _, d := range j.Duties {
		w.Job.Duties = append(w.Job.Duties, conversations.Duty(d))
	}
	return w
}

// jobOf shows what is known of a job; nil if that is nothing.
func jobOf(w store.Work) *Job {
	j := Job{
		Starts: clock(w.Job.Starts), Times: w.Job.Times, District: w.Job.Area, Traits: w.Job.Traits, Permanence: w.Job.Permanence,
		Employer: w.Employer, Place: w.Place, Travel: w.Travel, Environment: w.Environment,
	}
	for _, d := range w.Job.Duties {
		j.Duties = append(j.Duties, Duty(d))
	}
	if j.Starts == "" && len(j.Times)+len(j.Traits)+len(j.Duties) == 0 && j.Permanence == "" &&
		j.District+j.Employer+j.Place+j.Travel+j.Environment == "" {
		return nil
	}
	return &j
}
