package understand

import (
	"fmt"
	"strings"
)

// tree is a parsed pattern: alternatives of sequences.
type tree [][]node

type node struct {
	op   opcode
	set  elem
	slot slot
	sub  tree  // for opSplit
	gap  int32 // for opGap: how many words at most
}

// emit writes the program of a tree: each alternative, and jumps over the
// others.
func (p *program) emit(l *Lexicons, t tree) {
	var jumps []int
	for i, seq := range t {
		split := -1
		if i < len(t)-1 {
			split = len(p.code)
			p.code = append(p.code, inst{op: opSplit, x: int32(split + 1)})
		}
		for _, n := range l.joinNodes(seq) {
			if n.op == opSplit {
				p.emit(l, n.sub)
			} else {
				p.code = append(p.code, inst{op: n.op, set: n.set, slot: n.slot, x: n.gap})
			}
		}
		if split >= 0 {
			jumps = append(jumps, len(p.code))
			p.code = append(p.code, inst{op: opJump})
			p.code[split].y = int32(len(p.code))
		}
	}
	for _, j := range jumps {
		p.code[j].x = int32(len(p.code))
	}
}

// joinNodes does to a sequence of words what join does to a text.
func (l *Lexicons) joinNodes(in []node) []node {
	out := make([]node, 0, len(in))
	for i := 0; i < len(in); {
		n, id := 1, int32(0)
		if in[i].op == opSet && len(in[i].set.ids) == 1 {
			for _, j := range l.joins[in[i].set.ids[0]] {
				if len(j.words) <= n || i+len(j.words) > len(in) {
					continue
				}
				fits := true
				for k := 1; k < len(j.words) && fits; k++ {
					e := in[i+k]
					fits = e.op == opSet && len(e.set.ids) == 1 && e.set.ids[0] == j.words[k]
				}
				if fits {
					n, id = len(j.words), j.id
				}
			}
		}
		if n > 1 {
			out = append(out, node{op: opSet, set: elem{ids: []int32{id}}})
		} else {
			out = append(out, in[i])
		}
		i += n
	}
	return out
}

// patternParser reads the notation above.
type patternParser struct {
	l  *Lexicons
	in string
	at int
}

// alternatives reads up to the closing bracket, or the end.
func (p *patternParser) alternatives(closing byte) (tree, error) {
	all := tree{nil}
	for {
		for p.at < len(p.in) && p.in[p.at] == ' ' {
			p.at++
		}
		if p.at >= len(p.in) {
			if closing != 0 {
				return nil, fmt.Errorf("%c is missing", closing)
			}
			return all, nil
		}
		c := p.in[p.at]
		switch {
		case c == closing:
			p.at++
			return mergeSingles(all), nil
		case c == '|' && closing != 0:
			p.at++
			all = append(all, nil)
			continue
		}
		nodes, err := p.item(c)
		if err != nil {
			return nil, err
		}
		all[len(all)-1] = append(all[len(all)-1], nodes...)
	}
}

func (p *patternParser) item(c byte) ([]node, error) {
	switch c {
	case '^':
		p.at++
		return []node{{op: opStart}}, nil
	case '$':
		p.at++
		return []node{{op: opEnd}}, nil
	case '*':
		p.at++
		return []node{{op: opGap, gap: gapWords}}, nil
	case '~':
		p.at++
		return []node{{op: opGap, gap: gapLong}}, nil
	case '(', '[':
		p.at++
		closing := byte(')')
		if c == '[' {
			closing = ']'
		}
		sub, err := p.alternatives(closing)
		if err != nil {
			return nil, err
		}
		if c == '[' {
			sub = append(sub, nil)
		}
		if len(sub) == 1 {
			return sub[0], nil
		}
		return []node{{op: opSplit, sub: sub}}, nil
	case '<', '{':
		closing := byte('>')
		if c == '{' {
			closing = '}'
		}
		n := strings.IndexByte(p.in[p.at:], closing)
		if n < 0 {
			return nil, fmt.Errorf("%c is missing", closing)
		}
		name := p.in[p.at+1 : p.at+n]
		p.at += n + 1
		if s, ok := slots[name]; ok && (c == '{') == (s < slotTime) {
			return []node{{op: opSlot, slot: s}}, nil
		}
		if ids, ok := p.l.classes[name]; ok && c == '<' {
			return []node{{op: opSet, set: newSet(ids)}}, nil
		}
		return nil, fmt.Errorf("no such class: %s", name)
	case ')', ']', '>', '}', '|':
		return nil, fmt.Errorf("%c too many", c)
	}
	n := strings.IndexAny(p.in[p.at:], " ()[]<>{}|*~^$")
	if n < 0 {
		n = len(p.in) - p.at
	}
	w := fold(p.in[p.at : p.at+n])
	p.at += n
	if parts, ok := p.l.splits[w]; ok {
		var seq []node
		for _, id := range parts {
			seq = append(seq, node{op: opSet, set: elem{ids: []int32{id}}})
		}
		return seq, nil
	}
	return []node{{op: opSet, set: elem{ids: []int32{p.l.intern(w)}}}}, nil
}

// mergeSingles makes one set of all alternatives that are a single word.
func mergeSingles(t tree) tree {
	var ids []int32
	var out tree
	for _, seq := range t {
		if len(seq) == 1 && seq[0].op == opSet {
			ids = append(ids, seq[0].set.all()...)
		} else {
			out = append(out, seq)
		}
	}
	if len(ids) > 0 {
		out = append(out, []node{{op: opSet, set: newSet(ids)}})
	}
	return out
}
