-- What execute says beside receipts: triples of every version, proposals, requests, doctrine, persons. And views of all of it for people.
-- What each kind of document holds is in docs/handbook/knowledge-documents.md.

-- One row a knowledge document whose signature was verified. The same document twice is one row; two that differ are two,
-- whatever they say they are: both were signed, so both are evidence.
create table knhk.knowledge_documents (
  number      bigint       generated always as identity unique,
  log         text         not null,
  sector      text         not null,
  kind        text         not null,
  id          text         not null,
  revision    bigint       not null check (revision >= 0),
  recorded_at bigint       not null,
  document    jsonb        not null,
  body        bytea        not null,
  body_hash   bytea        not null generated always as (sha256(body)) stored,
  signature   varchar(128) not null check (length(signature) = 128 and signature = encode(decode(signature, 'hex'), 'hex')),
  key_id      text         not null,
  created_at  timestamptz  not null default now(),
  version     bigint       generated always as (case when kind = 'delta' then (document ->> 'version')::bigint end) stored,
  about       text         not null generated always as (
    case kind
      when 'delta' then document ->> 'version'
      when 'doctrine' then id || case when document -> 'retired' = 'true' then '/retired' else '' end
      else id
    end) stored,
  primary key (log, sector, kind, id, revision, body_hash)
);
comment on table knhk.knowledge_documents is 'Signed documents of knhk.knowledge.v1: triples, proposals, requests, doctrine, persons';
comment on column knhk.knowledge_documents.number is 'order in which they came; of one thing the newest number says how it stands';
comment on column knhk.knowledge_documents.kind is 'delta, proposal, request, doctrine, person, relaxation, hold or incident';
comment on column knhk.knowledge_documents.id is 'of what it is about';
comment on column knhk.knowledge_documents.revision is 'counts up where the same thing changes; of a delta, the part; of a doctrine rule, the version';
comment on column knhk.knowledge_documents.recorded_at is 'recordedAtMs of the decision behind it';
comment on column knhk.knowledge_documents.document is 'the content, for queries only; body holds what was signed';
comment on column knhk.knowledge_documents.body is 'the exact bytes that were signed';
comment on column knhk.knowledge_documents.body_hash is 'SHA-256 of body';
comment on column knhk.knowledge_documents.signature is 'Ed25519 over the DSSE pre-authentication encoding of body, 128 hex digits';
comment on column knhk.knowledge_documents.version is 'of the snapshot that a delta leads to; null for every other kind';
comment on column knhk.knowledge_documents.about is 'what there should be one document of, by sector, kind and revision';

create index knowledge_documents_newest on knhk.knowledge_documents (kind, log, sector, id, number desc);
create index knowledge_documents_version on knhk.knowledge_documents (log, sector, version, revision, number desc) where kind = 'delta';
create index knowledge_documents_about on knhk.knowledge_documents (log, sector, kind, about, revision, number);
create trigger append_only before update or delete or truncate on knhk.knowledge_documents
  for each statement execute function knhk.refuse_change();
alter table knhk.knowledge_documents owner to knhk_owner;
grant select, insert on knhk.knowledge_documents to knhk_writer;
grant select on knhk.knowledge_documents to knhk_auditor;

-- What became of a proposal is looked up by its id and its request's.
create index receipts_decided_proposal on knhk.receipts (log, sector, (evidence ->> 'proposalId'), seq)
  where operation in ('TransactionDecided', 'SnapshotPromoted');
create index receipts_decided_request on knhk.receipts (log, sector, (evidence ->> 'requestId'), seq)
  where operation in ('TransactionDecided', 'SnapshotPromoted');

create function knhk.recorded_now(of_log text, of_sector text) returns bigint
  language sql
  stable parallel safe
  return (
    select r.timestamp from knhk.receipts r where r.log = of_log and r.sector = of_sector order by r.seq desc limit 1);
comment on function knhk.recorded_now(text, text) is
  'recordedAtMs of the newest receipt of a sector: the clock by which doctrine and relaxations are in force; null without receipts';

