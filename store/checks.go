package store

import (
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// region is the country that a number without its +code belongs to.
const region = "GB"

// The longest that a field may be, in characters. Longer than any name in use,
// and short enough for a page and a text.
const (
	longestName  = 200
	longestEmail = 254 // RFC 5321, section 4.5.3.1
)

// checks collects what is wrong with the fields that a person filled in, so
// that all of it is said at once.
type checks struct{ refusals []error }

func (c *checks) refuse(field, code, text string) {
	c.refusals = append(c.refusals, &Refusal{Code: code, Field: field, Text: text})
}

// err is nil, one *Refusal, or several joined.
func (c *checks) err() error {
	if len(c.refusals) == 1 {
		return c.refusals[0]
	}
	return errors.Join(c.refusals...)
}

// line checks one line of words and returns it without spaces around it. An
// empty one is refused only if it is needed.
func (c *checks) line(field, text string, needed bool, longest int) string {
	text = strings.TrimSpace(text)
	switch {
	case text == "" && needed:
		c.refuse(field, RefusedEmpty, "Please fill this in.")
	case !utf8.ValidString(text):
		c.refuse(field, RefusedCharacters, "This is not valid UTF-8. Please type it again.")
	case utf8.RuneCountInString(text) > longest:
		c.refuse(field, RefusedLong, fmt.Sprintf("This is longer than %d characters. Please shorten it.", longest))
	case strings.ContainsFunc(text, unprintable):
		c.refuse(field, RefusedCharacters, "This holds line breaks or invisible characters. Please type it again.")
	default:
		return text
	}
	return ""
}

// lines is [checks.line] for words of several lines.
func (c *checks) lines(field, text string, needed bool, longest int) string {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	before := len(c.refusals)
	c.line(field, strings.ReplaceAll(text, "\n", " "), needed, longest)
	if len(c.refusals) > before {
		return ""
	}
	return text
}

// upTo checks a whole number, from 0.
func (c *checks) upTo(field string, number, most int) int {
	if number < 0 || number > most {
		c.refuse(field, RefusedValue, fmt.Sprintf("This is a whole number from 0 to %d.", most))
	}
	return number
}

// unprintable says whether a character has no place in one line of words.
// Joiners (in Cf) do: some scripts cannot be written without them; marks that
// turn the direction of writing do not: they make a line read as another.
func unprintable(r rune) bool {
	switch r {
	case '\u200c', '\u200d':
		return false
	case '\u2028', '\u2029', utf8.RuneError:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs)
}

var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// language checks the form of a language tag; empty means not known yet.
func (c *checks) language(tag string) string {
	if tag != "" && !languageTag.MatchString(tag) {
		c.refuse("language", RefusedValue, `This is not the tag of a language. English is "en", Welsh is "cy".`)
	}
	return tag
}

// zone checks the name of a time zone; empty means the United Kingdom's.
func (c *checks) zone(name string) string {
	if name == "" {
		return "Europe/London"
	}
	// LoadLocation takes "Local" too, which would be the server's own.
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		c.refuse("zone", RefusedValue, `This is not the name of a time zone. The United Kingdom's is "Europe/London".`)
	}
	return name
}

// wakes checks a time of day in minutes after midnight.
func (c *checks) wakes(minutes int) int {
	if minutes < 0 || minutes >= 24*60 {
		c.refuse("wakes", RefusedValue, "The waking hour is a number of minutes after midnight, from 0 to 1439.")
	}
	return minutes
}

// email checks an e-mail address; empty means none.
func (c *checks) email(text string) string {
	text = c.line("email", text, false, longestEmail)
	if text == "" {
		return ""
	}
	if parsed, err := mail.ParseAddress(text); err != nil || parsed.Address != text {
		c.refuse("email", RefusedValue, "This is not an e-mail address such as sam@service.example.")
		return ""
	}
	return text
}

