package signin

import (
	"context"
	"slices"

	"alongside/conversations"
	"alongside/store"
)

// Role says what an account may see and do.
type Role = store.Role

// The roles.
const (
	Specialist    = store.RoleSpecialist
	Lead          = store.RoleLead
	Duty          = store.RoleDuty
	Administrator = store.RoleAdministrator
	Auditor       = store.RoleAuditor
)

// Who is the person at the other end of a request.
type Who struct {
	Account store.AccountID
	// Name is what the team calls them.
	Name string
	Role Role
	// Specialist is whose caseload is theirs; empty for who has none.
	Specialist conversations.SpecialistID
	// Covers lists for whom they stand in just now.
	Covers []conversations.SpecialistID
	// Language is the tag of the language of their pages.
	Language string
}

// Action is a kind of thing that pages let people do.
type Action string

// The actions. Those about clients hold for the clients that [Who.Sees] lets
// through, and for no others.
const (
	// ReadClients: clients, their conversations and all that is known of them.
	ReadClients Action = "read_clients"
	// ChangeClients: answer, book, nudge, hold, put right.
	ChangeClients Action = "change_clients"
	// ManageTeam: cover and hand-over, texts from unknown numbers, the queue of
	// what nobody has answered.
	ManageTeam Action = "manage_team"
	// ReadFigures: counts, of which none names a client.
	ReadFigures Action = "read_figures"
	// ManageSettings: the service's own templates and leads' sources.
	ManageSettings Action = "manage_settings"
	// ManageAccounts: who may come in, and in which role.
	ManageAccounts Action = "manage_accounts"
	// ReadAudit: who changed and who read what.
	ReadAudit Action = "read_audit"
)

// Actions lists every action.
func Actions() []Action {
	return []Action{ReadClients, ChangeClients, ManageTeam, ReadFigures, ManageSettings, ManageAccounts, ReadAudit}
}

// allowed is the whole of what the roles may do.
var allowed = map[Role][]Action{
	Specialist: {ReadClients, ChangeClients, ReadFigures},
	Lead:       {ReadClients, ChangeClients, ManageTeam, ReadFigures, ManageSettings, ReadAudit},
	Duty:       {ReadClients, ChangeClients, ManageTeam},
	// Who keeps the doors has no business in the rooms: no client, no text.
	Administrator: {ManageSettings, ManageAccounts, ReadAudit},
	Auditor:       {ReadClients, ReadFigures, ReadAudit},
}

// May says whether the person may do something at all. About a client, Sees has
// to say yes, too.
func (w Who) May(a Action) bool { return slices.Contains(allowed[w.Role], a) }

// Sees says whether the clients of a specialist are among those that the person
// sees: a specialist sees their own and those they cover; lead, duty and auditor
// see all; an administrator sees none. Empty stands for what belongs to nobody's
// caseload, such as a text from an unknown number.
func (w Who) Sees(of conversations.SpecialistID) bool {
	switch w.Role {
	case Lead, Duty, Auditor:
		return true
	case Specialist:
		return of != "" && (of == w.Specialist || slices.Contains(w.Covers, of))
	case Administrator:
	}
	return false
}

type whoKey struct{}

// With returns a context in which the person is known.
func With(ctx context.Context, w Who) context.Context { return context.WithValue(ctx, whoKey{}, w) }

// From returns the person of a request; false behind no [SignIn.Require].
func From(ctx context.Context) (Who, bool) {
	w, ok := ctx.Value(whoKey{}).(Who)
	return w, ok
}
