package caseload

// Sealer keeps values unreadable to whoever holds the database but not the
// keys; *seal.Keys is one. Purpose names what the value is, context the row it
// belongs to: what was sealed with one pair opens with no other.
type Sealer interface {
	Seal(purpose, context string, plain []byte) ([]byte, error)
	Open(purpose, context string, sealed []byte) ([]byte, error)
	// Current says whether a value was sealed under the first key.
	Current(sealed []byte) bool
	// Hash is the keyed hash of a value by the first key, Hashes by every key.
	Hash(purpose, value string) []byte
	Hashes(purpose, value string) [][]byte
}

// The purposes. The context is the id of the row (of a snapshot and of an
// unknown sender's address: the peer; of an address: client_addresses.id).
const (
	sealBody       = "message"
	sealMedia      = "media"
	sealUnderstood = "understood"
	sealEvent      = "event"
	sealButtons    = "buttons"
	sealSnapshot   = "snapshot"
	sealCondition  = "condition"
	sealPlace      = "place"
	sealWith       = "with" // who else is at an appointment
	sealMore       = "more" // of a lead
	sealWork       = "work" // of a lead
	sealWishes     = "wishes"
	sealEmployer   = "employer"
	sealMaySay     = "may_say" // to an employer
	sealFallback   = "fallback_contact"
	sealTask       = "task"
	sealJob        = "job" // its title
	sealCheckIn    = "check_in"
	sealNudge      = "nudge" // the words of one
	sealNote       = "note"
	sealUndo       = "undo"
	sealMeaning    = "meaning"
	sealOutcome    = "outcome"
	sealAddress    = "address"
	sealContact    = "contact" // phone and email of a specialist
	sealLogin      = "login"   // of an account
	sealPassword   = "password"
	sealTwoStep    = "two_step"
	sealShows      = "shows"    // in a session
	sealImported   = "imported" // what a row of a file said
	sealHookURL    = "hook_url"
	sealHookSecret = "hook_secret"
	sealAnswered   = "answered" // an answer of the API

	// hashAddress is over channel + ":" + address; see addressHash.
	hashAddress  = "address"
	hashLinkCode = "link_code"
	hashToken    = "token"
	hashEmployer = "employer" // see employerKey
	hashLogin    = "login"
	hashOneTime  = "one_time_code"
	hashRecovery = "recovery_code"
	hashSession  = "session"
	hashBrowser  = "browser"
	hashTries    = "tries"
	hashImported = "imported" // see importedKey
	hashCalendar = "calendar"
	hashAnswered = "answered"
	hashRequest  = "request"
)