// mobile checks a mobile number and returns it in E.164 form. The numbers that
// Ofcom keeps for drama (07700 900000 to 900999) pass, although no network has
// them: the demo and the tests need them.
func (c *checks) mobile(field, text string) string {
	number, code := parseMobile(text)
	if code == "" {
		return number
	}
	c.refuse(field, code, map[string]string{
		RefusedEmpty:      "Please fill in a mobile number.",
		RefusedShortCode:  "This is a short code, not a person's number. Please enter a mobile number such as 07700 900123.",
		RefusedSenderName: "This is the name of a sender, not a number. Please enter a mobile number such as 07700 900123.",
		RefusedLandline:   "This is a landline, and no text arrives there. Ask for a mobile number, such as 07700 900123; who has none is rung, or written to another way.",
		RefusedNotMobile:  "This number does not take texts. Please enter a mobile number such as 07700 900123.",
		RefusedNumber:     "This is not a complete telephone number. Please enter a mobile number such as 07700 900123, or one from abroad with its + and country code.",
	}[code])
	return ""
}

// phone checks a telephone number of any kind that a person may ring, and returns
// it in E.164 form.
func (c *checks) phone(field, text string) string {
	if strings.TrimSpace(text) == "" {
		c.refuse(field, RefusedEmpty, "Please fill in a telephone number.")
		return ""
	}
	number, err := phonenumbers.Parse(text, region)
	whole := len(text) <= 40 && err == nil && phonenumbers.IsPossibleNumberWithReason(number) == phonenumbers.IS_POSSIBLE && number.GetExtension() == ""
	if whole && number.GetCountryCode() == 44 {
		whole = len(phonenumbers.GetNationalSignificantNumber(number)) >= 9 // What is shorter is rung within one town.
	}
	if !whole {
		c.refuse(field, RefusedNumber, "This is not a complete telephone number. Please enter one such as 07700 900123 or 029 2018 0123, or one from abroad with its + and country code.")
		return ""
	}
	return phonenumbers.Format(number, phonenumbers.E164)
}

// isleOfMan begins the one block of mobiles among the pagers.
const isleOfMan = "7624"

// shortCode is the greatest number of digits of a short code.
const shortCode = 6

// parseMobile reads a mobile number as people write it. code is empty if it is
// one, and else the reason why not.
func parseMobile(text string) (e164, code string) {
	text = strings.TrimSpace(text)
	digits, letters := 0, 0
	for _, r := range text {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
		}
	}
	switch {
	case text == "":
		return "", RefusedEmpty
	case letters > 0 && digits <= shortCode:
		return "", RefusedSenderName
	case letters > 0:
		return "", RefusedNumber // An extension, or a word beside the number.
	case digits > 0 && digits <= shortCode && !strings.HasPrefix(text, "+"):
		return "", RefusedShortCode
	case len(text) > 40: // Nothing that long is a number; the parser need not look.
		return "", RefusedNumber
	}
	number, err := phonenumbers.Parse(text, region)
	if err != nil || !phonenumbers.IsPossibleNumber(number) || number.GetExtension() != "" {
		return "", RefusedNumber
	}
	switch phonenumbers.GetNumberType(number) {
	case phonenumbers.FIXED_LINE:
		return "", RefusedLandline
	case phonenumbers.TOLL_FREE, phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST,
		phonenumbers.PERSONAL_NUMBER, phonenumbers.PAGER, phonenumbers.UAN, phonenumbers.VOICEMAIL:
		return "", RefusedNotMobile
	default: // A mobile, or nobody can tell: the carrier will.
	}
	if number.GetCountryCode() == 44 {
		// Drama numbers have no type, so the plan itself is asked: mobiles of
		// the United Kingdom and the islands are 07 and ten digits in all.
		national := phonenumbers.GetNationalSignificantNumber(number)
		if len(national) != 10 {
			return "", RefusedNumber
		}
		switch {
		case national[0] == '1' || national[0] == '2':
			return "", RefusedLandline
		case national[0] != '7', national[1] == '0', national[1] == '6' && national[:4] != isleOfMan:
			// 070 are personal numbers and 076 pagers, also where the plan has given
			// none of a block away.
			return "", RefusedNotMobile
		}
	}
	return phonenumbers.Format(number, phonenumbers.E164), ""
}
