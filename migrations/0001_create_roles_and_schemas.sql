-- Roles and schemas first, so that every later object has its owner and its readers from the start.
-- Roles belong to the whole server: an existing role of that name is taken as it is.

do $$
declare
    v_role text;
begin
    foreach v_role in array array[
        'billing_owner', 'billing_ingest', 'billing_worker', 'billing_analyst', 'billing_reader'
    ] loop
        if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
            execute format('create role %I login', v_role);
        end if;
        if not pg_catalog.pg_has_role(current_user, v_role, 'usage') then
            execute format('grant %I to %I', v_role, current_user);
        end if;
    end loop;
    if not pg_catalog.pg_has_role('billing_worker', 'billing_reader', 'member') then
        grant billing_reader to billing_worker;
    end if;
    foreach v_role in array array['billing_analyst', 'billing_reader'] loop
        if not pg_catalog.pg_has_role('billing_owner', v_role, 'member') then
            execute format('grant %I to billing_owner', v_role);
        end if;
    end loop;
    execute format(
        'grant temporary on database %I to billing_owner, billing_ingest, billing_worker', current_database()
    );
end;
$$;

create schema billing authorization billing_owner;
create schema reporting authorization billing_analyst;
create schema analytics authorization billing_analyst;
create schema extensions;
create extension if not exists btree_gist with schema extensions;
grant usage on schema extensions to billing_owner;

comment on schema billing is 'The billing engine: tables written only by its own functions.';
comment on schema reporting is 'The public reports, one view each, built by dbt and current at the moment of the query.';
comment on schema analytics is 'Staging and intermediate dbt models behind the reports; private to dbt.';
comment on schema extensions is 'PostgreSQL extensions the engine uses.';

alter default privileges for role billing_analyst in schema reporting
grant select on tables to billing_reader;
grant usage on schema reporting to billing_reader;
alter default privileges for role billing_owner revoke execute on functions from public;
alter default privileges for role billing_owner in schema billing grant select on tables to billing_analyst;
