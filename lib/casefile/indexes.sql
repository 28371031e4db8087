-- Indexes of a case file that only its readers need. Keeping them up to date costs a load of many
-- events more time than all else that is written, since it goes back and forth in them; so they are
-- made when it is over.

CREATE INDEX IF NOT EXISTS event_by_time ON event (time_created);
CREATE INDEX IF NOT EXISTS event_by_code ON event (event_code, provider);
