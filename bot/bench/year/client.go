package year

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"alongside/bot/outbox"
	"alongside/conversations"
	"alongside/store"
)

// client is somebody of the year: what they are like never changes, and all they
// do comes from their own chance.
type client struct {
	life   *life
	n      int // from 1
	id     conversations.ClientID
	number string
	sam    *specialist
	zone   *time.Location
	speaks string
	wakes  int // minutes after midnight
	// answers is how likely they answer a question, busy how long that takes.
	answers float64
	busy    time.Duration

	mu     sync.Mutex
	chance *rand.Rand
	texts  int
	// stopped is when they last texted STOP, and nothing may go since; zero once
	// they asked for texts again.
	stopped time.Time
	// days are on how many days of the week they chose to be asked.
	days int
}

// MostClients is how many people a year can have: so many numbers of fiction.
const (
	MostClients = 799 * 100
	firstArea   = 201
)

// newClient makes somebody up. Half of those of a service with two languages
// speak the second; one in five wakes late, as John does.
func (l *life) newClient(n int, sam *specialist) *client {
	r := l.chanceOf(n)
	c := &client{
		life: l, n: n, sam: sam, chance: r, zone: l.Pathway.Zone,
		// The North American plan sets 555-0100 to 555-0199 of each area code aside
		// for fiction; Ofcom's thousand are too few.
		number: fmt.Sprintf("+1%03d55501%02d", firstArea+(n-1)/100, (n-1)%100),
		speaks: l.Pathway.Languages[r.IntN(min(2, len(l.Pathway.Languages)))],
		wakes:  []int{0, 0, 8 * 60, 9 * 60, 11 * 60}[r.IntN(5)],
		// Some answer nearly always and some hardly ever.
		answers: 0.3 + 0.65*r.Float64(),
		busy:    time.Duration(1+r.IntN(120)) * time.Minute,
	}
	return c
}

// draw takes a number from the client's chance.
func (c *client) draw() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.chance.Float64()
}

// pick takes one of the list.
func pick[T any](c *client, list []T) T {
	c.mu.Lock()
	defer c.mu.Unlock()
	return list[c.chance.IntN(len(list))]
}

// arrived is the carrier handing a text over: it is looked at, and perhaps
// answered after a while, when they are awake.
func (l *life) arrived(m outbox.Message) {
	o, err := l.Store.Outgoing(context.Background(), m.ID)
	if err != nil {
		l.audit.broken(err)
		return
	}
	i := l.index(m.To.Value)
	if i < 0 {
		return
	}
	c := l.clients[i]
	l.audit.accepted(c, o)
	answer := c.answerTo(o.Key)
	if answer == "" {
		return
	}
	l.agenda.add(act{at: c.awake(l.Clock.Now().Add(c.after())), who: c.n, name: "a client answers", do: func(ctx context.Context) error {
		return c.text(ctx, answer)
	}})
}

// index finds a person by their number; -1 if it is nobody's.
func (l *life) index(number string) int {
	var area, last int
	if _, err := fmt.Sscanf(number, "+1%03d55501%02d", &area, &last); err != nil {
		return -1
	}
	if i := (area-firstArea)*100 + last; i >= 0 && i < len(l.clients) {
		return i
	}
	return -1
}

// after is how long they take, mostly about as long as they usually do, and now
// and then a day.
func (c *client) after() time.Duration {
	if c.draw() < 0.05 {
		return time.Duration(8+20*c.draw()) * time.Hour
	}
	return time.Minute + time.Duration(c.draw()*2*float64(c.busy))
}

// awake is the moment, or the next morning if they sleep then.
func (c *client) awake(t time.Time) time.Time {
	local := t.In(c.zone)
	up := max(c.wakes, 7*60)
	switch minutes := local.Hour()*60 + local.Minute(); {
	case minutes < up:
		return time.Date(local.Year(), local.Month(), local.Day(), up/60, up%60, local.Second(), 0, c.zone)
	case minutes >= 23*60:
		return time.Date(local.Year(), local.Month(), local.Day()+1, up/60, up%60, local.Second(), 0, c.zone)
	}
	return local
}

