package console

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

// timesRoutes are the pages of when somebody would meet.
func (c *Console) timesRoutes() map[string]handler {
	return map[string]handler{
		"GET /times":         c.times,
		"POST /times":        c.posted(c.addTimes()),
		"POST /times/remove": c.posted(c.removeTimes()),
	}
}

// timesPage is when a specialist would meet: what clients who ask for another
// time are offered by number.
type timesPage struct {
	slip
	Of          conversations.SpecialistID
	Name        string
	Own         bool
	Specialists []store.Specialist
	Days        []freeDay
	Today       string
	Weeks       []int
}

// freeDay is the free times of one day.
type freeDay struct {
	Day   time.Time
	Times []time.Time
}

// mostRepeated is for how many weeks a time can be named at once.
const mostRepeated = 8

func (c *Console) times(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	return c.showTimes(w, r, who, http.StatusOK, slip{})
}

// whoseTimes are one's own, or those of the one that was chosen by who looks
// after the team.
func whoseTimes(r *http.Request, who signin.Who) conversations.SpecialistID {
	if who.May(signin.ManageTeam) {
		return cmp.Or(conversations.SpecialistID(r.FormValue("of")), who.Specialist)
	}
	return who.Specialist
}

func (c *Console) showTimes(w http.ResponseWriter, r *http.Request, who signin.Who, status int, s slip) error {
	if err := allowed(who, signin.ChangeClients); err != nil {
		return err
	}
	ctx, now, zone := r.Context(), c.Now(), c.clockZone()
	p := timesPage{slip: s, Of: whoseTimes(r, who), Today: now.In(zone).Format(time.DateOnly)}
	p.Own = p.Of == who.Specialist && p.Of != ""
	for n := range mostRepeated {
		p.Weeks = append(p.Weeks, n+1)
	}
	if who.May(signin.ManageTeam) {
		all, err := c.everySpecialist(ctx)
		if err != nil {
			return err
		}
		p.Specialists = all
	}
	if p.Of != "" {
		specialist, err := c.Store.Specialist(ctx, p.Of)
		if err != nil {
			return err
		}
		p.Name = specialist.Name
		list, err := c.Store.FreeTimes(ctx, p.Of, now)
		if err != nil {
			return err
		}
		for _, at := range list {
			at = at.In(zone)
			day := midnight(at, zone)
			if n := len(p.Days); n == 0 || !p.Days[n-1].Day.Equal(day) {
				p.Days = append(p.Days, freeDay{Day: day})
			}
			last := &p.Days[len(p.Days)-1]
			last.Times = append(last.Times, at)
		}
	}
	c.Render(w, r, status, "times", p)
	return nil
}

// mayKeepTimes lets a specialist name their own times, and those who look after
// the team anybody's.
func mayKeepTimes(who signin.Who, r *http.Request) error {
	if err := allowed(who, signin.ChangeClients); err != nil {
		return err
	}
	if whoseTimes(r, who) == "" {
		return errForbidden
	}
	return nil
}

func timesAt(of conversations.SpecialistID, done string) string {
	return "/times?of=" + url.QueryEscape(string(of)) + "&done=" + done
}

func (c *Console) addTimes() deed {
	return deed{
		what: "times.added", may: mayKeepTimes, again: c.showTimes,
		do: func(ctx context.Context, r *http.Request, who signin.Who) (string, error) {
			zone, now, of := c.clockZone(), c.Now(), whoseTimes(r, who)
			first, err := time.ParseInLocation(time.DateOnly+" 15:04", r.PostFormValue("date")+" "+r.PostFormValue("clock"), zone)
			if err != nil {
				return "", wrongField("date", "moment")
			}
			weeks, err := strconv.Atoi(cmp.Or(r.PostFormValue("weeks"), "1"))
			if err != nil || weeks < 1 || weeks > mostRepeated {
				return "", wrongField("weeks", "form")
			}
			if !first.After(now) {
				return "", wrongField("date", "past")
			}
			times, err := c.Store.FreeTimes(ctx, of, now)
			if err != nil {
				return "", err
			}
			for n := range weeks {
				// A day is added to the date: the clock stays where it is.
				at := time.Date(first.Year(), first.Month(), first.Day()+7*n, first.Hour(), first.Minute(), 0, 0, zone)
				if !slices.ContainsFunc(times, at.Equal) {
					times = append(times, at)
				}
			}
			return timesAt(of, "team_times"), c.Store.SetFreeTimes(ctx, of, times)
		},
	}
}

func (c *Console) removeTimes() deed {
	return deed{
		what: "times.removed", may: mayKeepTimes, again: c.showTimes,
		do: func(ctx context.Context, r *http.Request, who signin.Who) (string, error) {
			of := whoseTimes(r, who)
			times, err := c.Store.FreeTimes(ctx, of, c.Now())
			if err != nil {
				return "", err
			}
			times = slices.DeleteFunc(times, func(at time.Time) bool { return slices.Contains(r.PostForm["at"], itoa64(at)) })
			return timesAt(of, "team_times"), c.Store.SetFreeTimes(ctx, of, times)
		},
	}
}
