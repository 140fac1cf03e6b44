-- What was delivered in a month and invoiced after it is known when the month is closed: kept, for what is used, agreed
-- or invoiced later does not change it any more.
-- depends: 0058_index_what_months_read

set local role billing_owner;

create table billing.month_accruals (
    period_start date not null,
    customer_id bigint not null,
    currency text not null,
    amount numeric not null,
    constraint month_accruals_pkey primary key (period_start, customer_id, currency),
    constraint month_accruals_period_start_fkey foreign key (period_start)
    references billing.month_closings (period_start) on delete cascade,
    constraint month_accruals_customer_id_fkey foreign key (customer_id) references billing.customers (customer_id),
    constraint month_accruals_currency_fkey foreign key (currency) references billing.currencies (currency),
    constraint accruals_are_not_zero check (amount <> 0),
    constraint accruals_are_finite check (amount > '-Infinity' and amount < 'Infinity')
);

comment on table billing.month_accruals
is 'What each customer was delivered by the end of a closed month and not invoiced by then, as known when it was closed. Goes with the closing when the month is reopened.';
comment on column billing.month_accruals.amount
is 'Net of tax and discounts, in whole minor units of the currency; below zero where less was delivered than invoiced.';