// said are the texts that people write, by what they answer; the longest
// beginning of the key that is there counts.
var said = map[string][]string{
	"optin.": {"yes", "1", "ok", "yes pls", "ie", "iawn", "yeah thats fine", "no thanks"},
	"appointment.reminder": {
		"1", "1", "yes", "yh", "yes see u then", "ok thanks", "ill be there", "bydda i yna", "iawn", "2", "3",
		"can we do friday at 2 instead", "cant come sorry", "could it be the day after at 11", "alla i ddod dydd gwener am 3 yn lle", "running late sorry",
		"should be ok unless mums ill", "whats it about", "where is it again", "ok but can sam ring me first",
	},
	"appointment.change": {"friday 2pm", "tuesday at 11", "dydd llun am 3", "any time", "the week after", "dont mind", "wednesday 10am"},
	"appointment.free":   {"1", "2", "3", "none of them", "the second one"},
	"appointment.moved":  {"1", "yes thats fine", "ok", "iawn", "no i cant then", "2"},
	"appointment.unsure": {"1", "2", "yes", "no"},
	"lead.": {
		"1", "2", "3", "yes interested", "not for me", "too many people", "how many hours is it", "too far", "sounds good", "dim diolch", "diddordeb gyda fi",
		"no nights pls", "already applied",
	},
	"checkin.": {"1", "2", "3", "4", "5", "4 been ok", "2 bit rough", "iawn diolch 4", "not great tbh", "good"},
	"task.":    {"1", "2", "3", "done it", "not yet", "can u help me with it", "wedi neud e"},
	"feedback": {"4", "5", "3", "its good to be able to text", "2 too many texts"},
	"which":    {"1", "2"},
	"kinds.":   {"1", "2"},
	"pause.":   {"1", "2"},
	"nudge":    {"thanks", "ok", "im ok ta", "can we meet sooner", "diolch"},
}

// outOfTheBlue is what people write unasked.
var outOfTheBlue = []string{
	"when am i seeing u next", "any jobs?", "can sam ring me", "dont text me before 11", "thanks", "who reads this", "are you a robot", "pause for 2 weeks",
	"pryd mae'r apwyntiad nesa", "more jobs please", "fewer job texts", "stop the job texts", "i got the job!!", "lost my job", "feeling really low today",
	"can i get these in welsh", "what do you know about me", "someone else reads my phone", "is it the same place", "cant sleep been up since 4",
	"no texts on fridays please", "can we talk about hours at work", "the bus is rubbish", "sorry been in bed all week", "start the check ins again pls",
}

// stops are how people end it; the bare word is acted on by the carrier as well.
var stops = []string{"STOP", "stop", "stop texting me", "no more texts please", "dim mwy o negeseuon plis"}

// answerTo is what they answer to a text; empty where they do not.
func (c *client) answerTo(key string) string {
	if c.draw() > c.answers {
		return ""
	}
	best := ""
	for begins := range said {
		if strings.HasPrefix(key, begins) && len(begins) > len(best) {
			best = begins
		}
	}
	if best == "" {
		return ""
	}
	return pick(c, said[best])
}

// text is a text of theirs arriving.
func (c *client) text(ctx context.Context, words string) error {
	c.mu.Lock()
	c.texts++
	id := fmt.Sprintf("SM%04d.%06d", c.n, c.texts)
	c.mu.Unlock()
	ev := conversations.Event{
		Kind: conversations.EventText, From: conversations.Address{Channel: conversations.SMS, Value: c.number}, ProviderID: id, Text: words,
	}
	switch words {
	case "STOP", "stop":
		ev.OptOut = "stop"
		c.mu.Lock()
		c.stopped = c.life.Clock.Now()
		c.mu.Unlock()
	case "START":
		ev.OptOut = "start"
		c.mu.Lock()
		c.stopped = time.Time{}
		c.mu.Unlock()
	}
	return c.life.Event(ctx, ev)
}

// lives has them write now and then, and some of them stop, and perhaps come back.
func (c *client) lives() {
	l := c.life
	month := 30 * 24 * time.Hour
	for at := l.Clock.Now().Add(c.upTo(month)); at.Before(l.Until); at = at.Add(c.upTo(2 * month)) {
		words := pick(c, outOfTheBlue)
		l.agenda.add(act{at: c.awake(at), who: c.n, name: "a client writes", do: func(ctx context.Context) error { return c.text(ctx, words) }})
	}
	if c.draw() > 0.1 {
		return
	}
	at, words := c.awake(l.Clock.Now().Add(month+c.upTo(6*month))), pick(c, stops)
	l.agenda.add(act{at: at, who: c.n, name: "a client stops", do: func(ctx context.Context) error { return c.text(ctx, words) }})
	if c.draw() < 0.4 {
		back := c.awake(at.Add(7*24*time.Hour + c.upTo(month)))
		l.agenda.add(act{at: back, who: c.n, name: "a client starts again", do: func(ctx context.Context) error { return c.text(ctx, "START") }})
	}
}

// upTo is some time up to d.
func (c *client) upTo(d time.Duration) time.Duration { return time.Duration(c.draw() * float64(d)) }

// notNow says whether an error only says that somebody was quicker: an act of the
// team that has become groundless.
func notNow(err error) bool {
	return errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrOffered)
}
