-- The tiers of a plan are one price list: a bad row spoils the list, so with it no row of that plan is loaded.
create or replace function billing._check_tiers()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_rows(array['plan_code', 'tier']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select good.line, rules.column_name, rules.value, rules.expected
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (
        plan_code text, tier text, up_to text, unit_amount text, flat_amount text
    )
    cross join lateral (
        values
        ('plan_code', given.plan_code, 'a graduated or volume plan of plans.csv', exists (
            select from billing.pricing_plans
            where plan_code = given.plan_code and pricing_model in ('graduated', 'volume')
        )),
        ('tier', given.tier, 'text of 1 to 200 characters without control characters',
            billing.is_plain_text(given.tier, 200)),
        ('up_to', given.up_to, 'a quantity above 0, or nothing for no bound',
            given.up_to is null or (billing.is_decimal(given.up_to) and given.up_to ~ '[1-9]')),
        ('unit_amount', given.unit_amount, 'a price of 0 or more such as 0.001',
            billing.is_decimal(given.unit_amount)),
        ('flat_amount', given.flat_amount, 'an amount of 0 or more such as 5.00, or nothing',
            given.flat_amount is null or billing.is_decimal(given.flat_amount))
    ) as rules (column_name, value, expected, is_met)
    where rules.is_met is not true;
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select later.line, 'up_to', later.fields ->> 'up_to', format('another bound than line %s', min(earlier.line))
    from billing._good_rows() as later
    inner join billing._good_rows() as earlier
        on later.fields ->> 'plan_code' = earlier.fields ->> 'plan_code' and later.line > earlier.line
    where (later.fields ->> 'up_to')::numeric is not distinct from (earlier.fields ->> 'up_to')::numeric
    group by later.line, later.fields;
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select good.line, 'plan_code', good.fields ->> 'plan_code',
        format('a list without bad tiers: see line %s', min(bad.line))
    from billing._good_rows() as good
    inner join pg_temp.incoming_rows as bad on bad.fields ->> 'plan_code' = good.fields ->> 'plan_code'
    inner join pg_temp.incoming_problems on incoming_problems.line = bad.line
    group by good.line, good.fields;
end;
$$;

comment on function billing._check_tiers ()
is 'Finds what is wrong with the staged tiers.csv, row by row and plan by plan.';
