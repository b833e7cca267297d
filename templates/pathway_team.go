package templates

import (
	"net/mail"
	"regexp"
	"strings"
	"unicode/utf8"

	"alongside/conversations"
)

// teamFile is what a pathway says about its own people. All of it may be left
// out: whether a service may run without a duty person is for serve to decide.
type teamFile struct {
	Duty              staffFile  `yaml:"duty"`
	Lead              staffFile  `yaml:"lead"`
	AcknowledgeWithin at[int]    `yaml:"acknowledge_within"`
	ClinicalRoute     at[string] `yaml:"clinical_route"`
	TelegramBot       at[string] `yaml:"telegram_bot"`
	LeadsAWeek        at[int]    `yaml:"leads_a_week"`
}

type staffFile struct {
	Name   at[string] `yaml:"name"`
	Mobile at[string] `yaml:"mobile"`
	Email  at[string] `yaml:"email"`
}

const (
	// usualAcknowledge is how long an alert may wait for somebody to say that
	// they have it before the next person is told, in minutes.
	usualAcknowledge = 15
	// longestAcknowledge keeps that below what could be called an answer.
	longestAcknowledge = 240
	// usualLeads is how many leads a week a client gets who said nothing else.
	usualLeads = 1
	// longestRoute bounds the clinical route, in characters: it is read in a hurry.
	longestRoute = 1000
)

var (
	// A mobile number as it is sent to: a country code and at most 15 digits (ITU-T E.164).
	mobilePattern = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	// A bot's name as Telegram gives it.
	botPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{4,31}$`)
)

// team checks who is told of danger, and how soon.
func (c *pathwayCheck) team(t teamFile, out *conversations.Pathway) {
	out.Duty, out.Lead = c.staff("duty", t.Duty), c.staff("lead", t.Lead)
	out.AcknowledgeWithin = c.number("acknowledge_within", t.AcknowledgeWithin, usualAcknowledge, 1, longestAcknowledge)
	out.LeadsAWeek = c.number("leads_a_week", t.LeadsAWeek, usualLeads, 0, 7)
	out.ClinicalRoute = strings.TrimSpace(t.ClinicalRoute.value)
	if utf8.RuneCountInString(out.ClinicalRoute) > longestRoute {
		c.fault(t.ClinicalRoute.line, "clinical_route", "want at most %d characters: it is read in a hurry", longestRoute)
	}
	out.TelegramBot = strings.TrimPrefix(t.TelegramBot.value, "@")
	if out.TelegramBot != "" && !botPattern.MatchString(out.TelegramBot) {
		c.fault(t.TelegramBot.line, "telegram_bot", "want the bot's name as Telegram gives it, 5 to 32 letters, digits and _")
	}
}

// staff checks one person. Faults name no number and no address: a file may be
// read over somebody's shoulder, and its faults stand in a log.
func (c *pathwayCheck) staff(key string, s staffFile) conversations.Staff {
	out := conversations.Staff{
		Name:   strings.TrimSpace(s.Name.value),
		Mobile: strings.NewReplacer(" ", "", "-", "").Replace(s.Mobile.value),
		Email:  strings.TrimSpace(s.Email.value),
	}
	if out.Mobile != "" && !mobilePattern.MatchString(out.Mobile) {
		c.fault(s.Mobile.line, key+": mobile", "want a mobile number that begins with + and its country code, in quotes")
	}
	if out.Email != "" {
		if a, err := mail.ParseAddress(out.Email); err != nil || a.Address != out.Email {
			c.fault(s.Email.line, key+": email", "want one address, such as duty@example.org")
		}
	}
	if out.Name != "" && out.Mobile == "" && out.Email == "" {
		c.fault(s.Name.line, key, "has a name, and neither a mobile number nor an e-mail address to be told at")
	}
	return out
}

// number is a number that may be left out.
func (c *pathwayCheck) number(key string, v at[int], usual, least, most int) int {
	if v.line == 0 {
		return usual
	}
	if v.value < least || v.value > most {
		c.fault(v.line, key, "%d: want a number from %d to %d", v.value, least, most)
	}
	return v.value
}
