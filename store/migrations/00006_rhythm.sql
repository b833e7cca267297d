-- What is asked by the clock: check-ins in the rhythm that the client chose, tasks on their day, and what clients think
-- of the service. A moment of 0 is none; the job for it stands in the transaction that set it.

-- +goose Up

-- The rhythm is local wall clock and days (JSON, '' for none); due is the next moment that comes of it.
ALTER TABLE check_ins ADD COLUMN rhythm TEXT NOT NULL DEFAULT '';
ALTER TABLE check_ins ADD COLUMN due BIGINT NOT NULL DEFAULT 0;

-- Whether the client chose to be asked after a task on its day, and the moment of it. What was there before asks nobody.
ALTER TABLE tasks ADD COLUMN remind BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE tasks ADD COLUMN ask BIGINT NOT NULL DEFAULT 0;

ALTER TABLE clients ADD COLUMN feedback_due BIGINT NOT NULL DEFAULT 0;

-- A turn looks for what a client has reached where it looks for offers, tasks and check-ins.
UPDATE clients SET matters = TRUE WHERE id IN (SELECT client FROM milestones);
