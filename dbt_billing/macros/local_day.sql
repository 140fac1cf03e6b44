{# The day of the billing time zone an instant belongs to. #}
{% macro local_day(instant) -%}
    ({{ instant }} at time zone (select billing.billing_timezone()))::date
{%- endmacro %}

{# The instant at which a day of the billing time zone begins. #}
{% macro start_of_local_day(day) -%}
    (({{ day }})::timestamp at time zone (select billing.billing_timezone()))
{%- endmacro %}
