-- Everything that says what the database does and who may do it, from the catalogs: one row per aspect of an object, with
-- the statement that takes the aspect away where there is one. Read by the program itself and not by a function of the
-- database, which could be replaced. Names come out qualified, because the search path is pg_catalog alone.
-- What may differ from server to server (roles, the database) is described only where it is more than it may be.
with schemas as (
    select *
    from pg_namespace
    where nspname in ('billing', 'reporting', 'reporting_models')
),

relations as (
    select
        pg_class.*,
        pg_class.oid::regclass::text as name,
        case relkind
            when 'S' then 'sequence'
            when 'v' then 'view'
            when 'm' then 'materialized view'
            when 'f' then 'foreign table'
            else 'table'
        end as kind
    from pg_class
    inner join schemas on relnamespace = schemas.oid
    where relkind in ('r', 'p', 'v', 'm', 'f', 'S')
),

functions as (
    select
        pg_proc.*,
        pg_proc.oid::regprocedure::text as name
    from pg_proc
    inner join schemas on pronamespace = schemas.oid
),

queries as materialized (
    select
        kind || ' ' || name as object,
        pg_get_viewdef(oid) as query
    from relations
    where relkind in ('v', 'm')
),

-- What grants are given on: the object as the statements call it, its owner, and the rights.
granted as (
    select
        'schema ' || nspname as object,
        'schema ' || quote_ident(nspname) as target,
        nspowner as owner,
        coalesce(nspacl, acldefault('n', nspowner)) as acl
    from pg_namespace
    where nspname in ('billing', 'reporting', 'reporting_models', 'deployment')
    union all
    select
        case relkind when 'S' then 'sequence ' when 'v' then 'view ' when 'm' then 'materialized view ' else 'table ' end
        || pg_class.oid::regclass,
        case relkind when 'S' then 'sequence ' else 'table ' end || pg_class.oid::regclass,
        relowner,
        relacl
    from pg_class
    inner join pg_namespace on relnamespace = pg_namespace.oid
    where nspname in ('billing', 'reporting', 'reporting_models', 'deployment') and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union all
    select
        'function ' || name,
        'routine ' || name,
        proowner,
        coalesce(proacl, acldefault('f', proowner))
    from functions
),

grants as (
    select
        granted.object,
        granted.target,
        granted.owner,
        null::name as attribute,
        acl.grantee,
        acl.privilege_type,
        acl.is_grantable
    from granted
    cross join lateral aclexplode(granted.acl) as acl
    union all
    select
        relations.kind || ' ' || relations.name,
        'table ' || relations.name,
        relations.relowner,
        attname,
        acl.grantee,
        acl.privilege_type,
        acl.is_grantable
    from relations
    inner join pg_attribute on attrelid = relations.oid
    cross join lateral aclexplode(attacl) as acl
    where not attisdropped
),

our_roles as (
    select *
    from pg_roles
    where rolname in ('billing_owner', 'billing_ingest', 'billing_worker', 'billing_analyst', 'billing_reader')
),

