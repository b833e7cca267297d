package conversations

// Agreement is what a client said to being texted on one channel.
//
//	none ──invited──▶ asked ──yes──▶ given ◀──start── stopped
//	  └──in person──────────────────▶ given ──stop──▶ stopped
//	                    asked ──no──▶ declined        given ──wrong person──▶ doubted
type Agreement string

// The agreements. Nothing unasked is sent but in [AgreementGiven]; the opt-in
// question itself is the one thing sent in [AgreementAsked].
const (
	// AgreementNone: the client was never asked on this channel.
	AgreementNone Agreement = "none"
	// AgreementAsked: a specialist had the opt-in question sent; no answer yet.
	AgreementAsked Agreement = "asked"
	// AgreementGiven: the client said yes, by text or to the specialist.
	AgreementGiven Agreement = "given"
	// AgreementDeclined: the client answered the opt-in question with no.
	AgreementDeclined Agreement = "declined"
	// AgreementStopped: the client said stop, to us or to the carrier. Only the
	// client's own start, or a new agreement that a specialist records with the
	// client, takes it out.
	AgreementStopped Agreement = "stopped"
	// AgreementDoubted: somebody answered that this is not the client. Nothing
	// personal is said until a specialist has settled it; if the number is the
	// client's after all, what held before holds again ([EventSettled]).
	AgreementDoubted Agreement = "doubted"
)

// Agreements lists every agreement, in the order of the drawing.
var Agreements = []Agreement{
	AgreementNone, AgreementAsked, AgreementGiven, AgreementDeclined, AgreementStopped, AgreementDoubted,
}

// Reach is one channel on which a client has an address.
type Reach struct {
	Channel   Channel
	Agreement Agreement
	// Before is what held before a doubt, from the ledger of agreements; empty
	// unless Agreement is [AgreementDoubted].
	Before Agreement
	// Blocked says that the carrier does not take our texts for this address
	// just now: a bare STOP on SMS, a blocked bot on Telegram.
	Blocked bool
	// Fault is what the carrier said when the address failed last, as the
	// provider's code; empty if it works, as far as is known. See [SetFault].
	Fault string
}
