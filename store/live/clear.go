package live

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// clearPage is how many keys are looked for, and taken away, at a time.
const clearPage = 500

// Clear takes the state of every client away: after the caseload was put back to
// an earlier moment a state of later may carry a revision that is given out again.
func (s *States) Clear(ctx context.Context) error {
	clearOne := func(ctx context.Context, one redis.Cmdable) error {
		for cursor, more := uint64(0), true; more; more = cursor != 0 {
			keys, next, err := one.Scan(ctx, cursor, key("*"), clearPage).Result()
			if err != nil {
				return err
			}
			cursor = next
			// One by one: in a cluster they lie in different slots.
			_, err = one.Pipelined(ctx, func(p redis.Pipeliner) error {
				for _, k := range keys {
					p.Unlink(ctx, k)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	var err error
	if cluster, is := s.client.(*redis.ClusterClient); is {
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, master *redis.Client) error { return clearOne(ctx, master) })
	} else {
		err = clearOne(ctx, s.client)
	}
	if err != nil {
		return fmt.Errorf("take the live states away: %w", err)
	}
	return nil
}
