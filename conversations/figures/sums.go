package figures

import (
	"cmp"
	"slices"
)

// small is the least number of people that is shown: 1 to 4 are not, so that
// nobody can be made out among them (NHS England's rule for published counts).
// Nobody at all is shown as 0.
const small = 5

// sums holds every number of a page and how each total is made of its parts, so
// that what is hidden cannot be worked out from what is shown, in any of the
// page's tables:
//
//  1. Each number from 1 to 4 is hidden.
//  2. For each of them it is worked out what a reader can tell: exactly, by
//     solving all the sums together, and within bounds, as no number is negative and
//     a hidden one is not 0. Who can tell it to fewer than four possible values has
//     been told too much: the smallest number beside it is hidden as well, and this
//     is done again until nothing can be told any more. A total is hidden last.
//
// Percentages are shown only where the part, the whole and what is missing to the
// whole may be. It holds for one page: whoever subtracts the pages of two periods or
// of two caseloads from each other can still narrow a small number down, which is
// why a page is for those who may see its clients anyway and says so.
type sums struct {
	cells     []number
	equations []equation
}

type number struct {
	n int
	// implied is shown nowhere, and can only be told from others: the month's own
	// number between two months of a running total.
	implied bool
	hidden  bool
	// total is hidden after everything else.
	total bool
}

// equation says that a total is the sum of its parts.
type equation struct {
	total int
	parts []int
}

// id is a number's place in sums.
type id int

func (s *sums) put(n int) id {
	s.cells = append(s.cells, number{n: n})
	return id(len(s.cells) - 1)
}

// imply is a number that no table shows.
func (s *sums) imply(n int) id {
	s.cells = append(s.cells, number{n: n, implied: true})
	return id(len(s.cells) - 1)
}

// sum is the total of some parts.
func (s *sums) sum(parts ...id) id {
	e := equation{total: len(s.cells)}
	all := 0
	for _, p := range parts {
		e.parts = append(e.parts, int(p))
		all += s.cells[p].n
	}
	s.cells = append(s.cells, number{n: all, total: true})
	s.equations = append(s.equations, e)
	return id(e.total)
}

// same says that two totals count the same.
func (s *sums) same(a, b id) {
	s.equations = append(s.equations, equation{total: int(a), parts: []int{int(b)}})
}

// among is a part of a whole of which the rest stands nowhere.
func (s *sums) among(part int, of id) id {
	p, rest := s.put(part), s.imply(s.cells[of].n-part)
	s.equations = append(s.equations, equation{total: int(of), parts: []int{int(p), int(rest)}})
	return p
}

func (s *sums) secret(i int) bool { return s.cells[i].n > 0 && s.cells[i].n < small }

// unknown says whether a reader is not told a number.
func (s *sums) unknown(i int) bool { return s.cells[i].hidden || s.cells[i].implied }

// protect hides what has to be. Numbers that no sum joins cannot give each other
// away, and are looked at apart.
func (s *sums) protect() {
	for _, group := range s.groups() {
		at := map[int]int{}
		var part sums
		for _, i := range group {
			at[i] = len(part.cells)
			part.cells = append(part.cells, s.cells[i])
		}
		for _, e := range s.equations {
			if _, ours := at[e.total]; !ours {
				continue
			}
			to := equation{total: at[e.total]}
			for _, p := range e.parts {
				to.parts = append(to.parts, at[p])
			}
			part.equations = append(part.equations, to)
		}
		part.hide()
		for _, i := range group {
			s.cells[i].hidden = part.cells[at[i]].hidden
		}
	}
}

// groups parts the numbers into those that sums join.
func (s *sums) groups() [][]int {
	leader := make([]int, len(s.cells))
	for i := range leader {
		leader[i] = i
	}
	var of func(int) int
	of = func(i int) int {
		if leader[i] != i {
			leader[i] = of(leader[i])
		}
		return leader[i]
	}
	for _, e := range s.equations {
		for _, p := range e.parts {
			leader[of(p)] = of(e.total)
		}
	}
	place := map[int]int{}
	var list [][]int
	for i := range s.cells {
		l := of(i)
		if _, known := place[l]; !known {
			place[l] = len(list)
			list = append(list, nil)
		}
		list[place[l]] = append(list[place[l]], i)
	}
	return list
}

func (s *sums) hide() {
	for i := range s.cells {
		s.cells[i].hidden = s.secret(i)
	}
	for {
		told := s.told()
		if len(told) == 0 || !s.hideBeside(told) {
			return
		}
	}
}

// told lists the small numbers that a reader can tell.
func (s *sums) told() []int {
	low, high := s.bounds()
	exact := s.solved()
	var list []int
	for i := range s.cells {
		if s.secret(i) && (exact[i] || high[i]-low[i] < small-2) {
			list = append(list, i)
		}
	}
	return list
}

