{# The day of a month on which service periods with an anchor begin: the 31st of February is its last day. #}
{% macro boundary_in_month(month, anchor_on) -%}
    least(
        {{ month }} + extract(day from {{ anchor_on }})::integer - 1,
        ({{ month }} + interval '1 month')::date - 1
    )
{%- endmacro %}

{#
  The month whose run bills what is due on a day: the run of a month bills from its second day to the first of the next.
#}
{% macro month_due(due_on) -%}
    {{ period_start(due_on ~ ' - 1') }}
{%- endmacro %}

{# Whether a discount or commitment is for the lines of a plan. #}
{% macro is_in_scope(plan_codes, plan_code) -%}
    ({{ plan_codes }} = '[]' or {{ plan_codes }} ? {{ plan_code }})
{%- endmacro %}

{# Months from the year 0 to the month of a day. #}
{% macro month_number(day) -%}
    (12 * extract(year from {{ day }}) + extract(month from {{ day }}))
{%- endmacro %}

{# The first day after a day on which a service period begins. #}
{% macro next_boundary(day, anchor_on, interval_months) -%}
    (
        select min({{ boundary_in_month('months.month', anchor_on) }})
        from generate_series(0, {{ interval_months }}) as step (step)
        cross join lateral (
            select ({{ period_start(day) }} + step.step * interval '1 month')::date as month
        ) as months
        where
            mod({{ month_number('months.month') }} - {{ month_number(anchor_on) }}, {{ interval_months }}) = 0
            and {{ boundary_in_month('months.month', anchor_on) }} > {{ day }}
    )
{%- endmacro %}

{# The first day of the service period that a day belongs to. #}
{% macro last_boundary(day, anchor_on, interval_months) -%}
    (
        select max({{ boundary_in_month('months.month', anchor_on) }})
        from generate_series(0, {{ interval_months }}) as step (step)
        cross join lateral (
            select ({{ period_start(day) }} - step.step * interval '1 month')::date as month
        ) as months
        where
            mod({{ month_number('months.month') }} - {{ month_number(anchor_on) }}, {{ interval_months }}) = 0
            and {{ boundary_in_month('months.month', anchor_on) }} <= {{ day }}
    )
{%- endmacro %}

{# From which day of a phase a price holds, or holds no more, that is valid from, or to, a day. #}
{% macro first_day_priced(valid_day) -%}
    case
        when {{ valid_day }} = 'infinity' then 'infinity'
        when prices_as_of is not null and {{ valid_day }} > prices_as_of then 'infinity'
        when prices_as_of is not null or {{ valid_day }} <= plan_starts_on then starts_on
        when {{ valid_day }} <= {{ last_boundary('starts_on', 'anchor_on', 'interval_months') }} then starts_on
        else greatest(starts_on, {{ next_boundary(valid_day ~ ' - 1', 'anchor_on', 'interval_months') }})
    end
{%- endmacro %}

{# When a phase is due next after the reporting date, if its service periods are due at their ends. #}
{% macro next_due_in_arrears() -%}
    case
        when subscription_ends_on > {{ as_of() }}
            then (
                select least(next_end.day, subscription_ends_on)
                from (
                    select
                        {{ next_boundary('greatest(starts_on, ' ~ as_of() ~ ')', 'anchor_on', 'interval_months') }}
                            as day
                ) as next_end
                where ends_on > {{ last_boundary(as_of(), 'anchor_on', 'interval_months') }}
            )
    end
{%- endmacro %}

{# And if they are due at their beginnings, or on the first day that is billed. #}
{% macro next_due_in_advance() -%}
    case
        when ends_on > next_day
            then (
                select
                    case
                        when greatest(this.day, billed_from) > {{ as_of() }} then greatest(this.day, billed_from)
                        when following.day < ends_on then following.day
                    end
                from (
                    select
                        {{ last_boundary('next_day', 'anchor_on', 'interval_months') }} as day
                ) as this
                cross join (
                    select
                        {{ next_boundary('next_day', 'anchor_on', 'interval_months') }} as day
                ) as following
            )
    end
{%- endmacro %}
