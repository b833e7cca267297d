// Package problem says what is wrong with a request and what to do about it, in
// the form of RFC 9457 (application/problem+json).
//
// A problem is read by whoever called, so it is made of our own sentences, the
// names of fields and the limits they have. It never repeats a value that was
// sent, a person's data, or the text of an internal error.
package problem

import (
	"encoding/json"
	"net/http"
)

// ContentType is the media type of a problem.
const ContentType = "application/problem+json"

// RequestHeader is the header of every answer that holds the id under which the
// log knows the request.
const RequestHeader = "X-Request-Id"

// Problem is one answer that is not a success. It is an error, too, so that a
// handler can return it.
type Problem struct { //nolint:errname // It is what is written to the caller; that handlers return it as an error is its lesser half.
	// Type is "about:blank": Title is then the phrase of the status, and Code
	// tells one problem from another.
	Type   string `json:"type" example:"about:blank" doc:"Always about:blank: the code below tells one problem from another."`
	Title  string `json:"title" example:"Unprocessable Entity" doc:"The phrase of the HTTP status."`
	Status int    `json:"status" example:"422" doc:"The HTTP status."`
	// Code is a stable name for programs, Detail the sentence for people: what
	// is wrong, and what to do.
	Code   string `json:"code" example:"invalid" doc:"A stable name of the problem, for programs."`
	Detail string `json:"detail" example:"The request was not taken. Put right what is listed under errors and send it again." doc:"What is wrong and what to do, for people. It never repeats what was sent."`
	// Request is the id under which the log knows this request.
	Request string `json:"request,omitempty" example:"4KQTHZRE5CVCXYQ2" doc:"The id of this request in the log, also in the header X-Request-Id. Quote it when you ask for help."`
	// Errors lists every fault of the request, if there are several to tell.
	Errors []Fault `json:"errors,omitempty" doc:"Each thing that is wrong, with its place."`
}

// Fault is one thing that is wrong with a request.
type Fault struct {
	// Field is where it is: body.at, path.client, query.cursor.
	Field string `json:"field" example:"body.at" doc:"Where the fault is."`
	// Message says what is wrong with it.
	Message string `json:"message" example:"lies in the past; an appointment must be in the future" doc:"What is wrong, without the value."`
}

// New returns a problem with the phrase of its status.
func New(status int, code, detail string, faults ...Fault) *Problem {
	return &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail, Errors: faults,
	}
}

// Internal is a fault of ours. What it was is in the log alone.
func Internal() *Problem {
	return New(http.StatusInternalServerError, "internal",
		"Something went wrong on our side, and it was logged. Try again; if it happens again, quote the request's id.")
}

// Error is the code; the sentences are for whoever called, not for a log.
func (p *Problem) Error() string { return p.Code }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is the media type of a problem, whatever was asked for.
func (p *Problem) ContentType(string) string { return ContentType }

// For gives the problem with the id of the request that w answers.
func (p *Problem) For(w http.ResponseWriter) *Problem {
	named := *p
	named.Request = w.Header().Get(RequestHeader)
	return &named
}

// Write answers with the problem. Nothing may have been written before it.
func (p *Problem) Write(w http.ResponseWriter) {
	body, err := json.Marshal(p.For(w))
	if err != nil { // It is made of strings and one number.
		body = []byte(`{"type":"about:blank","title":"Internal Server Error","status":500,"code":"internal"}`)
	}
	h := w.Header()
	h.Set("Content-Type", ContentType)
	h.Set("Cache-Control", "no-store")
	h.Del("Content-Length")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n'))
}
