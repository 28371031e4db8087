-- The views of a case file: what an examiner asks first. docs/case-schema.md explains them.

CREATE VIEW v_hits AS
-- Every hit with its event and the place of the bytes that it stands on, in time order.
SELECT event.time_created,
       event.computer,
       indicator.severity,
       indicator.kind,
       indicator.value,
       hit.field,
       hit.matched,
       event.event_code,
       event.channel,
       event.provider,
       event.record_id,
       indicator.description,
       indicator.pack,
       evidence.path AS evidence,
       hit.byte_offset,                      -- of the matched text; NULL where it is no text
       event.byte_offset AS event_offset,    -- of the record
       event.byte_size AS event_size,
       event.user_sid,
       event.state,
       hit.hit_id,
       hit.event_id,
       hit.indicator_id,
       event.evidence_id
FROM hit
JOIN event USING (event_id)
JOIN indicator USING (indicator_id)
JOIN evidence USING (evidence_id)
ORDER BY event.time_created, hit.hit_id;

CREATE VIEW v_detections AS
-- Every detection with its event, in time order.
SELECT event.time_created,
       event.computer,
       rule.level,
       rule.title,
       rule.type,
       rule.attack,
       event.event_code,
       event.channel,
       event.provider,
       event.record_id,
       evidence.path AS evidence,
       event.byte_offset,
       event.byte_size,
       event.user_sid,
       event.state,
       event.data,
       detection.detection_id,
       detection.event_id,
       detection.rule_id,
       event.evidence_id
FROM detection
JOIN event USING (event_id)
JOIN rule USING (rule_id)
JOIN evidence USING (evidence_id)
ORDER BY event.time_created, detection.detection_id;

CREATE VIEW v_places AS
-- Every place where the record of an event stands: the event's own first, then its copies.
SELECT event.event_id,
       place.is_copy,
       event.time_created,
       event.computer,
       event.channel,
       event.event_code,
       event.record_id,
       evidence.path AS evidence,
       evidence.kind,
       place.byte_offset,   -- of the record
       place.byte_size,
       place.state,
       place.evidence_id
FROM (SELECT event_id, 0 AS is_copy, evidence_id, byte_offset, byte_size, state FROM event
      UNION ALL
      SELECT event_id, 1, evidence_id, byte_offset, byte_size, state FROM also_at) AS place
JOIN event USING (event_id)
JOIN evidence ON evidence.evidence_id = place.evidence_id
ORDER BY event.event_id, place.is_copy, place.evidence_id, place.byte_offset;

CREATE VIEW v_timeline AS
-- One line for each event that has a hit or a detection, in time order.
SELECT event.time_created,
       event.computer,
       event.channel,
       event.event_code,
       (SELECT group_concat(what, ', ')
        FROM (SELECT DISTINCT indicator.kind || ' ' || indicator.value || ' in ' || hit.field AS what
              FROM hit JOIN indicator USING (indicator_id)
              WHERE hit.event_id = event.event_id
              ORDER BY hit.hit_id)) AS hits,
       (SELECT group_concat(title, ', ')
        FROM (SELECT rule.title
              FROM detection JOIN rule USING (rule_id)
              WHERE detection.event_id = event.event_id
              ORDER BY detection.detection_id)) AS detections,
       coalesce(json_extract(event.data, '$.Image'),
                json_extract(event.data, '$.NewProcessName'),
                json_extract(event.data, '$.ProcessName'),
                json_extract(event.data, '$.ImageFileName')) AS process,
       coalesce(json_extract(event.data, '$.CommandLine'),
                json_extract(event.data, '$.QueryName'),
                json_extract(event.data, '$.DestinationHostname'),
                json_extract(event.data, '$.TargetFilename'),
                json_extract(event.data, '$.ObjectName'),
                json_extract(event.data, '$.DomainName'),
                json_extract(event.data, '$.RemoteAddressIP4'),
                json_extract(event.data, '$.Context')) AS detail,
       event.user_sid,
       event.record_id,
       evidence.path AS evidence,
       event.byte_offset,
       event.byte_size,
       event.event_id
FROM event
JOIN evidence USING (evidence_id)
WHERE event.event_id IN (SELECT event_id FROM hit UNION SELECT event_id FROM detection)
ORDER BY event.time_created, event.event_id;

