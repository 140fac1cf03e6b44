{# The business date reports look back from. A scalar subquery, so that PostgreSQL asks once per query, not per row. #}
{% macro as_of() -%}
    (select billing.reporting_date())
{%- endmacro %}
