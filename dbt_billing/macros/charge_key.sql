{# What a charge_key says: the last part is the kind of the charge, so what is before it is the same for the full price
   of a phase and its proration. #}
{% macro phase_key(charge_key) -%}
    regexp_replace({{ charge_key }}, '/[a-z]+$', '')
{%- endmacro %}

{# Of a fee, the part before that is the first day of the phase in the service period; null for anything else. #}
{% macro phase_start(charge_key) -%}
    substring({{ charge_key }} from '/(\d{4}-\d{2}-\d{2})/[a-z]+$')::date
{%- endmacro %}
