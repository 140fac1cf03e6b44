{# A quotient that is not negative, rounded half up to minor units by whole-number division: exact, and on purpose
   not the way the engine rounds. #}
{% macro half_up(numerator, denominator, minor_units) -%}
    div(
        2 * {{ numerator }} * 10.0 ^ {{ minor_units }} + {{ denominator }},
        2 * {{ denominator }}
    ) * 10.0 ^ -{{ minor_units }}
{%- endmacro %}

{# An amount rounded half away from zero, the same way. #}
{% macro rounded(amount, minor_units) -%}
    sign({{ amount }}) * {{ half_up('abs(' ~ amount ~ ')', '1', minor_units) }}
{%- endmacro %}