CREATE VIEW v_process AS
-- Processes that started: Sysmon 1, Security 4688 and CrowdStrike's ProcessRollup2 in one shape.
-- What one of them does not say is NULL.
WITH
  place (n) AS (VALUES (1), (2), (3), (4), (5), (6), (7), (8)),
  started AS (
    SELECT event.*,
           json_extract(data, '$.NewProcessId') AS new_pid,   -- Security 4688 writes process ids
           json_extract(data, '$.ProcessId') AS creator_pid   -- as 0x1f4
    FROM event
    WHERE event_code = 4688 AND provider = 'Microsoft-Windows-Security-Auditing')
SELECT time_created,
       computer,
       json_extract(data, '$.Image') AS image,
       json_extract(data, '$.CommandLine') AS command_line,
       CAST(json_extract(data, '$.ProcessId') AS INTEGER) AS pid,
       json_extract(data, '$.ParentImage') AS parent_image,
       json_extract(data, '$.ParentCommandLine') AS parent_command_line,
       CAST(json_extract(data, '$.ParentProcessId') AS INTEGER) AS parent_pid,
       json_extract(data, '$.User') AS user,
       json_extract(data, '$.Hashes') AS hashes,
       json_extract(data, '$.FileVersion') AS file_version,
       json_extract(data, '$.ProcessGuid') AS process_guid,
       json_extract(data, '$.ParentProcessGuid') AS parent_process_guid,
       event_id
