package store_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alongside/store"
	"alongside/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// account adds an account that has a password and a two-step sign-in.
func (f *fixture) account(login string) store.AccountID {
	f.Helper()
	id, code, err := f.store.AddAccount(f.Context(), store.NewAccount{Login: login, Name: "Sam Example", Role: store.RoleSpecialist, Specialist: f.sam})
	if err != nil {
		f.Fatal(err)
	}
	if right, err := f.store.UseOneTimeCode(f.Context(), id, code, "a hash", "a secret"); err != nil || !right {
		f.Fatalf("the one-time code is %v (%v)", right, err)
	}
	if _, err := f.store.ConfirmTwoStep(f.Context(), id, 7); err != nil {
		f.Fatal(err)
	}
	return id
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		ctx := f.Context()
		id, code, err := f.store.AddAccount(ctx, store.NewAccount{
			Login: "Sam@Service.example", Name: "Sam Example", Role: store.RoleSpecialist, Specialist: f.sam, Language: "cy",
		})
		if err != nil {
			f.Fatal(err)
		}
		want := store.Account{
			ID: id, Login: "Sam@Service.example", Name: "Sam Example", Role: store.RoleSpecialist, Specialist: f.sam, Language: "cy",
			CodeEnds: f.now.Add(store.OneTimeCodeLasts), CreatedAt: f.now,
		}
		got, err := f.store.AccountByLogin(ctx, " sam@service.EXAMPLE ")
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			f.Errorf("by login: %v (-want +got):\n%s", err, diff)
		}
		_, _, err = f.store.AddAccount(ctx, store.NewAccount{Login: "sam@service.example", Name: "Another", Role: store.RoleLead})
		if got := store.Refusals(err); len(got) != 1 || got[0].Code != store.RefusedTaken {
			f.Errorf("the same login again: %v", err)
		}
		// A code that is wrong, another's or too late sets nothing; the right one does so once, however it is typed.
		if right, err := f.store.UseOneTimeCode(ctx, id, "WRONG", "h", "s"); err != nil || right {
			f.Errorf("a wrong code is %v (%v)", right, err)
		}
		typed := strings.ToLower(code[:4] + "-" + code[4:8] + " " + code[8:])
		if right, err := f.store.UseOneTimeCode(ctx, id, typed, "the hash", "the secret"); err != nil || !right {
			f.Errorf("the right code is %v (%v)", right, err)
		}
		if right, err := f.store.UseOneTimeCode(ctx, id, code, "h", "s"); err != nil || right {
			f.Errorf("the same code again is %v (%v)", right, err)
		}
		codes, err := f.store.ConfirmTwoStep(ctx, id, 41)
		if err != nil || len(codes) != store.RecoveryCodes {
			f.Fatalf("%d recovery codes (%v)", len(codes), err)
		}
		secrets, err := f.store.Secrets(ctx, id)
		if diff := cmp.Diff(store.Secrets{Password: "the hash", TwoStep: "the secret", Step: 41}, secrets); diff != "" || err != nil {
			f.Errorf("secrets: %v (-want +got):\n%s", err, diff)
		}
		// A step counts once, and none before it; a recovery code counts once.
		for step, want := range map[int64]bool{41: false, 40: false} {
			if right, err := f.store.UseStep(ctx, id, step); err != nil || right != want {
				f.Errorf("step %d is %v (%v)", step, right, err)
			}
		}
		var rights atomic.Int64
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if right, err := f.store.UseStep(ctx, id, 42); err == nil && right {
					rights.Add(1)
				}
				if right, err := f.store.UseRecoveryCode(ctx, id, codes[3]); err == nil && right {
					rights.Add(100)
				}
			})
		}
		all.Wait()
		if rights.Load() != 101 {
			f.Errorf("of eight at once a step and a code were right %d times (100s: codes)", rights.Load())
		}
		if left, err := f.store.RecoveryCodesLeft(ctx, id); err != nil || left != store.RecoveryCodes-1 {
			f.Errorf("%d codes left (%v)", left, err)
		}
		other := f.account("other@service.example")
		if right, err := f.store.UseRecoveryCode(ctx, other, codes[4]); err != nil || right {
			f.Errorf("another's recovery code is %v (%v)", right, err)
		}
		// A reset takes everything; the new code ends with its time.
		code, err = f.store.ResetAccount(ctx, id)
		if err != nil {
			f.Fatal(err)
		}
		if secrets, err := f.store.Secrets(ctx, id); err != nil || secrets.Password != "" || secrets.TwoStep != "" {
			f.Errorf("after the reset there are secrets (%v)", err)
		}
		f.now = f.now.Add(store.OneTimeCodeLasts)
		if right, err := f.store.UseOneTimeCode(ctx, id, code, "h", "s"); err != nil || right {
			f.Errorf("the code after its time is %v (%v)", right, err)
		}
		if err := f.store.EndAccount(ctx, id); err != nil {
			f.Fatal(err)
		}
		if _, err := f.store.ResetAccount(ctx, id); !errors.Is(err, store.ErrNotFound) {
			f.Errorf("an ended account was reset: %v", err)
		}
		list, _, err := f.store.Accounts(ctx, store.Page{})
		if err != nil || len(list) != 2 || list[0].EndedAt.IsZero() == list[1].EndedAt.IsZero() {
			f.Errorf("accounts %+v (%v)", list, err)
		}
	})
}