described as (
    select 'schema ' || nspname as object, '' as aspect, '' as definition, null as removal
    from schemas
    union all
    -- Relations and what they consist of.
    select
        kind || ' ' || name,
        '',
        concat_ws(
            ' ',
            case relpersistence when 'u' then 'unlogged' when 't' then 'temporary' end,
            case when relkind = 'p' then 'partitioned' when relispartition then 'partition' end,
            case when relkind = 'v' then array_to_string(reloptions, ' ') end,
            case
                when relkind = 'S'
                    then format('%s from %s by %s, %s to %s', seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax)
            end
        ),
        null
    from relations
    left join pg_sequence on seqrelid = relations.oid
    union all
    select
        kind || ' ' || name,
        -- pg_partman leaves new months to whoever runs it: a superuser, or whoever deploys.
        case
            when relispartition and (rolsuper or relowner in (select nspowner from pg_namespace where nspname = 'deployment'))
                then 'upkeep by '
            else 'owner '
        end || relowner::regrole,
        '',
        format('alter %s %s owner to billing_owner', kind, name)
    from relations
    inner join pg_roles on relowner = pg_roles.oid
    where
        relowner <> 'billing_owner'::regrole
        and not exists (
            select from pg_depend
            where classid = 'pg_class'::regclass and objid = relations.oid and deptype in ('a', 'i') and relkind = 'S'
        )
    union all
    select
        kind || ' ' || name,
        'column ' || quote_ident(attname),
        concat_ws(
            ' | ',
            concat_ws(
                ' ',
                format_type(atttypid, atttypmod),
                case when attcollation <> typcollation then 'collate ' || attcollation::regcollation end,
                case attidentity when 'a' then 'always counted' when 'd' then 'counted by default' end
            ),
            case when attnotnull then 'not null' else 'null' end,
            coalesce(
                case attgenerated when '' then 'default ' else 'generated ' end || pg_get_expr(adbin, adrelid), 'no default'
            )
        ),
        null
    from relations
    inner join pg_attribute on attrelid = relations.oid and attnum > 0 and not attisdropped
    inner join pg_type on atttypid = pg_type.oid
    left join pg_attrdef on (adrelid, adnum) = (attrelid, attnum)
    where relkind in ('r', 'p', 'f')
    union all
    select
        kind || ' ' || name,
        'constraint ' || quote_ident(conname),
        pg_get_constraintdef(pg_constraint.oid),
        format('alter table %s drop constraint %I', name, conname)
    from relations
    inner join pg_constraint on conrelid = relations.oid
    where (contype <> 'n' or not convalidated) and contype <> 't'
    union all
    select
        kind || ' ' || name,
        regexp_replace(
            pg_get_indexdef(indexrelid),
            '^CREATE (UNIQUE )?INDEX \S+ ON (ONLY )?\S+ USING',
            case when indisunique then 'unique index using' else 'index using' end
        ) || case when indisvalid and indisready then '' else ' (invalid)' end,
        case
            when exists (
                select from pg_depend
                where classid = 'pg_class'::regclass and objid = indexrelid and refclassid = 'pg_proc'::regclass
            )
                then 'with a function'
            else ''
        end,
        'drop index ' || indexrelid::regclass
    from relations
    inner join pg_index on indrelid = relations.oid
    where not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))
    union all
    select
        kind || ' ' || name,
        case
            when tgisinternal then 'switched-off trigger of constraint ' || coalesce(conname, tgname)
            else 'trigger ' || quote_ident(tgname)
        end,
        case tgenabled when 'D' then 'disabled: ' when 'R' then 'on replicas: ' when 'A' then 'always: ' else '' end
        || pg_get_triggerdef(pg_trigger.oid),
        case
            when tgisinternal then format('alter table %s enable trigger all', name)
            else format('drop trigger %I on %s', tgname, name)
        end
    from relations
    inner join pg_trigger on tgrelid = relations.oid
    left join pg_constraint on tgconstraint = pg_constraint.oid
    where not tgisinternal or tgenabled <> 'O'
    union all
    select
        kind || ' ' || name,
        'rule ' || rulename,
        pg_get_ruledef(pg_rewrite.oid),
        format('drop rule %I on %s', rulename, name)
    from relations
    inner join pg_rewrite on ev_class = relations.oid
    where rulename <> '_RETURN' or ev_enabled <> 'O'
    union all
    select
        kind || ' ' || name,
        'policy ' || polname,
        pg_get_expr(polqual, polrelid),
        format('drop policy %I on %s', polname, name)
    from relations
    inner join pg_policy on polrelid = relations.oid
    union all
    select
        kind || ' ' || name,
        'row security',
        '',
        format('alter table %s disable row level security, no force row level security', name)
    from relations
    where relrowsecurity or relforcerowsecurity
    union all
    select
        kind || ' ' || name,
        'child ' || inhrelid::regclass,
        '',
        null
    from relations
    inner join pg_inherits on inhparent = relations.oid
    inner join pg_class as child on inhrelid = child.oid
    where child.relnamespace <> relations.relnamespace or not child.relispartition
    union all
    select
        object,
        'query',
        left(encode(sha256(convert_to(query, 'UTF8')), 'hex'), 32),
        null
    from queries
    union all
    -- PostgreSQL 15 qualifies each column, later ones only where a query has several tables.
    select
        object,
        'query without qualifiers',
        left(encode(sha256(convert_to(regexp_replace(query, '[a-z_][a-z0-9_]*\.', '', 'g'), 'UTF8')), 'hex'), 32),
        null
    from queries
    union all
    -- Functions and types.
    select
        'function ' || name,
        '',
        array_to_string(
            array[
                format('language %s', lanname),
                format('arguments %s', pg_get_function_arguments(functions.oid)),
                format('result %s', coalesce(pg_get_function_result(functions.oid), 'none')),
                case provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
                case proparallel when 's' then 'parallel safe' when 'r' then 'parallel restricted' else 'parallel unsafe' end,
                case when proisstrict then 'strict' else 'not strict' end,
                case when proleakproof then 'leakproof' else 'not leakproof' end,
                case when prosecdef then 'security definer' else 'security invoker' end,
                format('settings %s', coalesce(array_to_string(proconfig, ', '), 'none')),
                'body ' || left(
                    encode(
                        sha256(
                            convert_to(concat(probin, coalesce(pg_get_function_sqlbody(functions.oid), prosrc)), 'UTF8')
                        ),
                        'hex'
                    ),
                    32
                )
            ],
            ' | '
        ),
        null
    from functions
    inner join pg_language on prolang = pg_language.oid
    union all
    select
        'function ' || name,
        'owner ' || proowner::regrole,
        '',
        format('alter routine %s owner to billing_owner', name)
    from functions
    where proowner <> 'billing_owner'::regrole
    union all
    select
        'type ' || pg_type.oid::regtype,
        '',
        '',
        null
    from pg_type
    inner join schemas on typnamespace = schemas.oid
    left join pg_class on typrelid = pg_class.oid
    where typtype in ('d', 'e', 'r') or (typtype = 'c' and relkind = 'c')
    union all
    select
        'schema ' || nspname,
        'owner ' || nspowner::regrole,
        '',
        format('alter schema %I owner to billing_owner', nspname)
    from schemas
    where nspowner <> 'billing_owner'::regrole
    union all
    -- Grants to others than the owner.
    select
        object,
        format(
            'grant of %s%s to %s%s',
            lower(privilege_type),
            ' (' || quote_ident(attribute) || ')',
            case when grantee = 0 then 'public' else grantee::regrole::text end,
            case when is_grantable then ' with grant option' end
        ),
        '',
        format(
            'revoke %s%s on %s from %s cascade',
            lower(privilege_type),
            ' (' || quote_ident(attribute) || ')',
            target,
            case when grantee = 0 then 'public' else grantee::regrole::text end
        )
    from grants
    where grantee <> owner
    union all
    select
        'default privileges of ' || defaclrole::regrole,
        format(
            'grant of %s on %s%s to %s',
            lower(acl.privilege_type),
            case defaclobjtype
                when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas'
            end,
            ' in schema ' || defaclnamespace::regnamespace,
            case when acl.grantee = 0 then 'public' else acl.grantee::regrole::text end
        ),
        '',
        format(
            'alter default privileges for role %s%s revoke %s on %s from %s',
            defaclrole::regrole,
            ' in schema ' || defaclnamespace::regnamespace,
            lower(acl.privilege_type),
            case defaclobjtype
                when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas'
            end,
            case when acl.grantee = 0 then 'public' else acl.grantee::regrole::text end
        )
    from (
        select
            pg_default_acl.defaclrole,
            nullif(pg_default_acl.defaclnamespace, 0) as defaclnamespace,
            pg_default_acl.defaclobjtype,
            pg_default_acl.defaclacl
        from pg_default_acl
        where
            pg_default_acl.defaclrole in (select our_roles.oid from our_roles)
            or pg_default_acl.defaclnamespace in (select schemas.oid from schemas)
    ) as defaults
    cross join lateral aclexplode(defaclacl) as acl
    where acl.grantee <> defaclrole
    union all
    -- Everybody may execute what is new, unless that has been revoked.
    select
        'default privileges of billing_owner',
        'grant of execute on functions to public',
        '',
        'alter default privileges for role billing_owner revoke execute on functions from public'
    where not exists (
        select from pg_default_acl
        where defaclrole = 'billing_owner'::regrole and defaclnamespace = 0 and defaclobjtype = 'f'
    )
    union all
    -- The server: only what is too much.
    select
        'role ' || rolname,
        'attribute ' || attribute,
        '',
        format('alter role %I no%s', rolname, attribute)
    from our_roles
    cross join lateral (
        values
        ('superuser', rolsuper),
        ('createrole', rolcreaterole),
        ('createdb', rolcreatedb),
        ('replication', rolreplication),
        ('bypassrls', rolbypassrls)
    ) as attributes (attribute, is_given)
    where is_given
    union all
    select
        'role ' || our_roles.rolname,
        'membership in ' || roleid::regrole,
        '',
        format('revoke %s from %I', roleid::regrole, our_roles.rolname)
    from our_roles
    inner join pg_auth_members on member = our_roles.oid
    where
        (our_roles.rolname, roleid::regrole::text) not in (
            values
            ('billing_owner', 'billing_ingest'),
            ('billing_owner', 'billing_worker'),
            ('billing_owner', 'billing_analyst'),
            ('billing_owner', 'billing_reader'),
            ('billing_worker', 'billing_reader')
        )
    group by our_roles.rolname, roleid
    union all
    -- Whoever deploys is a member of the owner, and so is whoever deploys another database of this server.
    select
        'role billing_owner',
        'member ' || quote_ident(rolname),
        '',
        null
    from pg_roles
    where
        pg_has_role(oid, 'billing_owner', 'member')
        and not rolsuper
        and rolcanlogin
        and rolname <> session_user
        and rolname not in (select our_roles.rolname from our_roles)
        and oid not in (select datdba from pg_database where datname = current_database())
        and oid not in (select nspowner from pg_namespace where nspname = 'deployment')
        and has_database_privilege(oid, current_database(), 'connect')
    union all
    select
        coalesce('role ' || setrole::regrole, 'the database'),
        'setting ' || setting,
        '',
        format(
            'alter %s reset session_replication_role',
            case
                when setrole is null then format('database %I', current_database())
                when setdatabase = 0 then format('role %s', setrole::regrole)
                else format('role %s in database %I', setrole::regrole, current_database())
            end
        )
    from (
        select
            nullif(pg_db_role_setting.setrole, 0) as setrole,
            pg_db_role_setting.setdatabase,
            pg_db_role_setting.setconfig
        from pg_db_role_setting
        where
            pg_db_role_setting.setdatabase in (
                0, (select pg_database.oid from pg_database where pg_database.datname = current_database())
            )
            and (
                pg_db_role_setting.setrole = 0
                or pg_db_role_setting.setrole in (select our_roles.oid from our_roles)
            )
    ) as settings
    cross join lateral unnest(setconfig) as setting
    where setting ~ '^session_replication_role=(replica|local)'
    union all
    select
        'the database',
        format('grant of %s to %s', lower(acl.privilege_type), coalesce(rolname, 'public')),
        '',
        format('revoke %s on database %I from %s', lower(acl.privilege_type), datname, coalesce(rolname, 'public'))
    from pg_database
    cross join lateral aclexplode(coalesce(datacl, acldefault('d', datdba))) as acl
    left join our_roles on acl.grantee = our_roles.oid
    where
        datname = current_database()
        and acl.grantee <> datdba
        and (
            acl.grantee = 0
            or (acl.privilege_type = 'CREATE' and rolname <> 'billing_owner')
            or (acl.privilege_type = 'TEMPORARY' and rolname in ('billing_analyst', 'billing_reader'))
        )
)

select
    object,
    aspect,
    definition,
    removal
from described