create function knhk.texts(of_array jsonb) returns text[]
  language sql
  immutable strict parallel safe
  return array(select e.value from jsonb_array_elements_text(of_array) with ordinality as e(value, place) order by e.place);
comment on function knhk.texts(jsonb) is 'a JSON array of texts as an array';

-- Two documents that were signed as one. After state was accepted that is behind the log this is as it should be; else it is a mistake.
create view knhk.document_conflicts as
select
  d.log,
  d.sector,
  d.kind,
  d.about,
  d.revision,
  count(*) as documents,
  min(d.number) as first_number,
  max(d.number) as last_number
from knhk.knowledge_documents d
group by d.log, d.sector, d.kind, d.about, d.revision
having count(*) > 1;
comment on view knhk.document_conflicts is 'Documents of which there are two that differ';

-- Of each part of each delta the newest that leads to the snapshot that was promoted under the version.
create view knhk.delta_parts as
select distinct on (d.log, d.sector, d.version, d.revision)
  d.log,
  d.sector,
  d.version,
  d.revision as part,
  d.id as snapshot_id,
  d.document ->> 'from' as from_id,
  d.document ->> 'parentId' as parent_id,
  (d.document ->> 'parts')::bigint as parts,
  d.document -> 'added' as added,
  d.document -> 'removed' as removed,
  d.recorded_at
from knhk.knowledge_documents d
left join knhk.snapshots s on s.log = d.log and s.sector = d.sector and s.version = d.version
where d.kind = 'delta' and coalesce(s.snapshot_id = d.id, true)
order by d.log, d.sector, d.version, d.revision, d.number desc;
comment on view knhk.delta_parts is 'Parts of deltas as they were sent; snapshot_deltas puts them together';

create view knhk.snapshot_deltas as
with whole as (
  select
    p.log, p.sector, p.version, p.snapshot_id,
    min(p.from_id) as from_id, min(p.parent_id) as parent_id,
    max(p.parts) as parts, count(*) as parts_stored, min(p.recorded_at) as recorded_at
  from knhk.delta_parts p
  group by p.log, p.sector, p.version, p.snapshot_id
)
select
  w.log,
  w.sector,
  w.version,
  w.snapshot_id,
  w.from_id,
  w.parent_id,
  w.parts,
  w.parts_stored = w.parts as complete,
  array(
    select e.line
    from knhk.delta_parts p, jsonb_array_elements_text(p.added) with ordinality as e(line, place)
    where p.log = w.log and p.sector = w.sector and p.version = w.version and p.snapshot_id = w.snapshot_id
    order by p.part, e.place) as added,
  array(
    select e.line
    from knhk.delta_parts p, jsonb_array_elements_text(p.removed) with ordinality as e(line, place)
    where p.log = w.log and p.sector = w.sector and p.version = w.version and p.snapshot_id = w.snapshot_id
    order by p.part, e.place) as removed,
  knhk.at(w.recorded_at) as recorded_at
from whole w;
comment on view knhk.snapshot_deltas is 'What each version adds to and removes from another, as N-Triples lines';
comment on column knhk.snapshot_deltas.from_id is 'id of the snapshot that it applies to; empty: the empty set';
comment on column knhk.snapshot_deltas.complete is 'whether every part of it is there; if not, the lists are not whole';

create function knhk.triples(of_log text, of_sector text, of_version bigint) returns setof text
  language plpgsql
  stable
  set search_path = pg_catalog, knhk
as $$
declare
  steps bigint[] := '{}';
  step bigint := of_version;
  parts_wanted bigint;
  parts_stored bigint;
  basis text;
