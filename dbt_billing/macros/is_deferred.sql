{# Whether a line is for days after the month of its invoice, so that it is revenue month by month: a fee, or a charge with
   days of its own. What is of a calendar month never is; the condition is that of an index. #}
{% macro is_deferred(issued_on) -%}
    {{ is_beyond_months() }}
    and service_period_end > ({{ period_start(issued_on) }} + interval '1 month')::date
{%- endmacro %}

{% macro is_beyond_months() -%}
    charge_kind in ('subscription', 'proration', 'charge')
    and (extract(day from service_period_start) <> 1 or service_period_end - service_period_start > 31)
{%- endmacro %}
