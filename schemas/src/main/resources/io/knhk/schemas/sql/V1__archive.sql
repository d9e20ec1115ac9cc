-- The archive: what ReceiptArchiveJob has verified, and what it refused.
-- Every table is append-only. A row is never changed; a trigger and the roles both see to that.
-- Times: columns of type bigint are milliseconds since the epoch; the views for people turn them into timestamptz.

set local client_min_messages = warning;
create schema if not exists knhk;

-- Group roles without a login. Logins are made members of them by whoever runs the database.
do $$
declare
  name text;
begin
  foreach name in array array['knhk_owner', 'knhk_writer', 'knhk_auditor'] loop
    begin
      execute format('create role %I nologin', name);
    exception
      when duplicate_object or unique_violation then null;
    end;
  end loop;
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant knhk_owner to %I', current_user);
  end if;
end
$$;

create function knhk.refuse_change() returns trigger
  language plpgsql
  set search_path = pg_catalog
as $$
begin
  raise exception 'expected an append-only table: table=%.%, operation=%', tg_table_schema, tg_table_name, lower(tg_op)
    using errcode = 'insufficient_privilege',
      hint = 'Rows of the archive are evidence. What is wrong is said in a new receipt, never by changing an old one.';
end
$$;

-- One row a receipt whose signature, number and parent were verified.
create table knhk.receipts (
  id          varchar(64)  primary key check (length(id) = 64 and id = encode(decode(id, 'hex'), 'hex')),
  operation   text         not null,
  timestamp   bigint       not null,
  outcome     text         not null,
  evidence    jsonb        not null,
  signature   varchar(128) not null check (length(signature) = 128 and signature = encode(decode(signature, 'hex'), 'hex')),
  parent_hash varchar(64)  check (length(parent_hash) = 64 and parent_hash = encode(decode(parent_hash, 'hex'), 'hex')),
  sector      text         not null,
  created_at  timestamptz  not null default now(),
  log         text         not null,
  seq         bigint       not null check (seq >= 0),
  subject     text         not null,
  snapshot_id text         not null,
  key_id      text         not null,
  causes      text[]       not null,
  event_time  bigint       not null,
  body        bytea        not null,
  constraint receipts_number unique (log, sector, seq),
  constraint receipts_parent check ((parent_hash is null) = (seq = 0))
);
comment on table knhk.receipts is 'Verified receipts, one chain a sector';
comment on column knhk.receipts.id is 'SHA-256 of 0x00 and body: the RFC 9162 leaf hash';
comment on column knhk.receipts.timestamp is 'recordedAtMs of the body: LogAppendTime of the newest record it rests on';
comment on column knhk.receipts.evidence is 'for queries only; body holds what was signed';
comment on column knhk.receipts.signature is 'Ed25519 over the DSSE pre-authentication encoding of body, 128 hex digits';
comment on column knhk.receipts.parent_hash is 'id of the receipt before it in the same sector; null for seq 0';
comment on column knhk.receipts.body is 'the exact bytes that were signed';

create index receipts_sector_seq on knhk.receipts (sector, seq);
create index receipts_subject on knhk.receipts (subject);
create index receipts_causes on knhk.receipts using gin (causes);
create index receipts_operation on knhk.receipts (operation, sector, seq);
create index receipts_timestamp on knhk.receipts (timestamp);

-- One row a promoted snapshot whose signature was verified.
create table knhk.snapshots (
  log         text        not null,
  sector      text        not null,
  version     bigint      not null check (version >= 1),
  snapshot_id text        not null,
  parent_id   text        not null,
  proposal_id text        not null,
  promoted_at bigint      not null,
  body        bytea       not null,
  signature   varchar(128) not null check (length(signature) = 128 and signature = encode(decode(signature, 'hex'), 'hex')),
  key_id      text        not null,
  created_at  timestamptz not null default now(),
  primary key (log, sector, version)
);
comment on table knhk.snapshots is 'Promoted snapshots; body is the compiled form that was signed';
comment on column knhk.snapshots.parent_id is 'empty for the first version';
comment on column knhk.snapshots.proposal_id is 'empty for the first version';
create index snapshots_snapshot_id on knhk.snapshots (snapshot_id);

