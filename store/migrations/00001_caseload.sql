-- The caseload. One text for both databases:
--   * instants are UTC milliseconds in BIGINT; 0 means "none", so that no column needs a NULL;
--   * ids are TEXT, '' means "none";
--   * BYTEA holds what is encrypted, or a keyed hash (SQLite keeps the bytes as they are under that name);
--   * {{identity}} is the one place where the dialects differ: a key that counts up.
-- A peer is whoever is at the other end of a conversation: the id of a client, or '?' and the keyed hash of an
-- address that nobody on the caseload has.

-- +goose Up
CREATE TABLE specialists (
    id         TEXT   PRIMARY KEY,
    name       TEXT   NOT NULL,
    phone      BYTEA,           -- sealed
    email      BYTEA,           -- sealed
    created_at BIGINT NOT NULL
);

CREATE TABLE clients (
    id         TEXT    PRIMARY KEY,
    specialist TEXT    NOT NULL REFERENCES specialists (id),
    full_name  TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    named      BOOLEAN NOT NULL,
    language   TEXT    NOT NULL,
    zone       TEXT    NOT NULL,
    wakes      BIGINT  NOT NULL CHECK (wakes BETWEEN 0 AND 1439),
    detail     BOOLEAN NOT NULL,
    closed_at  BIGINT  NOT NULL DEFAULT 0,
    created_at BIGINT  NOT NULL
);
CREATE INDEX clients_by_specialist ON clients (specialist, id);

-- What holds now: one address per client and channel. A new address is a new id, so that a message that was
-- committed for the old one is known for what it is. Active ends when the client's record is closed.
CREATE TABLE client_addresses (
    client       TEXT    NOT NULL REFERENCES clients (id),
    channel      TEXT    NOT NULL CHECK (channel IN ('sms', 'telegram')),
    id           TEXT    NOT NULL UNIQUE,
    hash         BYTEA   NOT NULL,
    address      BYTEA   NOT NULL, -- sealed
    active       BOOLEAN NOT NULL,
    agreement    TEXT    NOT NULL CHECK (agreement IN ('none', 'asked', 'given', 'declined', 'stopped', 'doubted')),
    agreed_in    BIGINT  NOT NULL DEFAULT 0, -- the revision of the turn that set the agreement
    blocked      BOOLEAN NOT NULL DEFAULT FALSE,
    preferred_at BIGINT  NOT NULL, -- the latest is the preferred channel
    PRIMARY KEY (client, channel)
);
CREATE UNIQUE INDEX client_addresses_active ON client_addresses (channel, hash) WHERE active;
CREATE INDEX client_addresses_by_hash ON client_addresses (channel, hash);

-- The ledger: what was ever said about being texted. Rows are only added.
CREATE TABLE agreements (
    seq       {{identity}},
    client    TEXT   NOT NULL,
    channel   TEXT   NOT NULL CHECK (channel IN ('sms', 'telegram')),
    agreement TEXT   NOT NULL CHECK (agreement IN ('none', 'asked', 'given', 'declined', 'stopped', 'doubted')),
    how       TEXT   NOT NULL,
    message   TEXT   NOT NULL DEFAULT '', -- the text that said so, if it was one
    at        BIGINT NOT NULL
);
CREATE INDEX agreements_by_client ON agreements (client, seq);

