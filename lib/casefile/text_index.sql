-- The full-text index over event.data, made on request. docs/case-schema.md explains it.
--
-- The index holds no copy of the text: FTS5 reads it where it stands. The triggers keep it in step
-- with `event` in the same transaction, so that it cannot be out of date, whoever writes.

CREATE VIEW event_plain AS
-- The text that is searched: event.data without JSON's escapes of \ and ", as an examiner types it.
SELECT event_id,
       replace(replace(data, '\"', '"'), '\\', '\') AS text
FROM event;

-- By trigrams: any part of a path, a name or a hash is found that has three characters or more.
CREATE VIRTUAL TABLE event_text
  USING fts5(text, content = 'event_plain', content_rowid = 'event_id', tokenize = 'trigram');

CREATE TRIGGER event_text_insert AFTER INSERT ON event BEGIN
  INSERT INTO event_text (rowid, text)
  VALUES (new.event_id, replace(replace(new.data, '\"', '"'), '\\', '\'));
END;

CREATE TRIGGER event_text_delete AFTER DELETE ON event BEGIN
  INSERT INTO event_text (event_text, rowid, text)
  VALUES ('delete', old.event_id, replace(replace(old.data, '\"', '"'), '\\', '\'));
END;

CREATE TRIGGER event_text_update AFTER UPDATE OF event_id, data ON event BEGIN
  INSERT INTO event_text (event_text, rowid, text)
  VALUES ('delete', old.event_id, replace(replace(old.data, '\"', '"'), '\\', '\'));
  INSERT INTO event_text (rowid, text)
  VALUES (new.event_id, replace(replace(new.data, '\"', '"'), '\\', '\'));
END;
