package conversations

// EmployerContact is whether a client permits their specialist to speak about
// them with one employer. It is for the specialist: nothing is ever sent to an
// employer.
type EmployerContact string

// The answers. Only yes is yes: a maybe counts as no until it is one, and so
// does what nobody has asked.
const (
	ContactYes   EmployerContact = "yes"
	ContactNo    EmployerContact = "no"
	ContactMaybe EmployerContact = "maybe"
)

// EmployerContacts lists every answer.
var EmployerContacts = []EmployerContact{ContactYes, ContactNo, ContactMaybe}

// Permits says whether the employer may be spoken to.
func (c EmployerContact) Permits() bool { return c == ContactYes }
