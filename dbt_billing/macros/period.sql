{# Months and weeks. By way of timestamp: date_trunc and to_char would take a date through the session's time zone. #}

{# A month as the reports name it: 2026-02. #}
{% macro period(day) -%}
    to_char(({{ day }})::timestamp, 'YYYY-MM')
{%- endmacro %}

{# First day of the month of a day. #}
{% macro period_start(day) -%}
    date_trunc('month', ({{ day }})::timestamp)::date
{%- endmacro %}

{# Monday of the week of a day. #}
{% macro week(day) -%}
    date_trunc('week', ({{ day }})::timestamp)::date
{%- endmacro %}
