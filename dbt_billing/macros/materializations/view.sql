{# Views replaced in place. dbt's own way renames the old view and drops it, and with it everything built on it, so that
   reports are missing while `billing up` runs; a replaced view keeps its dependants, grants and comments. PostgreSQL
   only adds columns at the end of an existing view: where others changed, it is dropped and made anew. #}
{% materialization view, adapter='postgres' -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if existing is not none and not existing.is_view %}
        {{ adapter.drop_relation(existing) }}
    {% endif %}

    {% call statement('main') -%}
        {{ replace_view(target_relation, sql) }}
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
do $replace_view$
begin
    {{ get_replace_view_sql(relation, sql) }}
exception
    -- Columns were renamed, retyped, moved or left out.
    when invalid_table_definition then
        drop view {{ relation }} cascade;
        {{ get_replace_view_sql(relation, sql) }}
end;
$replace_view$
{%- endmacro %}
