package console_test

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
	"alongside/templates"
)

var (
	saidKey = regexp.MustCompile(`\bt "([a-z_.0-9]+)"`)
	wholeOf = regexp.MustCompile(`\(?\bof "([a-z]+)"`)
)

// TestEveryWordOfThePagesIsThere reads the templates for the keys that they say,
// in both directions: none is missing, and none is said nowhere.
func TestEveryWordOfThePagesIsThere(t *testing.T) {
	t.Parallel()
	words := must(templates.LoadPageWords())(t)
	said := map[string]bool{}
	lists := map[string]bool{"day": true, "month": true, "lasts": true, "reason": true, "done": true, "fault": true}
	// The pages of the sign-in choose many of theirs by what happened.
	for _, of := range []string{"sign_in", "two_step", "codes", "account", "accounts", "role", "missing"} {
		lists[of] = true
	}
	for _, file := range must(fs.Glob(templates.Console, "console/*.html"))(t) {
		text := string(must(templates.Console.ReadFile(file))(t))
		for _, m := range saidKey.FindAllStringSubmatch(text, -1) {
			said[m[1]] = true
		}
		for _, m := range wholeOf.FindAllStringSubmatch(text, -1) {
			lists[m[1]] = true
		}
	}
	for key := range said {
		if !words.Has(key) {
			t.Errorf("%s is said by a page and has no words", key)
		}
	}
	for _, key := range words.Keys("en") {
		list, _, _ := strings.Cut(key, ".")
		if !said[key] && !lists[list] && key != "page.code" && key != "transcript.heading" {
			t.Errorf("%s is said by no page", key)
		}
	}
	if !slices.Equal(words.Languages(), []string{"cy", "en"}) {
		t.Errorf("languages %q", words.Languages())
	}
}

// TestEveryValueHasWords keeps a name of the program off the pages: whatever can
// stand there has words of its own.
func TestEveryValueHasWords(t *testing.T) {
	t.Parallel()
	words := must(templates.LoadPageWords())(t)
	need(t, words, "flag", conversations.FlagReasons)
	need(t, words, "delivery", conversations.Deliveries)
	need(t, words, "intent", understand.Intents)
	need(t, words, "agreement", conversations.Agreements)
	need(t, words, "asked", conversations.QuestionKinds)
	need(t, words, "status", conversations.AppointmentStatuses)
	need(t, words, "kind", conversations.AppointmentKinds)
	need(t, words, "mechanism", conversations.Mechanisms)
	need(t, words, "circumstance", conversations.Circumstances)
	need(t, words, "matter", conversations.Matters)
	need(t, words, "task", conversations.TaskStatuses)
	need(t, words, "checkin", conversations.CheckInKinds)
	need(t, words, "milestone", conversations.Milestones)
	need(t, words, "preference", conversations.Preferences)
	need(t, words, "nudged", store.NudgeStates)
	need(t, words, "fate", store.NudgeFates)
	need(t, words, "trait", conversations.Traits)
	need(t, words, "times", conversations.AllTimes)
	need(t, words, "permanence", conversations.Permanences)
	need(t, words, "disclosure", conversations.EmployerContacts)
	need(t, words, "tell", conversations.Tells)
	for _, key := range conversations.NudgeTemplates {
		need(t, words, "nudges", []string{strings.TrimPrefix(key, "nudge.")})
	}
}

func need[T ~string](t *testing.T, words *templates.PageWords, list string, values []T) {
	t.Helper()
	for _, v := range values {
		for _, tag := range words.Languages() {
			if said, err := words.Say(tag, list+"."+string(v)); err != nil || said == "" {
				t.Errorf("%s has no words in %s for %q (%v)", list, tag, v, err)
			}
		}
	}
}