func TestAccountsRefuseWhatIsWrong(t *testing.T) {
	t.Parallel()
	f := newFixture(t, storetest.SQLite(t), nil)
	for name, row := range map[string]struct {
		n     store.NewAccount
		field string
	}{
		"no_login":                {store.NewAccount{Name: "Sam", Role: store.RoleLead}, "email"},
		"no_address":              {store.NewAccount{Login: "sam", Name: "Sam", Role: store.RoleLead}, "email"},
		"no_name":                 {store.NewAccount{Login: "sam@service.example", Role: store.RoleLead}, "name"},
		"no_such_role":            {store.NewAccount{Login: "sam@service.example", Name: "Sam", Role: "owner"}, "role"},
		"specialist_of_nobody":    {store.NewAccount{Login: "sam@service.example", Name: "Sam", Role: store.RoleSpecialist}, "specialist"},
		"no_such_specialist":      {store.NewAccount{Login: "sam@service.example", Name: "Sam", Role: store.RoleSpecialist, Specialist: "x"}, "specialist"},
		"auditor_with_a_caseload": {store.NewAccount{Login: "sam@service.example", Name: "Sam", Role: store.RoleAuditor, Specialist: "x"}, "specialist"},
		"no_language":             {store.NewAccount{Login: "sam@service.example", Name: "Sam", Role: store.RoleLead, Language: "Welsh!"}, "language"},
	} {
		_, _, err := f.store.AddAccount(t.Context(), row.n)
		if got := store.Refusals(err); len(got) != 1 || got[0].Field != row.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	const idle = 30 * time.Minute
	onEach(t, func(f *fixture) {
		ctx := f.Context()
		id := f.account("sam@service.example")
		begin := func(stage store.Stage, replaces string) string {
			f.Helper()
			token, err := f.store.AddSession(ctx, store.NewSession{Account: id, Stage: stage, Replaces: replaces, EndsAt: f.now.Add(12 * time.Hour), Shows: "once"})
			if err != nil {
				f.Fatal(err)
			}
			return token
		}
		there := func(token string, want bool) store.Session {
			f.Helper()
			s, err := f.store.Session(ctx, token, idle)
			if err != nil && !errors.Is(err, store.ErrNotFound) || (err == nil) != want {
				f.Errorf("a session that should be there (%v): %v", want, err)
			}
			return s
		}
		first := begin(store.StageCode, "")
		pending := there(first, true)
		token := begin(store.StageOpen, pending.ID)
		there(first, false)
		s := there(token, true)
		if s.Account.ID != id || s.Stage != store.StageOpen || s.Shows != "once" || !s.EndsAt.Equal(f.now.Add(12*time.Hour)) {
			f.Errorf("session %+v", s)
		}
		if _, err := f.store.AddSession(ctx, store.NewSession{Account: id, Stage: store.StageOpen, Replaces: pending.ID, EndsAt: s.EndsAt}); !errors.Is(err, store.ErrNotFound) {
			f.Errorf("a session followed one that is gone: %v", err)
		}
		if err := f.store.Show(ctx, s.ID, ""); err != nil || there(token, true).Shows != "" {
			f.Errorf("what was put away is still shown (%v)", err)
		}
		// Whoever is seen again and again stays, to the absolute end.
		start := f.now
		for f.now.Before(start.Add(12*time.Hour - 20*time.Minute)) {
			f.now = f.now.Add(20 * time.Minute)
			there(token, f.now.Before(start.Add(12*time.Hour)))
		}
		f.now = start.Add(12 * time.Hour)
		there(token, false)
		// Who is idle does not; a process that starts anew keeps the others.
		token = begin(store.StageOpen, "")
		f.now = f.now.Add(idle - time.Second)
		there(token, true)
		f.now = f.now.Add(idle - time.Second)
		if _, err := f.open("two").Session(ctx, token, idle); err != nil {
			f.Errorf("another process: %v", err)
		}
		f.now = f.now.Add(idle)
		there(token, false)
		// Ended from outside: all but one, one, and with the account.
		one, two, three := begin(store.StageOpen, ""), begin(store.StageOpen, ""), begin(store.StageOpen, "")
		if list, err := f.store.Sessions(ctx, id, idle); err != nil || len(list) != 3 {
			f.Errorf("%d sessions (%v)", len(list), err)
		}
		if err := f.store.EndSession(ctx, there(one, true).ID); err != nil {
			f.Fatal(err)
		}
		if err := f.store.EndSessions(ctx, id, there(two, true).ID); err != nil {
			f.Fatal(err)
		}
		there(one, false)
		there(two, true)
		there(three, false)
		if err := f.store.EndAccount(ctx, id); err != nil {
			f.Fatal(err)
		}
		there(two, false)
	})
}

func TestTries(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		ctx := f.Context()
		pause := func(n int) time.Duration {
			if n < 3 {
				return 0
			}
			return time.Duration(n) * time.Minute
		}
		try := func(want time.Duration) {
			f.Helper()
			if wait, err := f.store.Try(ctx, "login:x", pause); err != nil || wait != want {
				f.Errorf("waits %v, want %v (%v)", wait, want, err)
			}
		}
		for range 3 {
			try(0)
		}
		try(3 * time.Minute)
		f.now = f.now.Add(2 * time.Minute)
		try(time.Minute) // What came in between did not make it longer.
		f.now = f.now.Add(time.Minute)
		try(0)
		try(4 * time.Minute)
		if wait, err := f.store.Try(ctx, "login:y", pause); err != nil || wait != 0 {
			f.Errorf("another waits %v (%v)", wait, err)
		}
		if err := f.store.Right(ctx, "login:x"); err != nil {
			f.Fatal(err)
		}
		// Of many at once no more are looked at than one after the other.
		var looked atomic.Int64
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				if wait, err := f.store.Try(ctx, "login:x", pause); err == nil && wait == 0 {
					looked.Add(1)
				}
			})
		}
		all.Wait()
		if looked.Load() != 3 {
			f.Errorf("of twelve at once %d were looked at", looked.Load())
		}
		f.now = f.now.Add(25 * time.Hour)
		for range 3 {
			try(0)
		}
	})
}

