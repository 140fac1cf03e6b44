{# Says what the failed tests found, customer, period and amount, where dbt by itself only counts. #}
{% macro name_failures(results) -%}
    {%- set limit = 20 -%}
    {%- for result in results if execute and result.status == 'fail' and result.node.compiled_code -%}
        {%- set found = run_query('select * from (' ~ result.node.compiled_code ~ ') as found limit ' ~ limit) -%}
        {%- do log(result.node.name ~ ' found:', info=true) -%}
        {%- for row in found.rows -%}
            {%- set cells = [] -%}
            {%- for name in found.column_names if row[name] is not none -%}
                {%- do cells.append(name ~ ' ' ~ row[name]) -%}
            {%- endfor -%}
            {%- do log('  ' ~ cells | join(', '), info=true) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
