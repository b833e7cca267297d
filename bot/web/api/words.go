package api

import (
	"fmt"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"alongside/conversations"
	"alongside/conversations/understand"
)

// deliveries say in plain words what each state of a message of ours means.
var deliveries = map[conversations.Delivery]string{
	conversations.Queued:      "waiting to be sent",
	conversations.Sending:     "being sent now",
	conversations.Sent:        "sent; no word yet whether it reached the phone",
	conversations.Delivered:   "reached the phone",
	conversations.Read:        "opened on the phone",
	conversations.Undelivered: "sent, but it did not reach the phone",
	conversations.Failed:      "not sent",
	conversations.Unknown:     "may not have been sent: nobody can tell, and it is not repeated, so that it does not come twice",
	conversations.Dropped:     "not sent on purpose, because it was no longer right",
}

// reasons say in plain words why a message was held, dropped or refused. The
// codes are the store's and the policy's named reasons, and those error codes
// of Twilio and Telegram that people meet.
var reasons = map[string]string{ //nolint:gosec // "passed" is no password.
	"quiet_hours":           "it waits until the hours in which this client may be texted",
	"not_agreed":            "the client has not agreed to be texted on this channel",
	"stopped":               "the client said stop",
	"declined":              "the client said no to being texted",
	"doubted":               "somebody answered that this is not the client's number; a person has to settle it first",
	"closed":                "the client has left the service",
	"blocked":               "the client's carrier or Telegram does not take our messages just now; only the client can undo that",
	"no_channel":            "there is no number or account to write to",
	"too_late":              "by the time it could go it would have been of no use",
	"paused":                "the client asked to be left alone for a while",
	"kind_stopped":          "the client wants no texts of this kind",
	"stage":                 "it is not for the stage at which the client stands",
	"budget":                "the client has had as many texts as they are to get for now",
	"in_hospital":           "the client is in hospital",
	"bereaved":              "the client is bereaved",
	"in_custody":            "the client is in custody",
	"died":                  "the client has died",
	"no_words_in_language":  "there are no words in the client's language",
	"question_open":         "something else was asked a short while before; it waits its turn",
	"nudge_stopped":         "the nudge was stopped before it went",
	"answers_nudge":         "it answers a nudge",
	"said_before":           "the client has had this nudge already",
	"cancelled":             "the nudge was cancelled before it began",
	"turn_failed":           "the program failed at it again and again, which is a fault of its own",
	"hold":                  "the client is on hold until a person releases them",
	"past":                  "what it was about is over",
	"answered":              "the client answered before it went",
	"appointment_moved":     "the appointment was moved since",
	"appointment_cancelled": "the appointment was cancelled since",
	"address_changed":       "the client has another number since",
	"number_changed":        "the client has another number since",
	"offer_withdrawn":       "the lead was filled, or the offer was taken back",
	"lead_filled":           "somebody else has the job by now",
	"another_question":      "something else is being asked just now, and one question is asked at a time",
	"offered_before":        "this lead has been offered to this client already; a lead goes to a client once",
	"no_client":             "there is no such client on the caseload",
	"lead":                  "it is for the lead, not for the specialist",
	"timeout":               "the provider did not answer in time",
	"nobody_reads_today":    "nobody reads texts before tomorrow: the duty person looks",
	"after_alert":           "written while an alert is open: read it together with the alert",
	"said_to_have_died":     "somebody writes that the client has died: all texting waits until a person has settled it",
	"said_to_be_away":       "somebody writes that the client is in hospital or in custody: the client is on hold",
	"stopped_by_other":      "somebody else asked that texts to this number end, and none are sent; it was not the client, who has to be reached another way",
	"has_phone_again":       "somebody writes that the client has their phone again; taken at their word, as nobody had asked for anything meanwhile",
	"new_number":            "the text holds another number of the client's; nothing is changed until a person does",
	"got_job":               "the client has got a job",
	"erase":                 "the client wants deleted what is kept about them; the service has to answer that",
	"questions_unanswered":  "as many questions as the pathway allows found no answer",
	"days_without_a_text":   "something waited for an answer for as many days as the pathway allows",
	"wants_to_leave":        "the client wants to leave the service; nothing was ended, texts still go",
	"busy":                  "a time is being settled with the client just now; send it a little later",
	"told_before":           "the client has been told already",
	"passed_on":             "it named the specialist from before; it is said anew",
	"sent_again":            "it was sent again already",
	"not_failed":            "it did not fail: it arrived, is on its way, or may have arrived",
	"write_anew":            "it belonged to its moment and is not sent again; write to the client anew",
	"not_theirs":            "the client is not on this specialist's caseload",
	"lent":                  "somebody else had the client's phone a short while before",
	"acknowledged":          "somebody was on it before it went",
	"no_address":            "there is no phone or mailbox any more by which to tell them",
	"no_words":              "the program has no words for it, which is a fault of its own",
	"interrupted":           "the process that was sending it ended, and nobody can tell whether it went",
	"connection_lost":       "the mail server or the provider hung up before it answered",
	"not_connected":         "the mail server or the provider could not be reached",
	"certificate":           "the mail server could not prove who it is",
	"mail_server_refused":   "the mail server did not let us in",
	"expired":               "the process that was sending it ended before it could say how it went",

	"21211": "the number is not one that can be texted",
	"21408": "texts to this country are switched off at the provider",
	"21610": "the client sent STOP to the carrier; only their own START undoes it",
	"21612": "the provider has no way to this number",
	"21614": "the number is not a mobile number",
	"30001": "the provider's queue was full",
	"30003": "the phone is switched off or has no signal",
	"30004": "the phone or its carrier blocks our texts",
	"30005": "the number is not in use",
	"30006": "the number is a landline, or takes no texts",
	"30007": "the carrier took it for unwanted and filtered it",
	"30008": "the carrier did not say why",
	"403":   "the client blocked the bot or deleted the chat",
}

