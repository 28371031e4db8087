-- Views for what an examiner asks of logs: who logged on, where a process came from, and what
-- speaks of tampering. docs/case-schema.md explains them.

CREATE VIEW v_findings AS
-- Signs of tampering, the heavier first.
SELECT CASE
         WHEN finding.kind IN ('log-cleared', 'hidden-record', 'template-replaced', 'record-order')
           THEN 'high'
         WHEN finding.kind IN ('time-back', 'rewritten', 'log-stopped') THEN 'low'
         ELSE 'medium'
       END AS weight,
       finding.kind,
       evidence.path AS evidence,
       finding.byte_offset,
       finding.first_record,
       finding.last_record,
       finding.time_before,
       finding.time_after,
       finding.detail,
       finding.finding_id,
       finding.evidence_id
FROM finding
JOIN evidence USING (evidence_id)
ORDER BY CASE weight WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END,
         finding.kind, evidence.path, finding.byte_offset;

CREATE VIEW v_gaps AS
-- Where a log's records are missing, with what the census says of the log.
SELECT evidence.path AS evidence,
       (SELECT census.channel FROM census
        WHERE census.evidence_id = finding.evidence_id
        GROUP BY census.channel ORDER BY sum(census.count) DESC LIMIT 1) AS channel,
       finding.first_record,
       finding.last_record,
       finding.last_record - finding.first_record + 1 AS missing,
       finding.time_before,  -- when the record before the gap was written
       finding.time_after,   -- and the one behind it; NULL at the log's end
       round((julianday(finding.time_after) - julianday(finding.time_before)) * 86400, 3)
         AS seconds,
       (SELECT sum(census.count) FROM census
        WHERE census.evidence_id = finding.evidence_id) AS events,  -- that the log has
       finding.byte_offset,  -- of the record behind the gap
       finding.finding_id,
       finding.evidence_id
FROM finding
JOIN evidence USING (evidence_id)
WHERE finding.kind = 'record-gap' AND finding.first_record IS NOT NULL
ORDER BY evidence.path, finding.first_record;

CREATE VIEW v_raw_hits AS
-- Hits outside of any record (scan --raw), with the text around them. They have no time.
SELECT indicator.severity,
       indicator.kind,
       indicator.value,
       hit.matched,
       json_extract(event.data, '$.Context') AS context,
       json_extract(event.data, '$.Encoding') AS encoding,
       indicator.description,
       indicator.pack,
       evidence.path AS evidence,
       hit.byte_offset,
       event.byte_size,  -- from there to the end of the context
       hit.hit_id,
       hit.event_id,
       hit.indicator_id,
       event.evidence_id
FROM event
JOIN hit USING (event_id)
JOIN indicator USING (indicator_id)
JOIN evidence ON evidence.evidence_id = event.evidence_id
WHERE event.source_type = 'raw'
ORDER BY evidence.path, hit.byte_offset, hit.hit_id;

CREATE VIEW v_logon AS
-- Logons and what belongs to them, of Security and of Terminal Services, in one shape. What an event
-- does not say is NULL.
WITH
  logon_type (number, name) AS (
    VALUES (0, 'system'), (2, 'interactive'), (3, 'network'), (4, 'batch'), (5, 'service'),
           (7, 'unlock'), (8, 'network cleartext'), (9, 'new credentials'),
           (10, 'remote interactive'), (11, 'cached interactive'),
           (12, 'cached remote interactive'), (13, 'cached unlock')),
  said AS (
    SELECT event.*,
           CAST(json_extract(data, '$.LogonType') AS INTEGER) AS number,
           CASE event_code
             WHEN 4624 THEN 'success'
             WHEN 4625 THEN 'failure'
             WHEN 4634 THEN 'logoff'
             WHEN 4647 THEN 'logoff by the user'
             WHEN 4648 THEN 'explicit credentials'
             WHEN 4672 THEN 'special privileges'
           END AS result,
           CASE event_code WHEN 4672 THEN 'Subject' ELSE 'Target' END AS whose
    FROM event
    WHERE event_code IN (4624, 4625, 4634, 4647, 4648, 4672)
      AND provider = 'Microsoft-Windows-Security-Auditing')
SELECT time_created,
       computer,
       json_extract(data, '$.' || whose || 'UserName') AS user,
       json_extract(data, '$.' || whose || 'DomainName') AS domain,
       number AS logon_type,
       logon_type.name AS logon_type_name,
       nullif(nullif(json_extract(data, '$.IpAddress'), '-'), '') AS source_ip,
       nullif(nullif(coalesce(json_extract(data, '$.WorkstationName'),
                              json_extract(data, '$.TargetServerName')), '-'), '') AS workstation,
       result,
       coalesce(json_extract(data, '$.SubStatus'), json_extract(data, '$.Status')) AS status,
       json_extract(data, '$.' || whose || 'LogonId') AS logon_id,
       nullif(nullif(json_extract(data, '$.ProcessName'), '-'), '') AS process,
       event_code,
       event_id
