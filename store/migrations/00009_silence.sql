-- Silence and absence: whom a client would have asked when nothing is heard of them, and who stands in for whom.

-- +goose Up

-- Each change is a row of its own: what was agreed when, and who wrote it down, stays.
CREATE TABLE fallback_contacts (
    id          TEXT   PRIMARY KEY,
    contact     TEXT   NOT NULL,            -- the same over all its rows
    client      TEXT   NOT NULL REFERENCES clients (id),
    details     BYTEA,                      -- sealed: name, relation, phone, words; gone once it was removed
    tell        TEXT   NOT NULL,            -- what they may be told: codes with spaces between them
    agreed_on   TEXT   NOT NULL,            -- the day on which the client said so
    recorded_by TEXT   NOT NULL,
    recorded_at BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL DEFAULT 0,  -- changed or removed
    ended_by    TEXT   NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX fallback_contacts_once ON fallback_contacts (contact) WHERE ended_at = 0;
CREATE INDEX fallback_contacts_by_client ON fallback_contacts (client) WHERE ended_at = 0;

CREATE TABLE absences (
    id         TEXT   PRIMARY KEY,
    specialist TEXT   NOT NULL REFERENCES specialists (id),
    cover      TEXT   NOT NULL REFERENCES specialists (id) CHECK (cover <> specialist),
    from_at    BIGINT NOT NULL,
    until_at   BIGINT NOT NULL CHECK (until_at > from_at), -- exclusive; brought forward where it ends early
    made_by    TEXT   NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX absences_by_specialist ON absences (specialist, until_at);
CREATE INDEX absences_by_cover ON absences (cover, until_at);

-- The end of the last absence: a turn looks for one only before it.
ALTER TABLE specialists ADD COLUMN away_until BIGINT NOT NULL DEFAULT 0;

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
                                             'silence')),
    message  TEXT   NOT NULL DEFAULT '', -- the row that the event brought
    at       BIGINT NOT NULL,
    detail   TEXT   NOT NULL DEFAULT '{}'
);
INSERT INTO events_new (peer, revision, kind, message, at, detail)
    SELECT peer, revision, kind, message, at, detail FROM events ORDER BY seq;
DROP TABLE events;
ALTER TABLE events_new RENAME TO events;
CREATE INDEX events_by_peer ON events (peer, seq);
