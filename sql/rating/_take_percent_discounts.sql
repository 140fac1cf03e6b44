-- One after the other in order of code, each on what the ones before left, and each rounded once. They stay inside
-- their line: fees and usage, not what is charged once.
create or replace function billing._take_percent_discounts()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_place integer;
begin
    for v_place in
        select distinct discounts.place
        from billing.discounts_in_order as discounts
        inner join pg_temp.rating_scopes using (customer_id)
        where discounts.percent is not null
        order by discounts.place
    loop
        with taken as (
            insert into pg_temp.rated_discounts (charge_key, discount_id, amount)
            select
                charges.charge_key,
                discounts.discount_id,
                round(charges.amount * discounts.percent, charges.minor_units)
            from billing.discounts_in_order as discounts
            inner join pg_temp.rated_charges as charges
                on
                    discounts.customer_id = charges.customer_id
                    and discounts.starts_on <= charges.first_on
                    and coalesce(discounts.ends_on, 'infinity') > charges.first_on
            inner join billing.pricing_plans as plans using (plan_id)
            where
                discounts.percent is not null
                and discounts.place = v_place
                and (discounts.plan_codes = '{}' or plans.plan_code = any(discounts.plan_codes))
                and round(charges.amount * discounts.percent, charges.minor_units) <> 0
            returning charge_key, amount
        )

        update pg_temp.rated_charges as charges
        set amount = charges.amount - taken.amount
        from taken
        where charges.charge_key = taken.charge_key;
    end loop;
end;
$$;

comment on function billing._take_percent_discounts ()
is 'Eighth step: discounts in percent that cover the first day of a charge, off its amount.';