begin
  loop
    select max(p.parts), count(*), min(p.from_id) into parts_wanted, parts_stored, basis
    from delta_parts p
    where p.log = of_log and p.sector = of_sector and p.version = step;
    if parts_stored = 0 or parts_stored <> parts_wanted then
      raise exception 'expected every part of the delta: log=%, sector=%, version=%, parts=%, stored=%',
        of_log, of_sector, step, parts_wanted, parts_stored
        using errcode = 'no_data_found',
          hint = 'The archive may not have read it yet, or it was made before triples were archived.';
    end if;
    steps := steps || step;
    exit when basis = '';
    -- A way back gives an id a second time, with the same triples: any version of that id will do.
    select max(p.version) into step
    from delta_parts p
    where p.log = of_log and p.sector = of_sector and p.version < steps[cardinality(steps)] and p.snapshot_id = basis;
    if step is null then
      raise exception 'expected the snapshot that a delta applies to: log=%, sector=%, version=%, from=%',
        of_log, of_sector, steps[cardinality(steps)], basis
        using errcode = 'no_data_found';
    end if;
  end loop;
  return query
    select newest.line
    from (
      select distinct on (c.line collate "C") c.line, c.is_there
      from (
        select e.line, true as is_there, p.version
        from delta_parts p, jsonb_array_elements_text(p.added) as e(line)
        where p.log = of_log and p.sector = of_sector and p.version = any (steps)
        union all
        select e.line, false, p.version
        from delta_parts p, jsonb_array_elements_text(p.removed) as e(line)
        where p.log = of_log and p.sector = of_sector and p.version = any (steps)
      ) c
      order by c.line collate "C", c.version desc
    ) newest
    where newest.is_there
    order by newest.line collate "C";
end
$$;
comment on function knhk.triples(text, text, bigint) is
  'The full form of a version: its N-Triples lines, sorted by their bytes. An error when a part of it is not archived, never half of it.';

create view knhk.requests as
select
  n.log,
  n.sector,
  n.id as request_id,
  n.revision,
  n.document ->> 'kind' as kind,
  n.document ->> 'state' as state,
  n.document ->> 'state' in ('submitted', 'under-review', 'approvals-pending') as waiting,
  (n.document ->> 'approvalsNeeded')::bigint as approvals_needed,
  nullif(n.document ->> 'proposalId', '') as proposal_id,
  n.document ->> 'summary' as summary,
  n.document ->> 'author' as author,
  nullif(n.document ->> 'onBehalfOf', '') as on_behalf_of,
  n.document ->> 'criticality' as criticality,
  (n.document ->> 'quorum')::bigint as quorum,
  make_interval(secs => (n.document ->> 'reviewMs')::bigint / 1000.0) as review,
  knhk.at((n.document ->> 'submittedAtMs')::bigint) as submitted_at,
  knhk.at((n.document ->> 'reviewEndsAtMs')::bigint) as review_ends_at,
  knhk.at((n.document ->> 'expiresAtMs')::bigint) as expires_at,
  n.document ->> 'ballot' as ballot,
  n.document ->> 'parent' as parent,
  n.document ->> 'doctrine' as doctrine,
  n.document ->> 'element' as element,
  n.document -> 'approvals' as approvals,
  n.document -> 'rejections' as rejections,
  n.document -> 'abstentions' as abstentions,
  n.document ->> 'reason' as reason,
  knhk.at(nullif((n.document ->> 'endedAtMs')::bigint, 0)) as ended_at,
  coalesce((n.document ->> 'demonstration')::boolean, false) as demonstration,
  n.document -> 'detail' as detail,
  knhk.at(n.recorded_at) as recorded_at
from (
  select distinct on (d.log, d.sector, d.id) d.*
  from knhk.knowledge_documents d
  where d.kind = 'request'
  order by d.log, d.sector, d.id, d.number desc
) n;
comment on view knhk.requests is 'What people decide on, each as it stands';
comment on column knhk.requests.waiting is 'whether it can still end one way or the other';
comment on column knhk.requests.ballot is 'hash that a vote has to name';
comment on column knhk.requests.demonstration is 'whether a key for demonstrations approved it';

create view knhk.votes as
select
  r.log,
  r.sector,
  r.seq,
  r.subject as vote_id,
  coalesce(r.evidence ->> 'requestId', r.causes[1]) as request_id,
  r.outcome as choice,
  r.evidence ->> 'person' as person,
  coalesce(r.evidence ->> 'keyId', r.evidence ->> 'signedBy') as key_id,
  coalesce((r.evidence ->> 'demonstration')::boolean, false) as demonstration,
  r.evidence ->> 'reason' as reason,
  coalesce((r.evidence ->> 'producerFault')::boolean, false) as producer_fault,
  knhk.at(r.timestamp) as recorded_at,
  r.id as receipt_id
