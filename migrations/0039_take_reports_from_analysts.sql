-- A function inside a view runs with the rights of whoever reads the view: what commands read therefore belongs to the
-- owner alone. Analysts keep the schema analytics to work in, which no command reads; the models move out of it.
-- depends: 0038_remember_loaded_cards

create schema reporting_models authorization billing_owner;
comment on schema reporting_models is 'Staging and intermediate dbt models behind the reports; private to dbt.';
comment on schema analytics is 'The models of analysts; nothing of billing reads them.';
alter schema reporting owner to billing_owner;

-- What is no report goes to the analysts' schema. What is one stays, for others build on it, with those who may read
-- it, but without the other rights, rules and triggers that its former owner may have given it. The deployment then
-- replaces its query.
do $$
declare
    v_reports constant text[] := array[
        'aging', 'bank_matches', 'churn_risk', 'credit_balances', 'dunning_log', 'dunning_queue', 'invoice_lines',
        'invoices', 'mrr', 'mrr_weekly', 'outstanding', 'revenue_by_customer', 'runs', 'tax_summary', 'unbilled_usage'
    ];
    v_relation regclass;
    v_statement text;
begin
    for v_relation in
        select oid from pg_catalog.pg_class
        where
            relnamespace = 'reporting'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
            and relname <> all (v_reports) and pg_catalog.pg_has_role(relowner, 'usage')
    loop
        execute format('alter table %s set schema analytics', v_relation);
    end loop;
    for v_relation in
        select oid from pg_catalog.pg_class
        where
            relnamespace = 'analytics'::regnamespace and relkind = 'v' and relname ~ '^(stg_billing_|int_|assurance_)'
            and pg_catalog.pg_has_role(relowner, 'usage')
    loop
        execute format('alter view %s set schema reporting_models', v_relation);
    end loop;
    for v_relation in
        select oid from pg_catalog.pg_class
        where
            relnamespace in ('reporting'::regnamespace, 'reporting_models'::regnamespace)
            and relkind in ('r', 'p', 'v', 'm', 'f') and pg_catalog.pg_has_role(relowner, 'usage')
    loop
        execute format('alter table %s owner to billing_owner', v_relation);
        for v_statement in
            select format('drop rule %I on %s', rulename, v_relation) from pg_catalog.pg_rewrite
            where ev_class = v_relation and rulename <> '_RETURN'
            union all
            select format('drop trigger %I on %s', tgname, v_relation) from pg_catalog.pg_trigger
            where tgrelid = v_relation and not tgisinternal
            union all
            select
                format('revoke all on %s from %s cascade', v_relation, grantee)
                || case when may_select then format('; grant select on %s to %s', v_relation, grantee) else '' end
            from (
                select
                    case when acl.grantee = 0 then 'public' else acl.grantee::regrole::text end as grantee,
                    bool_or(acl.privilege_type = 'SELECT') as may_select
                from (
                    select relacl as given from pg_catalog.pg_class where oid = v_relation
                    union all
                    select attacl from pg_catalog.pg_attribute where attrelid = v_relation
                ) as acls
                cross join lateral pg_catalog.aclexplode(acls.given) as acl
                where acl.grantee <> 'billing_owner'::regrole
                group by 1
            ) as grants
        loop
            execute v_statement;
        end loop;
    end loop;
    for v_statement in
        select distinct
            format(
                'revoke create on schema reporting from %s cascade',
                case when acl.grantee = 0 then 'public' else acl.grantee::regrole::text end
            )
        from pg_catalog.pg_namespace
        cross join lateral pg_catalog.aclexplode(nspacl) as acl
        where nspname = 'reporting' and acl.grantee <> 'billing_owner'::regrole
    loop
        execute v_statement;
    end loop;
end;
$$;

grant usage on schema reporting, reporting_models to billing_analyst;
grant select on all tables in schema reporting to billing_analyst, billing_reader;
grant select on all tables in schema reporting_models to billing_analyst;
alter default privileges for role billing_owner in schema reporting
grant select on tables to billing_analyst, billing_reader;
alter default privileges for role billing_owner in schema reporting_models grant select on tables to billing_analyst;
alter default privileges for role billing_analyst in schema reporting revoke select on tables from billing_reader;
