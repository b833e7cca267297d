package email

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/bot/email/letterbox"
	"alongside/bot/outbox"
)

func open(t *testing.T, c letterbox.Config) *letterbox.Box {
	t.Helper()
	b, err := letterbox.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// certificate is one for loopback, and what trusts it.
func certificate(t *testing.T) (*tls.Certificate, *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

var toSam = Letter{ID: "page-1", To: "sam@example.org", Subject: "A text needs a person", Text: "Open https://console.example.org/alerts/1"}

func TestLettersArrive(t *testing.T) {
	t.Parallel()
	cert, trust := certificate(t)
	for name, tt := range map[string]struct {
		config  letterbox.Config
		address func(at string) string
		secure  bool
		user    string
	}{
		"in_the_clear_on_this_machine": {
			letterbox.Config{}, func(at string) string { return "smtp://" + at + "?tls=none&from=alongside@example.org" }, false, "",
		},
		"starttls_and_login": {
			letterbox.Config{Certificate: cert, User: "alongside@example.org", Password: "p w"},
			func(at string) string { return "smtp://alongside%40example.org:p%20w@" + at }, true, "alongside@example.org",
		},
		"tls_from_the_first_byte": {
			letterbox.Config{Certificate: cert, Implicit: true, User: "u", Password: "p"},
			func(at string) string { return "smtps://u:p@" + at + "?from=alongside@example.org" }, true, "u",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box := open(t, tt.config)
			m, err := newMailer(tt.address(box.Addr()), trust)
			if err != nil {
				t.Fatal(err)
			}
			if r := m.Send(t.Context(), toSam); r.Outcome != outbox.Sent || r.ProviderID != "page-1" {
				t.Fatalf("%+v", r)
			}
			got := box.To("sam@example.org")
			if len(got) != 1 || got[0].Secure != tt.secure || got[0].User != tt.user || got[0].From != "alongside@example.org" {
				t.Fatalf("%+v", got)
			}
			for _, want := range []string{
				"Subject: A text needs a person\n", "Message-ID: <page-1@example.org>\n", "Auto-Submitted: auto-generated\n", toSam.Text,
			} {
				if !strings.Contains(got[0].Text, want) {
					t.Errorf("without %q:\n%s", want, got[0].Text)
				}
			}
		})
	}
}

func TestHowASendEnds(t *testing.T) {
	t.Parallel()
	cert, _ := certificate(t)
	plain := func(at string) string { return "smtp://" + at + "?tls=none&from=alongside@example.org" }
	for name, tt := range map[string]struct {
		config  letterbox.Config
		address func(at string) string
		box     func(b *letterbox.Box)
		want    outbox.Result
	}{
		"no_such_mailbox": {
			address: plain, box: func(b *letterbox.Box) { b.Refuse("sam@example.org", "550 sam@example.org is not here") },
			want: outbox.Result{Outcome: outbox.Refused, Code: "smtp_550"},
		},
		"busy": {
			address: plain, box: func(b *letterbox.Box) { b.Refuse("sam@example.org", "451 later") },
			want: outbox.Result{Outcome: outbox.Retry, Code: "smtp_451"},
		},
		"the_answer_is_lost": {
			address: plain, box: func(b *letterbox.Box) { b.Lose(true) },
			want: outbox.Result{Outcome: outbox.Unknown, Code: "connection_lost"},
		},
		"nobody_listens": {
			address: plain, box: func(b *letterbox.Box) { b.Close() }, want: outbox.Result{Outcome: outbox.Retry, Code: "not_connected"},
		},
		"no_starttls_there": {
			address: func(at string) string { return "smtp://" + at + "?from=alongside@example.org" },
			want:    outbox.Result{Outcome: outbox.Retry, Code: "mail_server_refused"},
		},
		"a_certificate_that_nobody_trusts": {
			config: letterbox.Config{Certificate: cert}, address: func(at string) string { return "smtp://" + at + "?from=alongside@example.org" },
			want: outbox.Result{Outcome: outbox.Retry, Code: "certificate"},
		},
		"a_wrong_password": {
			config:  letterbox.Config{Certificate: cert, Implicit: true, User: "u", Password: "p"},
			address: func(at string) string { return "smtps://u:wrong@" + at + "?from=alongside@example.org" },
			want:    outbox.Result{Outcome: outbox.Retry, Code: "mail_server_refused"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box := open(t, tt.config)
			_, trust := certificate(t)
			if strings.Contains(name, "password") {
				cert, own := certificate(t)
				c := tt.config
				c.Certificate = cert
				box, trust = open(t, c), own
			}
			m, err := newMailer(tt.address(box.Addr()), trust)
			if err != nil {
				t.Fatal(err)
			}
			if tt.box != nil {
				tt.box(box)
			}
			if diff := cmp.Diff(tt.want, m.Send(t.Context(), toSam)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAStopIsHonoured(t *testing.T) {
	t.Parallel()
	box := open(t, letterbox.Config{})
	m, err := New("smtp://" + box.Addr() + "?tls=none&from=alongside@example.org")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := m.Send(ctx, toSam); r.Outcome != outbox.Retry || len(box.Letters()) > 0 {
		t.Errorf("%+v, %d letters", r, len(box.Letters()))
	}
}

// Every fault is said at once, and nothing of the address is repeated.
func TestAddressesThatAreRefused(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"":                                  "must look like",
		"mail.example.org":                  "must look like",
		"http://mail.example.org":           "must look like",
		"smtp://s3cret%zz@mail":             "must look like",
		"smtps://u:s3cret@mail":             "says no sender",
		"smtps://u@mail?from=a@example.org": "no password",
		"smtp://u:s3cret@mail?tls=none&from=a@example.org":    "must not travel",
		"smtps://u:s3cret@mail?tls=none&from=a@example.org":   "smtps:// is TLS",
		"smtp://u:s3cret@mail?tls=maybe&from=a@example.org":   "?tls= takes none",
		"smtp://u:s3cret@mail?form=a@example.org":             "nothing else",
		"smtp://u:s3cret@mail:99999999999?from=a@example.org": "port",
	} {
		if _, err := New(address); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: %v", address, err)
		}
	}
	_, err := New("smtps://u@mail?tls=none&x=1")
	if err == nil || strings.Count(err.Error(), "SMTP_URL:") < 4 {
		t.Errorf("not every fault: %v", err)
	}
}
