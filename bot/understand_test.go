package main_test

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// understood runs the command on some lines and gives its output, what it
// said on standard error, and its exit code.
func understood(t *testing.T, in string, args ...string) (out, errs string, code int) {
	t.Helper()
	cmd := exec.Command(program, append([]string{"understand", "--now", "2026-11-22T10:00:00Z"}, args...)...)
	cmd.Env = []string{}
	var o, e bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(in), &o, &e
	var exit *exec.ExitError
	if err := cmd.Run(); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return o.String(), e.String(), code
}

func TestUnderstand(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, in string
		args     []string
		want     string
	}{
		{"without_a_header", "a\ten\treschedule\tfri 2pm\n", nil, "a\tchange\t2026-11-27T14:00\n"},
		{"with_a_header_and_labels", "id\tlang\tasked\ttext\tintent\tvalue\tnote\na\ten\tscale\t4\trating\t4\t-\n", nil, "a\trating\t4\n"},
		{"columns_by_their_names", "id\ttext\tasked\tfrom\tlang\r\na\tSTOP\tnone\tx\ten\r\n", nil, "a\tstop\t\n"},
		{"without_a_last_newline", "a\tcy\tappointment\t1", nil, "a\tconfirm\t\n"},
		{"appointment_of_that_week", "a\ten\tappointment\tcan we make it an hour later same day\n", nil, "a\tchange\t2026-11-26T15:00\n"},
		{"another_appointment", "a\ten\treschedule\tsame day but 4\n", []string{"--appointment", "2026-12-02T10:00:00Z"}, "a\tchange\t2026-12-02T16:00\n"},
		{"nothing", "", nil, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			out, errs, code := understood(t, row.in, row.args...)
			if diff := cmp.Diff(row.want, out); diff != "" || code != 0 || errs != "" {
				t.Errorf("exit %d, %s, (-want +got):\n%s", code, errs, diff)
			}
		})
	}
}

// Lines that are no texts are named by their numbers, and nothing of them is
// repeated; the others are read.
func TestUnderstandNamesBadLines(t *testing.T) {
	t.Parallel()
	out, errs, code := understood(t, "a\ten\tnone\tSTOP\nsecret\nb\ten\tnowhere\tx\n\tbad\tnone\tx\nc\ten\tnone\t\xff\nd\ten\tnone\tta x\n")
	if want := "a\tstop\t\nd\tsocial\t\n"; out != want || code != 2 {
		t.Errorf("exit %d, %q, want %q", code, out, want)
	}
	for _, want := range []string{"line 2: has 1 columns", "line 3: asked", "line 4: has no id", "line 5: is not UTF-8"} {
		if !strings.Contains(errs, want) {
			t.Errorf("%q is not in: %s", want, errs)
		}
	}
	if strings.Contains(errs, "secret") {
		t.Error("a line is repeated")
	}
	if _, errs, code := understood(t, "", "--appointment", "soon"); code != 2 || !strings.Contains(errs, "--appointment") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestUnderstandKeepsTheOrder(t *testing.T) {
	t.Parallel()
	var in, want strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&in, "%d\ten\tscale\t%d\n", i, i%5+1)
		fmt.Fprintf(&want, "%d\trating\t%d\n", i, i%5+1)
	}
	if out, _, code := understood(t, in.String()); out != want.String() || code != 0 {
		t.Errorf("exit %d, and the answers are not those to the lines, in their order", code)
	}
}

func TestUnderstandScores(t *testing.T) {
	t.Parallel()
	out, errs, code := understood(t, "a\ten\tnone\tSTOP\tstop\t\t-\nb\tcy\tscale\t4\trating\t5\t-\nc\ten\tnone\tta\n", "--score")
	for _, want := range []string{"intents                          2/2     100.0 %", "values                           1/2      50.0 %", "cy values                        0/1", "asked scale", "wants rating 5\tgot rating 4"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in:\n%s", want, out)
		}
	}
	if code != 2 || !strings.Contains(errs, "c: has no intent") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestUnderstandExplains(t *testing.T) {
	t.Parallel()
	out, _, _ := understood(t, "a\ten\tnone\tcan sam ring me please\n", "--explain")
	if !strings.HasPrefix(out, "a\tcall_me\t\tread as call_me") {
		t.Errorf("%q", out)
	}
}