// plainReason says why in plain words; a code that is not known is given with
// whose it is. Empty for none.
func plainReason(code string) string {
	switch plain, known := reasons[code]; {
	case code == "":
		return ""
	case known:
		return plain
	}
	return "the provider gave the code " + code
}

// agreementsSaid say in plain words what each agreement means.
var agreementsSaid = map[conversations.Agreement]string{
	conversations.AgreementNone:     "was never asked on this channel; nothing is sent",
	conversations.AgreementAsked:    "was asked and has not answered yet; nothing else is sent",
	conversations.AgreementGiven:    "agreed to be texted",
	conversations.AgreementDeclined: "said no; nothing unasked is sent",
	conversations.AgreementStopped:  "said stop; nothing is sent until they say start, or tell you so",
	conversations.AgreementDoubted:  "somebody answered that this is not the client; nothing personal is sent until you have settled it",
}

// flagsSaid say in plain words what each flag asks a person to look at.
var flagsSaid = map[conversations.FlagReason]string{
	conversations.FlagNotUnderstood:   "a text that was not understood",
	conversations.FlagQuestion:        "the client asked something",
	conversations.FlagCallMe:          "the client asks to be rung",
	conversations.FlagChangeAsked:     "the client asks for another time",
	conversations.FlagCannot:          "the client cannot come",
	conversations.FlagLate:            "the client is running late",
	conversations.FlagCondition:       "the client said yes with a condition",
	conversations.FlagDistress:        "the client sounds low or is struggling",
	conversations.FlagVoices:          "the client writes of voices or of being watched; a kind word from a person today",
	conversations.FlagThreat:          "a threat to staff",
	conversations.FlagStopped:         "the client said stop",
	conversations.FlagStarted:         "the client wants texts again",
	conversations.FlagDeclined:        "the client does not want to be texted",
	conversations.FlagWrongPerson:     "somebody says that this is not the client's number",
	conversations.FlagThirdParty:      "somebody else seems to be writing for the client",
	conversations.FlagUnknownSender:   "a text from a number that is not on the caseload",
	conversations.FlagClosedClient:    "a text from somebody who has left the service",
	conversations.FlagMedia:           "a picture, a voice note, a place or a file",
	conversations.FlagMessage:         "a text for a person to read",
	conversations.FlagEdited:          "the client changed a text after sending it",
	conversations.FlagLanguage:        "a text in a language that is not understood",
	conversations.FlagBlocked:         "the client blocked the bot",
	conversations.FlagNoAnswer:        "a question stayed without an answer",
	conversations.FlagUndelivered:     "a message did not reach the phone",
	conversations.FlagMayNotBeSent:    "a message may not have been sent",
	conversations.FlagNotSent:         "a message was not sent",
	conversations.FlagAnswerNotSent:   "no answer could be sent on this channel; reach them by another route",
	conversations.FlagTurnFailed:      "a text that the assistant failed on; it is kept whole, and was not answered",
	conversations.FlagEarly:           "an appointment before the client's waking hour",
	conversations.FlagAmbiguousStop:   "CANCEL: it may have meant the appointment, and has stopped our texts as well",
	conversations.FlagProposalUnclear: "the client asks for another time, and it is not clear which",
	conversations.FlagInterested:      "the client is interested in a lead",
	conversations.FlagLeadQuestion:    "the client asks about a lead",
	conversations.FlagApplied:         "the client says that they applied for a lead",
	conversations.FlagJobsAsked:       "the client asks for leads",
	conversations.FlagLeadFilled:      "a lead that the client wanted is filled; a person tells them",
	conversations.FlagTaskHelp:        "the client would like help with a task",
	conversations.FlagLowAnswer:       "a low answer to a check-in; a person looks today",
	conversations.FlagMoreHours:       "the client wants more hours at work",
	conversations.FlagFeedback:        "what the client thinks of the service, for the lead",
	conversations.FlagGuarded:         "somebody else reads the client's phone; only a person switches the wording back",
	conversations.FlagSettings:        "the client changed how they want to be texted",
	conversations.FlagChannel:         "the client would like to write on another channel",
	conversations.FlagKnown:           "the client asks what is known about them",
	conversations.FlagReminderWaits:   "a reminder waits for your tap, because the client is on hold",
	conversations.FlagHold:            "the client is still on hold",
	conversations.FlagCorrected:       "a text was put right by a person",
	conversations.FlagMissed:          "an appointment was missed: call, visit, or send a kind word about another time",
	conversations.FlagSilent:          "nothing was heard of the client; their fallback contacts are for you to ring, and nobody is dropped for it",
	conversations.FlagNotUndone:       "part of a wrongly read text could not be undone, because things moved on",
}

