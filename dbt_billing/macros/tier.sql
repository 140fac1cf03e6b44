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

{# The cell that prices an event: with the most conditions that it fulfils; a property it lacks, or has as null, fulfils
   none. Null where there is no such cell. #}
{% macro cell_of_event() -%}
    coalesce(
        prices_applied.only_cell,
        (
            select cells.cell_position
            from {{ ref('stg_billing__price_cells') }} as cells
            where
                cells.price_id = prices_applied.price_id
                and not exists (
                    select condition.key
                    from jsonb_each_text(cells.conditions) as condition (key, value)
                    where billing_events.properties ->> condition.key is distinct from condition.value
                )
            order by (select count(*) from jsonb_object_keys(cells.conditions)) desc
            limit 1
        )
    )
{%- endmacro %}
