{# Views replaced in place. dbt's own way renames the old view and drops it, and with it everything built on it, so that
   reports are missing while `billing up` runs; a replaced view keeps its dependants, grants and comments. PostgreSQL
   only adds columns at the end of an existing view: where others changed, it is dropped and made anew, and with it the
   models on top that this run makes anew as well. What somebody else has built on them is never dropped: the run stops
   and names it. #}
{% materialization view, adapter='postgres' -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% call statement('main') -%}
        {%- if existing is not none and not existing.is_view -%}
            drop {{ existing.type | replace('_', ' ') }} {{ existing }};
        {%- endif -%}
        {{ dbt_billing.replace_view(target_relation, sql) }}
    {%- endcall %}

    {% do apply_grants(target_relation, config.get('grants'), should_revoke=true) %}
    {% do persist_docs(target_relation, model) %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}


{# One statement and one transaction, so that nobody ever finds the view missing. #}
{% macro replace_view(relation, sql) -%}
    {%- set remade = [] -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.unique_id in selected_resources -%}
        {%- do remade.append("'" ~ node.schema ~ '.' ~ node.alias ~ "'") -%}
    {%- endfor -%}
do $replace_view$
declare
    v_views text;
    v_built_upon text;
begin
    {{ get_replace_view_sql(relation, sql) }}
exception
    -- Columns were renamed, retyped, moved or left out.
    when invalid_table_definition then
        with recursive built_upon as (
            select '{{ relation }}'::regclass::oid as view
            union
            select pg_rewrite.ev_class
            from built_upon
            inner join pg_depend on refclassid = 'pg_class'::regclass and refobjid = built_upon.view
            inner join pg_rewrite on classid = 'pg_rewrite'::regclass and objid = pg_rewrite.oid
        )

        select string_agg(built_upon.view::regclass::text, ', ') into v_views
        from built_upon
        inner join pg_class on built_upon.view = pg_class.oid
        where
            relkind = 'v'
            and (
                pg_class.oid = '{{ relation }}'::regclass
                or relnamespace::regnamespace || '.' || relname = any(array[{{ remade | join(', ') }}]::text[])
            );
        begin
            execute 'drop view ' || v_views;
        exception
            when dependent_objects_still_exist then
                get stacked diagnostics v_built_upon = pg_exception_detail;
                raise exception 'columns of % have changed, and others have built upon it', '{{ relation }}'::regclass
                using
                    errcode = 'dependent_objects_still_exist',
                    detail = v_built_upon,
                    hint = 'Drop what is named there, or build it in the same run, and try again.';
        end;
        {{ get_replace_view_sql(relation, sql) }}
end;
$replace_view$
{%- endmacro %}
