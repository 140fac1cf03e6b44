create or replace function billing._incoming_charges()
returns table (
    line bigint,
    customer_id bigint,
    charge_code text,
    description text,
    quantity numeric,
    unit_amount numeric,
    currency text,
    due_on date,
    service_start date,
    service_end date
)
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select
    good.line,
    customers.customer_id,
    given.charge_code,
    given.description,
    coalesce(given.quantity, 1) as quantity,
    given.unit_amount,
    customers.currency,
    given.due_on,
    given.service_start,
    given.service_end
from billing._good_rows() as good
cross join lateral jsonb_to_record(good.fields) as given (
    charge_code text, account_number text, description text, quantity numeric, unit_amount numeric, due_on date,
    service_start date, service_end date
)
inner join billing.customers using (account_number)
$$;

comment on function billing._incoming_charges () is 'The good rows of the staged charges.csv, typed.';

create or replace function billing._check_charges()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_rows(array['charge_code', 'account_number']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        good.line,
        rules.column_name,
        rules.value,
        rules.expected
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (
        charge_code text, account_number text, description text, quantity text, unit_amount text, due_on text,
        service_start text, service_end text
    )
    cross join lateral (
        values
        ('charge_code', given.charge_code, 'text of 1 to 100 characters without control characters',
            billing.is_plain_text(given.charge_code, 100)),
        ('charge_code', given.charge_code, billing.code_problem(given.charge_code),
            billing.code_problem(given.charge_code) is null),
        ('account_number', given.account_number, 'an account of customers.csv', exists (
            select from billing.customers where customers.account_number = given.account_number
        )),
        ('description', given.description, 'text of 1 to 200 characters without control characters',
            billing.is_plain_text(given.description, 200)),
        ('quantity', given.quantity, 'a number above 0, or nothing for 1',
            given.quantity is null or (billing.is_decimal(given.quantity) and given.quantity ~ '[1-9]')),
        ('unit_amount', given.unit_amount, 'an amount such as 500.00, or -500.00 in favour of the customer',
            billing.is_decimal(regexp_replace(given.unit_amount, '^-', ''))),
        ('due_on', given.due_on, 'a date such as 2026-02-28', billing.is_date(given.due_on)),
        ('service_start', given.service_start, 'a date such as 2026-02-28, or nothing, as in service_end',
            given.service_start is null or billing.is_date(given.service_start)),
        ('service_end', given.service_end, 'a date such as 2026-02-28, or nothing, as in service_start',
            given.service_end is null or billing.is_date(given.service_end)),
        ('service_end', given.service_end, 'both days of the service, or none',
            (given.service_start is null) = (given.service_end is null)),
        ('service_end', given.service_end, format('a day after it starts, %s', given.service_start),
            not billing.is_date(given.service_start) or not billing.is_date(given.service_end)
            or given.service_end collate "C" > given.service_start)
    ) as rules (column_name, value, expected, is_met)
    where rules.is_met is not true;
end;
$$;

comment on function billing._check_charges () is 'Finds what is wrong with the staged charges.csv, row by row.';

-- Idempotent: a row that says what is stored already is not touched. A charge that was a mistake costs 0.
create or replace function billing.load_charges(p_skip_bad boolean)
returns table (
    added bigint,
    changed bigint,
    unchanged bigint,
    bad bigint
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_charges();
    bad := (select count(distinct line) from pg_temp.incoming_problems);
    if bad > 0 and not p_skip_bad then
        return next;
        return;
    end if;
    select written.added, cardinality(written.changed) into added, changed
    from billing._write_rows(
        p_table => 'charges',
        p_key => array['customer_id', 'charge_code'],
        p_incoming => '_incoming_charges',
        p_own => '{}'
    ) as written;
    insert into pg_temp.incoming_changes (file, line, customer_id)
    select 'charges.csv', incoming.line, incoming.customer_id
    from billing._incoming_charges() as incoming
    inner join billing.charges as stored using (customer_id, charge_code)
    where now() in (stored.created_at, stored.updated_at);
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    return next;
end;
$$;

comment on function billing.load_charges (boolean)
is 'Loads the staged charges.csv: adds, changes, or leaves alone. Nothing changes if file_problems() has any and p_skip_bad is false.';
