-- One list for the preview, which has the drafts of its transaction, and for the run, which has numbered them. Usage
-- that nobody pays for is in reporting.unbilled_usage. Long for its warnings, a branch each.
create or replace function billing.run_warnings(p_period_start date, p_account_number text)
returns table (
    kind text,
    account_number text,
    warning text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
with warnings as (
    select
        'parked' as kind,
        parked.account_number,
        format('Account %s could not be billed: %s', parked.account_number, parked.reason) as warning
    from billing.parked_customers(p_period_start) as parked
    union all
    select
        'untaxed' as kind,
        untaxed.account_number,
        format('Account %s is billed without tax: %s', untaxed.account_number, untaxed.reason) as warning
    from billing.untaxed_customers(p_period_start) as untaxed
    union all
    select
        'overlapping' as kind,
        customers.account_number,
        format(
            'Account %s is billed %s twice: %s and %s. End one of them (ends_on = starts_on takes a row back)',
            customers.account_number,
            pricing_plans.plan_code,
            billing.until_text(pairs.earlier_starts_on, pairs.earlier_ends_on),
            billing.until_text(pairs.later_starts_on, pairs.later_ends_on)
        ) as warning
    from billing.overlapping_subscriptions(
        daterange(p_period_start, billing.billing_period_end(p_period_start))
    ) as pairs
    inner join billing.customers using (customer_id)
    inner join billing.pricing_plans using (plan_id)
    union all
    select
        'no_usage' as kind,
        null as account_number,
        format(
            '%s has no usage event, %s had %s, and %s a usage plan: billing ingest its events',
            to_char(p_period_start, 'YYYY-MM'),
            to_char(missing.previous_start, 'YYYY-MM'),
            btrim(to_char(missing.previous_events, '999,999,999,999,999')),
            case missing.customers when 1 then '1 customer has' else missing.customers || ' customers have' end
        ) as warning
    from billing._missing_usage(p_period_start) as missing
    union all
    select
        'month_not_run' as kind,
        null as account_number,
        format(
            '%1$s was never run, and %2$s something due in it: billing run %1$s',
            to_char(months.period_start, 'YYYY-MM'),
            case months.customers when 1 then '1 customer has' else months.customers || ' customers have' end
        ) as warning
    from billing.months_not_run(p_period_start) as months
    union all
    select
        'void_not_billed' as kind,
        voids.account_number,
        format(
            'Account %s: %s is void and nothing was billed instead: billing run %s, or billing void with --waive',
            voids.account_number,
            voids.invoice_number,
            to_char(voids.period_start, 'YYYY-MM')
        ) as warning
    from billing.voids_not_billed() as voids
    union all
    select
        'no_bank_account' as kind,
        accounts.account_number,
        format(
            'Account %s is to pay by transfer, but company.toml has no iban: its invoice says nowhere to pay to',
            accounts.account_number
        ) as warning
    from unnest(billing.unpayable_by_transfer(p_period_start)) as accounts (account_number)
    union all
    select
        'not_chargeable' as kind,
        customers.account_number,
        format(
            'Account %s: a card cannot pay %s %s exactly, so that the invoice will wait for a person',
            customers.account_number,
            round(invoices.total, invoices.minor_units),
            invoices.currency
        ) as warning
    from billing.invoices
    inner join billing.customers using (customer_id)
    where
        invoices.period_start = p_period_start
        and invoices.status in ('draft', 'issued')
        and invoices.collection_method = 'charge_automatically'
        and invoices.total > 0
        and not billing.is_exact_at_stripe(invoices.total, invoices.currency)
)

select warnings.*
from warnings
where p_account_number is null or coalesce(warnings.account_number, p_account_number) = p_account_number
order by
    array_position(
        array[
            'parked',
            'untaxed',
            'overlapping',
            'no_usage',
            'month_not_run',
            'void_not_billed',
            'no_bank_account',
            'not_chargeable'
        ],
        warnings.kind
    ),
    length(warnings.account_number),
    warnings.account_number collate "C",
    warnings.warning collate "C"
$$;

comment on function billing.run_warnings (date, text)
is 'What a person must be told about the run of a month, as sentences: customers parked or without tax, plans billed twice, a month without any usage event, months never run, void invoices nobody billed again, transfers without an account, amounts no card can pay; with p_account_number those of one customer and of the months.';
