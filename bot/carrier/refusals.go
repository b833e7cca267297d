package carrier

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// refusal is an error answer in Twilio's shape.
type refusal struct {
	Code     int    `json:"code"`
	Message  string `json:"message"`
	MoreInfo string `json:"more_info"`
	Status   int    `json:"status"`
}

// refuse makes a refusal of a Twilio error code (https://www.twilio.com/docs/api/errors). An unknown code is
// answered with status 400 and a message that names only the code.
func refuse(code int, subject string) refusal {
	status, message := http.StatusBadRequest, "Error "+strconv.Itoa(code)
	if known, ok := twilioErrors[code]; ok {
		status, message = known.status, known.message
	}
	if subject != "" {
		message += ": " + subject
	}
	return refusal{Code: code, Message: message, MoreInfo: "https://www.twilio.com/docs/errors/" + strconv.Itoa(code), Status: status}
}

func (e refusal) write(w http.ResponseWriter, retryAfter int) {
	if retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	if e.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="Twilio API"`)
	}
	body, err := json.Marshal(e)
	if err != nil {
		panic(err) // A struct of strings and numbers always marshals.
	}
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(e.Status)
	_, _ = w.Write(body) // A client that went away needs no answer.
}

type twilioError struct {
	status  int
	message string
}

// twilioErrors are the codes that the Messages API gives for the requests we can make, and those of later delivery.
// The messages are in the carrier's own words; Twilio itself says that programs must not read them.
var twilioErrors = map[int]twilioError{
	20001: {http.StatusBadRequest, "Invalid parameter"},
	20003: {http.StatusUnauthorized, "Authenticate"},
	20404: {http.StatusNotFound, "The requested resource was not found"},
	20004: {http.StatusMethodNotAllowed, "Method not allowed"},
	20429: {http.StatusTooManyRequests, "Too many requests"},
	20500: {http.StatusInternalServerError, "Internal server error"},
	20503: {http.StatusServiceUnavailable, "Service unavailable"},
	21211: {http.StatusBadRequest, "Invalid 'To' phone number"},
	21212: {http.StatusBadRequest, "Invalid 'From' number"},
	21266: {http.StatusBadRequest, "'To' and 'From' are the same number"},
	21602: {http.StatusBadRequest, "A message body is required"},
	21603: {http.StatusBadRequest, "A 'From' number or a messaging service is required"},
	21604: {http.StatusBadRequest, "A 'To' number is required"},
	21606: {http.StatusBadRequest, "The 'From' number cannot send messages for this account"},
	21608: {http.StatusForbidden, "The 'To' number is unverified and this is a trial account"},
	21609: {http.StatusBadRequest, "Invalid 'StatusCallback' address"},
	21610: {http.StatusBadRequest, "The recipient has unsubscribed"},
	21611: {http.StatusTooManyRequests, "The queue of the 'From' number is full"},
	21612: {http.StatusBadRequest, "The 'To' number cannot be reached from the 'From' number"},
	21614: {http.StatusBadRequest, "The 'To' number is not a mobile number"},
	21617: {http.StatusBadRequest, "The message body is longer than 1600 characters"},
	21701: {http.StatusBadRequest, "The messaging service does not exist"},
	30001: {http.StatusBadRequest, "Queue overflow"},
	30003: {http.StatusBadRequest, "Unreachable destination handset"},
	30004: {http.StatusBadRequest, "Message blocked"},
	30005: {http.StatusBadRequest, "Unknown destination handset"},
	30006: {http.StatusBadRequest, "Landline or unreachable carrier"},
	30007: {http.StatusBadRequest, "Message filtered"},
	30008: {http.StatusBadRequest, "Unknown error"},
	30036: {http.StatusBadRequest, "Validity period expired"},
}