// offersSaid say in plain words what a client said to an offer.
var offersSaid = map[conversations.OfferStatus]string{
	conversations.OfferOpen:          "no answer yet, which is not a no",
	conversations.OfferInterested:    "the client is interested",
	conversations.OfferNotInterested: "the client does not want it",
	conversations.OfferApplied:       "the client says that they applied",
	conversations.OfferWithdrawn:     "taken back: it was filled, it closed, or you took it back",
}

// tasksSaid say in plain words how a task stands.
var tasksSaid = map[conversations.TaskStatus]string{
	conversations.TaskOpen:    "to be done",
	conversations.TaskDone:    "the client did it",
	conversations.TaskNotYet:  "not done yet",
	conversations.TaskHelp:    "the client would like help with it",
	conversations.TaskDropped: "on the plan no more",
}

// intentsSaid say in plain words what a person wants with a text.
var intentsSaid = map[understand.Intent]string{
	understand.Confirm:           "yes, that is fine",
	understand.Change:            "another time",
	understand.Cannot:            "cannot come",
	understand.Late:              "comes, but late",
	understand.AttendingQuestion: "asks about the appointment",
	understand.Interested:        "is interested",
	understand.NotInterested:     "is not interested",
	understand.MoreInfo:          "wants to know more",
	understand.Rating:            "answers with a number",
	understand.Done:              "has done it",
	understand.NotYet:            "has not done it yet",
	understand.WantHelp:          "would like help with it",
	understand.OptinYes:          "agrees to be texted",
	understand.OptinNo:           "does not agree to be texted",
	understand.Stop:              "wants no more messages",
	understand.Start:             "wants messages again",
	understand.Help:              "asks what this is",
	understand.NextAppointment:   "asks when the next appointment is",
	understand.CallMe:            "asks to be phoned",
	understand.Language:          "wants another language",
	understand.WrongPerson:       "is somebody else",
	understand.Crisis:            "somebody may be in danger",
	understand.Distress:          "is having a hard time",
	understand.Social:            "a greeting or thanks",
	understand.Other:             "something for a person to read",
	understand.Keep:              "leave it as it was",
	understand.Choose:            "picks a number",
}