from knhk.receipts r
where r.operation = 'TransactionDecided' and r.outcome in ('approve', 'reject', 'abstain');
comment on view knhk.votes is 'Votes that counted when they came, one row each; a vote is void once what it was about has changed';

create view knhk.doctrines as
select
  n.log,
  n.sector,
  n.id as rule,
  n.revision as version,
  n.document -> 'rule' ->> 'constraint' as constraint_type,
  n.document -> 'rule' ->> 'enforcement' as enforcement,
  n.document -> 'rule' -> 'parameters' as parameters,
  n.document -> 'rule' ->> 'text' as text,
  knhk.at((n.document -> 'rule' ->> 'effectiveFromMs')::bigint) as effective_from,
  case when (n.document -> 'rule' ->> 'effectiveUntilMs')::bigint < 253402300800000
    then knhk.at((n.document -> 'rule' ->> 'effectiveUntilMs')::bigint) end as effective_until,
  n.retired,
  n.number = n.newest and not n.retired and coalesce(
    knhk.recorded_now(n.log, n.sector) >= (n.document -> 'rule' ->> 'effectiveFromMs')::bigint
    and knhk.recorded_now(n.log, n.sector) < (n.document -> 'rule' ->> 'effectiveUntilMs')::bigint, false) as in_force,
  n.document ->> 'doctrineHash' as doctrine_hash,
  knhk.at(n.recorded_at) as recorded_at
from (
  select distinct on (d.log, d.sector, d.id, d.revision)
    d.*,
    coalesce((d.document ->> 'retired')::boolean, false) as retired,
    max(d.number) over (partition by d.log, d.sector, d.id) as newest
  from knhk.knowledge_documents d
  where d.kind = 'doctrine'
  order by d.log, d.sector, d.id, d.revision, d.number desc
) n;
comment on view knhk.doctrines is 'Doctrine rules, one row a version';
comment on column knhk.doctrines.effective_until is 'null: until it is retired';
comment on column knhk.doctrines.in_force is 'whether it is the newest version, not retired, and within its time by the newest receipt of the sector';
comment on column knhk.doctrines.doctrine_hash is 'of all rules of the sector, once this one was among them';

create view knhk.persons as
select
  n.log,
  n.sector,
  n.id as person,
  n.revision,
  knhk.texts(n.document -> 'roles') as roles,
  (select count(*) from jsonb_array_elements(n.document -> 'keys') k where not (k ->> 'revoked')::boolean) as keys,
  coalesce((n.document ->> 'demonstration')::boolean, false) as demonstration,
  knhk.at(n.recorded_at) as recorded_at
from (
  select distinct on (d.log, d.sector, d.id) d.*
  from knhk.knowledge_documents d
  where d.kind = 'person'
  order by d.log, d.sector, d.id, d.number desc
) n;
comment on view knhk.persons is 'Who may do what in a sector';
comment on column knhk.persons.keys is 'how many of the person''s keys count';

create view knhk.person_keys as
select
  n.log,
  n.sector,
  n.id as person,
  k.key ->> 'keyId' as key_id,
  k.key ->> 'publicKey' as public_key,
  coalesce((k.key ->> 'revoked')::boolean, false) as revoked,
  knhk.texts(n.document -> 'roles') as roles,
  coalesce((n.document ->> 'demonstration')::boolean, false) as demonstration,
  knhk.at(n.recorded_at) as recorded_at
from (
  select distinct on (d.log, d.sector, d.id) d.*
  from knhk.knowledge_documents d
  where d.kind = 'person'
  order by d.log, d.sector, d.id, d.number desc
) n, jsonb_array_elements(n.document -> 'keys') as k(key);
comment on view knhk.person_keys is 'Keys of persons, the revoked ones included';
comment on column knhk.person_keys.public_key is 'Ed25519, 64 hex digits';

