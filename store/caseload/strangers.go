package caseload

import (
	"context"
	"fmt"
	"strconv"
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
// first, and the cursor of the next page, empty after the last.
func (c *Caseload) UnknownSenders(ctx context.Context, page Page) (list []UnknownSender, next string, err error) {
	// Two that wrote in the same millisecond may fall on the edge of a page;
	// the offset takes neither twice nor leaves one out while nobody writes.
	offset := 0
	if page.After != "" {
		if offset, err = strconv.Atoi(page.After); err != nil || offset < 0 {
			return nil, "", ErrCursor
		}
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
		WHERE channel <> '' ORDER BY changed_at DESC, peer LIMIT $1 OFFSET $2`, page.limit()+1, offset)
	if err != nil {
		return nil, "", fmt.Errorf("list unknown senders: %w", err)
	}
	list, next = cut(list, page.limit(), func(UnknownSender) string { return strconv.Itoa(offset + page.limit()) })
	return list, next, nil
}
