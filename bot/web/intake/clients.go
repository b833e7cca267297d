package intake

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// fieldColumns are the columns of a client whose name the store does not use.
var fieldColumns = map[string]string{
	"full_name": "full name", "name": "known as", "zone": "time zone", "agreed_how": "agreed how", "agreed_on": "agreed on",
}

// clients plans the clients of a file.
func (p *plan) clients(ctx context.Context, t *table) error {
	team, err := p.team(ctx)
	if err != nil {
		return err
	}
	var mobiles []string
	rowOf := map[string]int{}
	for _, r := range t.rows {
		if before, known := p.known[r.reference()]; known {
			p.again(r, before)
			continue
		}
		p.report.New++
		n, ok := p.client(r, team)
		if !ok {
			continue
		}
		if first, twice := rowOf[n.Mobile]; twice {
			p.fault(r.number, "mobile", fmt.Sprintf("Row %d has the same number, and one number cannot be two people's. Check both.", first))
			continue
		}
		rowOf[n.Mobile] = r.number
		mobiles = append(mobiles, n.Mobile)
		p.imp.Clients = append(p.imp.Clients, n)
		p.keep(r, string(n.ID))
	}
	taken, err := p.Store.TakenMobiles(ctx, mobiles)
	if err != nil {
		return err
	}
	for _, mobile := range mobiles {
		if taken[mobile] {
			p.fault(rowOf[mobile], "mobile", "This number belongs to a client whose record is open here. If it is the same person, take the row out; else check the number.")
		}
	}
	return nil
}

// again is a row of a client who was imported before: the team's own record holds,
// so that what differs is said and left.
func (p *plan) again(r row, before store.ImportedRow) {
	differs := p.differs(r, before)
	if len(differs) == 0 {
		p.report.Unchanged++
		return
	}
	p.report.Changed = append(p.report.Changed, Change{Row: r.number, Columns: differs})
}

// team is the specialists by id and by name in small letters; a name that two
// have is of nobody.
func (p *plan) team(ctx context.Context) (map[string]conversations.SpecialistID, error) {
	team := map[string]conversations.SpecialistID{}
	after := ""
	for {
		list, next, err := p.Store.Specialists(ctx, store.Page{After: after, Limit: 200})
		if err != nil {
			return nil, err
		}
		for _, s := range list {
			name := strings.ToLower(s.Name)
			if _, twice := team[name]; twice {
				team[name] = ""
			} else {
				team[name] = s.ID
			}
			team[string(s.ID)] = s.ID
		}
		if next == "" {
			return team, nil
		}
		after = next
	}
}

func (p *plan) client(r row, team map[string]conversations.SpecialistID) (n store.ImportedClient, ok bool) {
	before := len(p.report.Faults)
	named := r.get("specialist")
	specialist, known := team[named]
	if !known {
		specialist, known = team[strings.ToLower(named)]
	}
	switch {
	case named == "":
		specialist = "?" // It is empty, which was said.
	case !known:
		p.fault(r.number, "specialist", "There is no specialist of this name or id here. Add them first, or check the spelling.")
		specialist = "?"
	case specialist == "":
		p.fault(r.number, "specialist", "Two specialists have this name. Put the id of the right one here instead (GET /api/v1/specialists).")
		specialist = "?"
	}
	zone := r.get("time zone")
	local, err := time.LoadLocation(zone)
	if zone == "" || err != nil {
		local, _ = time.LoadLocation("Europe/London")
	}
	wakes := p.clock(r, "wakes")
	stage, since := p.stage(r, local)
	agreed := p.day(r, "agreed on", local)
	how := r.get("agreed how")
	if how != "" && r.get("agreed on") == "" {
		p.fault(r.number, "agreed on", "This cell is empty although it is said how they agreed. Say when, or leave both empty: then they are not texted.")
	}
	full, mobile := r.get("full name"), r.get("mobile")
	n, err = p.Store.CheckImported(store.NewClient{
		Specialist: specialist, FullName: or(full, "?"), Name: r.get("known as"), Named: p.yes(r, "use name"),
		Language: strings.ToLower(r.get("language")), Zone: zone, Mobile: or(mobile, "07700900000"), Wakes: wakes, Detail: p.yes(r, "detail"),
		Stage: stage, StageAt: since,
	}, agreed, how)
	p.refused(r, err, fieldColumns)
	n.ID = conversations.ClientID(p.NewID())
	return n, len(p.report.Faults) == before && full != "" && mobile != ""
}

// or is a text, or another where it is empty and that was said already.
func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// stage reads where a client stands on the pathway, and since when.
func (p *plan) stage(r row, local *time.Location) (conversations.Stage, time.Time) {
	since := p.day(r, "stage since", local)
	stage := conversations.Stage(strings.ReplaceAll(strings.ToLower(r.get("stage")), " ", "_"))
	if stage == "" {
		if !since.IsZero() {
			p.fault(r.number, "stage", "This cell is empty although it is said since when. Name the stage, or leave both empty.")
		}
		return "", time.Time{}
	}
	rule := p.Pathway.Rule(stage)
	switch {
	case rule.Stage == "" || stage == conversations.StageExited:
		p.fault(r.number, "stage", "This is no stage of this pathway in which somebody can be added. They are: "+p.stages()+".")
	case len(p.Pathway.Lacks(stage, nil)) > 0:
		p.fault(r.number, "stage", "This stage needs a milestone that has to be recorded here first. Import them at an earlier stage.")
	case since.After(p.Now()):
		p.fault(r.number, "stage since", "This lies in the future.")
	}
	if since.IsZero() {
		since = p.Now()
	}
	return stage, since
}

func (p *plan) stages() string {
	var list []string
	for _, r := range p.Pathway.Stages {
		if r.Stage != conversations.StageExited {
			list = append(list, string(r.Stage))
		}
	}
	return strings.Join(slices.Compact(list), ", ")
}
