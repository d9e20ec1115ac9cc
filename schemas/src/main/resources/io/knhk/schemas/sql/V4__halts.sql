-- Halts have numbers, people end them, and what waited is taken up again.
-- Only signed evidence halts a sector: see docs/adr/2026-11-21-only-signed-evidence-halts.md.

-- A sector can halt twice at one record: a person may resume before what is missing was sent again.
alter table knhk.halt_resumptions disable trigger append_only;
alter table knhk.halt_resumptions add column halt_id bigint;
alter table knhk.halt_records add column id bigint generated always as identity;
update knhk.halt_resumptions u set halt_id = h.id
from knhk.halt_records h
where (u.log, u.sector, u.kafka_topic, u.kafka_partition, u.kafka_offset)
  = (h.log, h.sector, h.kafka_topic, h.kafka_partition, h.kafka_offset);
alter table knhk.halt_resumptions enable trigger append_only;

create or replace view knhk.halts as
select
  h.log, h.sector, h.seq, h.reason, h.detail, h.expected_hash, h.found_hash, h.kafka_topic, h.kafka_partition, h.kafka_offset,
  h.created_at as halted_at, u.created_at as resumed_at, u.resumed_by, u.reason as resumed_because
from knhk.halt_records h
left join knhk.halt_resumptions u on u.halt_id = h.id;

-- The two keys over these columns go with them.
alter table knhk.halt_resumptions
  drop column log,
  drop column sector,
  drop column kafka_topic,
  drop column kafka_partition,
  drop column kafka_offset,
  add column from_number bigint check (from_number >= 0),
  add column person text not null default session_user check (length(btrim(person)) > 0);
alter table knhk.halt_records
  drop constraint halt_records_pkey,
  add primary key (id),
  add column found_seq bigint;
alter table knhk.halt_resumptions
  add primary key (halt_id),
  add foreign key (halt_id) references knhk.halt_records;
create index halt_records_sector on knhk.halt_records (log, sector);
comment on column knhk.halt_records.found_seq is 'the number of the receipt that halted the sector';
comment on table knhk.halt_resumptions is 'A person said why a halted sector may go on';
comment on column knhk.halt_resumptions.from_number is
  'the receipt of this number is taken whatever it follows: the numbers before it that are missing are declared lost';
comment on column knhk.halt_resumptions.resumed_by is 'the login; not what the statement said';
comment on column knhk.halt_resumptions.person is 'who used the login, by their own word';

-- Who resumed a halt and when is not for the statement to say.
create function knhk.stamp_resumption() returns trigger
  language plpgsql
  set search_path = pg_catalog
as $$
begin
  new.resumed_by := session_user;
  new.created_at := now();
  return new;
end
$$;
create trigger stamp before insert on knhk.halt_resumptions
  for each row execute function knhk.stamp_resumption();

-- The archive took up what had waited: from here on the sector's receipts are written again.
create table knhk.halt_continuations (
  halt_id    bigint      primary key references knhk.halt_resumptions,
  next_seq   bigint      not null,
  created_at timestamptz not null default now()
);
comment on column knhk.halt_continuations.next_seq is 'the number that was expected next when all that had waited was looked at';
create trigger append_only before update or delete or truncate on knhk.halt_continuations
  for each statement execute function knhk.refuse_change();

-- A topic that was begun anew has other records at the same offsets, and they are kept as well.
alter table knhk.quarantine
  drop constraint quarantine_pkey,
  add column id bigint generated always as identity primary key,
  add column receipt_id varchar(64);
create unique index quarantine_record on knhk.quarantine (kafka_topic, kafka_partition, kafka_offset, sha256(envelope));
create index quarantine_signed on knhk.quarantine (log, sector, seq, id) where receipt_id is not null;
comment on table knhk.quarantine is 'What was read and not accepted: unsigned records, refused receipts, and those that wait for a halt to end';
comment on column knhk.quarantine.receipt_id is 'hash of a receipt that a trusted key signed; null for everything else';

create or replace view knhk.halts as
select
  h.log, h.sector, h.seq, h.reason, h.detail, h.expected_hash, h.found_hash, h.kafka_topic, h.kafka_partition, h.kafka_offset,
  h.created_at as halted_at, u.created_at as resumed_at, u.resumed_by, u.reason as resumed_because,
  h.id, h.found_seq, u.person, u.from_number, c.created_at as continued_at
from knhk.halt_records h
left join knhk.halt_resumptions u on u.halt_id = h.id
left join knhk.halt_continuations c on c.halt_id = h.id;

alter table knhk.halt_continuations owner to knhk_owner;
grant select, insert on knhk.halt_continuations to knhk_writer;
grant select on knhk.halt_continuations to knhk_auditor;
alter function knhk.stamp_resumption() owner to knhk_owner;
