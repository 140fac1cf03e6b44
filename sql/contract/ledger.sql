create or replace function billing.ledger_problems(p_accounts jsonb, p_datev jsonb)
returns table (
    column_name text,
    value text,
    expected text
)
language sql
immutable
security invoker
as $$
select
    'accounts.' || accounts.name,
    accounts.number,
    case
        when accounts.name = 'debtors' then 'the number from which accounts of customers count, such as "10000"'
        when accounts.number !~ '^[0-9A-Za-z.-]{1,20}$'
            then 'a number of the ledger: at most 20 letters, digits, dots and dashes'
        else 'one of the accounts of the journal: receivables, customer_credit, deferred_revenue, revenue_usage, '
            'revenue_subscription, revenue_charges, revenue_discounts, revenue_commitments, revenue for all of these, '
            'credit_notes, tax_<country>_<rate> such as tax_DE_0.19, tax for all of these, refunds_payable, bank, '
            'cash, checks, stripe, other_payments, or debtors'
    end
from jsonb_each_text(p_accounts) as accounts (name, number)
where
    case
        when accounts.name = 'debtors' then accounts.number !~ '^[0-9]{4,9}$'
        else
            accounts.number !~ '^[0-9A-Za-z.-]{1,20}$'
            or accounts.name !~ (
                '^(receivables|customer_credit|deferred_revenue|credit_notes|refunds_payable|bank|cash|checks|stripe'
                '|other_payments|revenue(_(usage|subscription|charges|discounts|commitments))?'
                '|tax(_[A-Z]{2}_0(\.[0-9]+)?)?)$'
            )
    end
union all
select
    'datev.' || datev.name,
    datev.number,
    coalesce(
        known.expected, 'consultant_number, client_number or fiscal_year_starts_in'
    )
from jsonb_each_text(p_datev) as datev (name, number)
left join (
    values
    ('consultant_number', 1001, 9999999, 'the number of the tax consultant, 1001 to 9999999'),
    ('client_number', 1, 99999, 'the number of the client, 1 to 99999'),
    ('fiscal_year_starts_in', 1, 12, 'a month, 1 to 12')
) as known (name, least_number, most_number, expected)
    on datev.name = known.name
where
    case
        when known.name is null or datev.number !~ '^[0-9]{1,9}$' then true
        else datev.number::integer not between known.least_number and known.most_number
    end
$$;

comment on function billing.ledger_problems (jsonb, jsonb)
is 'What is wrong with the accounts and the DATEV numbers of a company.toml, entry by entry.';
