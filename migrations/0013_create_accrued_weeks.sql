-- What the usage of closed months cost week by week, kept so that the weekly trend need not price two years of usage
-- anew whenever it is looked at; an index that holds all of an invoice that trends look at; one that finds voids.
-- Existing databases are filled by the deployment that follows: prices are applied by functions, which are not here.
-- depends: 0012_create_api_tokens

set local role billing_owner;

create table billing.accrued_weeks (
    period_start date not null,
    week date not null,
    currency text not null,
    is_of_new_customers boolean not null,
    amount numeric not null,
    constraint accrued_weeks_pkey primary key (period_start, week, currency, is_of_new_customers),
    constraint accrued_weeks_currency_fkey foreign key (currency) references billing.currencies (currency),
    constraint accrued_month_starts_on_the_first check (extract(day from period_start) = 1),
    constraint accrued_week_starts_on_a_monday check (extract(isodow from week) = 1),
    constraint accrued_week_is_in_its_month check (
        week + 7 > period_start and week < (period_start + interval '1 month')::date
    )
);

comment on table billing.accrued_weeks
is 'What the usage of a week added to the charges of a closed month. A month that is not here is computed when it is asked for: the rows of a month are deleted with whatever changes it, and written again by the next close.';
comment on column billing.accrued_weeks.week is 'Its Monday; a week that two months share has rows in both.';
comment on column billing.accrued_weeks.is_of_new_customers
is 'Whether the first subscription of the customers began in the week.';
comment on column billing.accrued_weeks.amount
is 'Unrounded; below zero where a volume tier makes all units cheaper.';

create index invoices_customer_months_idx on billing.invoices (customer_id, currency, period_start)
include (invoice_id, issued_on, voided_on, subtotal, tax, total);
create index invoices_voided_on_idx on billing.invoices (voided_on) where voided_on is not null;
