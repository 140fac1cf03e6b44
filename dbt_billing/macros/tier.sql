{# What of a number of units a row of assurance_tiers_bounded prices: units, or packages begun. #}
{% macro quantity_in_tier(units) -%}
    case tiers.pricing_model
        when 'graduated' then least({{ units }}, tiers.up_to) - tiers.above
        when 'package' then div({{ units }}, tiers.package_size) + least(ceil({{ units }} % tiers.package_size), 1)
        else {{ units }}
    end
{%- endmacro %}

{# Whether it prices them at all: graduated tiers up to the one reached, of volume tiers that one alone. #}
{% macro is_in_tier(units) -%}
    {{ units }} > tiers.above and (tiers.pricing_model <> 'volume' or {{ units }} <= tiers.up_to)
{%- endmacro %}
