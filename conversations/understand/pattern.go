package understand

import (
	"errors"
	"fmt"
	"slices"
	"sync"
)

// A pattern is a line of a lexicon: words in their order, of which
//
//	(a|b c|)   is one of several, or nothing
//	[a]        may be missing
//	<name>     is any word of a class of the lexicons, or one of the built-in
//	           classes time, day, clock (a time phrase) and number
//	{name}     is a part of a time phrase: h m n clk date ord dom weekday month hhmm; {many} is nine and more
//	*          is up to three words of the same sentence
//	~          is up to eight
//	^ and $    are the beginning and the end of the text
//
// It is compiled once into a small program without loops; a program is found
// by the words that it can begin with.

const (
	gapWords = 3 // how many words * may stand for
	gapLong  = 8 // how many words ~ may stand for
	maxSteps = 4000
)

type opcode uint8

const (
	opSet opcode = iota
	opSlot
	opGap
	opStart
	opEnd
	opSplit // go on at x, or else at y
	opJump  // go on at x
	opMatch
)

// elem is a set of words, few as a list or many as bits.
type elem struct {
	ids  []int32
	bits []uint64
}

type inst struct {
	op   opcode
	set  elem
	slot slot
	x, y int32
}

type program struct {
	code   []inst
	cue    int // which entry of the book it belongs to
	source string
}

// book is a compiled list of patterns that are looked for together.
type book struct {
	acrossSentences bool // a pattern may run over the end of a sentence
	byWord          map[int32][]int32
	bySlot          []int32 // programs that can begin with a slot
	programs        []program
	// postings gives, by word, the programs that need it or another of a set,
	// each with the bit of that set; need has all the bits of a program. A
	// program is only run on a text that has a word of every set it needs.
	postings map[int32][]posting
	need     []uint8
}

type posting struct {
	program int32
	bit     uint8
}

// found is a pattern that fits at a place.
type found struct {
	*program
	from, to int // tokens, to exclusive
	words    int // how many words and slots it names, gaps not counted
	caps     captures
}

// match reports every pattern that fits, at every place, each in its longest
// reading there.
func (b *book) match(tokens []token, yield func(f found)) {
	m := matcher{tokens: tokens, across: b.acrossSentences}
	scratch, _ := masks.Get().(*[]uint8)
	if scratch == nil {
		scratch = new([]uint8)
	}
	defer masks.Put(scratch)
	has := append((*scratch)[:0], b.need...)
	clear(has)
	*scratch = has
	for i := range tokens {
		for _, id := range tokens[i].ids {
			if id == 0 {
				break
			}
			for _, p := range b.postings[id] {
				has[p.program] |= p.bit
			}
		}
	}
	for i := range tokens {
		for _, id := range tokens[i].ids {
			if id == 0 {
				break
			}
			for _, n := range b.byWord[id] {
				if has[n] == b.need[n] {
					m.try(&b.programs[n], i, yield)
				}
			}
		}
		for _, n := range b.bySlot {
			if has[n] == b.need[n] {
				m.try(&b.programs[n], i, yield)
			}
		}
	}
}

// masks are scratch space for match.
var masks = sync.Pool{New: func() any { return new([]uint8) }}

type matcher struct {
	tokens []token
	p      *program
	across bool
	from   int
	steps  int
	caps   captures
	best   found
}

func (m *matcher) try(p *program, i int, yield func(f found)) {
	m.p, m.from, m.steps = p, i, 0
	m.best = found{program: p, from: i, to: -1}
	m.run(0, i, 0)
	if m.best.to > i {
		yield(m.best)
	}
}

// run goes on with instruction pc at token i. Programs have no loops, and
// maxSteps bounds what alternatives can multiply to.
func (m *matcher) run(pc int32, i, words int) {
	for {
		if m.steps++; m.steps > maxSteps {
			return
		}
		in := &m.p.code[pc]
		switch in.op {
		case opSet, opSlot:
			if i >= len(m.tokens) {
				return
			}
			t := &m.tokens[i]
			if i > m.from && t.before == sentence && t.shape != emoji && !m.across {
				return
			}
			if in.op == opSlot {
				was := m.caps[in.slot]
				if !m.caps.take(in.slot, t, i) {
					return
				}
				m.run(pc+1, i+1, words+1)
				m.caps[in.slot] = was
				return
			}
			if !in.set.fits(t) {
				return
			}
			pc, i, words = pc+1, i+1, words+1
		case opGap:
			for skip := 0; skip <= int(in.x); skip++ {
				m.run(pc+1, i+skip, words)
				if i+skip >= len(m.tokens) || m.tokens[i+skip].before == sentence && i+skip > m.from && !m.across {
					return
				}
			}
			return
		case opStart:
			if i != 0 {
				return
			}
			pc++
		case opEnd:
			if i != len(m.tokens) {
				return
			}
			pc++
		case opSplit:
			m.run(in.x, i, words)
			pc = in.y
		case opJump:
			pc = in.x
		case opMatch:
			if words > m.best.words {
				m.best.to, m.best.words, m.best.caps = i, words, m.caps
			}
			return
		}
	}
}