create view knhk.relaxations as
select
  n.log,
  n.sector,
  n.document ->> 'requestId' as request_id,
  n.document ->> 'guard' as guard,
  knhk.at((n.document ->> 'fromMs')::bigint) as relaxed_from,
  knhk.at((n.document ->> 'untilMs')::bigint) as relaxed_until,
  coalesce(
    knhk.recorded_now(n.log, n.sector) >= (n.document ->> 'fromMs')::bigint
    and knhk.recorded_now(n.log, n.sector) < (n.document ->> 'untilMs')::bigint, false) as in_force,
  knhk.at(n.recorded_at) as recorded_at
from (
  select distinct on (d.log, d.sector, d.id) d.*
  from knhk.knowledge_documents d
  where d.kind = 'relaxation'
  order by d.log, d.sector, d.id, d.number desc
) n;
comment on view knhk.relaxations is 'Guards that may, or might, be weakened for a while';
comment on column knhk.relaxations.in_force is 'by the newest receipt of the sector';

create view knhk.held as
select
  n.log,
  n.sector,
  n.document ->> 'target' as target,
  nullif(n.document ->> 'change', '') as change,
  n.document ->> 'by' as held_by,
  n.document ->> 'reason' as reason,
  nullif(n.document ->> 'requestId', '') as request_id,
  knhk.at(n.recorded_at) as held_since
from (
  select distinct on (d.log, d.sector, d.id) d.*
  from knhk.knowledge_documents d
  where d.kind = 'hold'
  order by d.log, d.sector, d.id, d.number desc
) n
where (n.document ->> 'held')::boolean;
comment on view knhk.held is 'What is held, until a person releases it';

create view knhk.incidents as
select
  n.log,
  n.sector,
  n.id as vote_id,
  n.document ->> 'requestId' as request_id,
  nullif(n.document ->> 'proposalId', '') as proposal_id,
  n.document ->> 'person' as person,
  n.document ->> 'reason' as reason,
  knhk.texts(n.document -> 'sources') as sources,
  knhk.at(n.recorded_at) as recorded_at
from (
  select distinct on (d.log, d.sector, d.id) d.*
  from knhk.knowledge_documents d
  where d.kind = 'incident'
  order by d.log, d.sector, d.id, d.number desc
) n;
comment on view knhk.incidents is 'Rejections that said that the data was wrong';

create view knhk.proposal_documents as
select
  n.log,
  n.sector,
  n.id as proposal_id,
  nullif(n.document ->> 'requestId', '') as request_id,
  n.document ->> 'element' as element,
  n.document ->> 'rule' as rule,
  (n.document ->> 'loosens')::boolean as loosens,
  (n.document ->> 'confidence')::double precision as confidence,
  n.document ->> 'summary' as summary,
  n.document ->> 'author' as author,
  nullif(n.document ->> 'onBehalfOf', '') as on_behalf_of,
  (n.document ->> 'basisVersion')::bigint as basis_version,
  n.document ->> 'basisSnapshotId' as basis_snapshot_id,
  knhk.texts(n.document -> 'added') as added,
  knhk.texts(n.document -> 'removed') as removed,
  (n.document ->> 'addedCount')::bigint as added_count,
  (n.document ->> 'removedCount')::bigint as removed_count,
  knhk.texts(n.document -> 'plain') as plain,
  n.document -> 'examples' as examples,
  n.document -> 'affected' as affected,
  n.document ->> 'compatibility' as compatibility,
  n.document -> 'stages' as stages,
  coalesce((n.document ->> 'dryRun')::boolean, false) as dry_run,
  knhk.at(n.recorded_at) as recorded_at
from (
  select distinct on (d.log, d.sector, d.id) d.*
  from knhk.knowledge_documents d
  where d.kind = 'proposal'
  order by d.log, d.sector, d.id, d.number desc
) n;
comment on view knhk.proposal_documents is 'Proposals as a steward wants them: the change, in plain words, examples, who is affected, stage reports';
comment on column knhk.proposal_documents.added is 'at most the first 1,000 lines; added_count says how many there are';