func TestKnownBrowsers(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		ctx := f.Context()
		id, other := f.account("sam@service.example"), f.account("other@service.example")
		token, err := f.store.KnowBrowser(ctx, id, "")
		if err != nil {
			f.Fatal(err)
		}
		if again, err := f.store.KnowBrowser(ctx, id, token); err != nil || again != token {
			f.Errorf("the browser got another token (%v)", err)
		}
		if theirs, err := f.store.KnowBrowser(ctx, other, token); err != nil || theirs == token {
			f.Errorf("another account took the token (%v)", err)
		}
		known := func(of store.AccountID, want bool) {
			f.Helper()
			if got, err := f.store.KnownBrowser(ctx, of, token); err != nil || got != want {
				f.Errorf("known: %v, want %v (%v)", got, want, err)
			}
		}
		known(id, true)
		known(other, false)
		f.now = f.now.Add(90 * 24 * time.Hour)
		known(id, false)
	})
}

func TestAudit(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		ctx := f.Context()
		for _, subject := range []string{"c1", "c2", "c1"} {
			if err := f.store.Audit(ctx, "a1", "client_read", subject); err != nil {
				f.Fatal(err)
			}
			f.now = f.now.Add(time.Second)
		}
		list, next, err := f.store.AuditLog(ctx, "", store.Page{Limit: 2})
		if err != nil || len(list) != 2 || next == "" {
			f.Fatalf("%+v, next %q (%v)", list, next, err)
		}
		rest, next, err := f.store.AuditLog(ctx, "", store.Page{After: next})
		if diff := cmp.Diff([]store.AuditEntry{{Seq: 3, At: theDay.Add(2 * time.Second), Account: "a1", What: "client_read", Subject: "c1"}}, rest); diff != "" || next != "" || err != nil {
			f.Errorf("the rest: %v, next %q (-want +got):\n%s", err, next, diff)
		}
		if list, _, err := f.store.AuditLog(ctx, "c1", store.Page{}); err != nil || len(list) != 2 {
			f.Errorf("of one client %+v (%v)", list, err)
		}
		if _, _, err := f.store.AuditLog(ctx, "", store.Page{After: "x"}); !errors.Is(err, store.ErrCursor) {
			f.Errorf("a cursor of nobody: %v", err)
		}
	})
}
