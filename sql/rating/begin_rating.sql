-- The tables of the staircase, made once a session and emptied for each rating: what each step finds, to be read by the
-- next, by invoicing, and by whoever looks into a session. Who is rated is put into rating_scopes by the caller.
-- Long for the columns of all steps.
create or replace function billing.begin_rating()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if to_regclass('pg_temp.rating_scopes') is null then
        create temporary table rating_scopes (
            customer_id bigint not null, rated_from date not null
        ) on commit delete rows;
        create temporary table rated_segments (
            subscription_id bigint not null, customer_id bigint not null, metric_id integer,
            period_start date not null, period_end date not null, ends_on date, interval_months integer not null,
            billed_in text not null, prices_as_of date, currency text not null, plan_id bigint not null,
            quantity numeric not null, is_trial boolean not null, first_day date not null, end_day date not null
        ) on commit delete rows;
        create temporary table rated_periods (
            service_key text collate "C" not null, subscription_id bigint not null, customer_id bigint not null,
            period_start date not null, period_end date not null, due_on date not null, taxed_on date not null
        ) on commit delete rows;
        create temporary table rated_prices (
            subscription_id bigint not null, period_start date not null, plan_id bigint not null,
            first_on date not null, price_day date not null, price_id bigint
        ) on commit delete rows;
        create temporary table rated_quantities (
            subscription_id bigint not null, period_start date not null, plan_id bigint not null, price_id bigint,
            cell_position integer, quantity numeric not null
        ) on commit delete rows;
        create temporary table rated_charges (
            charge_key text collate "C" not null, service_key text collate "C" not null, customer_id bigint not null,
            charge_kind text not null, subscription_id bigint, discount_id bigint, commitment_id bigint,
            charge_id bigint, plan_id bigint, price_id bigint, cell text, tier text, tier_position integer,
            is_tier_flat_amount boolean not null, first_day date, first_on date, quantity numeric not null,
            used numeric,
            unit_amount numeric not null, gross_amount numeric not null, amount numeric not null,
            minor_units smallint not null, period_start date not null, period_end date not null, due_on date not null,
            due_month date not null, taxed_on date not null
        ) on commit delete rows;
        create temporary table rated_discounts (
            charge_key text collate "C" not null, discount_id bigint not null, amount numeric not null
        ) on commit delete rows;
    end if;
    perform billing.require_rating();
    truncate
        pg_temp.rating_scopes, pg_temp.rated_segments, pg_temp.rated_periods, pg_temp.rated_prices,
        pg_temp.rated_quantities, pg_temp.rated_charges, pg_temp.rated_discounts;
end;
$$;

comment on function billing.begin_rating ()
is 'Prepares the tables of the staircase in pg_temp: fill rating_scopes (customer_id, rated_from), then call billing.rate.';
