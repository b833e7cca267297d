package main

import (
	"context"
	"fmt"

	"alongside/store"
)

// resealCommand seals everything under the first of the secret keys.
type resealCommand struct{ stores }

// Help is the long help of the command.
func (resealCommand) Help() string {
	return `To replace a key: put the new one in front in SECRET_KEYS, behind it the old one, and restart every process. Then run this, while the service goes on. It may be ended and run again at any time. When it says that nothing is left, take the old key out and restart.`
}

// Run seals again and says how far it is.
func (c resealCommand) Run(ctx context.Context, s settings) error {
	st, err := c.opened(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	sum, err := st.Reseal(ctx, func(r store.Resealed) {
		fmt.Fprintf(s.errs, "%s: %d rows, %d values sealed again\n", r.Table, r.Rows, r.Done)
	})
	if err != nil {
		return fmt.Errorf("%d values were sealed again; run it once more for the others: %w", sum.Done, err)
	}
	if err := st.Audit(ctx, "", "resealed", ""); err != nil {
		return err
	}
	if sum.Unreadable > 0 {
		return fmt.Errorf("%d values were sealed again, and %d open with none of the secret keys: is an older one missing in SECRET_KEYS? Take none out", sum.Done, sum.Unreadable)
	}
	s.say("%d values were sealed again. Everything is sealed under the first key now.", sum.Done)
	left, err := st.Outlived(ctx)
	if err != nil {
		return err
	}
	said := false
	for _, what := range []struct {
		count int64
		name  string
	}{
		{left.Tokens, "tokens of the API (alongside token makes new ones)"},
		{left.Calendars, "secret addresses of diaries (specialists make new ones)"},
		{left.RecoveryCodes, "recovery codes (each person makes new ones on their account's page)"},
		{left.OneTimeCodes, "one-time codes of people who have not come in yet (alongside user reset makes new ones)"},
		{left.LinkCodes, "Telegram links that nobody has used yet (the client's page makes new ones)"},
	} {
		if what.count == 0 {
			continue
		}
		if !said {
			s.say("What was made before the new key came ends with the old one. There are now, old and new:")
			said = true
		}
		s.say("%6d  %s", what.count, what.name)
	}
	s.say("Whoever is signed in to the pages signs in again when the old key is taken out.")
	return nil
}