func (e *elem) fits(t *token) bool {
	if e.bits != nil {
		for _, id := range t.ids {
			if id == 0 {
				return false
			}
			if int(id>>6) < len(e.bits) && e.bits[id>>6]&(1<<(id&63)) != 0 {
				return true
			}
		}
		return false
	}
	for _, want := range e.ids {
		if t.has(want) {
			return true
		}
	}
	return false
}

func newSet(ids []int32) elem {
	if len(ids) <= 4 {
		return elem{ids: ids}
	}
	e := elem{}
	for _, id := range ids {
		for int(id>>6) >= len(e.bits) {
			e.bits = append(e.bits, 0)
		}
		e.bits[id>>6] |= 1 << (id & 63)
	}
	return e
}

func (e *elem) all() []int32 {
	if e.bits == nil {
		return e.ids
	}
	var out []int32
	for w, bits := range e.bits {
		for n := range 64 {
			if bits&(1<<n) != 0 {
				out = append(out, int32(w*64+n))
			}
		}
	}
	return out
}

// add compiles one pattern into the book. cue is handed back with each match.
func (b *book) add(l *Lexicons, pattern string, cue int) error {
	p := patternParser{l: l, in: pattern}
	tree, err := p.alternatives(0)
	if err != nil {
		return fmt.Errorf("pattern %q: %w", pattern, err)
	}
	prog := program{cue: cue, source: pattern}
	prog.emit(l, tree)
	prog.code = append(prog.code, inst{op: opMatch})
	if len(prog.code) < 2 {
		return fmt.Errorf("pattern %q is empty", pattern)
	}
	n := int32(len(b.programs))
	words, slots, err := prog.first()
	if err != nil {
		return fmt.Errorf("pattern %q: %w", pattern, err)
	}
	if b.byWord == nil {
		b.byWord = map[int32][]int32{}
	}
	for id := range words {
		b.byWord[id] = append(b.byWord[id], n)
	}
	if slots {
		b.bySlot = append(b.bySlot, n)
	}
	b.programs = append(b.programs, prog)
	if b.postings == nil {
		b.postings = map[int32][]posting{}
	}
	sets := mandatory(l.joinNodes(tree[0]))
	if len(sets) > 8 {
		sets = sets[:8]
	}
	var need uint8
	for i, set := range sets {
		need |= 1 << i
		slices.Sort(set)
		for _, id := range slices.Compact(set) {
			b.postings[id] = append(b.postings[id], posting{n, 1 << i})
		}
	}
	b.need = append(b.need, need)
	return nil
}

// mandatory gives the sets of which a text must have a word each, or the
// sequence cannot fit.
func mandatory(seq []node) [][]int32 {
	var out [][]int32
	for _, n := range seq {
		switch n.op {
		case opSet:
			out = append(out, slices.Clone(n.set.all()))
		case opSplit:
			var union []int32
			for _, alt := range n.sub {
				sets := mandatory(alt)
				if len(sets) == 0 {
					union = nil
					break
				}
				union = append(union, sets[0]...)
			}
			if len(union) > 0 {
				out = append(out, union)
			}
		default:
			// Slots, gaps and anchors take no word of their own.
		}
	}
	return out
}

// first gives the words that a program can begin with, and whether it can
// begin with a slot.
func (p *program) first() (words map[int32]bool, slots bool, err error) {
	words = map[int32]bool{}
	seen := map[int32]bool{}
	var walk func(pc int32)
	walk = func(pc int32) {
		if seen[pc] {
			return
		}
		seen[pc] = true
		switch in := &p.code[pc]; in.op {
		case opSet:
			for _, id := range in.set.all() {
				words[id] = true
			}
		case opSlot:
			slots = true
		case opGap:
			err = errors.New("* cannot be first")
		case opStart, opEnd:
			walk(pc + 1)
		case opJump:
			walk(in.x)
		case opSplit:
			walk(in.x)
			walk(in.y)
		case opMatch:
			// A pattern that may match nothing begins with whatever comes.
		}
	}
	walk(0)
	return words, slots, err
}
