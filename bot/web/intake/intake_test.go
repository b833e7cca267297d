package intake_test

import (
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/bot/turn"
	"alongside/bot/web/intake"
	"alongside/conversations"
	"alongside/store"
	"alongside/store/seal"
	"alongside/store/storetest"
	"alongside/templates"
)

// theDay is a Monday on which nothing changes, in working hours.
var theDay = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

// fixture is an intake with the real store and the real turn.
type fixture struct {
	*testing.T
	store  *store.Store
	intake intake.Config
	now    time.Time
	sam    conversations.SpecialistID
	made   int
}

func onEach(t *testing.T, test func(f *fixture)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		f := &fixture{T: t, now: theDay}
		keys, err := seal.Parse(seal.New())
		must(t, err)
		clock := func() time.Time { return f.now }
		logger := slog.New(slog.DiscardHandler)
		f.store, err = store.Open(t.Context(), store.Config{DatabaseURL: db.URL, Keys: keys, Owner: "one", Now: clock, Logger: logger})
		must(t, err)
		t.Cleanup(func() { _ = f.store.Close() })
		words, err := templates.LoadEmbedded()
		must(t, err)
		pathway, err := templates.Pathway("ips")
		must(t, err)
		newID := func() string { f.made++; return fmt.Sprintf("id-%06d", f.made) }
		turns := turn.New(turn.Config{
			Store: f.store, Words: words, Now: clock, NewID: newID, Logger: logger, Rules: conversations.Rules{Pathway: pathway},
		})
		f.intake = intake.Config{Store: f.store, All: turns.RunAll, Now: clock, NewID: newID, Pathway: pathway}
		f.sam, err = f.store.AddSpecialist(t.Context(), store.NewSpecialist{Name: "Sam"})
		must(t, err)
		test(f)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) run(kind store.ImportKind, file string, check bool) intake.Report {
	f.Helper()
	r, err := f.intake.Run(f.Context(), kind, []byte(file), check)
	must(f.T, err)
	return r
}

// takes fails the test unless the file is taken in without a fault.
func (f *fixture) takes(kind store.ImportKind, file string) intake.Report {
	f.Helper()
	r := f.run(kind, file, false)
	if !r.Done || len(r.Faults) > 0 {
		f.Fatalf("not taken in: %.500s", fmt.Sprint(r.Faults))
	}
	return r
}

// clients are all on the caseload, in the order in which they were added.
func (f *fixture) clients() (all []store.Client) {
	f.Helper()
	after := ""
	for {
		list, next, err := f.store.Clients(f.Context(), "", store.Page{After: after, Limit: 200})
		must(f.T, err)
		all = append(all, list...)
		if next == "" {
			return all
		}
		after = next
	}
}

func TestTheExamplesAreTakenIn(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		clients, meetings := intake.Example(store.ImportClients), intake.Example(store.ImportAppointments)
		if r := f.run(store.ImportClients, clients, true); r.Done || r.New != 2 || len(f.clients()) != 0 {
			f.Fatalf("a check changes something, or finds %+v", r)
		}
		f.takes(store.ImportClients, clients)
		all := f.clients()
		if len(all) != 2 || all[0].FullName != "John Example" || all[0].Wakes != 11*60 || all[0].Stage != "active" || all[1].Language != "cy" {
			f.Fatalf("clients: %+v", all)
		}
		// Who agreed elsewhere has agreed; who did not is not texted.
		for i, want := range []conversations.Agreement{conversations.AgreementGiven, conversations.AgreementNone} {
			reach, err := f.store.Reach(f.Context(), all[i].ID)
			must(f.T, err)
			if len(reach) != 1 || reach[0].Agreement != want {
				f.Errorf("client %d is reached as %v", i, reach)
			}
		}
		f.takes(store.ImportAppointments, meetings)
		list, err := f.store.Appointments(f.Context(), all[0].ID)
		must(f.T, err)
		if len(list) != 1 || list[0].Place != "the library cafe, upstairs" || !list[0].At.Equal(time.Date(2026, 11, 26, 14, 0, 0, 0, time.UTC)) {
			f.Errorf("appointments: %+v", list)
		}
		// Its reminders are set, and nothing goes out because of an import itself.
		must(f.T, f.silent(all[0].ID))
		loaded, err := f.store.Load(f.Context(), conversations.Event{Kind: conversations.EventReminder, Client: all[0].ID}, f.now)
		must(f.T, err)
		if len(loaded.State.Planned) == 0 || loaded.Revision != 1 {
			f.Errorf("no reminder is planned: %+v", loaded.State)
		}
		// The same again changes nothing.
		for kind, file := range map[store.ImportKind]string{store.ImportClients: clients, store.ImportAppointments: meetings} {
			if r := f.takes(kind, file); r.New != 0 || r.Unchanged != 2 || len(r.Changed) != 0 {
				f.Errorf("%s again: %+v", kind, r)
			}
		}
		if len(f.clients()) != 2 {
			f.Error("the same file doubled the clients")
		}
	})
}