// hideBeside hides one more number where the small ones that are told are given
// away: one that stands in as many sums as can be in which a single number is
// hidden, then the smallest; a total last. False if there is none left.
func (s *sums) hideBeside(told []int) bool {
	single, beside := map[int]int{}, map[int]int{}
	for _, e := range s.equations {
		all := append(slices.Clone(e.parts), e.total)
		unknown, harmless := 0, false
		for _, i := range all {
			if s.unknown(i) {
				unknown++
				harmless = s.cells[i].implied && !s.secret(i)
			}
		}
		near := slices.ContainsFunc(all, func(i int) bool { return slices.Contains(told, i) })
		for _, i := range all {
			if c := s.cells[i]; c.implied || c.hidden || c.n == 0 {
				continue
			}
			if unknown == 1 && !harmless {
				single[i]++
			}
			if near {
				beside[i]++
			}
		}
	}
	choice := single
	if len(choice) == 0 {
		choice = beside
	}
	best := -1
	for i, c := range s.cells {
		// Where nothing is left beside them, what gives them away lies further off.
		if len(choice) > 0 && choice[i] == 0 || c.implied || c.hidden || c.n == 0 {
			continue
		}
		if best < 0 || s.sooner(i, best, choice) {
			best = i
		}
	}
	if best < 0 {
		return false
	}
	s.cells[best].hidden = true
	return true
}

func (s *sums) sooner(a, b int, choice map[int]int) bool {
	x, y := s.cells[a], s.cells[b]
	switch {
	case x.total != y.total:
		return !x.total
	case choice[a] != choice[b]:
		return choice[a] > choice[b]
	}
	return x.n < y.n
}

// endless is above every count; rounds bounds how often the bounds are narrowed.
const (
	endless = 1 << 40
	rounds  = 1000
)

// bounds are the least and the most that each number can be, for who knows what
// is shown.
func (s *sums) bounds() (low, high []int) {
	low, high = make([]int, len(s.cells)), make([]int, len(s.cells))
	for i, c := range s.cells {
		low[i], high[i] = c.n, c.n
		if s.unknown(i) {
			low[i], high[i] = 1, endless
			if c.implied {
				low[i] = 0
			}
		}
	}
	changed := true
	for round := 0; changed && round < rounds; round++ {
		changed = false
		for _, e := range s.equations {
			least, most := 0, 0
			for _, p := range e.parts {
				least += low[p]
				most += high[p]
			}
			narrow := func(i, least, most int) {
				if least > low[i] {
					low[i], changed = least, true
				}
				if most < high[i] {
					high[i], changed = most, true
				}
			}
			narrow(e.total, least, most)
			for _, p := range e.parts {
				narrow(p, low[e.total]-(most-high[p]), high[e.total]-(least-low[p]))
			}
		}
	}
	return low, high
}

// prime is the field in which the sums are solved: their coefficients are 1 and
// -1, and what is solvable there is solvable.
const prime = 1<<31 - 1

// solved says which of the unknown numbers follow exactly from all the sums
// together, by Gaussian elimination: those whose row holds nothing else.
func (s *sums) solved() []bool {
	column := make([]int, len(s.cells))
	n := 0
	for i := range s.cells {
		column[i] = -1
		if s.unknown(i) {
			column[i] = n
			n++
		}
	}
	var rows [][]int64
	for _, e := range s.equations {
		row, some := make([]int64, n), false
		add := func(i int, by int64) {
			if c := column[i]; c >= 0 {
				row[c] = (row[c] + by + prime) % prime
				some = true
			}
		}
		add(e.total, -1)
		for _, p := range e.parts {
			add(p, 1)
		}
		if some {
			rows = append(rows, row)
		}
	}
	eliminate(rows, n)
	alone := make([]bool, n)
	for _, row := range rows {
		at, count := 0, 0
		for c, v := range row {
			if v != 0 {
				at = c
				count++
			}
		}
		if count == 1 {
			alone[at] = true
		}
	}
	out := make([]bool, len(s.cells))
	for i, c := range column {
		out[i] = c >= 0 && alone[c]
	}
	return out
}

// eliminate brings rows into reduced echelon form.
func eliminate(rows [][]int64, n int) {
	top := 0
	for c := 0; c < n && top < len(rows); c++ {
		pivot := slices.IndexFunc(rows[top:], func(r []int64) bool { return r[c] != 0 })
		if pivot < 0 {
			continue
		}
		rows[top], rows[top+pivot] = rows[top+pivot], rows[top]
		inverse := power(rows[top][c], prime-2)
		for k := c; k < n; k++ {
			rows[top][k] = rows[top][k] * inverse % prime
		}
		for r := range rows {
			if by := rows[r][c]; r != top && by != 0 {
				for k := c; k < n; k++ {
					rows[r][k] = (rows[r][k] + (prime-by)*rows[top][k]) % prime
				}
			}
		}
		top++
	}
}

func power(base, exponent int64) int64 {
	out := int64(1)
	for ; exponent > 0; exponent >>= 1 {
		if exponent&1 == 1 {
			out = out * base % prime
		}
		base = base * base % prime
	}
	return out
}

// median of some numbers, 0 for none; of an even count the lower of the middle two.
func median[T cmp.Ordered](list []T) (m T) {
	if len(list) == 0 {
		return m
	}
	sorted := slices.Sorted(slices.Values(list))
	return sorted[(len(sorted)-1)/2]
}
