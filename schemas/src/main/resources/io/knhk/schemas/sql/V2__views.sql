-- Views for people. Times are timestamptz; members of evidence that a receipt does not have are null.

create function knhk.at(epoch_ms bigint) returns timestamptz
  language sql
  immutable strict parallel safe
  return to_timestamp(epoch_ms / 1000.0);
comment on function knhk.at(bigint) is 'milliseconds since the epoch as timestamptz';

create view knhk.patterns as
select
  r.log,
  r.sector,
  r.seq,
  r.subject as pattern_id,
  r.evidence ->> 'kind' as kind,
  r.evidence ->> 'eventType' as event_type,
  r.evidence ->> 'subject' as watched_subject,
  r.evidence ->> 'element' as element,
  r.evidence ->> 'source' as source,
  (r.evidence ->> 'confidence')::double precision as confidence,
  (r.evidence ->> 'observed')::double precision as observed,
  (r.evidence ->> 'expected')::double precision as expected,
  (r.evidence ->> 'count')::bigint as observations,
  knhk.at((r.evidence ->> 'windowStartMs')::bigint) as window_start,
  knhk.at((r.evidence ->> 'windowEndMs')::bigint) as window_end,
  knhk.at(r.timestamp) as recorded_at,
  r.snapshot_id,
  r.id as receipt_id,
  r.evidence
from knhk.receipts r
where r.operation = 'PatternDetected';

-- A proposal, what was decided about it last, and whether somebody still has to decide.
create view knhk.proposals as
select
  r.log,
  r.sector,
  r.seq,
  r.subject as proposal_id,
  r.evidence ->> 'element' as element,
  r.evidence ->> 'rule' as rule,
  (r.evidence ->> 'loosens')::boolean as loosens,
  (r.evidence ->> 'confidence')::double precision as confidence,
  r.evidence ->> 'summary' as summary,
  verdict.outcome as validation,
  coalesce(decision.outcome, 'proposed') as outcome,
  coalesce(decision.outcome = 'pending', false) as pending,
  decision.evidence ->> 'reason' as reason,
  verdict.subject as verdict_id,
  knhk.at(r.timestamp) as recorded_at,
  knhk.at(decision.timestamp) as decided_at,
  r.snapshot_id,
  r.id as receipt_id,
  r.evidence
from knhk.receipts r
left join lateral (
  select v.subject, v.outcome, v.timestamp
  from knhk.receipts v
  where v.operation = 'ValidationExecuted' and v.log = r.log and v.sector = r.sector and v.causes @> array[r.subject]
  order by v.seq desc
  limit 1
) verdict on true
left join lateral (
  select d.outcome, d.timestamp, d.evidence
  from knhk.receipts d
  where d.operation in ('TransactionDecided', 'SnapshotPromoted') and d.log = r.log and d.sector = r.sector
    and d.evidence ->> 'proposalId' = r.subject
  order by d.seq desc
  limit 1
) decision on true
where r.operation = 'ProposalGenerated';

create view knhk.promotions as
select
  r.log,
  r.sector,
  r.seq,
  s.version,
  r.subject as snapshot_id,
  s.parent_id,
  s.proposal_id,
  r.outcome,
  knhk.at(r.timestamp) as recorded_at,
  r.id as receipt_id,
  r.evidence
from knhk.receipts r
left join knhk.snapshots s on s.log = r.log and s.sector = r.sector and s.snapshot_id = r.subject
where r.operation = 'SnapshotPromoted';

create view knhk.dead_letters as
select
  d.topic || '/' || d.source_partition || '/' || d.source_offset as id,
  d.sector,
  d.reason,
  d.detail,
  d.topic,
  d.source_partition,
  d.source_offset,
  octet_length(d.body) as bytes,
  knhk.at(d.recorded_at) as recorded_at,
  d.created_at as archived_at
from knhk.dead_letter_records d;

create view knhk.halts as
select
  h.log,
  h.sector,
  h.seq,
  h.reason,
  h.detail,
  h.expected_hash,
  h.found_hash,
  h.kafka_topic,
  h.kafka_partition,
  h.kafka_offset,
  h.created_at as halted_at,
  u.created_at as resumed_at,
  u.resumed_by,
  u.reason as resumed_because
from knhk.halt_records h
left join knhk.halt_resumptions u using (log, sector, kafka_topic, kafka_partition, kafka_offset);

