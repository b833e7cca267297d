package understand

import (
	"cmp"
	"math"
	"slices"
)

// linear is a multinomial logistic regression: for each class the weighted sum
// of a text's features, made into probabilities.
type linear struct {
	classes int
	hashes  []uint32  // sorted
	weights []float32 // classes for each hash, in its order
	slots   []int32   // open addressing: index of a hash plus one, 0 for none
	mask    uint32
}

// sample is one labelled text as features.
type sample struct {
	features []feature
	class    int
	weight   float32
}

// fitting says how a linear is fitted.
type fitting struct {
	classes int
	rounds  int     // times over all samples
	rate    float32 // of learning
	decay   float32 // pull of each weight towards nothing, per sample
	rare    int     // features of fewer samples than this are left out
}

// fit learns from samples by stochastic gradient descent with a rate of its own
// for each weight (AdaGrad). The same samples give the same weights on the same
// kind of processor, in whatever order they come.
//
// One text more must not turn what is read into texts that have nothing to do
// with it. So a sample has its place in each round by what it is, and not by how
// many there are; and the weights are the mean of those after each of the last
// rounds, because after one round alone they still lean to what came last.
func fit(samples []sample, how fitting) *linear {
	seen := map[uint32]int{}
	for _, s := range samples {
		for _, f := range s.features {
			seen[f.hash]++
		}
	}
	m := &linear{classes: how.classes}
	for h, n := range seen {
		if n >= how.rare {
			m.hashes = append(m.hashes, h)
		}
	}
	slices.Sort(m.hashes)
	m.index()
	k := how.classes
	m.weights = make([]float32, len(m.hashes)*k)
	squares := make([]float32, len(m.weights))
	type entry struct {
		at    int32
		value float32
	}
	rows := make([][]entry, len(samples))
	for i, s := range samples {
		for _, f := range s.features {
			if at := m.find(f.hash); at >= 0 {
				rows[i] = append(rows[i], entry{at * int32(k), f.value})
			}
		}
	}
	order, places := make([]int, len(samples)), make([]uint64, len(samples))
	for i := range order {
		order[i] = i
	}
	mean, last := make([]float32, len(m.weights)), max(1, how.rounds/2)
	p := make([]float32, k)
	for round := range how.rounds {
		for i := range samples {
			places[i] = samples[i].place(round)
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(places[a], places[b]) })
		rate := how.rate / (1 + 0.3*float32(round))
		for _, n := range order {
			clear(p)
			for _, e := range rows[n] {
				w := m.weights[e.at : int(e.at)+k]
				for c := range p {
					p[c] += w[c] * e.value
				}
			}
			softmax(p)
			p[samples[n].class]--
			for _, e := range rows[n] {
				w, sq := m.weights[e.at:int(e.at)+k], squares[e.at:int(e.at)+k]
				for c := range p {
					g := p[c]*e.value*samples[n].weight + how.decay*w[c]
					sq[c] += g * g
					w[c] -= rate * g / (float32(math.Sqrt(float64(sq[c]))) + 0.1)
				}
			}
		}
		if round >= how.rounds-last {
			for i, w := range m.weights {
				mean[i] += w / float32(last)
			}
		}
	}
	m.weights = mean
	return m
}

// place is where a sample stands in a round: anywhere, and always there.
func (s sample) place(round int) uint64 {
	h := uint64(round+1)*0x9e3779b97f4a7c15 ^ uint64(s.class)
	for _, f := range s.features {
		h = (h ^ uint64(f.hash)) * 0x100000001b3
		h ^= h >> 29
	}
	return h
}

func softmax(p []float32) {
	top := slices.Max(p)
	sum := float32(0)
	for c := range p {
		p[c] = float32(math.Exp(float64(p[c] - top)))
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
}

// index makes find ready.
func (m *linear) index() {
	size := 16
	for size < 2*len(m.hashes) {
		size *= 2
	}
	m.slots, m.mask = make([]int32, size), uint32(size-1)
	for i, h := range m.hashes {
		at := h & m.mask
		for m.slots[at] != 0 {
			at = (at + 1) & m.mask
		}
		m.slots[at] = int32(i + 1)
	}
}

func (m *linear) find(h uint32) int32 {
	for at := h & m.mask; ; at = (at + 1) & m.mask {
		n := m.slots[at]
		if n == 0 {
			return -1
		}
		if m.hashes[n-1] == h {
			return n - 1
		}
	}
}

// sums gives the weighted sum for each class.
func (m *linear) sums(features []feature, p []float32) {
	clear(p)
	for _, f := range features {
		if n := m.find(f.hash); n >= 0 {
			w := m.weights[int(n)*m.classes : int(n+1)*m.classes]
			for c := range p {
				p[c] += w[c] * f.value
			}
		}
	}
}
