package carrier

import "sync"

// maxProblems bounds the list: a test that goes wrong a million times needs to read only the first of them.
const maxProblems = 1000

type problemList struct {
	mu    sync.Mutex
	items []string
}

func (p *problemList) add(items ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, item := range items {
		if len(p.items) < maxProblems {
			p.items = append(p.items, item)
		}
	}
}

// Violations answers what was wrong with the requests and webhook answers that the carrier has seen, oldest first and
// at most 1,000: what Config.Check found, and what a real provider would have warned of or done wrong with (an
// answer to a webhook that would be texted to the person, a content type it cannot read). Values are not repeated.
// An end-to-end test asserts that it is empty.
func (c *Carrier) Violations() []string {
	c.problems.mu.Lock()
	defer c.problems.mu.Unlock()
	return append([]string(nil), c.problems.items...)
}

func (p *problemList) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.items = nil
}