-- How the loop of each sector stands. Everything archived was verified, so verified_up_to is the highest number.
create view knhk.sector_status as
with chains as (
  select r.log, r.sector from knhk.receipts r
  union
  select s.log, s.sector from knhk.snapshots s
),
current_snapshots as (
  select distinct on (s.log, s.sector) s.log, s.sector, s.version, s.snapshot_id
  from knhk.snapshots s
  order by s.log, s.sector, s.version desc
),
totals as (
  select
    r.log,
    r.sector,
    count(*) as receipts,
    max(r.seq) as verified_up_to,
    max(r.timestamp) as last_recorded,
    coalesce(sum((r.evidence ->> 'count')::bigint) filter (where r.operation = 'ObservationIngested'), 0)::bigint as observations,
    count(*) filter (where r.operation = 'PatternDetected') as patterns,
    count(*) filter (where r.operation = 'ProposalGenerated') as proposals,
    count(*) filter (where r.operation = 'SnapshotPromoted') as promoted,
    coalesce(sum((r.evidence ->> 'count')::bigint) filter (
      where r.operation = 'ObservationIngested' and r.snapshot_id = c.snapshot_id), 0)::bigint as checked,
    coalesce(sum((r.evidence ->> 'nonConforming')::bigint) filter (
      where r.operation = 'ObservationIngested' and r.snapshot_id = c.snapshot_id), 0)::bigint as non_conforming
  from knhk.receipts r
  left join current_snapshots c using (log, sector)
  group by r.log, r.sector
)
select
  k.log,
  k.sector,
  coalesce(t.observations, 0) as observations,
  (select count(*) from knhk.dead_letter_records d
    where d.sector = k.sector or (k.sector = '_ingest' and d.sector = '')) as rejected,
  coalesce(t.patterns, 0) as patterns,
  coalesce(t.proposals, 0) as proposals,
  (select count(*) from knhk.proposals p where p.log = k.log and p.sector = k.sector and p.pending) as pending,
  coalesce(t.promoted, 0) as promoted,
  c.version as snapshot_version,
  c.snapshot_id,
  coalesce(t.receipts, 0) as receipts,
  t.verified_up_to,
  coalesce(t.checked, 0) as checked,
  coalesce(t.non_conforming, 0) as non_conforming,
  t.non_conforming::double precision / nullif(t.checked, 0) as non_conforming_share,
  exists (select 1 from knhk.halts h where h.log = k.log and h.sector = k.sector and h.resumed_at is null) as halted,
  knhk.at(t.last_recorded) as last_recorded_at
from chains k
left join totals t using (log, sector)
left join current_snapshots c using (log, sector);

-- The receipts that led to a subject, nearest first: its own at depth 0, those its causes name at depth 1, and so on.
-- A subject is followed once, so that a cycle ends, and at most 64 levels deep.
create function knhk.lineage(of_subject text)
  returns table (
    depth integer, sector text, seq bigint, operation text, outcome text, subject text, recorded_at timestamptz, receipt_id varchar)
  language plpgsql
  stable
  set search_path = pg_catalog, knhk
as $$
declare
  depth_max constant integer := 64;
  level integer := 0;
  frontier text[] := array[of_subject];
  seen text[] := array[of_subject];
begin
  while cardinality(frontier) > 0 and level < depth_max loop
    return query
      select level, r.sector, r.seq, r.operation, r.outcome, r.subject, knhk.at(r.timestamp), r.id
      from knhk.receipts r
      where r.subject = any (frontier)
      order by r.sector, r.seq;
    select coalesce(array_agg(distinct cause), '{}') into frontier
    from knhk.receipts r, unnest(r.causes) as cause
    where r.subject = any (frontier) and cause <> all (seen);
    seen := seen || frontier;
    level := level + 1;
  end loop;
end
$$;

do $$
declare
  name text;
begin
  foreach name in array array['patterns', 'proposals', 'promotions', 'dead_letters', 'halts', 'sector_status'] loop
    execute format('alter view knhk.%I owner to knhk_owner', name);
    execute format('grant select on knhk.%I to knhk_writer, knhk_auditor', name);
  end loop;
end
$$;

alter function knhk.at(bigint) owner to knhk_owner;
alter function knhk.lineage(text) owner to knhk_owner;
