-- What figures are counted from and nothing else holds: who referred somebody, contacts that were no appointment, and
-- work with its kind. And indexes, so that a period is counted without reading all the years before it.

-- +goose Up

-- Of a milestone "referred", at its moment.
CREATE TABLE referral_sources (
    client      TEXT   NOT NULL REFERENCES clients (id),
    at          BIGINT NOT NULL,
    source      TEXT   NOT NULL CHECK (source IN ('gp', 'primary_care', 'community', 'hospital', 'social_care', 'job_centre', 'voluntary',
                                                  'self', 'other')),
    recorded_by TEXT   NOT NULL DEFAULT '',
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (client, at)
);

-- A contact with a client that was no appointment, or with an employer; about nobody ('') too. A text never is one.
CREATE TABLE contacts (
    id          TEXT   PRIMARY KEY,
    specialist  TEXT   NOT NULL REFERENCES specialists (id),
    client      TEXT   NOT NULL DEFAULT '',
    party       TEXT   NOT NULL CHECK (party IN ('client', 'employer')),
    mechanism   TEXT   NOT NULL CHECK (mechanism IN ('face_to_face', 'telephone', 'video')),
    at          BIGINT NOT NULL,
    recorded_by TEXT   NOT NULL DEFAULT '',
    recorded_at BIGINT NOT NULL,
    taken_back  BIGINT NOT NULL DEFAULT 0, -- it was a slip
    CHECK (client <> '' OR party = 'employer')
);
CREATE INDEX contacts_by_client ON contacts (client, at) WHERE taken_back = 0;
CREATE INDEX contacts_by_specialist ON contacts (specialist, at) WHERE taken_back = 0;
CREATE INDEX contacts_by_time ON contacts (party, at, mechanism) WHERE taken_back = 0;

CREATE TABLE jobs (
    id          TEXT   PRIMARY KEY,
    client      TEXT   NOT NULL REFERENCES clients (id),
    work        TEXT   NOT NULL CHECK (work IN ('paid', 'volunteering')),
    way         TEXT   NOT NULL CHECK (way IN ('new', 'retained', 'returned')),
    type        TEXT   NOT NULL CHECK (type IN ('office', 'shop', 'food', 'cleaning', 'warehouse', 'driving', 'care', 'health', 'teaching',
                                                'building', 'repair', 'computing', 'outdoors', 'factory', 'security', 'arts', 'other')),
    title       BYTEA,                     -- sealed
    hours       BIGINT NOT NULL DEFAULT 0 CHECK (hours BETWEEN 0 AND 168), -- a week; 0: not known
    started_at  BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL DEFAULT 0 CHECK (ended_at = 0 OR ended_at >= started_at),
    recorded_by TEXT   NOT NULL DEFAULT '',
    recorded_at BIGINT NOT NULL
);
CREATE INDEX jobs_by_client ON jobs (client, started_at);
CREATE INDEX jobs_by_start ON jobs (started_at, client);

CREATE INDEX milestones_by_time ON milestones (milestone, at, client);
CREATE INDEX appointments_recorded ON appointments (at, attendance, mechanism, status, client, id) WHERE attendance <> '';
CREATE INDEX tasks_done ON tasks (changed_at, client) WHERE status = 'done';
CREATE INDEX flags_for_people ON flags (raised_at, reason, message, settled_at, settled_by) WHERE message <> '';
CREATE INDEX messages_received ON messages (at, kind) WHERE direction = 'in';
CREATE INDEX messages_reminding ON messages (appointment, delivery) WHERE key IN ('appointment.reminder', 'appointment.reminder_at',
    'appointment.reminder_confirmed', 'appointment.reminder_confirmed_at');
