package console

import (
	"context"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// plot is a series of check-ins with its answers over time, as a small picture.
// It is not a measure of health, and the page says so beside each.
type plot struct {
	store.CheckIn
	Points []point
	// Line joins the points, in the form of an SVG polyline.
	Line string
	// From and To are the first and the last day.
	From, To time.Time
}

// point is one answer and its place in the picture.
type point struct {
	X, Y   int
	Number int
	At     time.Time
}

// The picture, in its own units: five steps high.
const (
	plotWidth  = 300
	plotStep   = 16
	plotMargin = 8
)

// plotted is how far back the plots go.
const plotted = 182 * 24 * time.Hour

func (c *Console) plots(ctx context.Context, client store.Client) ([]plot, error) {
	series, err := c.Store.CheckIns(ctx, client.ID)
	if err != nil || len(series) == 0 {
		return nil, err
	}
	answers, err := c.Store.Answers(ctx, client.ID, c.Now().Add(-plotted))
	if err != nil {
		return nil, err
	}
	zone := zoneOf(client.Zone)
	var list []plot
	for _, s := range series {
		p := plot{CheckIn: s}
		var own []store.Answer
		for _, a := range answers {
			if a.CheckIn == s.ID {
				own = append(own, a)
			}
		}
		p.draw(own, zone)
		list = append(list, p)
	}
	return list, nil
}

// draw places the answers by their time, the first on the left and the last on
// the right.
func (p *plot) draw(answers []store.Answer, zone *time.Location) {
	if len(answers) == 0 {
		return
	}
	p.From, p.To = answers[0].At.In(zone), answers[len(answers)-1].At.In(zone)
	span := p.To.Sub(p.From)
	for _, a := range answers {
		x := plotWidth / 2
		if span > 0 {
			x = plotMargin + int(int64(plotWidth-2*plotMargin)*int64(a.At.Sub(p.From))/int64(span))
		}
		at := point{X: x, Y: plotMargin + (5-a.Number)*plotStep, Number: a.Number, At: a.At.In(zone)}
		p.Points = append(p.Points, at)
		p.Line += itoa(at.X) + "," + itoa(at.Y) + " "
	}
}

// Running says that the series has not ended.
func (p plot) Running() bool { return p.EndedAt.IsZero() }

// Own says that the question is in the client's own words.
func (p plot) Own() bool { return p.Kind == conversations.CheckInWellbeing && p.Words != "" }
