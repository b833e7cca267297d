package caseload

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/conversations/figures"
	"alongside/store/seal"
)

// recorder is a database that keeps what is read from it.
type recorder struct {
	database
	statements []statement
}

func (r *recorder) reader() querier { return recordedReader{r} }

type recordedReader struct{ *recorder }

func (r recordedReader) run(ctx context.Context, b *batch) error {
	r.recorder.statements = append(r.recorder.statements, b.statements...)
	return r.recorder.database.reader().run(ctx, b)
}

// TestWhatTheTeamReadsUsesAnIndex asks the database how it would run each
// statement of the read models: none may go through a whole table, and none may
// sort more than what stands open just now. With a long history either would
// make a page slow for everybody.
func TestWhatTheTeamReadsUsesAnIndex(t *testing.T) {
	t.Parallel()
	url := "sqlite:" + filepath.Join(t.TempDir(), "a.db")
	log := slog.New(slog.DiscardHandler)
	if err := Migrate(t.Context(), url, log); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.Parse(seal.New())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	c, err := Open(t.Context(), Config{DatabaseURL: url, Seal: keys, Owner: "one", Now: func() time.Time { return now }, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	recorded := &recorder{database: c.db}
	c.db = recorded

	specialist, err := c.AddSpecialist(t.Context(), NewSpecialist{Name: "Sam"})
	if err != nil {
		t.Fatal(err)
	}
	client, err := c.AddClient(t.Context(), NewClient{
		Specialist: specialist, FullName: "John Example", Zone: "Europe/London", Mobile: "+447700900123",
	})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := c.CreateToken(t.Context(), "a token", []string{"all"}, now)
	if err != nil {
		t.Fatal(err)
	}
	ctx, mobile := t.Context(), conversations.Address{Channel: conversations.SMS, Value: "+447700900124"}
	lead, err := c.AddLead(ctx, NewLead{Title: "PC repair assistant"})
	if err != nil {
		t.Fatal(err)
	}
	text := conversations.Event{
		Kind: conversations.EventText, From: conversations.Address{Channel: conversations.SMS, Value: "+447700900123"}, Text: "x", ProviderID: "SM1",
	}
	loaded, err := c.Load(ctx, text, now, true)
	if err != nil {
		t.Fatal(err)
	}
	message := conversations.MessageID("m1")
	if _, err := c.Commit(ctx, Turn{
		Loaded: loaded, Inbound: message, Now: now, Effects: []conversations.Effect{conversations.RaiseAlert{Threat: true}},
	}); err != nil {
		t.Fatal(err)
	}
	alerts, _, err := c.Alerts(ctx, AlertFilter{})
	if err != nil || len(alerts) != 1 {
		t.Fatalf("%d alerts (%v)", len(alerts), err)
	}
	alert := alerts[0].ID
	pages, err := c.AddPages(ctx, alert, 0, []conversations.Page{
		{Watcher: "duty", Via: conversations.PageSMS, Step: 1, Kind: conversations.PageAlert, At: now},
	}, time.Time{}, now)
	if err != nil {
		t.Fatal(err)
	}
	text.ProviderID = "SM2"
	if _, err := c.AddTask(ctx, NewTask{Client: client, What: "write a CV"}); err != nil {
		t.Fatal(err)
	}
	c.hints.of(text).Store(true)
	again := NewNudge{By: specialist, At: now, Once: "once", Clients: []conversations.ClientID{client}}
	nudge, err := c.AddNudge(ctx, again)
	if err != nil {
		t.Fatal(err)
	}
	account, _, err := c.AddAccount(ctx, NewAccount{Login: "sam@service.example", Name: "Sam", Role: RoleSpecialist, Specialist: specialist, Language: "en"}, now)
	if err != nil {
		t.Fatal(err)
	}
	session, err := c.AddSession(ctx, NewSession{Account: account, Stage: StageOpen, EndsAt: now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	period, _ := figures.ParsePeriod("2026", time.UTC)
	for name, row := range map[string]struct {
		read func() error
		// sorts says that a sort is all right: what it sorts is few.
		sorts bool
	}{
		"specialist":            {func() error { _, err := c.Specialist(ctx, specialist); return err }, false},
		"specialists":           {func() error { _, _, err := c.Specialists(ctx, Page{}); return err }, false},
		"client":                {func() error { _, err := c.Client(ctx, client); return err }, false},
		"clients":               {func() error { _, _, err := c.Clients(ctx, "", Page{}); return err }, false},
		"clients_of_specialist": {func() error { _, _, err := c.Clients(ctx, specialist, Page{}); return err }, false},
		"address_free":          {func() error { return c.CheckFree(ctx, mobile, client) }, false},
		"changes": {func() error {
			_, err := c.Changes(ctx, Touched{
				Clients: []conversations.ClientID{client}, Messages: []conversations.MessageID{message}, Flags: []string{"a-flag"},
			})
			return err
		}, false},
		"reach":                {func() error { _, err := c.Reach(ctx, client); return err }, true},
		"appointments":         {func() error { _, err := c.Appointments(ctx, client); return err }, true},
		"conversation":         {func() error { _, err := c.Thread(ctx, string(client), "", 0); return err }, true},
		"flags":                {func() error { _, _, err := c.Flags(ctx, FlagFilter{}); return err }, false},
		"flags_of_client":      {func() error { _, _, err := c.Flags(ctx, FlagFilter{Client: client}); return err }, false},
		"flags_of_client_ever": {func() error { _, _, err := c.Flags(ctx, FlagFilter{Client: client, Settled: true}); return err }, false},
		"flags_of_specialist":  {func() error { _, _, err := c.Flags(ctx, FlagFilter{Specialist: specialist}); return err }, true},
		"unknown_senders":      {func() error { _, _, err := c.UnknownSenders(ctx, Page{}); return err }, false},
		"lead":                 {func() error { _, err := c.Lead(ctx, lead); return err }, false},
		"leads":                {func() error { _, _, err := c.Leads(ctx, LeadFilter{}); return err }, false},
		"leads_open":           {func() error { _, _, err := c.Leads(ctx, LeadFilter{Open: true, Now: now}); return err }, false},
		"offers":               {func() error { _, _, err := c.Offers(ctx, client, Page{}); return err }, true},
		"offers_of_lead":       {func() error { _, _, err := c.OffersOfLead(ctx, lead, Page{}); return err }, false},
		"preferences":          {func() error { _, err := c.Preferences(ctx, client); return err }, true},
		"free_times":           {func() error { _, err := c.FreeTimes(ctx, specialist, now); return err }, false},
		"tasks":                {func() error { _, err := c.Tasks(ctx, client); return err }, true},
		"check_ins":            {func() error { _, err := c.CheckIns(ctx, client); return err }, true},
		"answers":              {func() error { _, err := c.Answers(ctx, client, now); return err }, true},
		"feedback":             {func() error { _, _, err := c.Feedback(ctx, Page{}); return err }, false},
		"reading":              {func() error { _, err := c.ReadingOf(ctx, message); return err }, false},
		"alert":                {func() error { _, err := c.Alert(ctx, alert); return err }, false},
		"alerts":               {func() error { _, _, err := c.Alerts(ctx, AlertFilter{}); return err }, false},
		"alerts_ever":          {func() error { _, _, err := c.Alerts(ctx, AlertFilter{Closed: true}); return err }, false},
		"alerts_of_specialist": {func() error { _, _, err := c.Alerts(ctx, AlertFilter{Specialist: specialist}); return err }, true},
		"alert_due":            {func() error { _, err := c.DueAlert(ctx, alert); return err }, false},
		"absences":             {func() error { _, err := c.Absences(ctx, specialist); return err }, true},
		"cover":                {func() error { _, err := c.Cover(ctx, specialist, now); return err }, false},
		"meanwhile":            {func() error { _, err := c.Meanwhile(ctx, specialist, now.AddDate(0, 0, -7), now, false); return err }, true},
		"fallback_contacts":    {func() error { _, err := c.FallbackContacts(ctx, client); return err }, true},
		"pages":                {func() error { _, err := c.Pages(ctx, alert); return err }, false},
		"page":                 {func() error { _, err := c.Page(ctx, pages[0].ID); return err }, false},
		"load":                 {func() error { _, err := c.Load(ctx, text, now, true); return err }, true},
		"load_for_a_client": {func() error {
			_, err := c.Load(ctx, conversations.Event{Kind: conversations.EventCorrected, Client: client, Message: message}, now, true)
			return err
		}, true},
		"still":  {func() error { _, err := c.Still(ctx, []conversations.MessageID{message}, now); return err }, false},
		"token":  {func() error { _, err := c.Token(ctx, plain); return err }, false},
		"counts": {func() error { _, err := c.Counts(ctx, now); return err }, false},
		// What may go is few beside what went; which goes first is sorted.
		"claim":         {func() error { _, err := c.Claim(ctx, now, 8); return err }, true},
		"expire":        {func() error { _, err := c.Expire(ctx, now, 8); return err }, false},
		"unknowns":      {func() error { _, err := c.Unknowns(ctx, now, 8); return err }, false},
		"oldest_queued": {func() error { _, _, err := c.OldestQueued(ctx, now); return err }, false},
		"next_queued":   {func() error { _, err := c.NextQueued(ctx); return err }, false},
		"at_rest":       {func() error { _, err := c.AtRest(ctx, now.AddDate(-1, 0, 0)); return err }, false},
		"outgoing":      {func() error { _, err := c.Outgoing(ctx, message); return known(err) }, false},
		"wishes":        {func() error { _, err := c.Wishes(ctx, client); return known(err) }, true},
		"contacts":      {func() error { _, err := c.EmployerContacts(ctx, client); return err }, true},
		"contacts_with": {func() error { _, err := c.ContactsWith(ctx, "An employer"); return err }, true},
		"nudge":         {func() error { _, err := c.Nudge(ctx, nudge); return err }, false},
		"nudges":        {func() error { _, _, err := c.Nudges(ctx, Page{}); return err }, false},
		"nudge_due":     {func() error { _, err := c.NudgeDue(ctx, nudge, "", 8); return err }, false},
		"nudge_back":    {func() error { _, err := c.NudgeTakenBack(ctx, nudge, 8); return err }, true},
		"nudge_counts":  {func() error { _, err := c.NudgeCounts(ctx, nudge); return err }, true},
		"nudge_clients": {func() error { _, _, err := c.NudgeClients(ctx, nudge, Page{}); return err }, false},
		"account":       {func() error { _, err := c.Account(ctx, account); return err }, false},
		"accounts":      {func() error { _, _, err := c.Accounts(ctx, Page{}); return err }, false},
		"login":         {func() error { _, err := c.AccountByLogin(ctx, "sam@service.example"); return err }, false},
		"session":       {func() error { _, err := c.Session(ctx, session, time.Hour, now); return err }, false},
		"sessions_of":   {func() error { _, err := c.Sessions(ctx, account, time.Hour, now); return err }, true},
		"sessions":      {func() error { _, err := c.Sessions(ctx, "", time.Hour, now); return err }, true},
		"browser":       {func() error { _, err := c.KnownBrowser(ctx, account, "x"); return err }, false},
		"audit":         {func() error { _, _, err := c.Audit(ctx, "", Page{}); return err }, false},
		"audit_of":      {func() error { _, _, err := c.Audit(ctx, string(client), Page{}); return err }, false},
		"audit_latest": {func() error {
			_, _, err := c.AuditOf(ctx, AuditFilter{Latest: true, What: "x", From: now}, Page{})
			return err
		}, false},
		"audit_by": {func() error {
			_, _, err := c.AuditOf(ctx, AuditFilter{Latest: true, Account: account}, Page{})
			return err
		}, false},
		"service_words":    {func() error { _, err := c.ServiceWordsList(ctx); return err }, true},
		"service_words_of": {func() error { _, err := c.ServiceWordsOf(ctx, "x"); return known(err) }, false},
		"cared_by":         {func() error { _, err := c.CaredBy(ctx, specialist); return err }, false},
		"today": {func() error {
			_, err := c.Today(ctx, TodayFilter{Specialists: []conversations.SpecialistID{specialist}, To: now})
			return err
		}, true},
		"today_everybody": {func() error { _, err := c.Today(ctx, TodayFilter{Everybody: true, To: now}); return err }, false},
		"workloads":       {func() error { _, err := c.Workloads(ctx, true); return err }, false},
		"absences_since":  {func() error { _, err := c.AbsencesSince(ctx, now); return err }, true},
		"strangers":       {func() error { _, _, err := c.Strangers(ctx, Page{}); return err }, false},
		"stranger":        {func() error { _, err := c.Stranger(ctx, "?x"); return known(err) }, false},
		"board":           {func() error { _, err := c.Board(ctx, now, false, now); return err }, false},
		"board_over":      {func() error { _, err := c.Board(ctx, now, true, now); return err }, false},
		"rows":            {func() error { _, err := c.Rows(ctx, []conversations.SpecialistID{specialist}, true); return err }, true},
		"imported":        {func() error { _, err := c.Imported(ctx, ImportClients, []string{"C-1"}); return err }, false},
		"clients_by_id":   {func() error { _, err := c.ClientsOf(ctx, []conversations.ClientID{client}); return err }, false},
		"taken_mobiles":   {func() error { _, err := c.TakenMobiles(ctx, []string{"+447700900124"}); return err }, false},
		"calendar":        {func() error { _, err := c.CalendarOf(ctx, "x"); return known(err) }, false},
		"calendars":       {func() error { _, err := c.Calendars(ctx, specialist); return err }, false},
		"diary":           {func() error { _, err := c.Diary(ctx, specialist, now); return err }, true},
		"nudge_again":     {func() error { _, err := c.AddNudge(ctx, again); return known(err) }, false},

		"nudges_of":       {func() error { _, _, err := c.NudgesOf(ctx, specialist, Page{}); return err }, false},
		"several_clients": {func() error { _, err := c.SeveralClients(ctx, []conversations.ClientID{client}); return err }, true},
		"notes":           {func() error { _, err := c.Notes(ctx, client); return err }, false},
		"figures": {func() error {
			_, err := c.Figures(ctx, FiguresFilter{Period: period, Everybody: true, Feedback: true})
			return err
		}, true},
		"figures_of": {func() error {
			_, err := c.Figures(ctx, FiguresFilter{Period: period, Specialists: []conversations.SpecialistID{specialist}, Feedback: true})
			return err
		}, true},
		"direct_contacts":    {func() error { _, err := c.Contacts(ctx, client, ""); return err }, true},
		"contacts_of_nobody": {func() error { _, err := c.Contacts(ctx, "", specialist); return err }, true},
		"referrals":          {func() error { _, err := c.Referrals(ctx, client); return err }, true},
		"jobs":               {func() error { _, err := c.Jobs(ctx, client); return err }, true},
	} {
		recorded.statements = nil
		if err := row.read(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(recorded.statements) == 0 {
			t.Errorf("%s: nothing was read", name)
		}
		for _, s := range recorded.statements {
			for _, step := range explain(t, recorded.database, s) {
				// A scan is of what an index on a part of the table lets in, or of
				// what a limit has cut before. A sort among equals is of a few.
				whole := strings.HasPrefix(step, "SCAN ") && !scansAPart(step)
				sorts := step == "USE TEMP B-TREE FOR ORDER BY" && !row.sorts
				if whole || sorts {
					t.Errorf("%s: %s\n%s", name, step, s.sql)
				}
			}
		}
	}
}

// known lets what is not there, or was there before, be: how it is looked for is
// what counts.
func known(err error) error {
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrDuplicate) {
		return nil
	}
	return err
}

// scansAPart says whether a scan goes through no more than stands open.
func scansAPart(step string) bool {
	for _, part := range []string{
		"SCAN latest", "SCAN who", "SCAN free", "SCAN counted", "INDEX alerts_open", "INDEX alerts_closed", "INDEX flags_open", "INDEX messages_parked", "INDEX messages_due", "INDEX conversations_unknown",
	} {
		if strings.Contains(step, part) {
			return true
		}
	}
	return false
}

// explain is how the database would run a statement, step by step.
func explain(t *testing.T, db database, s statement) (steps []string) {
	t.Helper()
	err := one(t.Context(), db.reader(), func(scan scan) error {
		var id, parent, unused int
		var step string
		err := scan(&id, &parent, &unused, &step)
		steps = append(steps, step)
		return err
	}, "EXPLAIN QUERY PLAN "+s.sql, s.args...)
	if err != nil {
		t.Fatal(err)
	}
	return steps
}
