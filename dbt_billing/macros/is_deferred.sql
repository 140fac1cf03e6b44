{# Whether a line is for days after the month of its invoice, so that it is revenue month by month: a fee, or a charge
   with days of its own. #}
{% macro is_deferred(issued_on) -%}
    {{ is_beyond_months() }}
    and service_period_end > ({{ period_start(issued_on) }} + interval '1 month')::date
{%- endmacro %}

{# What every fee of an interval longer than a month is, as the index has it. #}
{% macro is_longer_than_a_month() -%}
    charge_kind in ('subscription', 'proration')
    and service_period_end - service_period_start > 31
{%- endmacro %}

{# What every line that is deferred is, as the index has it: a fee of a calendar month is billed in it at the earliest,
   and a charge without days of its own after its day, on which it is taxed. #}
{% macro is_beyond_months() -%}
    (
        (charge_kind = 'charge' and service_period_end > taxed_on + 1)
        or (
            charge_kind in ('subscription', 'proration')
            and (extract(day from service_period_start) <> 1 or service_period_end - service_period_start > 31)
        )
    )
{%- endmacro %}
