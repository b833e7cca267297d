// Package email tells people of the team by e-mail (SMTP) what their phones are
// told as well.
//
// It writes to nobody else: a client is never mailed. It repeats nothing by
// itself, keeps nothing, and puts neither an address nor a word of a message
// into an error or a log: what there is to know of an attempt is in its Result.
package email

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"alongside/bot/outbox"
)

// sendFor bounds one attempt: a page by SMS went at the same moment, and the
// schedule waits for half a minute.
const sendFor = 15 * time.Second

// Letter is one e-mail. It has no attachments and no markup.
type Letter struct {
	// ID is ours; it becomes the message id, so that a letter that came twice is
	// shown once by most mailboxes.
	ID string
	// To is one address.
	To            string
	Subject, Text string
}

// Mailer sends letters through one mail server. It is safe for concurrent use;
// make one with New.
type Mailer struct {
	from    string
	domain  string
	options []gomail.Option
	host    string
}

// Security says how the way to the mail server is protected.
type security string

const (
	// Implicit: TLS from the first byte (port 465).
	implicit security = "implicit"
	// StartTLS: refused where the server does not offer it (port 587).
	startTLS security = "starttls"
	// None: in the clear, for a server on the same machine or a test.
	none security = "none"
)

// New reads an address of the form
//
//	smtps://user:password@mail.example.org?from=alongside@example.org
//
// smtps is TLS from the first byte (port 465 unless another is named); smtp is
// STARTTLS, and nothing is sent where the server does not offer it (587). With
// ?tls=none there is none, for a server on the same machine: a user's name and
// password are refused with it. The mechanism of the login is the strongest that the
// server offers. Without ?from= the user's name is the sender, if it is an
// address. The error names every fault and repeats nothing of the address.
func New(address string) (*Mailer, error) {
	return newMailer(address, nil)
}

// newMailer is New with the certificates that a test trusts.
func newMailer(address string, trust *tls.Config) (*Mailer, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("SMTP_URL: must look like smtps://user:password@mail.example.org?from=alongside@example.org")
	}
	var faults []error
	fault := func(text string) { faults = append(faults, errors.New("SMTP_URL: "+text)) }
	for key := range u.Query() {
		if key != "from" && key != "tls" {
			fault("takes ?from= and ?tls= and nothing else")
		}
	}
	way := startTLS
	if u.Scheme == "smtps" {
		way = implicit
	}
	switch u.Query().Get("tls") {
	case "":
	case "none":
		if way == implicit {
			fault("smtps:// is TLS; write smtp:// with ?tls=none")
		}
		way = none
	default:
		fault("?tls= takes none, or is left out")
	}
	user := u.User.Username()
	password, hasPassword := u.User.Password()
	if user != "" && !hasPassword {
		fault("has a user's name and no password")
	}
	if way == none && user != "" {
		fault("a password must not travel without TLS; leave out ?tls=none, or the user")
	}
	from := u.Query().Get("from")
	if from == "" {
		from = user
	}
	sender, err := mail.ParseAddress(from)
	if err != nil {
		fault("says no sender: add ?from=alongside@example.org")
	}
	port := 587
	if way == implicit {
		port = 465
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil || port < 1 || port > 65535 {
			fault("has a port that is none")
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	m := &Mailer{from: from, domain: domainOf(sender.Address), host: u.Hostname()}
	m.options = []gomail.Option{gomail.WithPort(port), gomail.WithoutNoop(), gomail.WithHELO(m.domain)}
	switch way {
	case implicit:
		m.options = append(m.options, gomail.WithSSL())
	case startTLS:
		m.options = append(m.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case none:
		m.options = append(m.options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if way != none {
		config := &tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12}
		if trust != nil {
			config.RootCAs = trust.RootCAs
		}
		m.options = append(m.options, gomail.WithTLSConfig(config))
	}
	if user != "" {
		m.options = append(m.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(user), gomail.WithPassword(password))
	}
	return m, nil
}

func domainOf(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return domain
}

// Send makes one attempt. Sent says that the mail server took the letter, and no
// more: where it went from there nobody tells us.
func (m *Mailer) Send(ctx context.Context, l Letter) outbox.Result {
	ctx, cancel := context.WithTimeout(ctx, sendFor)
	defer cancel()
	letter := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if letter.From(m.from) != nil {
		return outbox.Result{Outcome: outbox.Refused, Code: "bad_sender"}
	}
	if letter.To(l.To) != nil {
		return outbox.Result{Outcome: outbox.Refused, Code: "bad_address"}
	}
	letter.Subject(l.Subject)
	letter.SetMessageIDWithValue(l.ID + "@" + m.domain)
	letter.SetDate()
	// Nobody wants to hear that a robot is on holiday (RFC 3834).
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	letter.SetImportance(gomail.ImportanceHigh)
	letter.SetBodyString(gomail.TypeTextPlain, l.Text)

	left := sendFor
	if deadline, ok := ctx.Deadline(); ok {
		left = time.Until(deadline)
	}
	if left <= 0 {
		return outbox.Result{Outcome: outbox.Retry, Code: "timeout"}
	}
	client, err := gomail.NewClient(m.host, append(m.options[:len(m.options):len(m.options)], gomail.WithTimeout(left))...)
	if err != nil {
		return outbox.Result{Outcome: outbox.Retry, Code: "not_configured"}
	}
	err = client.DialAndSendWithContext(ctx, letter)
	if letter.IsDelivered() {
		// What fails behind the server's "taken" (a goodbye) is of no matter.
		return outbox.Result{Outcome: outbox.Sent, ProviderID: l.ID}
	}
	return resultOf(err)
}

// resultOf reads how an attempt ended that the server did not take.
func resultOf(err error) outbox.Result {
	var said *gomail.SendError
	if !errors.As(err, &said) {
		// It never came to the letter: no connection, no TLS, no login.
		return outbox.Result{Outcome: outbox.Retry, Code: wayOf(err)}
	}
	code := said.ErrorCode()
	r := outbox.Result{Outcome: outbox.Retry, Code: "smtp_" + strconv.Itoa(code)}
	switch {
	case code >= 500:
		r.Outcome = outbox.Refused
	case code >= 400:
	case said.Reason == gomail.ErrSMTPDataClose:
		// The whole letter was there, and the answer was lost.
		r.Outcome, r.Code = outbox.Unknown, "connection_lost"
	default:
		r.Code = "connection_lost"
	}
	return r
}

// wayOf names what was in the way. Nothing of the error's text is kept: it may
// hold the server's own words, or a name.
func wayOf(err error) string {
	var slow net.Error
	var unproven *tls.CertificateVerificationError
	switch {
	case errors.As(err, &unproven):
		return "certificate"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return "timeout"
	case errors.As(err, new(*net.OpError)), errors.As(err, new(*net.DNSError)):
		return "not_connected"
	}
	return "mail_server_refused"
}
