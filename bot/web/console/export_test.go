package console

import "time"

// SetBeat makes the streams of these pages ask sooner whether their session holds.
func (c *Console) SetBeat(d time.Duration) { c.beat = d }

// MostStreams is how many one account may hold open.
const MostStreams = mostStreams