// tags group the operations.
var tags = []*huma.Tag{
	{Name: "Specialists", Description: "The employment specialists, whose caseloads these are."},
	{Name: "Clients", Description: "The people on the caseload, how they can be reached, and what they agreed to."},
	{Name: "Appointments", Description: "What is in the diary. Booking, moving and cancelling tell the client, where they agreed to be told."},
	{Name: "Pathway", Description: "Where clients stand, what the service has promised by when, and what there is to do for it."},
	{Name: "Leads", Description: "Job leads, to whom they were offered, and what each client said to it."},
	{Name: "Nudges", Description: "What a specialist starts, to one client or to many: seen before it goes, stopped half-way."},
	{Name: "Action plan", Description: "What a client and their specialist agreed to do."},
	{Name: "Check-ins", Description: "What a client chose to be asked between sessions, and what they think of the service. The numbers are not a measure of health."},
	{Name: "Figures", Description: "What the service reports, and what is recorded for it alone. No figure names a client."},
	{Name: "Alerts", Description: "Danger, who was told of it, how it ended, and the hold that it puts on a client."},
	{Name: "Webhooks", Description: "Other systems that are told what happens, and what became of it."},
	{Name: "Imports", Description: "What other systems hand over as tables."},
	{Name: "Conversations", Description: "What was said, what became of it, and what a person has to look at."},
}

// about is the description's front page.
func about() string {
	var b strings.Builder
	b.WriteString(`Alongside texts with the clients of a supported-employment service. This is the way in for other programs.

**Token.** Every request but this description needs the header ` + "`Authorization: Bearer <token>`" + `. The command ` + "`alongside token`" + ` makes one, with the scopes ` + "`read`, `write` or `admin`" + `; each holds those before it.

**Errors** are ` + "`application/problem+json`" + ` (RFC 9457): ` + "`code`" + ` for programs, ` + "`detail`" + ` for people, and each fault under ` + "`errors`" + `. They never repeat what was sent. Fields that are not known are refused.

**Twice is once.** A POST with the header ` + "`Idempotency-Key`" + ` (a UUID, say) is done one time: the same request with the same key is given the same answer for a day, another one with it is refused.

**Lists** come in pages: send the ` + "`next`" + ` of one page as the ` + "`cursor`" + ` of the next; an empty ` + "`next`" + ` is the end.

**Times** are RFC 3339 with an offset; those of an appointment come back in the client's own zone.

**What is changed** goes through the client's conversation like a text of theirs: an appointment that is booked sets its reminders, one that is moved is told to the client where they agreed to that, and a message that is no longer true is taken back.

### What becomes of a message

| delivery | in plain words |
|---|---|
`)
	for _, d := range conversations.Deliveries {
		fmt.Fprintf(&b, "| `%s` | %s |\n", d, deliveries[d])
	}
	b.WriteString("\n### Why a message was held, not sent or lost\n\n| code | in plain words |\n|---|---|\n")
	codes := make([]string, 0, len(reasons))
	for code := range reasons {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for _, code := range codes {
		fmt.Fprintf(&b, "| `%s` | %s |\n", code, reasons[code])
	}
	b.WriteString("\nAny other code is the provider's own.\n\n### What a client said to being texted\n\n| agreement | in plain words |\n|---|---|\n")
	for _, a := range conversations.Agreements {
		fmt.Fprintf(&b, "| `%s` | %s |\n", a, agreementsSaid[a])
	}
	b.WriteString("\n### What a person has to look at\n\n| flag | in plain words |\n|---|---|\n")
	for _, f := range conversations.FlagReasons {
		fmt.Fprintf(&b, "| `%s` | %s |\n", f, flagsSaid[f])
	}
	b.WriteString("\n### What a text can mean\n\n| intent | in plain words |\n|---|---|\n")
	for _, i := range understand.Intents {
		fmt.Fprintf(&b, "| `%s` | %s |\n", i, intentsSaid[i])
	}
	return b.String()
}
