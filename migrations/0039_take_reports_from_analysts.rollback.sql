alter default privileges for role billing_analyst in schema reporting grant select on tables to billing_reader;
alter default privileges for role billing_owner in schema reporting_models revoke select on tables from billing_analyst;
alter default privileges for role billing_owner in schema reporting
revoke select on tables from billing_analyst, billing_reader;

alter schema reporting owner to billing_analyst;
do $$
declare
    v_relation regclass;
begin
    for v_relation in
        select oid from pg_catalog.pg_class where relnamespace = 'reporting_models'::regnamespace and relkind = 'v'
    loop
        execute format('alter view %s set schema analytics', v_relation);
        execute format('alter view %s owner to billing_analyst', v_relation);
    end loop;
    for v_relation in
        select oid from pg_catalog.pg_class where relnamespace = 'reporting'::regnamespace and relkind = 'v'
    loop
        execute format('alter view %s owner to billing_analyst', v_relation);
    end loop;
end;
$$;

drop schema reporting_models;
comment on schema analytics is 'Staging and intermediate dbt models behind the reports; private to dbt.';