create view knhk.stage_reports as
select
  r.log,
  r.sector,
  r.seq,
  r.subject as verdict_id,
  coalesce(r.evidence ->> 'proposalId', r.causes[1]) as proposal_id,
  s.place as position,
  s.report ->> 'stage' as stage,
  (s.report ->> 'passed')::boolean as passed,
  (s.report ->> 'checked')::bigint as checked,
  coalesce(s.report -> 'figures', '{}') as figures,
  coalesce(s.report -> 'witnesses', '[]') as witnesses,
  coalesce((s.report ->> 'witnessesLeftOut')::bigint, 0) as witnesses_left_out,
  coalesce((s.report ->> 'remarks')::bigint, 0) as remarks,
  s.report ->> 'reason' as reason,
  r.outcome as verdict,
  knhk.at(r.timestamp) as recorded_at,
  r.id as receipt_id
from knhk.receipts r, jsonb_array_elements(r.evidence -> 'stages') with ordinality as s(report, place)
where r.operation = 'ValidationExecuted' and jsonb_typeof(r.evidence -> 'stages') = 'array';
comment on view knhk.stage_reports is 'What each stage of each validation said, from its receipt; proposal_documents has the witnesses in full and the times';
comment on column knhk.stage_reports.remarks is 'how many; proposal_documents has their texts';
comment on column knhk.stage_reports.passed is 'null: it did not run, and reason says why';

create view knhk.shadow_tests as
select
  r.log,
  r.sector,
  r.seq,
  r.subject as test_run_id,
  r.evidence ->> 'test' as test,
  r.evidence ->> 'label' as label,
  r.evidence ->> 'proposalId' as proposal_id,
  (r.evidence ->> 'checks')::bigint as checks,
  r.outcome = 'passed' as passed,
  coalesce(r.evidence -> 'witnesses', '[]') as witnesses,
  knhk.at(r.timestamp) as recorded_at,
  r.snapshot_id,
  r.id as receipt_id,
  r.evidence
from knhk.receipts r
where r.operation = 'ShadowTestExecuted';
comment on view knhk.shadow_tests is 'Shadow tests that were run against a proposal';

create view knhk.violations as
select
  r.log,
  r.sector,
  r.seq,
  r.subject as violation_id,
  r.evidence ->> 'invariant' as invariant,
  (r.evidence ->> 'version')::bigint as version,
  r.snapshot_id,
  r.evidence ->> 'proposalId' as proposal_id,
  r.evidence ->> 'eventType' as event_type,
  (r.evidence ->> 'checked')::bigint as checked,
  (r.evidence ->> 'nonConforming')::bigint as non_conforming,
  r.evidence -> 'witness' as witness,
  knhk.at(r.timestamp) as recorded_at,
  r.id as receipt_id,
  r.evidence
from knhk.receipts r
where r.operation = 'InvariantViolation';
comment on column knhk.violations.version is 'of the snapshot that was promoted and found to break it';
comment on view knhk.violations is 'Invariants that were found broken after a promotion';

-- A message that is refused, and a vote, end nothing. A request that ends names its proposal, or is found by its own id, which
-- is the proposal's where the loop itself proposed.
create or replace view knhk.proposals as
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
  coalesce(decision.outcome, case when verdict.outcome = 'failed' then 'refused' else 'proposed' end) as outcome,
  coalesce(decision.outcome = 'pending', false) as pending,
  decision.evidence ->> 'reason' as reason,
  verdict.subject as verdict_id,
  knhk.at(r.timestamp) as recorded_at,
  knhk.at(decision.timestamp) as decided_at,
  r.snapshot_id,
  r.id as receipt_id,
  r.evidence,
  coalesce(
    r.evidence ->> 'requestId',
    decision.evidence ->> 'requestId',
    case when r.evidence ->> 'rule' in ('by-hand', 'import', 'rollback') then r.causes[1] else r.subject end) as request_id
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
    and (d.evidence ->> 'proposalId' = r.subject
      or (d.evidence ->> 'requestId' = coalesce(r.evidence ->> 'requestId', r.subject)
        and coalesce(d.evidence ->> 'proposalId', '') in ('', r.subject)))
    and d.outcome not in ('approve', 'reject', 'abstain')
    and not (d.outcome = 'refused' and d.subject is not distinct from d.evidence ->> 'messageId')
  order by d.seq desc
  limit 1
) decision on true
where r.operation = 'ProposalGenerated';
comment on view knhk.proposals is 'Proposals, what was decided about each last, and whether somebody still has to decide';

