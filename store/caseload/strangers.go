package caseload

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"alongside/conversations"
)

// UnknownSender is somebody whose address is nobody's on the caseload.
type UnknownSender struct {
	// Peer names the conversation for [Caseload.Thread]. It is a keyed hash and
	// may stand in an address.
	Peer string
	// From is where the texts came from: personal data. Its value is empty if no
	// key opens it.
	From conversations.Address
	// First and Latest are when the conversation began, and its latest turn.
	First, Latest time.Time
}

// UnknownSenders returns a page of the unknown senders, whoever wrote last
// first, and the cursor of the next page, empty after the last. Who writes while
// the pages are read moves to the first and is not met again.
func (c *Caseload) UnknownSenders(ctx context.Context, page Page) (list []UnknownSender, next string, err error) {
	latest, peer, err := parseDownCursor(page.After)
	if err != nil {
		return nil, "", err
	}
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var s UnknownSender
		var address []byte
		var first, latest int64
		if err := scan(&s.Peer, &s.From.Channel, &address, &first, &latest); err != nil {
			return err
		}
		plain, err := c.opened(sealAddress, s.Peer, address)
		if err == nil {
			s.From.Value = string(plain)
		}
		s.First, s.Latest = instant(first), instant(latest)
		list = append(list, s)
		return nil
	}, `
		SELECT peer, channel, address, started_at, changed_at FROM conversations
		WHERE channel <> '' AND (changed_at, peer) < ($1, $2) ORDER BY changed_at DESC, peer DESC LIMIT $3`,
		latest, peer, page.limit()+1)
	if err != nil {
		return nil, "", fmt.Errorf("list unknown senders: %w", err)
	}
	list, next = cut(list, page.limit(), func(s UnknownSender) string { return downCursor(s.Latest, s.Peer) })
	return list, next, nil
}

// downCursor is a place in a list whose newest entries come first.
func downCursor(at time.Time, id string) string { return fmt.Sprintf("%d.%s", millis(at), id) }

func parseDownCursor(cursor string) (at int64, id string, err error) {
	if cursor == "" {
		return math.MaxInt64, "", nil
	}
	first, id, whole := strings.Cut(cursor, ".")
	if at, err = strconv.ParseInt(first, 10, 64); err != nil || !whole {
		return 0, "", ErrCursor // The parser's error repeats the cursor.
	}
	return at, clean(id), nil
}
