-- Clients who are handed to another specialist, clients who come back, and numbers that failed.

-- +goose Up

-- Every hand-over; the latest of a client is where they are.
CREATE TABLE handovers (
    seq       {{identity}},
    client    TEXT   NOT NULL REFERENCES clients (id),
    giver     TEXT   NOT NULL REFERENCES specialists (id),
    taker     TEXT   NOT NULL REFERENCES specialists (id),
    handed_by TEXT   NOT NULL DEFAULT '', -- the person of the team
    at        BIGINT NOT NULL,
    told_at   BIGINT NOT NULL DEFAULT 0   -- when a person had the client told
);
CREATE INDEX handovers_by_client ON handovers (client, seq);
CREATE INDEX handovers_by_taker ON handovers (taker, seq);

-- When they last came back: what was reached and done before then counts no more.
ALTER TABLE clients ADD COLUMN returned_at BIGINT NOT NULL DEFAULT 0;

-- The provider's code when the address failed last; '' while it works, as far as is known.
ALTER TABLE client_addresses ADD COLUMN fault TEXT NOT NULL DEFAULT '';
ALTER TABLE client_addresses ADD COLUMN fault_at BIGINT NOT NULL DEFAULT 0;

-- A message of ours that did not arrive and was said again, as a new one.
ALTER TABLE messages ADD COLUMN resent_at BIGINT NOT NULL DEFAULT 0;

-- What a record that was closed still asked by the clock.
UPDATE check_ins SET due = 0, ended_by = 'turn', ended_at = (SELECT c.closed_at FROM clients c WHERE c.id = check_ins.client)
    WHERE ended_at = 0 AND client IN (SELECT c.id FROM clients c WHERE c.closed_at > 0);
UPDATE tasks SET ask = 0 WHERE ask > 0 AND client IN (SELECT c.id FROM clients c WHERE c.closed_at > 0);

-- The list that grew (see migration 3).
CREATE TABLE events_new (
    seq      {{identity}},
    peer     TEXT   NOT NULL,
    revision BIGINT NOT NULL,
    kind     TEXT   NOT NULL CHECK (kind IN ('text', 'button', 'edited', 'linked', 'blocked', 'unblocked', 'agreement',
                                             'appointment_booked', 'appointment_moved', 'appointment_cancelled', 'reminder',
                                             'timeout', 'undelivered', 'unknown_delivery', 'dropped', 'delivery',
                                             'number_changed', 'closed', 'lead_offered', 'lead_changed', 'check_in', 'task',
                                             'feedback', 'ring', 'corrected', 'settings', 'settled', 'held', 'released',
                                             'hold_due', 'reminder_allowed', 'stage', 'circumstance', 'attendance', 'nudge',
                                             'silence', 'passed_on', 'tell_passed_on', 'returned', 'resend')),
    message  TEXT   NOT NULL DEFAULT '', -- the row that the event brought
    at       BIGINT NOT NULL,
    detail   TEXT   NOT NULL DEFAULT '{}'
);
INSERT INTO events_new (peer, revision, kind, message, at, detail)
    SELECT peer, revision, kind, message, at, detail FROM events ORDER BY seq;
DROP TABLE events;
ALTER TABLE events_new RENAME TO events;
CREATE INDEX events_by_peer ON events (peer, seq);
