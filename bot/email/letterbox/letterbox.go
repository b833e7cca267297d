// Package letterbox is a pretend mail server on loopback, for tests: it speaks
// the part of SMTP (RFC 5321) that a client needs to hand over a letter, keeps
// what it took, and fails on demand. It delivers nothing.
package letterbox

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"sync"
)

// Letter is one e-mail that was taken.
type Letter struct {
	From, To string
	// Text is the letter as it came: header and body.
	Text string
	// Secure says that it came over TLS, User who had logged in.
	Secure bool
	User   string
}

// Config says how the box behaves; the zero value takes everything in the clear.
type Config struct {
	// Certificate makes it offer STARTTLS; with Implicit it is TLS from the
	// first byte.
	Certificate *tls.Certificate
	Implicit    bool
	// User and Password must be said, if set.
	User, Password string
}

// Box is a mail server. Make one with Open.
type Box struct {
	config   Config
	listener net.Listener

	mu      sync.Mutex
	letters []Letter
	refuse  map[string]string // by recipient: the answer to RCPT
	lose    bool              // hang up when the letter is there
	open    map[net.Conn]bool
	done    bool
	all     sync.WaitGroup
}

// Open listens on a free port of loopback until Close.
func Open(ctx context.Context, c Config) (*Box, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a letterbox: %w", err)
	}
	b := &Box{config: c, listener: l, refuse: map[string]string{}, open: map[net.Conn]bool{}}
	b.all.Go(b.accept)
	return b, nil
}

// Addr is the host and port it listens on.
func (b *Box) Addr() string { return b.listener.Addr().String() }

// Close hangs up on everybody.
func (b *Box) Close() {
	_ = b.listener.Close()
	b.mu.Lock()
	b.done = true
	for c := range b.open {
		_ = c.Close()
	}
	b.mu.Unlock()
	b.all.Wait()
}

// Refuse has letters to an address answered so ("550 no such mailbox"); an
// empty answer takes them again.
func (b *Box) Refuse(to, answer string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refuse[to] = answer
}

// Lose makes it hang up on each letter that it has read whole, without a word.
func (b *Box) Lose(on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lose = on
}

// Letters are those that were taken, oldest first.
func (b *Box) Letters() []Letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Letter(nil), b.letters...)
}

// To are those to one address.
func (b *Box) To(address string) []Letter {
	var out []Letter
	for _, l := range b.Letters() {
		if l.To == address {
			out = append(out, l)
		}
	}
	return out
}

func (b *Box) accept() {
	for {
		c, err := b.listener.Accept()
		if err != nil {
			return
		}
		b.mu.Lock()
		if b.done {
			b.mu.Unlock()
			_ = c.Close()
			return
		}
		b.open[c] = true
		b.all.Go(func() {
			b.talk(c)
			_ = c.Close()
			b.mu.Lock()
			delete(b.open, c)
			b.mu.Unlock()
		})
		b.mu.Unlock()
	}
}

// A session is one connection.
type session struct {
	box    *Box
	conn   net.Conn
	in     *bufio.Reader
	secure bool
	user   string
	letter Letter
}

func (s *session) say(lines ...string) bool {
	_, err := s.conn.Write([]byte(strings.Join(lines, "\r\n") + "\r\n"))
	return err == nil
}

func (s *session) hear() (string, bool) {
	line, err := s.in.ReadString('\n')
	return strings.TrimRight(line, "\r\n"), err == nil
}

func (s *session) protect() {
	config := &tls.Config{Certificates: []tls.Certificate{*s.box.config.Certificate}, MinVersion: tls.VersionTLS12}
	s.conn = tls.Server(s.conn, config)
	s.in, s.secure = bufio.NewReader(s.conn), true
}

func (b *Box) talk(c net.Conn) {
	s := &session{box: b, conn: c, in: bufio.NewReader(c)}
	if b.config.Implicit {
		s.protect()
	}
	if !s.say("220 letterbox") {
		return
	}
	for {
		line, ok := s.hear()
		if !ok || !s.do(line) {
			return
		}
	}
}

// do answers one command; false ends the session.
func (s *session) do(line string) bool {
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO", "HELO":
		lines := []string{"250-letterbox", "250-8BITMIME"}
		if s.box.config.Certificate != nil && !s.secure {
			lines = append(lines, "250-STARTTLS")
		}
		if s.box.config.User != "" {
			lines = append(lines, "250-AUTH PLAIN")
		}
		return s.say(append(lines, "250 OK")...)
	case "STARTTLS":
		ok := s.say("220 go ahead")
		s.protect()
		return ok
	case "AUTH":
		return s.login(rest)
	case "MAIL":
		if s.box.config.User != "" && s.user == "" {
			return s.say("530 log in first")
		}
		s.letter = Letter{From: address(rest), Secure: s.secure, User: s.user}
		return s.say("250 OK")
	case "RCPT":
		s.letter.To = address(rest)
		s.box.mu.Lock()
		answer := s.box.refuse[s.letter.To]
		s.box.mu.Unlock()
		if answer != "" {
			return s.say(answer)
		}
		return s.say("250 OK")
	case "DATA":
		return s.data()
	case "QUIT":
		s.say("221 goodbye")
		return false
	default:
		return s.say("250 OK")
	}
}

func (s *session) login(rest string) bool {
	_, secret, _ := strings.Cut(rest, " ")
	raw, err := base64.StdEncoding.DecodeString(secret)
	parts := strings.Split(string(raw), "\x00")
	if err != nil || len(parts) != 3 || parts[1] != s.box.config.User || parts[2] != s.box.config.Password {
		return s.say("535 no")
	}
	s.user = parts[1]
	return s.say("235 welcome")
}

func (s *session) data() bool {
	if !s.say("354 go on") {
		return false
	}
	var text strings.Builder
	for {
		line, ok := s.hear()
		if !ok {
			return false
		}
		if line == "." {
			break
		}
		text.WriteString(strings.TrimPrefix(line, ".") + "\n")
	}
	s.letter.Text = text.String()
	s.box.mu.Lock()
	lose := s.box.lose
	s.box.letters = append(s.box.letters, s.letter)
	s.box.mu.Unlock()
	if lose {
		return false
	}
	return s.say("250 taken")
}

// address reads "FROM:<a@example.org> BODY=8BITMIME".
func address(text string) string {
	_, rest, _ := strings.Cut(text, "<")
	in, _, _ := strings.Cut(rest, ">")
	return in
}
