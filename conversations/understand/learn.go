package understand

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"time"
)

// Learned is what was learned from labelled examples: which intent a text
// has, whether it speaks of danger, and of which kind. It says nothing by
// itself about times or numbers: those are read by the grammar alone.
type Learned struct {
	intents *linear // classes as in learnedIntents, of texts without danger
	risk    *linear // 0 no danger, 1 danger
	kind    *linear // classes as in dangers, of texts with danger
}

// learnedIntents are the classes of what was learned: all but danger, which is
// decided before and apart, and the two that only the conversation asks for.
var learnedIntents = func() []Intent {
	var list []Intent
	for _, in := range Intents {
		if in != Crisis && in != Keep && in != Choose {
			list = append(list, in)
		}
	}
	return list
}()

// Example is a labelled reply to learn from. Without an intent it says only
// that nobody is in danger.
type Example struct {
	Row
	// Danger is the kind of danger of a row labelled crisis, "" if nobody said.
	Danger Danger
	// Seen says that the lexicons were written with this row in view: how they
	// read it says nothing of how they read others, and is not learned from.
	Seen bool
	// OnlyRisk says that the label knows no other intents than crisis and other.
	OnlyRisk bool
}

// How much each group of features counts, for the intent and for danger,
// chosen by cross-validation over authors. Examples that were in view when the
// lexicons were written speak by their words alone.
var (
	intentShares = shares{6, 5, 6, 0, 0.3, 0.7, 0.7, 1}
	dangerShares = shares{4, 3, 1.5, 3, 1.5, 0, 2, 0.05}
)

// ordinaryWeight is how much an example without danger counts beside one with:
// among the examples danger is a hundred times as common as among texts.
const ordinaryWeight = 3

// unfound is taken for the share of texts of danger in which no pattern of it
// fits, of hands that were not in view when the patterns were written, and
// unsigned for that of these in which no sign fits either: judged, not fitted.
// The patterns were written with the examples in
// view and find nearly all of them: who learned from that would take a text in
// which none fits for harmless. So every example of danger is learned from in
// three ways: with what was found, without the patterns, and without the signs.
const (
	unfound  = 0.4
	unsigned = 0.3
)

// madeWeight is how much an ordinary text counts that was made of parts, of
// which there are thousands.
const madeWeight = 0.5

// How the three are fitted, chosen by cross-validation over authors.
var (
	fitIntents = fitting{classes: len(learnedIntents), rounds: 8, rate: 0.05, decay: 1e-5, rare: 3}
	fitRisk    = fitting{classes: 2, rounds: 10, rate: 0.05, decay: 1e-5, rare: 3}
	fitKind    = fitting{classes: len(dangers), rounds: 10, rate: 0.05, decay: 1e-5, rare: 2}
)

// Material is what is learned from: labelled examples as the lexicons describe
// them.
type Material struct{ intents, danger, kind []sample }

// Material describes examples, read with the appointment and the moment that
// the labels were written for.
func (l *Lexicons) Material(examples []Example, appointment, now time.Time) Material {
	var m Material
	for i := range examples {
		x := &examples[i]
		e := l.gather(Query{Text: x.Text, Lang: x.Lang, Asked: x.Asked, Appointment: appointment, Now: now})
		f := l.features(e, nil)
		forIntent, forDanger := intentShares, dangerShares
		if x.Seen {
			forIntent[groupLexicon], forDanger[groupLexicon] = 0, 0
			forIntent[groupDanger], forDanger[groupDanger] = 0, 0
		}
		class, weight := 0, float32(ordinaryWeight)
		if x.Intent == Crisis {
			class, weight = 1, 1
			if n := slices.Index(dangers, x.Danger); n >= 0 {
				m.kind = append(m.kind, sample{e.view(f, forDanger, nil), n, 1})
			}
		} else if x.Intent == "" {
			weight = madeWeight
		} else if n := slices.Index(learnedIntents, x.Intent); n >= 0 && !x.OnlyRisk {
			m.intents = append(m.intents, sample{e.view(f, forIntent, nil), n, 1})
		}
		if class == 0 {
			m.danger = append(m.danger, sample{e.view(f, forDanger, nil), class, weight})
			for _, text := range passages(x.Text) {
				// Where nobody is in danger, no passage says so either.
				p := l.passage(e.q, text)
				m.danger = append(m.danger, sample{p.view(l.dangerFeaturesOf(p, nil), forDanger, nil), class, madeWeight})
			}
			continue
		}
		for n, part := range [...]float32{1 - unfound, unfound * (1 - unsigned), unfound * unsigned} {
			switch n {
			case 1:
				forDanger[groupDanger] = 0
			case 2:
				forDanger[groupSigns] = 0
			}
			m.danger = append(m.danger, sample{e.view(f, forDanger, nil), class, part})
		}
	}
	return m
}

