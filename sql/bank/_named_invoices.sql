-- A certain number counts. A doubtful one counts where the payer is its customer, or where the amount is what is due:
-- on it alone, beside what is due on the others, or on all doubtful ones together. Of several readings of one place
-- the one that fits is meant, else the longest. The limit makes it look the few invoices up one by one: the planner
-- takes a text for naming a million, and would weigh up the balances of all there are.
-- Long: each reason to count a doubtful number needs those of the others.
create or replace function billing._named_invoices(p_transaction billing.bank_transactions)
returns table (
    ordinal bigint,
    invoice_id bigint,
    customer_id bigint,
    problem text
)
language sql
stable
security invoker
as $$
with readings as (
    select
        named.ordinal,
        named.invoice_id,
        named.invoice_number,
        named.is_certain,
        known.customer_id,
        known.outstanding as due,
        not named.is_certain and billing._is_payer(p_transaction, known.customer_id) as is_payers,
        case
            when named.invoice_id is null then 'no such invoice ' || named.invoice_number
            when known.status = 'void' then format('invoice %s is void', named.invoice_number)
            when known.status = 'draft' then format('invoice %s is not issued yet', named.invoice_number)
            when known.currency <> p_transaction.currency
                then format(
                    'invoice %s is in %s, the entry in %s (send it back, or book what it is worth with billing pay '
                    'and then billing bank ignore)',
                    named.invoice_number, known.currency, p_transaction.currency
                )
        end as problem
    from billing._transaction_references(p_transaction) as named
    left join lateral (
        select
            invoice_balances.customer_id,
            invoice_balances.outstanding,
            invoice_balances.status,
            invoice_balances.currency
        from billing.invoice_balances
        where invoice_balances.invoice_id = named.invoice_id
        limit 1
    ) as known on true
),

places as (
    select distinct on (readings.ordinal) readings.*
    from readings
    order by
        readings.ordinal,
        readings.problem is not null,
        readings.due = p_transaction.amount desc,
        readings.is_payers desc,
        length(readings.invoice_number) desc
),

meant as (
    select
        min(places.ordinal) as ordinal,
        places.invoice_id,
        places.invoice_number,
        places.customer_id,
        places.problem,
        places.due,
        bool_or(places.is_certain or places.is_payers) as is_accepted
    from places
    group by
        places.invoice_id,
        places.invoice_number,
        places.customer_id,
        places.problem,
        places.due
),

weighed as (
    select
        meant.*,
        p_transaction.amount
        - coalesce(sum(meant.due) filter (where meant.problem is null and meant.is_accepted) over (), 0) as rest,
        sum(meant.due) filter (where meant.problem is null and not meant.is_accepted) over () as doubtful_due,
        row_number() over (
            partition by meant.problem, meant.is_accepted, meant.due
            order by meant.ordinal
        ) as place_among_equals
    from meant
)

select
    weighed.ordinal,
    weighed.invoice_id,
    weighed.customer_id,
    case
        when weighed.problem is not null then weighed.problem
        when
            not weighed.is_accepted
            and not (weighed.rest > 0 and weighed.due = weighed.rest and weighed.place_among_equals = 1)
            and not (weighed.rest > 0 and weighed.doubtful_due = weighed.rest)
            then format('may mean %s, but neither amount nor payer fits', weighed.invoice_number)
    end as problem
from weighed
$$;

comment on function billing._named_invoices (billing.bank_transactions)
is 'The invoices that a transfer names, in order, each with the reason if it is not to be paid from it.';
