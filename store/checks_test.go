package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestMobileNumbers(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ text, want, code string }{
		"as_people_write_it":  {"07700 900123", "+447700900123", ""},
		"international":       {"+447700900123", "+447700900123", ""},
		"double_zero":         {"0044 7700 900123", "+447700900123", ""},
		"zero_in_brackets":    {"+44 (0)7700 900123", "+447700900123", ""},
		"dashes_and_spaces":   {"  07700-900-123 ", "+447700900123", ""},
		"no_leading_zero":     {"7700900123", "+447700900123", ""},
		"no_plus":             {"447700900123", "+447700900123", ""},
		"full_width_digits":   {"０７７００９００１２３", "+447700900123", ""},
		"from_abroad":         {"+353 20 915 1234", "+353209151234", ""},
		"isle_of_man":         {"07624 900123", "+447624900123", ""},
		"empty":               {" ", "", RefusedEmpty},
		"short_code":          {"85258", "", RefusedShortCode},
		"emergency":           {"999", "", RefusedShortCode},
		"sender_name":         {"NHSnoreply", "", RefusedSenderName},
		"extension":           {"07700900123 x12", "", RefusedNumber},
		"extension_with_hash": {"07700900123#12", "", RefusedNumber},
		"landline":            {"029 2018 0000", "", RefusedLandline},
		"drama_landline":      {"01632 960123", "", RefusedLandline},
		"landline_abroad":     {"+33 1 42 68 53 00", "", RefusedLandline},
		"no_area_of_its_own":  {"03069 990123", "", RefusedNotMobile},
		"pager":               {"07600 123456", "", RefusedNotMobile},
		"personal_not_given":  {"07099 123456", "", RefusedNotMobile},
		"freephone":           {"0808 157 0123", "", RefusedNotMobile},
		"premium":             {"0909 879 0123", "", RefusedNotMobile},
		"personal_number":     {"070 1234 5678", "", RefusedNotMobile},
		"one_digit_missing":   {"07700 90012", "", RefusedNumber},
		"one_digit_too_many":  {"07700 9001234", "", RefusedNumber},
		"no_such_country":     {"+999 7700 900123", "", RefusedNumber},
		"nothing_but_a_plus":  {"+", "", RefusedNumber},
		"very_long":           {strings.Repeat("0", 10_000), "", RefusedNumber},
		"broken_utf8":         {"07700\xff900123", "", RefusedNumber},
		"two_numbers_in_one":  {"07700 900123 / 07700 900124", "", RefusedNumber},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, code := parseMobile(row.text)
			if got != row.want || code != row.code {
				t.Errorf("got %q and %q, want %q and %q", got, code, row.want, row.code)
			}
		})
	}
}

// TestMobileNumbersAreStable: whatever is typed, what comes out is E.164, and
// reads the same when it is entered again.
func TestMobileNumbersAreStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[+0-9 ()-]{3,20}`), rapid.StringMatching(`07700 ?900[0-9]{3}`)).Draw(t, "text")
		number, code := parseMobile(text)
		if (number == "") == (code == "") {
			t.Fatal("neither a number nor a reason, or both")
		}
		if again, code := parseMobile(number); number != "" && (again != number || code != "") {
			t.Fatalf("entered again it is %q, %q", again, code)
		}
	})
}

func TestLines(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ text, want, code string }{
		"plain":              {" John ", "John", ""},
		"welsh":              {"Siân ŵ", "Siân ŵ", ""},
		"joiner":             {"نمی\u200cخواهم", "نمی\u200cخواهم", ""},
		"empty":              {"\t", "", RefusedEmpty},
		"longest":            {strings.Repeat("ŵ", longestName), strings.Repeat("ŵ", longestName), ""},
		"too_long":           {strings.Repeat("ŵ", longestName+1), "", RefusedLong},
		"line_break":         {"John\nDoe", "", RefusedCharacters},
		"nul":                {"John\x00Doe", "", RefusedCharacters},
		"line_separator":     {"John\u2028Doe", "", RefusedCharacters},
		"direction_turned":   {"John \u202eeoD", "", RefusedCharacters},
		"broken_utf8":        {"Jo\xffhn", "", RefusedCharacters},
		"replacement_is_not": {"Jo\ufffdhn", "", RefusedCharacters},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var c checks
			got := c.line("name", row.text, true, longestName)
			if got != row.want || code(c.err()) != row.code {
				t.Errorf("got %q and %v, want %q and %q", got, c.err(), row.want, row.code)
			}
		})
	}
}

func TestOtherFields(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		check func(*checks) string
		want  string
		code  string
	}{
		"zone":            {func(c *checks) string { return c.zone("America/New_York") }, "America/New_York", ""},
		"zone_left_out":   {func(c *checks) string { return c.zone("") }, "Europe/London", ""},
		"zone_of_server":  {func(c *checks) string { return c.zone("Local") }, "Local", RefusedValue},
		"zone_unknown":    {func(c *checks) string { return c.zone("../etc/passwd") }, "../etc/passwd", RefusedValue},
		"language":        {func(c *checks) string { return c.language("cy") }, "cy", ""},
		"language_region": {func(c *checks) string { return c.language("en-GB") }, "en-GB", ""},
		"language_none":   {func(c *checks) string { return c.language("") }, "", ""},
		"language_word":   {func(c *checks) string { return c.language("Welsh") }, "Welsh", RefusedValue},
		"email":           {func(c *checks) string { return c.email(" sam@service.example ") }, "sam@service.example", ""},
		"email_none":      {func(c *checks) string { return c.email("") }, "", ""},
		"email_with_name": {func(c *checks) string { return c.email("Sam <sam@service.example>") }, "", RefusedValue},
		"email_broken":    {func(c *checks) string { return c.email("sam@") }, "", RefusedValue},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var c checks
			if got := row.check(&c); got != row.want || code(c.err()) != row.code {
				t.Errorf("got %q and %v, want %q and %q", got, c.err(), row.want, row.code)
			}
		})
	}
}

func TestRefusalsAreSaidAllAtOnceAndRepeatNothing(t *testing.T) {
	t.Parallel()
	var c checks
	c.line("full_name", "Jane\x00Roe", true, longestName)
	c.mobile("mobile", "07700 90098")
	c.email("jane.roe")
	err := fmt.Errorf("add a client: %w", c.err())
	var got []string
	for _, refusal := range Refusals(err) {
		got = append(got, refusal.Field+" "+refusal.Code)
		if refusal.Text == "" {
			t.Errorf("%s: nothing is said to the person", refusal.Field)
		}
		for _, data := range []string{"Jane", "Roe", "90098", "jane.roe"} {
			if strings.Contains(refusal.Text+refusal.Error(), data) {
				t.Errorf("%s: what was entered is repeated", refusal.Field)
			}
		}
	}
	if diff := cmp.Diff([]string{"full_name bad_characters", "mobile not_a_number", "email bad_value"}, got); diff != "" {
		t.Errorf("refusals (-want +got):\n%s", diff)
	}
	if Refusals(nil) != nil || Refusals(ErrNotFound) != nil {
		t.Error("a failure passes for a refusal")
	}
}

// code is the code of a single refusal, "" for nil.
func code(err error) string {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	return ""
}