-- After a way back two versions have one snapshot id, so what belongs to which is a matter of the version.
create or replace view knhk.promotions as
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
  r.evidence,
  coalesce(r.evidence ->> 'requestId', nullif(s.proposal_id, '')) as request_id,
  (r.evidence ->> 'demonstration')::boolean as demonstration
from knhk.receipts r
left join knhk.snapshots s on s.log = r.log and s.sector = r.sector and s.version = (r.evidence ->> 'version')::bigint
  and s.snapshot_id = r.subject
where r.operation = 'SnapshotPromoted';
comment on view knhk.promotions is 'Promotions, with the snapshot of each';
comment on column knhk.promotions.demonstration is 'whether a key for demonstrations approved it; null: nobody had to';

-- The receipt of the promotion says whether it was so. Of each person the last vote on the request counts.
create view knhk.demonstration_decisions as
select
  p.log,
  p.sector,
  p.seq,
  p.version,
  p.snapshot_id,
  p.proposal_id,
  p.request_id,
  array_agg(v.person order by v.person) as persons,
  p.recorded_at,
  p.receipt_id
from knhk.promotions p
join (
  select distinct on (w.log, w.sector, w.request_id, w.person) w.*
  from knhk.votes w
  order by w.log, w.sector, w.request_id, w.person, w.seq desc
) v on v.log = p.log and v.sector = p.sector and v.request_id = p.request_id and v.seq < p.seq
where v.choice = 'approve' and v.demonstration and coalesce(p.demonstration, true)
group by p.log, p.sector, p.seq, p.version, p.snapshot_id, p.proposal_id, p.request_id, p.recorded_at, p.receipt_id;
comment on view knhk.demonstration_decisions is 'Promotions whose request was approved by keys for demonstrations';

create or replace view knhk.sector_status as
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
      where r.operation = 'ObservationIngested' and (r.evidence ->> 'snapshotVersion')::bigint = c.version), 0)::bigint as checked,
    coalesce(sum((r.evidence ->> 'nonConforming')::bigint) filter (
      where r.operation = 'ObservationIngested' and (r.evidence ->> 'snapshotVersion')::bigint = c.version), 0)::bigint as non_conforming
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
  knhk.at(t.last_recorded) as last_recorded_at,
  (select count(*) from knhk.requests q where q.log = k.log and q.sector = k.sector and q.waiting) as waiting
from chains k
left join totals t using (log, sector)
left join current_snapshots c using (log, sector);
comment on view knhk.sector_status is 'How the loop of each sector stands; everything archived was verified, so verified_up_to is the highest number';
comment on column knhk.sector_status.pending is 'proposals that wait for a decision';
comment on column knhk.sector_status.checked is 'observations that were checked under the version in force';
comment on column knhk.sector_status.waiting is 'requests that people can still decide';

comment on view knhk.patterns is 'What was noticed';
comment on view knhk.dead_letters is 'Records that could not be taken as observations, without their bytes';
comment on view knhk.halts is 'Why sectors halted, and who let them go on';
comment on table knhk.halt_records is 'Why sectors halted, with both bodies of a fork';
comment on table knhk.halt_continuations is 'Halts after which what had waited was taken up';
comment on function knhk.lineage(text) is 'The receipts that led to a subject, nearest first, at most 64 levels deep';

do $$
declare
  name text;
begin
  foreach name in array array['document_conflicts', 'delta_parts', 'snapshot_deltas', 'requests', 'votes', 'doctrines', 'persons',
    'person_keys', 'relaxations', 'held', 'incidents', 'proposal_documents', 'stage_reports', 'shadow_tests', 'violations',
    'demonstration_decisions'] loop
    execute format('alter view knhk.%I owner to knhk_owner', name);
    execute format('grant select on knhk.%I to knhk_writer, knhk_auditor', name);
  end loop;
end
$$;
alter function knhk.recorded_now(text, text) owner to knhk_owner;
alter function knhk.texts(jsonb) owner to knhk_owner;
alter function knhk.triples(text, text, bigint) owner to knhk_owner;