// silent fails if anything was written to a client.
func (f *fixture) silent(client conversations.ClientID) error {
	c, err := f.store.Conversation(f.Context(), client, "", 10)
	if err == nil && len(c.Messages) > 0 {
		err = fmt.Errorf("%d messages went out", len(c.Messages))
	}
	return err
}

func TestAChangedRowSaysWhatDiffers(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		clients, meetings := intake.Example(store.ImportClients), intake.Example(store.ImportAppointments)
		f.takes(store.ImportClients, clients)
		f.takes(store.ImportAppointments, meetings)
		r := f.takes(store.ImportClients, strings.ReplaceAll(clients, "Aisha Example", "Aisha Sample"))
		if diff := cmp.Diff([]intake.Change{{Row: 3, Columns: []string{"full name"}}}, r.Changed); diff != "" {
			f.Errorf("changed clients (-want +got):\n%s", diff)
		}
		// The team's own record holds.
		if name := f.clients()[1].FullName; name != "Aisha Example" {
			f.Errorf("the import overwrote a name")
		}
		later := strings.NewReplacer("2026-11-26,14:00", "2026-11-27,15:30", "upstairs", "downstairs").Replace(meetings)
		later = strings.Replace(later, "runs the workshop\",no", "runs the workshop\",yes", 1)
		want := []intake.Change{
			{Row: 2, Columns: []string{"date", "time", "place"}, Taken: []string{"date", "time"}},
			{Row: 3, Columns: []string{"cancelled"}, Taken: []string{"cancelled"}},
		}
		if diff := cmp.Diff(want, f.takes(store.ImportAppointments, later).Changed); diff != "" {
			f.Errorf("changed appointments (-want +got):\n%s", diff)
		}
		for i, is := range map[int]func(store.Appointment) bool{
			0: func(a store.Appointment) bool { return a.At.Equal(time.Date(2026, 11, 27, 15, 30, 0, 0, time.UTC)) },
			1: func(a store.Appointment) bool { return a.Status == conversations.Cancelled },
		} {
			list, err := f.store.Appointments(f.Context(), f.clients()[i].ID)
			must(f.T, err)
			if len(list) != 1 || !is(list[0]) {
				f.Errorf("appointment %d: %+v", i, list)
			}
		}
		// What was left is said again; what was taken is not.
		again := f.takes(store.ImportAppointments, later)
		if diff := cmp.Diff([]intake.Change{{Row: 2, Columns: []string{"place"}}}, again.Changed); diff != "" {
			f.Errorf("again (-want +got):\n%s", diff)
		}
	})
}