CREATE TABLE link_codes (
    hash       BYTEA  PRIMARY KEY,
    client     TEXT   NOT NULL REFERENCES clients (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX link_codes_by_client ON link_codes (client);

CREATE TABLE appointments (
    id          TEXT   PRIMARY KEY,
    client      TEXT   NOT NULL REFERENCES clients (id),
    kind        TEXT   NOT NULL CHECK (kind IN ('informal_chat', 'first', 'regular', 'review', 'interview', 'first_day',
                                                'assessment', 'employer_review', 'exit')),
    at          BIGINT NOT NULL,
    minutes     BIGINT NOT NULL DEFAULT 0,
    place       BYTEA, -- sealed
    status      TEXT   NOT NULL CHECK (status IN ('booked', 'confirmed', 'change_asked', 'cannot', 'cancelled')),
    proposed_at BIGINT NOT NULL DEFAULT 0,
    created_at  BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL
);
CREATE INDEX appointments_by_client ON appointments (client, at);

-- One row per peer: the revision that every turn checks and moves on, and the snapshot of the live state. The row is
-- also what is locked while a peer's messages are claimed.
CREATE TABLE conversations (
    peer        TEXT   PRIMARY KEY,
    revision    BIGINT NOT NULL,
    snapshot    BYTEA,                     -- sealed
    crisis_said BIGINT NOT NULL DEFAULT 0, -- when the crisis words last went to this person
    answered_at BIGINT NOT NULL DEFAULT 0, -- when this person last had an answer
    channel     TEXT   NOT NULL DEFAULT '' CHECK (channel IN ('', 'sms', 'telegram')), -- of an unknown sender
    address     BYTEA,                     -- of an unknown sender, sealed
    started_at  BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL
);
-- Not by changed_at: a column of an index makes each update of the row, one per turn, dearer on PostgreSQL.
CREATE INDEX conversations_unknown ON conversations (started_at) WHERE channel <> '';

-- Every text, button and medium that came, and every message of ours: the thread, and the outbox.
CREATE TABLE messages (
    seq         {{identity}},
    id          TEXT   NOT NULL UNIQUE,
    direction   TEXT   NOT NULL CHECK (direction IN ('in', 'out')),
    peer        TEXT   NOT NULL,
    revision    BIGINT NOT NULL, -- of the conversation, by the turn that wrote the row
    channel     TEXT   NOT NULL CHECK (channel IN ('sms', 'telegram')),
    provider_id TEXT   NOT NULL DEFAULT '',
    body        BYTEA,           -- sealed
    at          BIGINT NOT NULL, -- in: when it came; out: when it was committed

    -- in
    kind       TEXT  NOT NULL DEFAULT '' CHECK (kind IN ('', 'text', 'button', 'edited', 'linked', 'blocked', 'unblocked')),
    choice     TEXT  NOT NULL DEFAULT '',  -- the data of the button
    media      BYTEA,                      -- sealed
    understood BYTEA,                      -- sealed
    event      BYTEA,                      -- sealed; what to run again, while the row is parked
    parked     TEXT  NOT NULL DEFAULT '',  -- why the turn failed; '' once it was handled

    -- out
    key         TEXT   NOT NULL DEFAULT '',
    language    TEXT   NOT NULL DEFAULT '',
    urgency     BIGINT NOT NULL DEFAULT 0 CHECK (urgency BETWEEN 0 AND 3),
    parts       BIGINT NOT NULL DEFAULT 0,
    buttons     BYTEA, -- sealed
    question    TEXT   NOT NULL DEFAULT '',
    appointment TEXT   NOT NULL DEFAULT '',
    stands      BIGINT NOT NULL DEFAULT 0, -- the start of the appointment that the words state
    until       BIGINT NOT NULL DEFAULT 0, -- after this it must not arrive
    held        TEXT   NOT NULL DEFAULT '',
    address     TEXT   NOT NULL DEFAULT '', -- client_addresses.id; '' for an unknown sender

    delivery   TEXT   NOT NULL DEFAULT '' CHECK (delivery IN ('', 'queued', 'sending', 'sent', 'delivered', 'read',
                                                              'undelivered', 'failed', 'unknown', 'dropped')),
    code       TEXT   NOT NULL DEFAULT '', -- the provider's error code or a named reason
    attempts   BIGINT NOT NULL DEFAULT 0,  -- tries that ended
    asked      BIGINT NOT NULL DEFAULT 0,  -- how often the provider was asked about an unknown one
    due        BIGINT NOT NULL DEFAULT 0,  -- queued: it may go; sending: the claim ends; unknown: ask
    owner      TEXT   NOT NULL DEFAULT '',
    claimed_at BIGINT NOT NULL DEFAULT 0,
    sent_at    BIGINT NOT NULL DEFAULT 0,
    settled_at BIGINT NOT NULL DEFAULT 0,  -- when the delivery last changed by a report or a result

    CHECK ((direction = 'in' AND delivery = '' AND kind <> '') OR (direction = 'out' AND delivery <> '' AND kind = '' AND urgency > 0))
);
CREATE UNIQUE INDEX messages_once ON messages (channel, provider_id) WHERE direction = 'in' AND provider_id <> '';
CREATE INDEX messages_by_peer ON messages (peer, seq);
CREATE INDEX messages_unfinished ON messages (peer, channel) WHERE delivery IN ('queued', 'sending');
CREATE INDEX messages_due ON messages (delivery, due) WHERE delivery IN ('queued', 'sending', 'unknown');

-- What happened in each turn: ids and named reasons, never a person's words.
CREATE TABLE events (
    seq      {{identity}},
    peer     TEXT   NOT NULL,
    revision BIGINT NOT NULL,
    kind     TEXT   NOT NULL CHECK (kind IN ('text', 'button', 'edited', 'linked', 'blocked', 'unblocked', 'agreement',
                                             'appointment_booked', 'appointment_moved', 'appointment_cancelled', 'reminder',
                                             'timeout', 'undelivered', 'unknown_delivery', 'dropped', 'delivery',
                                             'number_changed', 'closed')),
    message  TEXT   NOT NULL DEFAULT '', -- the row that the event brought
    at       BIGINT NOT NULL,
    detail   TEXT   NOT NULL DEFAULT '{}'
);
CREATE INDEX events_by_peer ON events (peer, seq);

-- What a person of the team has to look at.
CREATE TABLE flags (
    id          TEXT   PRIMARY KEY,
    peer        TEXT   NOT NULL,
    reason      TEXT   NOT NULL CHECK (reason IN (
                    'not_understood', 'question', 'call_me', 'change_asked', 'cannot', 'late', 'condition', 'distress',
                    'voices', 'threat', 'stopped', 'started', 'declined', 'wrong_person', 'third_party', 'unknown_sender',
                    'closed_client', 'media', 'message', 'edited', 'language', 'blocked', 'no_answer', 'undelivered',
                    'may_not_have_been_sent', 'not_sent', 'answer_not_possible', 'turn_failed', 'before_waking_hour',
                    'ambiguous_cancel', 'proposal_unclear')),
    appointment TEXT   NOT NULL DEFAULT '',
    message     TEXT   NOT NULL DEFAULT '',
    condition   BYTEA, -- sealed: the client's own words
    detail      TEXT   NOT NULL DEFAULT '',
    raised_at   BIGINT NOT NULL,
    settled_at  BIGINT NOT NULL DEFAULT 0,
    settled_by  TEXT   NOT NULL DEFAULT '' -- the person; 'turn' if it became groundless
);
CREATE INDEX flags_by_peer ON flags (peer, raised_at);
CREATE INDEX flags_open ON flags (raised_at) WHERE settled_at = 0;

-- Rule 1: danger. Acknowledging closes nothing, a recorded outcome does.
CREATE TABLE alerts (
    id              TEXT   PRIMARY KEY,
    peer            TEXT   NOT NULL,
    message         TEXT   NOT NULL DEFAULT '',
    danger          TEXT   NOT NULL CHECK (danger IN ('self', 'overdose', 'others', 'by_others', 'someone_else', 'voices')),
    raised_at       BIGINT NOT NULL,
    acknowledged_at BIGINT NOT NULL DEFAULT 0,
    acknowledged_by TEXT   NOT NULL DEFAULT '',
    outcome         TEXT   NOT NULL DEFAULT '',
    closed_at       BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX alerts_open ON alerts (raised_at) WHERE closed_at = 0;
CREATE INDEX alerts_by_peer ON alerts (peer, raised_at);

CREATE TABLE tokens (
    id         TEXT   PRIMARY KEY,
    hash       BYTEA  NOT NULL UNIQUE,
    name       TEXT   NOT NULL,
    scopes     TEXT   NOT NULL, -- separated by spaces
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL DEFAULT 0,
    revoked_at BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE leases (
    name  TEXT   PRIMARY KEY,
    owner TEXT   NOT NULL,
    until BIGINT NOT NULL
);