FROM said LEFT JOIN logon_type USING (number)
UNION ALL
SELECT time_created,
       computer,
       json_extract(data, '$.Param1'),
       json_extract(data, '$.Param2'),
       10,
       'remote interactive',
       json_extract(data, '$.Param3'),
       NULL,
       'RDP authenticated',
       NULL,
       NULL,
       NULL,
       event_code,
       event_id
FROM event
WHERE event_code = 1149
  AND provider = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager'
UNION ALL
SELECT time_created,
       computer,
       -- DOMAIN\user
       substr(json_extract(data, '$.User'), instr(json_extract(data, '$.User'), '\') + 1),
       nullif(substr(json_extract(data, '$.User'), 1,
                     instr(json_extract(data, '$.User'), '\') - 1), ''),
       -- Sessions of the console have the address LOCAL.
       CASE WHEN upper(json_extract(data, '$.Address')) = 'LOCAL' THEN 2
            WHEN json_extract(data, '$.Address') <> '' THEN 10 END,
       CASE WHEN upper(json_extract(data, '$.Address')) = 'LOCAL' THEN 'interactive'
            WHEN json_extract(data, '$.Address') <> '' THEN 'remote interactive' END,
       nullif(nullif(json_extract(data, '$.Address'), 'LOCAL'), ''),
       NULL,
       CASE event_code WHEN 21 THEN 'session logon' WHEN 23 THEN 'session logoff'
                       WHEN 24 THEN 'session disconnected' ELSE 'session reconnected' END,
       NULL,
       json_extract(data, '$.SessionID'),
       NULL,
       event_code,
       event_id
FROM event
WHERE event_code IN (21, 23, 24, 25)
  AND provider = 'Microsoft-Windows-TerminalServices-LocalSessionManager'
ORDER BY time_created, event_id;

CREATE VIEW v_process_tree AS
-- Each process that started, with the event by which its parent started, where the case has that:
-- by the parent's own id, or by process id, as the last process of that number and image before it.
WITH
  process AS MATERIALIZED (SELECT *, lower(computer) AS host FROM v_process),
  placed AS (
    SELECT child.*,
           (SELECT parent.event_id FROM process AS parent
            WHERE parent.process_guid = child.parent_process_guid AND parent.host = child.host
            ORDER BY parent.time_created DESC LIMIT 1) AS by_guid,
           (SELECT parent.event_id FROM process AS parent
            WHERE parent.pid = child.parent_pid AND parent.host = child.host
              AND child.parent_process_guid IS NULL
              AND parent.time_created <= child.time_created AND parent.event_id <> child.event_id
              AND (child.parent_image IS NULL OR child.parent_image = ''
                   OR lower(parent.image) = lower(child.parent_image))
            ORDER BY parent.time_created DESC, parent.event_id DESC LIMIT 1) AS by_pid
    FROM process AS child)
SELECT time_created,
       computer,
       image,
       command_line,
       pid,
       user,
       event_id,
       coalesce(by_guid, by_pid) AS parent_event_id,  -- NULL: not in the case
       CASE WHEN by_guid IS NOT NULL THEN 'guid' WHEN by_pid IS NOT NULL THEN 'pid' END
         AS parent_by,
       parent_image,
       parent_pid
FROM placed
ORDER BY time_created, event_id;

CREATE VIEW v_hosts AS
-- The hosts that collections say they were taken from, with what is there of each; and the computers
-- that its stored events name, for comparison.
SELECT evidence.host,
       group_concat(DISTINCT evidence.host_from) AS host_from,
       count(*) FILTER (WHERE evidence.kind NOT IN ('folder', 'archive', 'image', 'volume', 'file'))
         AS files,
       (SELECT sum(census.count) FROM census JOIN evidence AS own USING (evidence_id)
        WHERE own.host = evidence.host) AS events,
       (SELECT group_concat(computer, ', ')
        FROM (SELECT DISTINCT event.computer
              FROM evidence AS own JOIN event USING (evidence_id)
              WHERE own.host = evidence.host
              ORDER BY event.computer)) AS computers
FROM evidence
WHERE evidence.host IS NOT NULL
GROUP BY evidence.host
ORDER BY evidence.host;
