-- The tables of a case file. docs/case-schema.md explains them; the comments within each statement
-- are kept by SQLite and show in the shell's `.schema`. Times are ISO 8601 in UTC with seven
-- fractional digits unless a column says otherwise, so they sort as text.
--
-- Each table that a scan fills has a UNIQUE index over what makes a row the same row. In such an
-- index SQLite takes two NULLs for different, so a column that can be NULL stands in it as
-- coalesce(…).

PRAGMA application_id = 1163282500;  -- the bytes "EVHD"
PRAGMA user_version = 3;             -- of this schema

CREATE TABLE meta (
  -- What holds for the case file as a whole.
  key   TEXT NOT NULL PRIMARY KEY,  -- 'about', 'created', 'merged …'
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
  -- One row for each scan command that wrote to this case file, in the order in which they began.
  run_id           INTEGER PRIMARY KEY,
  command_line     TEXT NOT NULL,
  tool_version     TEXT NOT NULL,
  library_versions TEXT NOT NULL,  -- JSON object: library -> version
  packs            TEXT NOT NULL,  -- JSON array of {name, path, sha256, indicators}
  rules            TEXT NOT NULL,  -- JSON array of {path, rules, refused, sha256}
  options          TEXT NOT NULL,  -- JSON object: the options as they were in force
  host             TEXT NOT NULL,  -- the machine that the scan ran on
  user             TEXT NOT NULL,  -- and who ran it
  started          TEXT NOT NULL,
  -- The columns from here on are NULL until the run ends, for ever where it was killed.
  ended            TEXT,
  exit_status      INTEGER,        -- 0 done, 1 done with problems, 3 could not go on, 130 Ctrl-C
  files_seen       INTEGER,        -- regular files looked at
  files_read       INTEGER,        -- of these, read as evidence
  files_skipped    INTEGER,        -- of these, of no kind that can be read
  bytes_read       INTEGER,
  events_read      INTEGER,
  hits             INTEGER,        -- found by this run, whether known before or not
  detections       INTEGER,        -- likewise
  problems         INTEGER,        -- likewise
  files_known      INTEGER         -- not read, since an earlier run had read them to their end
) STRICT;

CREATE TABLE evidence (
  -- What was handed over to a scan, and each file found in it. A file whose content changed
  -- between two scans has one row for each content.
  evidence_id INTEGER PRIMARY KEY,
  path        TEXT NOT NULL,  -- absolute; within an archive: container / name within
  kind        TEXT NOT NULL,  -- 'evtx', 'xml', 'crowdstrike', 'xml-gzip', 'crowdstrike-gzip',
                              -- 'folder', 'archive', 'image' and 'volume' (of a disk),
                              -- 'unallocated' (what no file of an image covers, carved), 'raw' (of
                              -- no other kind, and carved), 'file' (of no kind that can be read). In
                              -- those that end with gzip, offsets count in what they decompress to
  size        INTEGER,        -- in bytes; NULL for what has none, such as a folder
  sha256      TEXT,           -- of the whole content, lower-case hex; NULL where not computed
  parent_id   INTEGER REFERENCES evidence (evidence_id),  -- what it lies in; NULL at the top
  same_as     INTEGER REFERENCES evidence (evidence_id),  -- an earlier evidence of the same
                                                          -- content: a copy, with the same events
  census_taken INTEGER NOT NULL DEFAULT 0,  -- 1 where `census` counts all of its events
  modified    TEXT,           -- when the file was written to last, as the file system says; of what
                              -- lies in an archive or image: the outermost file; NULL where unknown
  md5         TEXT,           -- as sha256, and only with `--hash all`
  sha1        TEXT,
  created     TEXT,           -- of a volume shadow copy: when it was made; NULL of all else
  host        TEXT,           -- that it was taken from, where the collection it lies in says so
  host_from   TEXT,           -- what says so: 'client_info.json' (Velociraptor), 'ConsoleLog.txt'
                              -- (KAPE); NULL with `host`
  CHECK (same_as <> evidence_id),
  CHECK ((host IS NULL) = (host_from IS NULL))
) STRICT;
CREATE UNIQUE INDEX evidence_key ON evidence (path, coalesce(sha256, ''), coalesce(size, -1));
CREATE INDEX evidence_by_content ON evidence (sha256) WHERE sha256 IS NOT NULL;

