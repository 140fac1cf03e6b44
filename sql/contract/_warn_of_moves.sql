-- Tax follows the customer as stored when a month is run, so a move that is loaded too early taxes months that are
-- still to be run. A region counts where its country has tax by region, a number where its validity changes.
create or replace function billing._warn_of_moves(p_as_of date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_warnings (file, line, column_name, value, warning)
    with moved as (
        select
            good.line,
            customers.customer_id,
            case
                when incoming.country <> customers.country then 'country'
                when incoming.region is distinct from customers.region
                    and exists (
                        select from billing.tax_rates
                        where
                            tax_rates.country = customers.country
                            and tax_rates.region in (incoming.region, customers.region)
                    )
                    then 'region'
                when incoming.is_tax_id_valid <> customers.is_tax_id_valid then 'tax_id'
            end as column_name,
            good.fields
        from billing._good_rows() as good
        cross join lateral jsonb_populate_record(null::billing.customers, good.fields) as incoming
        inner join billing.customers on incoming.account_number = customers.account_number
    )

    select
        'customers.csv',
        moved.line,
        moved.column_name,
        moved.fields ->> moved.column_name,
        format('%s not run yet and will be taxed as of this row; run first what is to be taxed as before', due.months)
    from moved
    cross join lateral (
        select case count(*)
            when 1 then to_char(min(months.period_start), 'YYYY-MM') || ' is'
            else format(
                '%s to %s are',
                to_char(min(months.period_start), 'YYYY-MM'),
                to_char(max(months.period_start), 'YYYY-MM')
            )
        end as months
        from billing._months_to_bill(p_customer_id => moved.customer_id, p_as_of => p_as_of) as months
        having count(*) > 0
    ) as due
    where moved.column_name is not null;
end;
$$;

comment on function billing._warn_of_moves (date)
is 'Warns of staged customers whose country, region or tax number changes while months of theirs that are over are not billed.';
