-- Names of discounts and the like are looked up only for what differs.
create or replace function billing._readable_charge(p_service_key text, p_charge_key text)
returns text
language sql
stable
security invoker
as $$
select
    concat_ws(
        ', ',
        case left(p_service_key, 1)
            when 'd' then (
                select discounts.discount_code from billing.discounts
                where discounts.discount_id = substring(p_service_key from '\d+')::bigint
            )
            when 'm' then (
                select commitments.commitment_code from billing.commitments
                where commitments.commitment_id = substring(p_service_key from '\d+')::bigint
            )
            when 'c' then (
                select charges.charge_code from billing.charges
                where charges.charge_id = substring(p_service_key from '\d+')::bigint
            )
        end,
        regexp_replace(
            rtrim(translate(substr(p_charge_key, length(p_service_key) + 2), '"', ''), '/'), '/+', ', ', 'g'
        )
    )
$$;

comment on function billing._readable_charge (text, text)
is 'A charge as a person would name it: plan, cell and tier, or the code of what it is of.';