CREATE TABLE read_to_end (
  -- Which evidence was read to its end by which settings: what `scan --resume` need not read again.
  -- It says nothing of the evidence.
  evidence_id INTEGER NOT NULL REFERENCES evidence (evidence_id),
  settings    TEXT NOT NULL,  -- SHA-256 over what decides what a scan finds
  PRIMARY KEY (evidence_id, settings)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  -- A record of the evidence in its normal form. Texts are '' and numbers NULL where the record
  -- has no such field.
  event_id     INTEGER PRIMARY KEY,
  evidence_id  INTEGER NOT NULL REFERENCES evidence (evidence_id),
  byte_offset  INTEGER NOT NULL,  -- of the record's first byte, from the start of its evidence: of
                                  -- an export, that of the event's element or object
  byte_size    INTEGER NOT NULL,  -- of the whole record
  record_id    INTEGER NOT NULL,  -- of the record header (2^63 and above show as negative)
  time_written TEXT NOT NULL,     -- of the record header; '' in exports, which do not have it
  time_created TEXT NOT NULL,     -- System/TimeCreated
  provider     TEXT NOT NULL,
  channel      TEXT NOT NULL,
  computer     TEXT NOT NULL,
  event_code   INTEGER,           -- System/EventID
  version      INTEGER,
  level        INTEGER,
  task         INTEGER,
  opcode       INTEGER,
  keywords     TEXT NOT NULL,     -- hexadecimal, as the record has it
  user_sid     TEXT NOT NULL,     -- System/Security/UserID
  process_id   INTEGER,           -- System/Execution: who logged the event, not whom it is about
  thread_id    INTEGER,
  activity_id  TEXT NOT NULL,
  source_type  TEXT NOT NULL,     -- 'evtx', 'xml', 'crowdstrike'; 'raw': text outside of any
                                  -- record, which has neither a time nor a record id
  state        TEXT NOT NULL,     -- 'live'; 'recovered': left over in a chunk without header,
                                  -- or behind and between a chunk's live records; 'carved':
                                  -- found by its own bytes in what is no log
  data         TEXT NOT NULL      -- JSON object of the data fields; an array where a name repeats
) STRICT;
-- Not the place alone: in a log that went on being written, another record can come to stand at
-- the same offset, and without a hash nothing else tells the two files apart.
CREATE UNIQUE INDEX event_key ON event (evidence_id, byte_offset, record_id, time_written);
-- event_by_time and event_by_code are made when events have been added: indexes.sql.

CREATE TABLE also_at (
  -- Where the record of an event stands as well: within one disk image, archive or raw file, or in
  -- the slack of one log. A copy says the same in every column of `event` but place and state.
  event_id    INTEGER NOT NULL REFERENCES event (event_id),
  evidence_id INTEGER NOT NULL REFERENCES evidence (evidence_id),
  byte_offset INTEGER NOT NULL,  -- of the record's first byte, from the start of that evidence
  byte_size   INTEGER NOT NULL,  -- of the whole record there
  state       TEXT NOT NULL,     -- of the record there, as in `event`
  PRIMARY KEY (event_id, evidence_id, byte_offset)
) STRICT, WITHOUT ROWID;
CREATE INDEX also_at_by_evidence ON also_at (evidence_id, byte_offset);

CREATE TABLE indicator (
  -- What was looked for, found or not; of more than 10,000, only what was found.
  indicator_id INTEGER PRIMARY KEY,
  kind         TEXT NOT NULL,  -- 'domain', 'url', 'md5', 'sha1', 'sha256', 'version', 'file_name',
                               -- 'path', 'email', 'text', 'ip', 'imphash', 'registry_key', 'sid',
                               -- 'guid', 'regex'
  value        TEXT NOT NULL,  -- in normal form: hashes and domains in lower case
  product      TEXT NOT NULL,  -- for a version: the product's names separated by |; else ''
  pack         TEXT NOT NULL,  -- the name of the pack that it came from
  description  TEXT NOT NULL,
  severity     TEXT NOT NULL,  -- 'informational', 'low', 'medium', 'high', 'critical'
  source       TEXT NOT NULL   -- who published it
) STRICT;
CREATE UNIQUE INDEX indicator_key ON indicator (kind, value, product, pack);

