-- The way through the pathway: where a client stands, what was reached and done, whether meetings happened.

-- +goose Up

-- Who was on the caseload before stages were known is taken to be under way: '' lets everything go, as it did.
ALTER TABLE clients ADD COLUMN stage TEXT NOT NULL DEFAULT '';
ALTER TABLE clients ADD COLUMN stage_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE clients ADD COLUMN circumstance TEXT NOT NULL DEFAULT ''
    CHECK (circumstance IN ('', 'in_hospital', 'bereaved', 'in_custody', 'died'));
ALTER TABLE clients ADD COLUMN circumstance_at BIGINT NOT NULL DEFAULT 0;

ALTER TABLE appointments ADD COLUMN attendance TEXT NOT NULL DEFAULT '' CHECK (attendance IN ('', 'attended', 'missed', 'excused'));
ALTER TABLE appointments ADD COLUMN mechanism TEXT NOT NULL DEFAULT '' CHECK (mechanism IN ('', 'face_to_face', 'telephone', 'video'));
ALTER TABLE appointments ADD COLUMN attendance_at BIGINT NOT NULL DEFAULT 0;
-- The meetings of which nobody has said whether they happened.
CREATE INDEX appointments_open ON appointments (at) WHERE attendance = '' AND status <> 'cancelled';

-- Every time that a milestone was reached: the latest counts, and none is overwritten.
CREATE TABLE milestones (
    client      TEXT   NOT NULL REFERENCES clients (id),
    milestone   TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    recorded_by TEXT   NOT NULL DEFAULT '',
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (client, milestone, at)
);

-- The steps of the pathway of which a person has said that they are done.
CREATE TABLE steps_done (
    client  TEXT   NOT NULL REFERENCES clients (id),
    step    TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    done_by TEXT   NOT NULL DEFAULT '',
    PRIMARY KEY (client, step, at)
);

-- The lists that grew (see migration 3).
CREATE TABLE events_new (
    seq      {{identity}},
    peer     TEXT   NOT NULL,
    revision BIGINT NOT NULL,
    kind     TEXT   NOT NULL CHECK (kind IN ('text', 'button', 'edited', 'linked', 'blocked', 'unblocked', 'agreement',
                                             'appointment_booked', 'appointment_moved', 'appointment_cancelled', 'reminder',
                                             'timeout', 'undelivered', 'unknown_delivery', 'dropped', 'delivery',
                                             'number_changed', 'closed', 'lead_offered', 'lead_changed', 'check_in', 'task',
                                             'feedback', 'ring', 'corrected', 'settings', 'settled', 'held', 'released',
                                             'hold_due', 'reminder_allowed', 'stage', 'circumstance', 'attendance', 'nudge')),
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
                    'reminder_waits', 'hold', 'corrected', 'not_undone', 'missed', 'silent')),
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
INSERT INTO flags_new (id, peer, reason, appointment, offer, task, message, condition, detail, raised_at, settled_at, settled_by)
    SELECT id, peer, reason, appointment, offer, task, message, condition, detail, raised_at, settled_at, settled_by FROM flags;
DROP TABLE flags;
ALTER TABLE flags_new RENAME TO flags;
CREATE INDEX flags_by_peer ON flags (peer, raised_at);
CREATE INDEX flags_open ON flags (raised_at) WHERE settled_at = 0;
CREATE INDEX flags_open_by_peer ON flags (peer, raised_at) WHERE settled_at = 0;
CREATE UNIQUE INDEX flags_once ON flags (peer, reason, message, appointment, offer, task) WHERE settled_at = 0 AND message <> '';