// Learn learns from material. It takes seconds; what it gives is stored
// (Learned.Encode) and used by Lexicons.With.
func Learn(parts ...Material) *Learned {
	var all Material
	for _, m := range parts {
		all.intents = append(all.intents, m.intents...)
		all.danger = append(all.danger, m.danger...)
		all.kind = append(all.kind, m.kind...)
	}
	return &Learned{intents: fit(all.intents, fitIntents), risk: fit(all.danger, fitRisk), kind: fit(all.kind, fitKind)}
}

// With gives the lexicons what was learned. Without it they read by their
// patterns alone.
func (l *Lexicons) With(m *Learned) *Lexicons {
	with := *l
	with.learned = m
	return &with
}

// The form of a stored Learned: a line that names it, then for each part the
// number of its classes and features, a scale, the hashes, and one signed
// byte a weight.
const learnedForm = "alongside learned 1\n"

// Encode gives the bytes that DecodeLearned reads.
func (m *Learned) Encode() []byte {
	var b bytes.Buffer
	b.WriteString(learnedForm)
	for _, part := range []*linear{m.intents, m.risk, m.kind} {
		part.encode(&b)
	}
	return b.Bytes()
}

func (m *linear) encode(b *bytes.Buffer) {
	top := float32(0)
	for _, w := range m.weights {
		top = max(top, w, -w)
	}
	scale := top / 127
	word := func(n uint32) { b.Write(binary.LittleEndian.AppendUint32(nil, n)) }
	var kept []int
	for i := range m.hashes {
		for _, w := range m.weights[i*m.classes : (i+1)*m.classes] {
			if math.Round(float64(w/scale)) != 0 {
				kept = append(kept, i)
				break
			}
		}
	}
	word(uint32(m.classes))
	word(uint32(len(kept)))
	word(math.Float32bits(scale))
	for _, i := range kept {
		word(m.hashes[i])
	}
	for _, i := range kept {
		for _, w := range m.weights[i*m.classes : (i+1)*m.classes] {
			b.WriteByte(byte(int8(math.Round(float64(w / scale)))))
		}
	}
}

// DecodeLearned reads what Encode wrote.
func DecodeLearned(data []byte) (*Learned, error) {
	rest, ok := bytes.CutPrefix(data, []byte(learnedForm))
	if !ok {
		return nil, errors.New("decode what was learned: it is not in this version's form")
	}
	m := &Learned{}
	for _, part := range []struct {
		into    **linear
		classes int
	}{{&m.intents, len(learnedIntents)}, {&m.risk, 2}, {&m.kind, len(dangers)}} {
		var err error
		if *part.into, rest, err = decodeLinear(rest, part.classes); err != nil {
			return nil, fmt.Errorf("decode what was learned: %w", err)
		}
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("decode what was learned: %d bytes too many", len(rest))
	}
	return m, nil
}

func decodeLinear(data []byte, classes int) (*linear, []byte, error) {
	if len(data) < 12 {
		return nil, nil, errors.New("it is cut short")
	}
	k, n := int(binary.LittleEndian.Uint32(data)), int(binary.LittleEndian.Uint32(data[4:]))
	scale := math.Float32frombits(binary.LittleEndian.Uint32(data[8:]))
	data = data[12:]
	if k != classes || n < 0 || n > 1<<22 || len(data) < n*(4+k) {
		return nil, nil, fmt.Errorf("it has %d classes and %d features, wants %d classes", k, n, classes)
	}
	m := &linear{classes: k, hashes: make([]uint32, n), weights: make([]float32, n*k)}
	for i := range m.hashes {
		m.hashes[i] = binary.LittleEndian.Uint32(data[4*i:])
	}
	data = data[4*n:]
	for i := range m.weights {
		m.weights[i] = float32(int8(data[i])) * scale
	}
	m.index()
	return m, data[n*k:], nil
}

// Fingerprint tells files apart, so that a stored Learned can be known to be
// of the lexicons and examples beside it.
func Fingerprint(files ...[]byte) string {
	h := fnv.New64a()
	for _, f := range files {
		_ = binary.Write(h, binary.LittleEndian, uint64(len(f)))
		_, _ = h.Write(f)
	}
	return fmt.Sprintf("%016x", h.Sum64())
}