CREATE TABLE hit (
  -- An indicator found in a field of an event.
  hit_id       INTEGER PRIMARY KEY,
  event_id     INTEGER NOT NULL REFERENCES event (event_id),
  indicator_id INTEGER NOT NULL REFERENCES indicator (indicator_id),
  field        TEXT NOT NULL,  -- the field's name: 'QueryName', 'Computer' …
  matched      TEXT NOT NULL,  -- the matched text, as the event has it
  byte_offset  INTEGER         -- of its first byte, from the start of the evidence; NULL where the
                               -- text is not in the record as text (a binary value shown as hex)
) STRICT;
CREATE UNIQUE INDEX hit_key
  ON hit (event_id, indicator_id, field, coalesce(byte_offset, -1), matched);
CREATE INDEX hit_by_indicator ON hit (indicator_id);

CREATE TABLE rule (
  -- A Sigma rule that scans of this case evaluated.
  rule_id INTEGER PRIMARY KEY,
  uuid    TEXT NOT NULL UNIQUE,  -- the Sigma id
  title   TEXT NOT NULL,
  type    TEXT NOT NULL,         -- 'TTP', 'Hunting', 'Anomaly'
  level   TEXT NOT NULL,         -- severity in Sigma's words
  attack  TEXT NOT NULL,         -- ATT&CK techniques, separated by commas
  status  TEXT NOT NULL          -- Sigma's: 'stable', 'test', 'experimental' …
) STRICT;

CREATE TABLE detection (
  -- A rule that an event fulfils.
  detection_id INTEGER PRIMARY KEY,
  event_id     INTEGER NOT NULL REFERENCES event (event_id),
  rule_id      INTEGER NOT NULL REFERENCES rule (rule_id),
  UNIQUE (event_id, rule_id)
) STRICT;
CREATE INDEX detection_by_rule ON detection (rule_id);

