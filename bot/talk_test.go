package main_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

// talks holds a conversation in the terminal through standard input, as a
// script would, and gives what was printed.
func talks(t *testing.T, args []string, lines ...string) string {
	t.Helper()
	demosAtOnce <- struct{}{}
	defer func() { <-demosAtOnce }()
	cmd := exec.CommandContext(t.Context(), program, append([]string{"talk"}, args...)...)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil || errs.Len() > 0 {
		t.Fatalf("talk: %v\n%s\n%s", err, errs.String(), out.String())
	}
	return out.String()
}

// TestTalk holds conversations of every kind. Each wanted string must come
// after the one before it.
func TestTalk(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		args  []string
		lines []string
		want  []string
	}{
		"a_lead_that_waited": {
			nil,
			[]string{"yh", "1", "3", "1", "/caseload", "/filled", "/leads"},
			[]string{
				"that is confirmed", "Reply 1 to see it", "PC repair assistant", "no till", "interested",
				"lead         PC repair assistant: the client is interested", "sam > Filled: PC repair assistant.",
				"PC repair assistant, Beeston", "it is filled",
			},
		},
		"a_task_with_help_wanted": {
			nil,
			[]string{"yh", "1", "1", "/task", "3", "/caseload"},
			[]string{"sam > Asked after the task: look up job descriptions", "Reply 1 if it is done", "would like help", "task         Look up job descriptions: the client would like help with it"},
		},
		"a_check_in_with_a_low_answer": {
			nil,
			[]string{"yh", "1", "1", "/checkin", "2", "/caseload", "/checkin payday"},
			[]string{"sam > Asked the check-in: How was the week?", "From 1 (hard) to 5 (good)", "sorry it is hard", "answered 2 of 5 (not a measure of health)", "A low answer to a check-in", "The client chose these: week, wellbeing"},
		},
		"feedback_is_not_for_sam": {
			nil,
			[]string{"yh", "1", "1", "/feedback", "4", "/caseload"},
			[]string{"team lead, not to Sam", "team lead, not to Sam", "-- John Example --", "(feedback for the lead)"},
		},
		"a_call_and_a_hold": {
			nil,
			[]string{"yh", "1", "1", "/ring 30m", "ok", "/hold", "/caseload", "/release", "/remind"},
			[]string{"sam > Announced a call at", "0115 496 0001", "sam > On hold", "on hold      leads", "The hold is over"},
		},
		"a_text_put_right": {
			nil,
			[]string{"blue bicycle seventeen", "/correct confirm", "/correct rating", "/correct dunno", "/caseload"},
			[]string{"sam > Put right: yes, that is fine", "A rating needs its number", "A text means one of: confirm", "Thursday", ": confirmed", "put right: yes, that is fine"},
		},
		"settings_and_what_is_not_there": {
			nil,
			[]string{"yh", "1", "1", "/settings stop leads", "/settings", "/offer more", "/hlep", "/ho\t", "/move", "/help"},
			[]string{
				"sam > Set: stop leads", "No texts about leads", "Nothing is said: the client wants no texts of this kind",
				"Did you mean /help", "Did you mean /help, /hold", "The client asked for no other time", "What Sam, the specialist, does:",
			},
		},
		"in_welsh_on_telegram": {
			[]string{"--lang", "cy", "--channel", "telegram"},
			[]string{"/press 1", "/caseload"},
			[]string{"[1]", ": confirmed"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := talks(t, row.args, row.lines...)
			rest := out
			for _, want := range row.want {
				i := strings.Index(rest, want)
				if i < 0 {
					t.Fatalf("%q does not come after what is before it:\n%s", want, out)
				}
				rest = rest[i+len(want):]
			}
		})
	}
}
