package twilio

import "net/http"

// This file says which of Twilio's error codes mean what, after
// https://www.twilio.com/docs/api/errors. A 4xx accepted nothing, so that the
// only question is whose fault it is:
//
//   - the person's, or their carrier's or number's: refused, somebody is told;
//   - ours (a token, a sender, an address of the configuration) or Twilio's
//     queue: retry, because the message is good and must not be lost while
//     somebody puts the configuration right;
//   - a code that nobody has listed here: refused, with the code shown. It would
//     be refused again, and a person who sees it can act before it is too late.

// stoppedByPerson: the person has texted STOP (or the like) to the carrier.
const stoppedByPerson = 21610

// busy lists the codes that mean "too much at once".
var busy = map[int]bool{
	14107: true, // the rate limit of sending was exceeded
	20429: true, // too many requests
	21611: true, // the queue of the From number is full
	30001: true, // the queue is full
	63038: true, // the account's daily limit was reached
}

// ourFault lists the codes that a changed configuration or account would cure.
var ourFault = map[int]bool{
	10001: true, // the account is not active
	20003: true, // the token is wrong, or there is no permission
	20004: true, // method not allowed: TWILIO_API_URL is another service
	20005: true, // the account is not active
	20006: true, // access denied
	20008: true, // test credentials
	20403: true, // forbidden
	20404: true, // not found: the account or the API's address is wrong
	21212: true, // From is no valid number
	21603: true, // no From
	21606: true, // From is not ours or cannot send texts
	21608: true, // a trial account, and the number is not verified
	21609: true, // the StatusCallback address is not valid: PUBLIC_URL
	21626: true, // the StatusCallback address, as newer accounts name it
	21659: true, // From is not a number of this account
	21660: true, // From and account do not match
	21661: true, // From cannot send texts
	21701: true, // the messaging service does not exist
	21703: true, // the messaging service has no number to send from
	21704: true, // the messaging service has no number for this country
	21705: true, // the messaging service is not valid
	30002: true, // the account is suspended
	90010: true, // the account is not active
}

// ourStatus lists the HTTP statuses that are about us, whatever the code beside them.
var ourStatus = map[int]bool{
	http.StatusUnauthorized:      true,
	http.StatusForbidden:         true,
	http.StatusNotFound:          true,
	http.StatusMethodNotAllowed:  true,
	http.StatusProxyAuthRequired: true,
	http.StatusRequestTimeout:    true,
	http.StatusConflict:          true,
	http.StatusTooEarly:          true,
}

// theirFault lists the codes that stay the person's or their number's under any
// HTTP status: nothing that we change about ourselves would make it arrive
// before somebody has looked at the number.
var theirFault = map[int]bool{
	21211: true, // To is no valid number
	21214: true, // To cannot be reached
	21217: true, // To does not seem to be a number
	21266: true, // To and From are the same
	21408: true, // texts to the country of To are not switched on
	21602: true, // no text
	21604: true, // no To
	21612: true, // To cannot be reached from this From
	21614: true, // To is no mobile number
	21617: true, // the text has more than 1,600 characters
	21635: true, // To is a landline
	21910: true, // To and From are of different channels
	30003: true, // the phone is off or out of reach
	30004: true, // the message is blocked by the person's phone or carrier
	30005: true, // the number is unknown
	30006: true, // a landline, or a carrier that takes no texts
	30007: true, // filtered by the carrier
}
