package carrier

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// messagePage is Twilio's list answer.
type messagePage struct {
	End             int               `json:"end"`
	FirstPageURI    string            `json:"first_page_uri"`
	NextPageURI     *string           `json:"next_page_uri"`
	Page            int               `json:"page"`
	PageSize        int               `json:"page_size"`
	PreviousPageURI *string           `json:"previous_page_uri"`
	Start           int               `json:"start"`
	URI             string            `json:"uri"`
	Messages        []messageResource `json:"messages"`
}

// listMessages answers the messages that fit, newest first. A page token names the last message of the page before,
// so that what is accepted between two pages neither shifts nor repeats anything.
func (c *Carrier) listMessages(w http.ResponseWriter, query url.Values) {
	size, page := 50, 0
	var err error
	if v := query.Get("PageSize"); v != "" {
		if size, err = strconv.Atoi(v); err != nil || size < 1 || size > 1000 {
			refuse(20001, "PageSize must be 1 to 1000").write(w, 0)
			return
		}
	}
	if v := query.Get("Page"); v != "" {
		if page, err = strconv.Atoi(v); err != nil || page < 0 {
			refuse(20001, "Page must be zero or more").write(w, 0)
			return
		}
	}
	sent, ok := readDateFilter(query)
	if !ok {
		refuse(20001, "DateSent must be a date or a time").write(w, 0)
		return
	}
	to, from := query.Get("To"), query.Get("From")
	found := c.messages(func(m *Message) bool {
		return (to == "" || m.To == to) && (from == "" || m.From == from) && sent.fits(m.Sent)
	})
	slices.Reverse(found)

	start := page * size
	if token := query.Get("PageToken"); token != "" {
		at := slices.IndexFunc(found, func(m Message) bool { return "PA"+m.SID == token })
		if at < 0 {
			refuse(20001, "PageToken").write(w, 0)
			return
		}
		start = at + 1
	}
	start = min(start, len(found))
	end := min(start+size, len(found))

	out := messagePage{
		Page: page, PageSize: size, Start: page * size, End: page*size + max(end-start-1, 0),
		Messages: make([]messageResource, 0, end-start),
	}
	for i := range found[start:end] {
		out.Messages = append(out.Messages, c.resource(&found[start+i]))
	}
	address := func(page int, token string) string {
		q := url.Values{}
		for _, key := range []string{"To", "From", "DateSent", "DateSent<", "DateSent>"} {
			if query.Has(key) {
				q.Set(key, query.Get(key))
			}
		}
		q.Set("PageSize", strconv.Itoa(size))
		q.Set("Page", strconv.Itoa(page))
		if token != "" {
			q.Set("PageToken", token)
		}
		return "/2010-04-01/Accounts/" + c.cfg.AccountSID + "/Messages.json?" + q.Encode()
	}
	out.FirstPageURI = address(0, "")
	out.URI = address(page, query.Get("PageToken"))
	if end < len(found) {
		next := address(page+1, "PA"+found[end-1].SID)
		out.NextPageURI = &next
	}
	if page > 0 {
		previous := address(page-1, "")
		out.PreviousPageURI = &previous
	}
	writeJSON(w, http.StatusOK, out)
}

// dateFilter is an interval of sent times, both ends included. A zero end is open.
type dateFilter struct{ from, until time.Time }

// fits never takes a message that was not sent yet, unless nothing was asked about the time.
func (f dateFilter) fits(sent time.Time) bool {
	if f.from.IsZero() && f.until.IsZero() {
		return true
	}
	sent = sent.Truncate(time.Second) // Twilio keeps whole seconds.
	return !sent.IsZero() && (f.from.IsZero() || !sent.Before(f.from)) && (f.until.IsZero() || !sent.After(f.until))
}

// readDateFilter reads DateSent, "DateSent>" (at or after) and "DateSent<" (at or before). A bare date means its
// midnight in GMT; DateSent alone with a bare date means that whole day.
func readDateFilter(query url.Values) (dateFilter, bool) {
	var f dateFilter
	for _, key := range []string{"DateSent", "DateSent>", "DateSent<"} {
		v := query.Get(key)
		if v == "" {
			continue
		}
		day := true
		at, err := time.Parse(time.DateOnly, v)
		if err != nil {
			day = false
			if at, err = time.Parse(time.RFC3339, v); err != nil {
				return f, false
			}
		}
		at = at.UTC()
		switch key {
		case "DateSent":
			f.from, f.until = at, at
			if day {
				f.until = at.AddDate(0, 0, 1).Add(-time.Second)
			}
		case "DateSent>":
			f.from = at
		case "DateSent<":
			f.until = at
		}
	}
	return f, true
}
