package figures

import (
	"testing"

	"pgregory.net/rapid"
)

// table puts a table with its totals into s.
func table(s *sums, rows [][]int) (all []id, grand id) {
	if len(rows) == 1 {
		for _, n := range rows[0] {
			all = append(all, s.put(n))
		}
		return all, s.sum(all...)
	}
	var columns [][]id
	var totals []id
	for _, row := range rows {
		var parts []id
		for c, n := range row {
			i := s.put(n)
			parts, all = append(parts, i), append(all, i)
			if len(columns) <= c {
				columns = append(columns, nil)
			}
			columns[c] = append(columns[c], i)
		}
		totals = append(totals, s.sum(parts...))
	}
	var below []id
	for _, c := range columns {
		below = append(below, s.sum(c...))
	}
	grand = s.sum(totals...)
	s.same(grand, s.sum(below...))
	return all, grand
}

func hiddenOf(s *sums, list []id) string {
	out := ""
	for _, i := range list {
		if s.cells[i].hidden {
			out += "x"
		} else {
			out += "."
		}
	}
	return out
}

func TestWhatIsHiddenBeside(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		rows  [][]int
		want  string // of the inner cells
		grand bool   // the grand total is shown
	}{
		"nothing_small":             {[][]int{{5, 9, 0}}, "...", true},
		"nothing_at_all":            {[][]int{{0, 0, 0}}, "...", true},
		"one_small_hides_the_least": {[][]int{{3, 9, 30, 0}}, "xx..", true},
		"two_small_are_enough":      {[][]int{{3, 4, 30}}, "xx.", true},
		"one_each_is_told":          {[][]int{{1, 1, 30}}, "xxx", true},
		"all_small":                 {[][]int{{1, 1, 1, 1, 1}}, "xxxxx", false},
		"a_small_total":             {[][]int{{3, 0}}, "x.", false},
		"a_table": {[][]int{
			{3, 20, 20},
			{20, 20, 20},
			{20, 20, 20},
		}, "xx.xx....", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s sums
			all, grand := table(&s, row.rows)
			s.protect()
			if got := hiddenOf(&s, all); got != row.want || s.cells[grand].hidden == row.grand {
				t.Errorf("hidden %s, want %s; the total is hidden: %v", got, row.want, s.cells[grand].hidden)
			}
		})
	}
}

// possible counts the values that a cell can have for who sees what is shown:
// every way of filling the hidden cells is tried.
func possible(s *sums, most int) map[int]map[int]bool {
	var unknown []int
	for i := range s.cells {
		if s.unknown(i) {
			unknown = append(unknown, i)
		}
	}
	values := make([]int, len(s.cells))
	known := make([]bool, len(s.cells))
	for i, c := range s.cells {
		values[i], known[i] = c.n, !s.unknown(i)
	}
	out := map[int]map[int]bool{}
	fits := func() bool {
		for _, e := range s.equations {
			sum, open := 0, !known[e.total]
			for _, p := range e.parts {
				sum += values[p]
				open = open || !known[p]
			}
			if !open && sum != values[e.total] {
				return false
			}
		}
		return true
	}
	var try func(at int)
	try = func(at int) {
		if at == len(unknown) {
			for _, i := range unknown {
				if out[i] == nil {
					out[i] = map[int]bool{}
				}
				out[i][values[i]] = true
			}
			return
		}
		i := unknown[at]
		least := 1
		if s.cells[i].implied {
			least = 0
		}
		known[i] = true
		for v := least; v <= most; v++ {
			values[i] = v
			if fits() {
				try(at + 1)
			}
		}
		known[i] = false
	}
	try(0)
	return out
}

// TestNobodyCanTellASmallNumber tries out, for small tables, every set of numbers
// that agrees with what is shown: none of the small ones follows.
func TestNobodyCanTellASmallNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var s sums
		numbers := rapid.SampledFrom([]int{0, 0, 1, 2, 3, 4, 5, 6})
		if rapid.Bool().Draw(r, "running") {
			var at id
			for m := range rapid.IntRange(2, 4).Draw(r, "months") {
				n := numbers.Draw(r, "n")
				if m == 0 {
					at = s.put(n)
					continue
				}
				at = s.sum(at, s.imply(n))
			}
		} else {
			columns := rapid.IntRange(1, 3).Draw(r, "columns")
			var rows [][]int
			for range rapid.IntRange(1, 2).Draw(r, "rows") {
				rows = append(rows, rapid.SliceOfN(numbers, columns, columns).Draw(r, "row"))
			}
			table(&s, rows)
		}
		s.protect()
		for i, values := range possible(&s, 16) {
			if s.secret(i) && len(values) < 3 {
				r.Fatalf("%d of %+v can only be %v\n%+v", i, s.cells, values, s.equations)
			}
		}
		for i, c := range s.cells {
			if s.secret(i) && !c.implied && !c.hidden {
				r.Fatalf("%d is shown", c.n)
			}
		}
	})
}
