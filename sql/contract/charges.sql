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
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    return next;
end;
$$;

comment on function billing.load_charges (boolean)
is 'Loads the staged charges.csv: adds, changes, or leaves alone. Nothing changes if file_problems() has any and p_skip_bad is false.';

-- Idempotent by its code: the same charge again is a repeat. Without a code it gets the next of a series, so the same
-- without one is refused: whoever means it twice says so with a code. Locks: 'run', as a load does.
create or replace function billing.add_charge(
    p_account_number text,
    p_charge_code text,
    p_description text,
    p_amount numeric,
    p_due_on date,
    p_as_of date
)
returns table (
    charge_code text,
    is_repeat boolean,
    amount numeric,
    currency text
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_customer billing.customers;
    v_same text;
begin
    perform billing.begin_file();
    select customers.* into v_customer from billing.customers where customers.account_number = p_account_number;
    if not found then
        raise no_data_found using message = format('there is no account %s', p_account_number);
    end if;
    perform billing._require_amount_of_charge(p_amount, v_customer.currency);
    select max(charges.charge_code) into v_same
    from billing.charges
    where
        charges.customer_id = v_customer.customer_id
        and charges.charge_code = coalesce(p_charge_code, charges.charge_code)
        and (charges.description, charges.due_on) = (p_description, p_due_on)
        and charges.quantity * charges.unit_amount = p_amount;
    is_repeat := v_same is not null and p_charge_code is not null;
    charge_code := coalesce(p_charge_code, billing._next_charge_code(v_customer.customer_id));
    currency := v_customer.currency;
    amount := billing.shown_amount(p_amount, currency);
    if v_same is not null and not is_repeat then
        raise object_not_in_prerequisite_state using
            message = format('account %s has that charge already, as %s', p_account_number, v_same),
            hint = 'Give it a code of its own if it is to be billed once more.';
    elsif not is_repeat then
        perform billing._require_free_charge_code(v_customer.customer_id, charge_code);
        perform billing.note_owed(jsonb_build_array(jsonb_build_object(
            'customer_id', v_customer.customer_id,
            'from_on', p_due_on,
            'until', billing.billing_period_end(date_trunc('month', p_due_on::timestamp)::date)
        )));
        insert into pg_temp.incoming_rows (line, fields)
        values (
            1,
            jsonb_build_object(
                'charge_code', charge_code, 'account_number', p_account_number, 'description', p_description,
                'unit_amount', p_amount::text, 'due_on', billing.iso_day(p_due_on)
            )
        );
        perform billing._load_change('charges.csv');
        perform billing.append_audit_entry(
            p_business_date => p_as_of,
            p_topic => 'contract',
            p_subject => format('account %s, charge %s', p_account_number, charge_code),
            p_from_state => null,
            p_to_state => format('%s %s due on %s', amount, currency, p_due_on),
            p_reason => p_description
        );
    end if;
    return next;
end;
$$;

comment on function billing.add_charge (text, text, text, numeric, date, date)
is 'Adds a one-off charge, below zero in favour of the customer, under a code or (null) the next of X-0001, X-0002, …; the same again is a repeat. When it is billed: changed_charges().';

create or replace function billing._next_charge_code(p_customer_id bigint)
returns text
language sql
stable
security invoker
as $$
select 'X-' || lpad(next.number::text, greatest(4, length(next.number::text)), '0')
from (
    select coalesce(max(substring(charges.charge_code from 3)::numeric), 0) + 1 as number
    from billing.charges
    where charges.customer_id = p_customer_id and charges.charge_code ~ '^X-[0-9]+$'
) as next
$$;

comment on function billing._next_charge_code (bigint)
is 'The code of the next charge of a customer that is given none: X-0001, X-0002, ….';

create or replace function billing._require_amount_of_charge(p_amount numeric, p_currency text)
returns void
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_amount is distinct from billing.round_amount(p_amount, p_currency) or p_amount = 0 then
        raise invalid_parameter_value using
            message = format('%s %s is no amount of a charge', p_amount, p_currency),
            hint = format('Give one of at least 1 in the last decimal that %s has.', p_currency);
    end if;
end;
$$;

comment on function billing._require_amount_of_charge (numeric, text)
is 'Raises where an amount is 0 or has more decimals than its currency.';

create or replace function billing._require_free_charge_code(p_customer_id bigint, p_charge_code text)
returns void
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_charge billing.charges;
begin
    select charges.* into v_charge
    from billing.charges
    where charges.customer_id = p_customer_id and charges.charge_code = p_charge_code;
    if found then
        raise object_not_in_prerequisite_state using
            message = format('%s is another charge already', p_charge_code),
            detail = format(
                '%s, %s %s due on %s',
                v_charge.description,
                billing.shown_amount(v_charge.quantity * v_charge.unit_amount, v_charge.currency),
                v_charge.currency,
                v_charge.due_on
            );
    end if;
end;
$$;

comment on function billing._require_free_charge_code (bigint, text)
is 'Raises where a customer has a charge of that code.';
