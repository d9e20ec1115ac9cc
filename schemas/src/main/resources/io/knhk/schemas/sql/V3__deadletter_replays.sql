-- Which dead letters were put back on the observations topic, so that none is put back twice by mistake.

create table knhk.deadletter_replays (
  topic            text        not null,
  source_partition integer     not null,
  source_offset    bigint      not null,
  attempt          integer     not null check (attempt >= 1),
  mended           boolean     not null,
  replayed_by      text        not null default session_user,
  created_at       timestamptz not null default now(),
  primary key (topic, source_partition, source_offset, attempt),
  foreign key (topic, source_partition, source_offset) references knhk.dead_letter_records
);
comment on table knhk.deadletter_replays is 'Dead letters that were sent again; a row is committed once Kafka has the record';
comment on column knhk.deadletter_replays.mended is 'whether other bytes than the original were sent';

create trigger append_only before update or delete or truncate on knhk.deadletter_replays
  for each statement execute function knhk.refuse_change();
alter table knhk.deadletter_replays owner to knhk_owner;
grant select, insert on knhk.deadletter_replays to knhk_writer;
grant select on knhk.deadletter_replays to knhk_auditor;