CREATE TABLE problem (
  -- A damaged or unreadable place: what lies there was not looked at, or is in doubt.
  problem_id  INTEGER PRIMARY KEY,
  evidence_id INTEGER NOT NULL REFERENCES evidence (evidence_id),
  byte_offset INTEGER,        -- from the start of the evidence; NULL where it concerns all of it
  kind        TEXT NOT NULL,  -- 'unreadable', 'not-evidence', 'empty', 'file-header',
                              -- 'chunk-header', 'checksum', 'truncated', 'record-damaged',
                              -- 'record-unread', 'link', 'encoding', 'undecided', 'rebuilt'
  message     TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX problem_key ON problem (evidence_id, kind, coalesce(byte_offset, -1), message);

CREATE TABLE difference (
  -- A place where the two reading engines make something else of a record (evtxhound verify).
  difference_id INTEGER PRIMARY KEY,
  evidence_id   INTEGER NOT NULL REFERENCES evidence (evidence_id),
  byte_offset   INTEGER NOT NULL,  -- of the record, from the start of the evidence
  record_id     INTEGER NOT NULL,
  class         TEXT NOT NULL,     -- why: docs/verify.md
  field         TEXT NOT NULL,     -- empty where it concerns the whole record
  native        TEXT NOT NULL,     -- the value, or why it cannot be read
  libevtx       TEXT NOT NULL      -- likewise
) STRICT;
CREATE UNIQUE INDEX difference_key
  ON difference (evidence_id, byte_offset, class, field, native, libevtx);

CREATE TABLE finding (
  -- A sign of tampering with a log: something to be explained, no proof.
  finding_id   INTEGER PRIMARY KEY,
  evidence_id  INTEGER NOT NULL REFERENCES evidence (evidence_id),
  kind         TEXT NOT NULL,  -- 'log-cleared', 'record-gap', 'record-order', 'hidden-record',
                               -- 'template-replaced', 'chunk-mismatch', 'header-mismatch',
                               -- 'rewritten', 'checksum', 'time-back', 'audit-changed',
                               -- 'log-stopped'
  byte_offset  INTEGER,        -- from the start of the evidence; NULL where it concerns all of it
  detail       TEXT NOT NULL,
  first_record INTEGER,        -- of a gap: the ids that are missing, from the first to the last;
  last_record  INTEGER,        -- else the ids of the records that it stands on
  time_before  TEXT,           -- when the record before the place was written
  time_after   TEXT            -- when the record behind it was, or the one that it is about
) STRICT;
CREATE UNIQUE INDEX finding_key ON finding (evidence_id, kind, coalesce(byte_offset, -1), detail);

CREATE TABLE census (
  -- What events an evidence holds, hit or not: one row for each channel, provider and code.
  evidence_id INTEGER NOT NULL REFERENCES evidence (evidence_id),
  channel     TEXT NOT NULL,
  provider    TEXT NOT NULL,
  event_code  INTEGER,
  count       INTEGER NOT NULL,
  first_seen  TEXT NOT NULL,  -- the smallest and the largest time_created
  last_seen   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX census_key
  ON census (evidence_id, channel, provider, coalesce(event_code, -1));

CREATE TABLE story_detection (
  -- The five detections of the analytic story "3CX Supply Chain Attack", fixed with the schema.
  title      TEXT NOT NULL PRIMARY KEY,  -- the name in the story; a rule counts by this title
  type       TEXT NOT NULL,              -- 'TTP', 'Hunting', 'Anomaly'
  confidence INTEGER NOT NULL,           -- in percent, as the story rates it
  impact     INTEGER NOT NULL,           -- likewise
  position   INTEGER NOT NULL UNIQUE     -- of its line in v_story
) STRICT, WITHOUT ROWID;
INSERT INTO story_detection (position, title, type, confidence, impact) VALUES
  (1, '3CX Supply Chain Attack Network Indicators', 'TTP', 100, 100),
  (2, 'Windows Vulnerable 3CX Software', 'TTP', 90, 100),
  (3, 'Hunting 3CXDesktopApp Software', 'Hunting', 50, 80),
  (4, 'Non Chrome Process Accessing Chrome Default Dir', 'Anomaly', 70, 50),
  (5, 'Non Firefox Process Access Firefox Profile Dir', 'Anomaly', 70, 50);

CREATE TABLE story_source (
  -- The events that a detection of the story can be made from: one of its sources is enough.
  title      TEXT NOT NULL REFERENCES story_detection (title),
  source     TEXT NOT NULL,  -- as an examiner calls it: 'Sysmon 22'
  provider   TEXT NOT NULL,
  event_code INTEGER,        -- NULL for CrowdStrike, whose providers say it all
  PRIMARY KEY (title, source)
) STRICT, WITHOUT ROWID;
INSERT INTO story_source (title, source, provider, event_code) VALUES
  ('3CX Supply Chain Attack Network Indicators',
   'Sysmon 22', 'Microsoft-Windows-Sysmon', 22),
  ('3CX Supply Chain Attack Network Indicators',
   'Sysmon 3', 'Microsoft-Windows-Sysmon', 3),
  ('3CX Supply Chain Attack Network Indicators',
   'DNS-Client 3008', 'Microsoft-Windows-DNS-Client', 3008),
  ('3CX Supply Chain Attack Network Indicators',
   'CrowdStrike DnsRequest', 'DnsRequest', NULL),
  ('Windows Vulnerable 3CX Software',
   'Sysmon 1', 'Microsoft-Windows-Sysmon', 1),
  ('Windows Vulnerable 3CX Software',
   'Security 4688', 'Microsoft-Windows-Security-Auditing', 4688),
  ('Windows Vulnerable 3CX Software',
   'CrowdStrike ProcessRollup2', 'ProcessRollup2', NULL),
  ('Windows Vulnerable 3CX Software',
   'CrowdStrike SyntheticProcessRollup2', 'SyntheticProcessRollup2', NULL),
  ('Hunting 3CXDesktopApp Software',
   'Sysmon 1', 'Microsoft-Windows-Sysmon', 1),
  ('Hunting 3CXDesktopApp Software',
   'Security 4688', 'Microsoft-Windows-Security-Auditing', 4688),
  ('Hunting 3CXDesktopApp Software',
   'CrowdStrike ProcessRollup2', 'ProcessRollup2', NULL),
  ('Hunting 3CXDesktopApp Software',
   'CrowdStrike SyntheticProcessRollup2', 'SyntheticProcessRollup2', NULL),
  ('Non Chrome Process Accessing Chrome Default Dir',
   'Security 4663', 'Microsoft-Windows-Security-Auditing', 4663),
  ('Non Firefox Process Access Firefox Profile Dir',
   'Security 4663', 'Microsoft-Windows-Security-Auditing', 4663);

INSERT INTO meta (key, value) VALUES
  ('about', 'A case file of evtxhound: hits of indicators in Windows event logs.'),
  ('created', strftime('%Y-%m-%dT%H:%M:%f', 'now') || '0000Z');
