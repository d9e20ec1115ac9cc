-- Before every run of the migrations. V1 gives its tables to knhk_owner, who must be allowed to have them in the schema:
-- a superuser does not notice, the ordinary login that owns a database does.
do $$
begin
  if not exists (select from pg_roles where rolname = 'knhk_owner') then
    create role knhk_owner nologin;
  end if;
exception
  when duplicate_object or unique_violation then null; -- Another database of this server was quicker.
end
$$;

do $$
begin
  if exists (select from pg_namespace where nspname = 'knhk' and pg_get_userbyid(nspowner) = current_user) then
    grant usage, create on schema knhk to knhk_owner;
  end if;
end
$$;