// TestSeventeenFaultsAreAllNamed is issue 5's: all are named, and nothing changes.
func TestSeventeenFaultsAreAllNamed(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, err := f.store.AddClient(f.Context(), store.NewClient{Specialist: f.sam, FullName: "Ann Price", Mobile: "07700 900999"})
		must(f.T, err)
		file := "Reference;Full name;known_as;Use-Name;mobile;specialist;language;time zone;wakes;detail;stage;stage since;agreed on;agreed how\r\n" +
			";Mbeki A;;;07700 900101;Sam;;;;;;;;\r\n" + // 1 no reference
			"C2;;;;07700 900102;Sam;;;;;;;;\r\n" + // 2 no name
			"C3;Mbeki C;;yes;07700 900103;Sam;;;;;;;;\r\n" + // 3 named without a name
			"C4;Mbeki D;;perhaps;07700 900104;Sam;;;;;;;;\r\n" + // 4 neither yes nor no
			"C5;Mbeki E;;;029 2018 0123;Sam;;;;;;;;\r\n" + // 5 a landline
			"\r\n" +
			"C6;Mbeki F;;;;Sam;;;;;;;;\r\n" + // 6 no number
			"C7;Mbeki G;;;07700 900107;Nobody;;;;;;;;\r\n" + // 7 unknown specialist
			"C8;Mbeki H;;;07700 900108;Sam;Cymraeg!;;;;;;;\r\n" + // 8 language
			"C9;Mbeki I;;;07700 900109;Sam;;Cardiff;;;;;;\r\n" + // 9 zone
			"C10;Mbeki J;;;07700 900110;Sam;;;11 o'clock;;;;;\r\n" + // 10 waking hour
			"C11;Mbeki K;;;07700 900111;Sam;;;;;resting;;;\r\n" + // 11 stage
			"C12;Mbeki L;;;07700 900112;Sam;;;;;active;31/02/2026;;\r\n" + // 12 day
			"C13;Mbeki M;;;07700 900113;Sam;;;;;;;2026-10-01;\r\n" + // 13 how
			"C14;Mbeki N;;;07700 900114;Sam;;;;;;;;in person\r\n" + // 14 when
			"C14;Mbeki O;;;07700 900115;Sam;;;;;;;;\r\n" + // 15 twice
			"C16;Mbeki P;;;07700 900999;Sam;;;;;;;;\r\n" + // 16 taken
			"C17;Mbeki Q;;;07700 900103;Sam;;;;;;;;\r\n" + // right: row 4 is not
			"C18;Mbeki R;;;+44 7700 900103;Sam;;;;;;;;\r\n" + // 17 twice the number
			"C19;Mbeki S;;;07700 900119;Sam;;;;;;;;\r\n" // right
		r := f.run(store.ImportClients, file, false)
		var got []string
		for _, fault := range r.Faults {
			got = append(got, fmt.Sprintf("%d %s", fault.Row, fault.Column))
			if len(fault.Text) < 15 || strings.Contains(fault.Text, "Mbeki") || strings.Contains(fault.Text, "029 2018") {
				f.Errorf("row %d says too little or too much: %s", fault.Row, fault.Text)
			}
		}
		want := []string{
			"2 reference", "3 full name", "4 known as", "5 use name", "6 mobile", "8 mobile", "9 specialist", "10 language", "11 time zone", "12 wakes",
			"13 stage", "14 stage since", "15 agreed how", "16 agreed on", "17 reference", "18 mobile", "20 mobile",
		}
		if diff := cmp.Diff(want, got); diff != "" || len(got) != 17 {
			f.Errorf("%d faults (-want +got):\n%s", len(got), diff)
		}
		if r.Done || len(f.clients()) != 1 {
			f.Errorf("a file with faults changed something: %+v", r)
		}
	})
}

func TestAnAppointmentsFaultsAreNamed(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		f.takes(store.ImportClients, intake.Example(store.ImportClients))
		r := f.run(store.ImportAppointments, "reference,client,kind,date,time,minutes,cancelled\n"+
			"A1,nobody,first,2026-11-26,14:00,,\n"+
			"A2,C-17,lunch,2026-11-26,14:00,,\n"+
			"A3,C-17,first,26.11.2026,14:00,,\n"+
			"A4,C-17,first,2026-11-26,2pm,,\n"+
			"A5,C-17,first,2026-11-20,14:00,,\n"+
			"A6,C-17,first,2026-11-26,14:00,an hour,\n"+
			"A7,C-17,first,,14:00,,\n"+
			"A8,C-17,first,2026-11-26,14:00,,\n", false)
		var got []string
		for _, fault := range r.Faults {
			got = append(got, fmt.Sprintf("%d %s", fault.Row, fault.Column))
		}
		if diff := cmp.Diff([]string{"2 client", "3 kind", "4 date", "5 time", "6 date", "7 minutes", "8 date"}, got); diff != "" {
			f.Errorf("faults (-want +got):\n%s", diff)
		}
		for _, c := range f.clients() {
			if list, err := f.store.Appointments(f.Context(), c.ID); err != nil || len(list) > 0 {
				f.Errorf("%d appointments (%v)", len(list), err)
			}
		}
	})
}

