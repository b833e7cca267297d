-- Everything that a client can talk about beside appointments: leads, tasks, check-ins, feedback, settings, holds and
-- corrections; and alerts that leave the console.
--
-- The lists of words in a CHECK grow with the product, and SQLite cannot alter a CHECK: such a table is built anew, row
-- by row, in the words of both databases. So nothing references a table with a list that grows, and messages, the one
-- that is too large for it, has none for its new columns.

-- +goose Up

-- Leads hold no personal data; what a specialist wrote at length is sealed all the same.
CREATE TABLE leads (
    id         TEXT   PRIMARY KEY,
    title      TEXT   NOT NULL,
    area       TEXT   NOT NULL DEFAULT '',
    pay        TEXT   NOT NULL DEFAULT '',
    hours      BIGINT NOT NULL DEFAULT 0 CHECK (hours >= 0), -- a week; 0: not known
    more       BYTEA,                      -- sealed
    closes     BIGINT NOT NULL DEFAULT 0,  -- the last moment to apply
    filled_at  BIGINT NOT NULL DEFAULT 0,
    created_by TEXT   NOT NULL DEFAULT '', -- the person of the team
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- One lead goes to one client once.
CREATE TABLE offers (
    id         TEXT   PRIMARY KEY,
    lead       TEXT   NOT NULL REFERENCES leads (id),
    client     TEXT   NOT NULL REFERENCES clients (id),
    status     TEXT   NOT NULL CHECK (status IN ('offered', 'interested', 'not_interested', 'applied', 'withdrawn')),
    at         BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX offers_once ON offers (lead, client);
CREATE INDEX offers_by_client ON offers (client, at);

-- What a client wants of work, and where it comes from: the answer to an offer, or a person of the team.
CREATE TABLE client_preferences (
    client     TEXT   NOT NULL REFERENCES clients (id),
    preference TEXT   NOT NULL CHECK (preference IN (
                   'fewer_hours', 'more_hours', 'nearer', 'not_public', 'fewer_people', 'later_start', 'no_evenings',
                   'no_nights', 'no_weekends', 'no_shifts', 'no_lifting', 'no_till', 'quieter', 'better_pay', 'other_work',
                   'no_pressure', 'not_now', 'something_else')),
    offer      TEXT   NOT NULL DEFAULT '',
    source     TEXT   NOT NULL CHECK (source IN ('offer', 'team')),
    message    TEXT   NOT NULL DEFAULT '', -- the text that said so, if it was one
    at         BIGINT NOT NULL,
    PRIMARY KEY (client, preference, offer)
);

-- Tasks of the action plan.
CREATE TABLE tasks (
    id         TEXT   PRIMARY KEY,
    client     TEXT   NOT NULL REFERENCES clients (id),
    what       BYTEA  NOT NULL,           -- sealed
    due        BIGINT NOT NULL DEFAULT 0, -- the day by which, at its beginning for the client
    status     TEXT   NOT NULL CHECK (status IN ('open', 'done', 'not_yet', 'want_help', 'dropped')),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX tasks_by_client ON tasks (client, id);

-- Series of check-ins that the client chose; their answers are kept with the texts that gave them.
CREATE TABLE check_ins (
    id         TEXT   PRIMARY KEY,
    client     TEXT   NOT NULL REFERENCES clients (id),
    kind       TEXT   NOT NULL CHECK (kind IN ('week', 'wellbeing', 'first_day', 'busy_day', 'payday', 'hours')),
    words      BYTEA,                      -- sealed
    created_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL DEFAULT 0,
    ended_by   TEXT   NOT NULL DEFAULT ''  -- the person; 'turn' if the client ended it by a text
);
CREATE INDEX check_ins_by_client ON check_ins (client, id);

CREATE TABLE check_in_answers (
    check_in  TEXT   NOT NULL, -- check_ins.id
    message   TEXT   NOT NULL,
    number    BIGINT NOT NULL CHECK (number BETWEEN 1 AND 5),
    at        BIGINT NOT NULL,
    undone_at BIGINT NOT NULL DEFAULT 0, -- a person found that it was no answer
    PRIMARY KEY (check_in, message)
);

-- What clients think of the service, for the lead; the words are the message's. 0: words only.
CREATE TABLE feedback (
    message TEXT   PRIMARY KEY,
    client  TEXT   NOT NULL REFERENCES clients (id),
    number  BIGINT NOT NULL CHECK (number BETWEEN 0 AND 5),
    at      BIGINT NOT NULL
);
CREATE INDEX feedback_by_time ON feedback (at, message);

-- Times at which a specialist would meet. One that is given away is gone.
CREATE TABLE free_times (
    specialist TEXT   NOT NULL REFERENCES specialists (id),
    at         BIGINT NOT NULL,
    PRIMARY KEY (specialist, at)
);

-- The latest of them, so that a turn need not look for those of who names none.
ALTER TABLE specialists ADD COLUMN free_until BIGINT NOT NULL DEFAULT 0;

-- Whether a client ever had an offer, a task or a check-in: a turn need not look for those of who has none.
ALTER TABLE clients ADD COLUMN matters BOOLEAN NOT NULL DEFAULT FALSE;

-- What a client may choose by text, and the hold.
ALTER TABLE clients ADD COLUMN rests BIGINT NOT NULL DEFAULT 0 CHECK (rests BETWEEN 0 AND 1440);
ALTER TABLE clients ADD COLUMN rest_days TEXT NOT NULL DEFAULT ''; -- 'mon tue'
ALTER TABLE clients ADD COLUMN paused_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE clients ADD COLUMN stopped TEXT NOT NULL DEFAULT '';   -- matters: 'leads tasks'
ALTER TABLE clients ADD COLUMN guarded BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE clients ADD COLUMN leads_a_week BIGINT NOT NULL DEFAULT 0 CHECK (leads_a_week >= 0);
ALTER TABLE clients ADD COLUMN held_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE clients ADD COLUMN held_reason TEXT NOT NULL DEFAULT '';

ALTER TABLE appointments ADD COLUMN with_whom BYTEA; -- sealed

-- Of ours: what it is about, and the offer that it shows. Of theirs: what its effects replaced.
ALTER TABLE messages ADD COLUMN matter TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN offer TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN undo BYTEA; -- sealed

-- What a person said that a text means. Rows are only added; the latest holds.
CREATE TABLE corrections (
    id           TEXT   PRIMARY KEY,
    peer         TEXT   NOT NULL,
    message      TEXT   NOT NULL,
    meaning      BYTEA  NOT NULL, -- sealed
    corrected_by TEXT   NOT NULL,
    at           BIGINT NOT NULL
);
CREATE INDEX corrections_by_peer ON corrections (peer, message, id);

-- The lists that grew. The events are counted anew, in their order.
CREATE TABLE events_new (
    seq      {{identity}},
    peer     TEXT   NOT NULL,
    revision BIGINT NOT NULL,
    kind     TEXT   NOT NULL CHECK (kind IN ('text', 'button', 'edited', 'linked', 'blocked', 'unblocked', 'agreement',
                                             'appointment_booked', 'appointment_moved', 'appointment_cancelled', 'reminder',
                                             'timeout', 'undelivered', 'unknown_delivery', 'dropped', 'delivery',
                                             'number_changed', 'closed', 'lead_offered', 'lead_changed', 'check_in', 'task',
                                             'feedback', 'ring', 'corrected', 'settings', 'settled', 'held', 'released',
                                             'hold_due', 'reminder_allowed')),
    message  TEXT   NOT NULL DEFAULT '', -- the row that the event brought
    at       BIGINT NOT NULL,
    detail   TEXT   NOT NULL DEFAULT '{}'
);
INSERT INTO events_new (peer, revision, kind, message, at, detail)
    SELECT peer, revision, kind, message, at, detail FROM events ORDER BY seq;
DROP TABLE events;
ALTER TABLE events_new RENAME TO events;
CREATE INDEX events_by_peer ON events (peer, seq);

CREATE TABLE flags_new (
    id          TEXT   PRIMARY KEY,
    peer        TEXT   NOT NULL,
    reason      TEXT   NOT NULL CHECK (reason IN (
                    'not_understood', 'question', 'call_me', 'change_asked', 'cannot', 'late', 'condition', 'distress',
                    'voices', 'threat', 'stopped', 'started', 'declined', 'wrong_person', 'third_party', 'unknown_sender',
                    'closed_client', 'media', 'message', 'edited', 'language', 'blocked', 'no_answer', 'undelivered',
                    'may_not_have_been_sent', 'not_sent', 'answer_not_possible', 'turn_failed', 'before_waking_hour',
                    'ambiguous_cancel', 'proposal_unclear', 'interested', 'lead_question', 'applied', 'jobs_asked',
                    'lead_filled', 'task_help', 'low_answer', 'more_hours', 'feedback', 'guarded', 'settings', 'channel', 'what_is_known',
                    'reminder_waits', 'hold', 'corrected', 'not_undone')),
    appointment TEXT   NOT NULL DEFAULT '',
    offer       TEXT   NOT NULL DEFAULT '',
    task        TEXT   NOT NULL DEFAULT '',
    message     TEXT   NOT NULL DEFAULT '',
    condition   BYTEA, -- sealed: the client's own words
    detail      TEXT   NOT NULL DEFAULT '',
    raised_at   BIGINT NOT NULL,
    settled_at  BIGINT NOT NULL DEFAULT 0,
    settled_by  TEXT   NOT NULL DEFAULT '' -- the person; 'turn' if it became groundless
);
-- A flag that stood twice stands once: the later ones were groundless from the beginning.
INSERT INTO flags_new (id, peer, reason, appointment, message, condition, detail, raised_at, settled_at, settled_by)
    SELECT f.id, f.peer, f.reason, f.appointment, f.message, f.condition, f.detail, f.raised_at,
        CASE WHEN f.again THEN f.raised_at ELSE f.settled_at END, CASE WHEN f.again THEN 'turn' ELSE f.settled_by END
    FROM (SELECT flags.*, settled_at = 0 AND message <> '' AND
            ROW_NUMBER() OVER (PARTITION BY peer, reason, appointment, message, settled_at ORDER BY raised_at, id) > 1 AS again
        FROM flags) AS f;
DROP TABLE flags;
ALTER TABLE flags_new RENAME TO flags;
CREATE INDEX flags_by_peer ON flags (peer, raised_at);
CREATE INDEX flags_open ON flags (raised_at) WHERE settled_at = 0;
CREATE INDEX flags_open_by_peer ON flags (peer, raised_at) WHERE settled_at = 0;
CREATE UNIQUE INDEX flags_once ON flags (peer, reason, message, appointment, offer, task) WHERE settled_at = 0 AND message <> '';

-- No outcome was ever recorded before; from now on it is sealed.
CREATE TABLE alerts_new (
    id              TEXT    PRIMARY KEY,
    peer            TEXT    NOT NULL,
    message         TEXT    NOT NULL DEFAULT '',
    danger          TEXT    NOT NULL CHECK (danger IN ('', 'self', 'overdose', 'others', 'by_others', 'someone_else', 'voices')),
    threat          BOOLEAN NOT NULL DEFAULT FALSE, -- to staff
    raised_at       BIGINT  NOT NULL,
    acknowledged_at BIGINT  NOT NULL DEFAULT 0,
    acknowledged_by TEXT    NOT NULL DEFAULT '',
    step            BIGINT  NOT NULL DEFAULT 0, -- how often it was decided whom to tell; a job carries the one that set it
    due             BIGINT  NOT NULL DEFAULT 0, -- when to decide again; 0: no more
    outcome         BYTEA,                      -- sealed
    closed_at       BIGINT  NOT NULL DEFAULT 0,
    closed_by       TEXT    NOT NULL DEFAULT '',
    CHECK (danger <> '' OR threat)
);
INSERT INTO alerts_new (id, peer, message, danger, raised_at, acknowledged_at, acknowledged_by, closed_at)
    SELECT id, peer, message, danger, raised_at, acknowledged_at, acknowledged_by, closed_at FROM alerts;
DROP TABLE alerts;
ALTER TABLE alerts_new RENAME TO alerts;
CREATE INDEX alerts_open ON alerts (raised_at, id) WHERE closed_at = 0;
CREATE INDEX alerts_closed ON alerts (closed_at, id) WHERE closed_at > 0;
CREATE INDEX alerts_by_peer ON alerts (peer, raised_at);

-- One telling of one alert to one person by one way. Where that person is reached is looked up when it is sent; a job
-- sends it, and sends it again: a page has no other owner.
CREATE TABLE pages (
    id          TEXT   PRIMARY KEY,
    alert       TEXT   NOT NULL, -- alerts.id
    step        BIGINT NOT NULL, -- the round of the alert, from 1
    watcher     TEXT   NOT NULL, -- a specialist's id, or the name of a role of the pathway
    via         TEXT   NOT NULL CHECK (via IN ('sms', 'email')),
    kind        TEXT   NOT NULL CHECK (kind IN ('page.alert', 'page.again', 'page.outcome')),
    at          BIGINT NOT NULL, -- when it was decided
    delivery    TEXT   NOT NULL CHECK (delivery IN ('queued', 'sending', 'sent', 'delivered', 'read', 'undelivered', 'failed',
                                                    'unknown', 'dropped')),
    code        TEXT   NOT NULL DEFAULT '', -- the provider's error code or a named reason
    tries       BIGINT NOT NULL DEFAULT 0,  -- attempts that ended
    provider_id TEXT   NOT NULL DEFAULT '',
    sent_at     BIGINT NOT NULL DEFAULT 0,
    settled_at  BIGINT NOT NULL DEFAULT 0   -- when the delivery last changed
);
CREATE UNIQUE INDEX pages_once ON pages (alert, step, watcher, via);
