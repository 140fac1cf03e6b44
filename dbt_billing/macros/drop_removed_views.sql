{# Views of models that are gone: whatever else stands in the schemas that commands read. A view that somebody else's
   view is built on stays, with a word about it. #}
{% macro drop_removed_views() -%}
    {%- if execute and flags.WHICH in ('run', 'build') and target.name == 'billing' -%}
        {%- set models = [] -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
            {%- do models.append("'" ~ node.schema ~ '.' ~ node.alias ~ "'") -%}
        {%- endfor -%}
do $drop_removed_views$
declare
    v_views text;
begin
    select string_agg(format('%I.%I', schemaname, viewname), ', ') into v_views
    from pg_catalog.pg_views
    where
        pg_catalog.pg_has_role(viewowner, 'usage')
        and schemaname in ('reporting', 'reporting_models')
        and schemaname || '.' || viewname <> all (array[{{ models | join(', ') }}]);
    if v_views is not null then
        execute 'drop view ' || v_views;
    end if;
exception
    when dependent_objects_still_exist then
        raise warning 'removed models are still in use, their views stay: %', v_views;
end;
$drop_removed_views$
    {%- endif -%}
{%- endmacro %}
