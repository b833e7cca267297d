package store

// Refusal says to a person why what they entered was not taken. Its text may be
// shown as it stands: it holds no personal data, and it does not say whose a
// number is.
//
// It is no failure of the store; errors.As tells it from one, and [Refusals]
// finds all of them when several fields were refused at once.
type Refusal struct { //nolint:errname // It is a message for a person; that is what its name says.
	// Code is a named reason for programs: one of the Refused constants.
	Code string
	// Field is the name of the field in the API: "mobile", "full_name" …
	Field string
	// Text explains it in whole sentences and says what to do.
	Text string
}

// The codes of a [Refusal].
const (
	// RefusedEmpty: something that must be given is missing.
	RefusedEmpty = "empty"
	// RefusedLong: it is longer than the caseload keeps.
	RefusedLong = "too_long"
	// RefusedCharacters: it holds characters that no name has.
	RefusedCharacters = "bad_characters"
	// RefusedValue: it is none of the values that the field can have.
	RefusedValue = "bad_value"
	// RefusedPast: it is a moment that is past.
	RefusedPast = "past"
	// RefusedNumber: it is not a telephone number.
	RefusedNumber = "not_a_number"
	// RefusedShortCode: it is a short code, which people do not have.
	RefusedShortCode = "short_code"
	// RefusedSenderName: it is a name that texts come from, not a number.
	RefusedSenderName = "sender_name"
	// RefusedNotMobile: it is a number that takes no texts.
	RefusedNotMobile = "not_a_mobile"
	// RefusedLandline: it is a landline.
	RefusedLandline = "landline"
	// RefusedTaken: the number belongs to another open client.
	RefusedTaken = "number_taken"
	// RefusedUnknown: it names something that is not on the caseload.
	RefusedUnknown = "not_found"
	// RefusedOverlaps: the specialist is away at some of that time already.
	RefusedOverlaps = "overlaps"
	// RefusedClosed: the client's record, or the matter, is closed.
	RefusedClosed = "closed"
)

// Error names code and field; [Refusal.Text] is for people.
func (r *Refusal) Error() string { return "refused: " + r.Field + ": " + r.Code }

// Refusals gives every refusal in an error, in the order of the fields; none
// for nil and for an error that is a failure.
func Refusals(err error) []*Refusal {
	//nolint:errorlint // errors.As finds only the first; this walks the whole tree.
	switch err := err.(type) {
	case *Refusal:
		return []*Refusal{err}
	case interface{ Unwrap() []error }:
		var all []*Refusal
		for _, each := range err.Unwrap() {
			all = append(all, Refusals(each)...)
		}
		return all
	case interface{ Unwrap() error }:
		return Refusals(err.Unwrap())
	}
	return nil
}
