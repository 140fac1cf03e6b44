{# An amount with the decimals of its currency, also where it is a plain zero: a column reads the same in all rows. #}
{% macro money(amount, minor_units) -%}
    round(coalesce({{ amount }}, 0), {{ minor_units }})
{%- endmacro %}
