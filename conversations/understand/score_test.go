package understand_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alongside/conversations/understand"
	"alongside/locales"
)

var london = func() *time.Location {
	l, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	return l
}()

// The moment and the appointment that the labels were written for.
var (
	labelledNow         = time.Date(2026, 11, 22, 10, 0, 0, 0, london)
	labelledAppointment = time.Date(2026, 11, 26, 14, 0, 0, 0, london)
)

var lexicons = sync.OnceValues(func() (*understand.Lexicons, error) { return locales.Lexicons() })

func loaded(t testing.TB) *understand.Lexicons {
	t.Helper()
	l, err := lexicons()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func readRows(t testing.TB, file string) []understand.Row {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := understand.ReadRows(f)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// shared finds ../shared/replies/replies.tsv above the package folder.
func shared() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for {
		file := filepath.Join(dir, "shared", "replies", "replies.tsv")
		if _, err := os.Stat(file); err == nil {
			return file
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

func report(t *testing.T, name string, res understand.Result) {
	t.Helper()
	var b strings.Builder
	if err := res.Write(&b); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s\n%s", name, b.String())
}

func TestSharedReplies(t *testing.T) {
	t.Parallel()
	file := shared()
	if file == "" {
		if slices.Contains(strings.Split(os.Getenv("ALONGSIDE_REQUIRE"), ","), "shared") {
			t.Fatal("shared/replies/replies.tsv is not there, and ALONGSIDE_REQUIRE wants it")
		}
		t.Log("shared/replies/replies.tsv is not there: only the committed test data count")
		return
	}
	res := loaded(t).Score(readRows(t, file), labelledAppointment, labelledNow)
	report(t, "shared replies", res)
	if res.Intents.Share() < 0.97 || res.Values.Share() < 0.95 {
		t.Errorf("intents %.3f, values %.3f: below 0.97 and 0.95", res.Intents.Share(), res.Values.Share())
	}
	if res.Crisis.Right != res.Crisis.All || res.FalseAlarm > 0 || res.WrongTime > 0 || res.FalseStop > 0 || res.Stop.Right != res.Stop.All {
		t.Errorf("crisis %+v, false alarms %d, wrong times %d, stop %+v, false stops %d", res.Crisis, res.FalseAlarm, res.WrongTime, res.Stop, res.FalseStop)
	}
}

func TestOwnReplies(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.tsv")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	for _, file := range files {
		res := loaded(t).Score(readRows(t, file), labelledAppointment, labelledNow)
		report(t, file, res)
		if res.Intents.Share() < 0.90 || res.Values.Share() < 0.88 || res.WrongTime*50 > res.Intents.All {
			t.Errorf("%s: intents %.3f, values %.3f, wrong times %d", file, res.Intents.Share(), res.Values.Share(), res.WrongTime)
		}
	}
}
