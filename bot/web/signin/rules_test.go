package signin_test

import (
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/google/go-cmp/cmp"
	"github.com/pquerna/otp/totp"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

func TestRoles(t *testing.T) {
	t.Parallel()
	type may map[signin.Action]bool
	for role, want := range map[signin.Role]may{
		signin.Specialist:    {signin.ReadClients: true, signin.ChangeClients: true, signin.ReadFigures: true},
		signin.Duty:          {signin.ReadClients: true, signin.ChangeClients: true, signin.ManageTeam: true},
		signin.Administrator: {signin.ManageSettings: true, signin.ManageAccounts: true, signin.ReadAudit: true},
		signin.Auditor:       {signin.ReadClients: true, signin.ReadFigures: true, signin.ReadAudit: true},
		signin.Lead: {
			signin.ReadClients: true, signin.ChangeClients: true, signin.ManageTeam: true,
			signin.ReadFigures: true, signin.ManageSettings: true, signin.ReadAudit: true,
		},
		"": {},
	} {
		for _, action := range signin.Actions() {
			if got := (signin.Who{Role: role}).May(action); got != want[action] {
				t.Errorf("%q may %s: %v", role, action, got)
			}
		}
	}
	sees := map[signin.Role][4]bool{ // own, covered, another's, nobody's
		signin.Specialist:    {true, true, false, false},
		signin.Lead:          {true, true, true, true},
		signin.Duty:          {true, true, true, true},
		signin.Auditor:       {true, true, true, true},
		signin.Administrator: {},
		"":                   {},
	}
	if len(sees) != len(store.Roles())+1 {
		t.Error("a role is missing here")
	}
	for role, want := range sees {
		who := signin.Who{Role: role, Specialist: "own", Covers: []conversations.SpecialistID{"covered"}}
		for i, of := range []conversations.SpecialistID{"own", "covered", "another", ""} {
			if got := who.Sees(of); got != want[i] {
				t.Errorf("%q sees %q: %v", role, of, got)
			}
		}
	}
	if (signin.Who{Role: signin.Specialist}).Sees("") {
		t.Error("a specialist without a caseload sees what is nobody's")
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"":                        "/",
		"/clients/c1?part=2":      "/clients/c1?part=2",
		"//elsewhere.example":     "/",
		"/\\elsewhere.example":    "/",
		"https://elsewhere":       "/",
		"javascript:alert(1)":     "/",
		"clients":                 "/",
		"/\t/elsewhere":           "/",
		"///elsewhere.example/":   "/",
		"/%2f%2felsewhere":        "/%2f%2felsewhere",
		"http:/elsewhere.example": "/",
	} {
		if got := signin.Local(next); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
}

func TestStepOf(t *testing.T) {
	t.Parallel()
	const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	now := theDay.Add(7 * time.Second)
	current := now.Unix() / 30
	for name, row := range map[string]struct {
		steps, after int64
		want         bool
	}{
		"now":                 {0, 0, true},
		"a_step_ago":          {-1, 0, true},
		"a_step_ahead":        {1, 0, true},
		"two_steps_ago":       {-2, 0, false},
		"two_steps_ahead":     {2, 0, false},
		"taken":               {0, current, false},
		"before_what_is_used": {-1, current, false},
		"after_what_is_used":  {1, current, true},
	} {
		code, err := totp.GenerateCode(secret, now.Add(time.Duration(row.steps)*30*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		step, right := signin.StepOf(secret, code, now, row.after)
		if right != row.want || right && step != current+row.steps {
			t.Errorf("%s: step %d, right %v", name, step-current, right)
		}
	}
}

func TestPasswordFault(t *testing.T) {
	t.Parallel()
	long := make([]byte, 201)
	for i := range long {
		long[i] = "abcdefg"[i%7]
	}
	for want, rows := range map[string][]string{
		"":                 {"three plain words", "tair o eiriau plaen", "ŵyneb yn ŵyneb", string(long[:200])},
		"password_short":   {"", "elevenchars", "ŵŷâêîôûáéí"},
		"password_long":    {string(long), "\xff\xfe123456789012345"},
		"password_plain":   {"sam@service.example", "Sam Fictional", "samsamsamsam", "aaaaaaaaaaaa", "121212121212"},
		"password_differs": {"three plain words "},
	} {
		for _, each := range rows {
			again := each
			if want == "password_differs" {
				again = "three plain words"
			}
			if got := signin.PasswordFault(each, again, login, fullName); got != want {
				t.Errorf("a password of %d bytes: %q, want %q", len(each), got, want)
			}
		}
	}
}

// A login that does not exist costs what one does that exists.
func TestNobodysHashCostsTheSame(t *testing.T) {
	t.Parallel()
	params, _, _, err := argon2id.DecodeHash(signin.Nobodys)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(signin.Hashing, *params); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
}

func TestCell(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "client_read": "client_read", "=1+1": "'=1+1", "@x": "'@x"} {
		if got := signin.Cell(text); got != want {
			t.Errorf("%q is %q", text, got)
		}
	}
}