-- One row a record that could not be taken as an observation, named by where it came from.
create table knhk.dead_letter_records (
  topic            text        not null,
  source_partition integer     not null,
  source_offset    bigint      not null,
  reason           text        not null,
  detail           text        not null,
  sector           text        not null,
  recorded_at      bigint      not null,
  body             bytea,
  headers          jsonb       not null,
  created_at       timestamptz not null default now(),
  primary key (topic, source_partition, source_offset)
);
comment on table knhk.dead_letter_records is 'Rejected records with their original bytes';
comment on column knhk.dead_letter_records.sector is 'what the record said where that is a known sector, else empty';
comment on column knhk.dead_letter_records.recorded_at is 'LogAppendTime of the rejected record';
comment on column knhk.dead_letter_records.body is 'the original value; null for a record without one';
comment on column knhk.dead_letter_records.headers is 'the original headers, values in base64';
create index dead_letter_records_sector on knhk.dead_letter_records (sector, recorded_at);
create index dead_letter_records_reason on knhk.dead_letter_records (reason);

-- What was read after a sector halted, the receipt that halted it included.
create table knhk.quarantine (
  log             text        not null,
  sector          text        not null,
  seq             bigint,
  kafka_topic     text        not null default 'knhk.receipts.v1',
  kafka_partition integer     not null,
  kafka_offset    bigint      not null,
  envelope        bytea       not null,
  reason          text        not null,
  created_at      timestamptz not null default now(),
  primary key (kafka_topic, kafka_partition, kafka_offset)
);
comment on column knhk.quarantine.seq is 'null where the record could not be read';
create index quarantine_sector on knhk.quarantine (log, sector, seq);

-- Why a sector halted. Both bodies of a fork are kept: the one that is stored and the one that was refused.
create table knhk.halt_records (
  log             text        not null,
  sector          text        not null,
  seq             bigint      not null,
  reason          text        not null,
  detail          text        not null,
  expected_hash   text,
  found_hash      text,
  kafka_topic     text        not null default 'knhk.receipts.v1',
  kafka_partition integer     not null,
  kafka_offset    bigint      not null,
  expected_body   bytea,
  found_body      bytea,
  created_at      timestamptz not null default now(),
  primary key (log, sector, kafka_topic, kafka_partition, kafka_offset)
);
comment on column knhk.halt_records.seq is 'the number that was expected next';

-- A person said why a halted sector may go on.
create table knhk.halt_resumptions (
  log             text        not null,
  sector          text        not null,
  kafka_topic     text        not null default 'knhk.receipts.v1',
  kafka_partition integer     not null,
  kafka_offset    bigint      not null,
  resumed_by      text        not null default session_user,
  reason          text        not null check (length(btrim(reason)) > 0),
  created_at      timestamptz not null default now(),
  primary key (log, sector, kafka_topic, kafka_partition, kafka_offset),
  foreign key (log, sector, kafka_topic, kafka_partition, kafka_offset) references knhk.halt_records
);

do $$
declare
  name text;
begin
  foreach name in array array['receipts', 'snapshots', 'dead_letter_records', 'quarantine', 'halt_records', 'halt_resumptions'] loop
    execute format(
      'create trigger append_only before update or delete or truncate on knhk.%I '
        'for each statement execute function knhk.refuse_change()',
      name);
    execute format('alter table knhk.%I owner to knhk_owner', name);
    execute format('grant select, insert on knhk.%I to knhk_writer', name);
    execute format('grant select on knhk.%I to knhk_auditor', name);
  end loop;
end
$$;

alter function knhk.refuse_change() owner to knhk_owner;
grant usage on schema knhk to knhk_owner, knhk_writer, knhk_auditor;
alter schema knhk owner to knhk_owner;
