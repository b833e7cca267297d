package templates

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// partsVectors are texts with the number of parts that Twilio's own counter
// gives them (npm: sms-segments-calculator 1.3.0, run once; the file says so).
// It keeps a grapheme of several code points in one part, which no carrier
// promises, so the texts hold none; and it calls a carriage return before a
// line feed UCS-2, so they hold none of those either.
type partsVectors struct {
	OneSeptet  string `json:"one_septet"`
	TwoSeptets string `json:"two_septets"`
	Borders    []struct {
		Unit  string `json:"unit"`
		Times int    `json:"times"`
		End   string `json:"end"`
		Parts int    `json:"parts"`
	} `json:"borders"`
	Texts []struct {
		Text  string `json:"text"`
		Parts int    `json:"parts"`
	} `json:"texts"`
}

func readPartsVectors(t *testing.T) partsVectors {
	t.Helper()
	raw, err := os.ReadFile("testdata/parts.json")
	if err != nil {
		t.Fatal(err)
	}
	var v partsVectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Borders) == 0 || len(v.Texts) == 0 {
		t.Fatal("testdata/parts.json holds no vectors")
	}
	return v
}

func TestPartsAgreesWithTwiliosCounter(t *testing.T) {
	t.Parallel()
	v := readPartsVectors(t)
	for _, b := range v.Borders {
		if got := Parts(strings.Repeat(b.Unit, b.Times) + b.End); got != b.Parts {
			t.Errorf("%d times %q and %q: %d parts, want %d", b.Times, b.Unit, b.End, got, b.Parts)
		}
	}
	for i, text := range v.Texts {
		if got := Parts(text.Text); got != text.Parts {
			t.Errorf("text %d: %d parts, want %d", i, got, text.Parts)
		}
	}
}

func TestSeptetsAgreeWithTwiliosCounter(t *testing.T) {
	t.Parallel()
	v := readPartsVectors(t)
	for r := rune(1); r < 0x3000; r++ {
		want := 0
		switch {
		case r == '\r':
			// Part of the alphabet (TS 23.038); the vectors leave it out.
			want = 1
		case strings.ContainsRune(v.OneSeptet, r):
			want = 1
		case strings.ContainsRune(v.TwoSeptets, r):
			want = 2
		}
		if got := septets[r]; got != want {
			t.Errorf("%U costs %d septets, want %d", r, got, want)
		}
	}
}

func TestPartsAtTheBorders(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		text string
		want int
	}{
		"empty_text_takes_one":                  {"", 1},
		"gsm_160_is_one":                        {strings.Repeat("a", 160), 1},
		"gsm_161_is_two":                        {strings.Repeat("a", 161), 2},
		"gsm_306_is_two":                        {strings.Repeat("a", 306), 2},
		"gsm_307_is_three":                      {strings.Repeat("a", 307), 3},
		"extension_counts_two":                  {strings.Repeat("€", 80), 1},
		"extension_81_is_two":                   {strings.Repeat("€", 81), 2},
		"extension_is_never_divided":            {strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), 3},
		"ucs2_70_is_one":                        {strings.Repeat("ŵ", 70), 1},
		"ucs2_71_is_two":                        {strings.Repeat("ŵ", 71), 2},
		"ucs2_134_is_two":                       {strings.Repeat("ŵ", 134), 2},
		"ucs2_135_is_three":                     {strings.Repeat("ŵ", 135), 3},
		"one_welsh_letter_makes_it_all_ucs2":    {strings.Repeat("a", 70) + "ŷ", 2},
		"emoji_count_two_units":                 {strings.Repeat("😀", 35), 1},
		"emoji_36_is_two":                       {strings.Repeat("😀", 36), 2},
		"surrogates_are_never_divided":          {strings.Repeat("ŵ", 66) + "😀" + strings.Repeat("ŵ", 66), 3},
		"e_acute_is_gsm_and_a_circumflex_isnt":  {strings.Repeat("é", 159) + "â", 3},
		"curly_quote_forces_ucs2":               {strings.Repeat("a", 70) + "’", 2},
		"line_feed_is_gsm":                      {strings.Repeat("\n", 160), 1},
		"invalid_utf8_counts_as_a_replacement":  {"\xff", 1},
		"a_brace_in_ucs2_counts_one":            {strings.Repeat("{", 69) + "ŵ", 1},
		"welsh_reminder_of_71_letters_is_two":   {"ŵ" + strings.Repeat("a", 70), 2},
		"welsh_without_circumflex_is_gsm":       {"Diolch. Bydd Sam yn cael eich neges.", 1},
		"telegram_sized_text_of_4096_gsm_is_27": {strings.Repeat("a", 4096), 27},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Parts(row.text); got != row.want {
				t.Errorf("%d parts, want %d", got, row.want)
			}
		})
	}
}

func TestPartsNeverShrinkAsATextGrows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab é€[ŵ😀\n")), 0, 400, -1).Draw(t, "text")
		more := rapid.StringOfN(rapid.RuneFrom([]rune("ab é€[ŵ😀\n")), 0, 20, -1).Draw(t, "more")
		if Parts(text) > Parts(text+more) {
			t.Fatalf("%d parts became %d", Parts(text), Parts(text+more))
		}
	})
}