FROM event
WHERE event_code = 1 AND provider = 'Microsoft-Windows-Sysmon'
UNION ALL
SELECT time_created,
       computer,
       json_extract(data, '$.NewProcessName'),
       json_extract(data, '$.CommandLine'),
       -- Hexadecimal to integer, digit by digit from the right: SQLite has no function for it.
       CASE WHEN new_pid LIKE '0x%' THEN
         (SELECT sum((instr('0123456789abcdef', lower(substr(new_pid, -n, 1))) - 1) << (4 * (n - 1)))
          FROM place WHERE n <= length(new_pid) - 2)
       ELSE CAST(new_pid AS INTEGER) END,
       json_extract(data, '$.ParentProcessName'),
       NULL,
       CASE WHEN creator_pid LIKE '0x%' THEN
         (SELECT sum((instr('0123456789abcdef', lower(substr(creator_pid, -n, 1))) - 1)
                     << (4 * (n - 1)))
          FROM place WHERE n <= length(creator_pid) - 2)
       ELSE CAST(creator_pid AS INTEGER) END,
       -- The user whom the process runs as, where that is another one than its creator.
       CASE WHEN coalesce(json_extract(data, '$.TargetUserName'), '-') NOT IN ('-', '')
         THEN coalesce(json_extract(data, '$.TargetDomainName') || '\', '')
              || json_extract(data, '$.TargetUserName')
         ELSE coalesce(json_extract(data, '$.SubjectDomainName') || '\', '')
              || json_extract(data, '$.SubjectUserName') END,
       NULL,
       NULL,
       NULL,
       NULL,
       event_id
FROM started
UNION ALL
SELECT time_created,
       computer,
       json_extract(data, '$.ImageFileName'),
       json_extract(data, '$.CommandLine'),
       CAST(json_extract(data, '$.RawProcessId') AS INTEGER),
       json_extract(data, '$.ParentBaseFileName'),
       NULL,
       NULL,
       coalesce(nullif(json_extract(data, '$.UserName'), ''), nullif(user_sid, '')),
       -- As Sysmon writes them, so that one search finds both.
       (SELECT group_concat(name || '=' || upper(value), ',')
        FROM (SELECT 'SHA1' AS name, json_extract(data, '$.SHA1HashData') AS value
              UNION ALL SELECT 'MD5', json_extract(data, '$.MD5HashData')
              UNION ALL SELECT 'SHA256', json_extract(data, '$.SHA256HashData'))
        WHERE trim(value, '0') <> ''),  -- what was not computed is all zeros
       NULL,
       -- CrowdStrike's own ids of processes, which are unique as Sysmon's GUIDs are.
       json_extract(data, '$.TargetProcessId'),
       json_extract(data, '$.ParentProcessId'),
       event_id
FROM event
WHERE event_code IS NULL AND source_type = 'crowdstrike'
  AND provider IN ('ProcessRollup2', 'SyntheticProcessRollup2')
ORDER BY time_created, event_id;

CREATE VIEW v_dns AS
-- Names that were looked up: Sysmon 22, DNS-Client 3008 and CrowdStrike's DnsRequest in one shape.
-- DNS-Client names no image; its pid is that of the process which logged it, the one that asked.
SELECT time_created,
       computer,
       json_extract(data, '$.Image') AS image,
       json_extract(data, '$.QueryName') AS query,
       CAST(json_extract(data, '$.QueryStatus') AS INTEGER) AS status,
       json_extract(data, '$.QueryResults') AS answers,
       CASE event_code WHEN 22 THEN CAST(json_extract(data, '$.ProcessId') AS INTEGER)
                       ELSE process_id END AS pid,
       json_extract(data, '$.ProcessGuid') AS process_guid,
       event_id
FROM event
WHERE (event_code = 22 AND provider = 'Microsoft-Windows-Sysmon')
   OR (event_code = 3008 AND provider = 'Microsoft-Windows-DNS-Client')
UNION ALL
SELECT time_created,
       computer,
       NULL,
       json_extract(data, '$.DomainName'),
       NULL,
       json_extract(data, '$.IP4Records'),
       NULL,
       json_extract(data, '$.ContextProcessId'),
       event_id
FROM event
WHERE event_code IS NULL AND source_type = 'crowdstrike' AND provider = 'DnsRequest'
ORDER BY time_created, event_id;

CREATE VIEW v_story AS
-- One row for each detection of the story, also where it found nothing.
WITH
  found AS (
    SELECT rule.title,
           count(DISTINCT event.event_id) AS count,  -- a title can stand over several rules
           min(event.time_created) AS first_seen,
           max(event.time_created) AS last_seen,
           group_concat(DISTINCT nullif(event.computer, '')) AS hosts,
           group_concat(DISTINCT coalesce(
             json_extract(event.data, '$.User'),
             CASE source_type WHEN 'crowdstrike' THEN json_extract(event.data, '$.UserName') END,
             json_extract(event.data, '$.SubjectDomainName') || '\'
               || json_extract(event.data, '$.SubjectUserName'),
             nullif(event.user_sid, ''))) AS users
    FROM detection JOIN rule USING (rule_id) JOIN event USING (event_id)
    GROUP BY rule.title),
  source AS (
    SELECT story_source.title,
           story_source.source,
           EXISTS (SELECT 1 FROM census
                   WHERE census.provider = story_source.provider
                     AND census.event_code IS story_source.event_code
                     AND census.count > 0) AS present
    FROM story_source),
  -- Where some evidence was not counted, nobody can say what is not in it.
  counted AS (
    SELECT NOT EXISTS (SELECT 1 FROM evidence
                       WHERE kind NOT IN ('folder', 'archive', 'image', 'volume', 'file')
                         AND census_taken = 0) AS whole)
SELECT story.title AS detection,
       story.type,
       coalesce(found.count, 0) AS count,
       found.first_seen,
       found.last_seen,
       found.hosts,   -- separated by commas
       found.users,   -- likewise
       CASE WHEN found.count > 0 THEN story.confidence * story.impact / 100 ELSE 0 END AS risk,
       CASE
         WHEN found.count > 0 THEN 'found'
         -- Nothing in the evidence could have shown it, whatever rules were run.
         WHEN whole AND story.title NOT IN (SELECT title FROM source WHERE present)
           THEN 'source absent'
         -- Nobody looked, so nobody may say that it is not there.
         WHEN story.title NOT IN (SELECT title FROM rule) THEN 'not evaluated'
         ELSE 'not found'
       END AS state,
       CASE WHEN whole THEN
         (SELECT 'no ' || group_concat(source, ', no ') || ' in this evidence'
          FROM (SELECT source FROM source
                WHERE source.title = story.title AND NOT present ORDER BY source))
       END AS absent  -- the data sources that could have shown it and are not there; NULL: none
FROM story_detection AS story
CROSS JOIN counted
LEFT JOIN found USING (title)
ORDER BY story.position;