func TestFilesAsSpreadsheetsSaveThem(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		head := "reference;full name;mobile;specialist\r\n"
		for name, row := range map[string]struct {
			file, fault, note string
		}{
			"utf8_with_mark":   {file: "\xEF\xBB\xBF" + head + "a;Siân Example;07700 900201;Sam"},
			"windows_1252":     {file: head + "b;Si\xE2n Example;07700 900202;Sam\r\n", note: "Windows-1252"},
			"commas":           {file: strings.ReplaceAll(head, ";", ",") + "c,\"Example, Siân\",07700 900203,Sam\n"},
			"line_in_a_cell":   {file: head + "d;\"Siân\r\nExample\";07700 900204;Sam\r\n", fault: "line breaks"},
			"utf16":            {file: "\xFF\xFEr\x00e\x00", fault: "Save it as"},
			"a_workbook":       {file: "PK\x03\x04abc", fault: "workbook"},
			"nothing":          {file: "", fault: "no rows"},
			"only_the_head":    {file: head, fault: "no rows"},
			"unknown_column":   {file: "reference;full name;mobile;specialist;shoe size\r\n", fault: "no column here"},
			"missing_column":   {file: "reference;full name;mobile\r\n", fault: "missing"},
			"open_quotation":   {file: head + "e;\"Siân;07700 900205;Sam\r\n", fault: "not closed"},
			"too_many_cells":   {file: head + "f;Example;Siân;07700 900206;Sam\r\n", fault: "more cells"},
			"nobody_knows_how": {file: head + "g;Si\x81n;07700 900207;Sam\r\n", fault: "neither UTF-8"},
		} {
			r := f.run(store.ImportClients, row.file, false)
			said, note := fmt.Sprint(r.Faults), strings.Join(r.Notes, " ")
			if (row.fault == "") != r.Done || !strings.Contains(said, row.fault) || (row.note == "") != (note == "") || !strings.Contains(note, row.note) {
				f.Errorf("%s: %v, faults %s, notes %s", name, r.Done, said, note)
			}
		}
		for _, c := range f.clients() {
			if !strings.Contains(c.FullName, "Siân") {
				f.Error("a letter was misread")
			}
		}
	})
}

// TestManyRows takes in more than goes into one statement, and says how long that
// took: ALONGSIDE_ROWS=5000 is what a large service has.
func TestManyRows(t *testing.T) {
	t.Parallel()
	rows := 500
	if asked := os.Getenv("ALONGSIDE_ROWS"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < 2 {
			t.Fatalf("ALONGSIDE_ROWS=%s is no number of rows", asked)
		}
		rows = n
	}
	onEach(t, func(f *fixture) {
		var people, meetings strings.Builder
		people.WriteString("reference,full name,mobile,specialist,agreed on,agreed how\n")
		meetings.WriteString("reference,client,kind,date,time\n")
		for n := range rows {
			// The numbers kept for drama are a thousand: the others are of a network that has none.
			fmt.Fprintf(&people, "C%d,Client %d,%s,Sam,2026-10-01,in person\n", n, n, made(n))
			fmt.Fprintf(&meetings, "A%d,C%d,regular,2026-12-%02d,1%d:00\n", n, n%(rows/2), 1+n%14, n%5)
		}
		began := time.Now()
		f.takes(store.ImportClients, people.String())
		first := time.Since(began)
		r := f.takes(store.ImportAppointments, meetings.String())
		second := time.Since(began) - first
		f.Logf("clients in %v, appointments in %v", first, second)
		if r.New != rows || len(f.clients()) != rows {
			f.Fatalf("taken in: %+v", r)
		}
		list, err := f.store.Appointments(f.Context(), f.clients()[0].ID)
		must(f.T, err)
		if len(list) != 2 {
			f.Errorf("%d appointments of the first", len(list))
		}
		if r := f.takes(store.ImportAppointments, meetings.String()); r.Unchanged != rows {
			f.Errorf("again: %+v", r)
		}
	})
}

// made is the n-th of the numbers that the North American plan keeps for fiction:
// Ofcom's thousand are too few.
func made(n int) string { return fmt.Sprintf("+1%03d55501%02d", 201+n/100, n%100) }
