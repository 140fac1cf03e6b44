-- Locks the documents. A second call finds nothing held and returns no row. Numbers and dates stay what they are,
-- even where a document then goes out late. Long for the figures that it returns.
create or replace function billing.release_run(p_period_start date, p_as_of date)
returns table (
    currency text,
    invoices bigint,
    total numeric,
    first_number text,
    last_number text,
    issued_on date,
    last_issued_on date,
    first_due_on date,
    past_due bigint
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_run billing.billing_runs;
    v_released bigint[];
begin
    select * into v_run
    from billing.billing_runs
    where period_start = p_period_start and closed_at is not null;
    if not found then
        raise no_data_found using
            message = format('the period %s has not been run', to_char(p_period_start, 'YYYY-MM')),
            hint = 'Run it first: billing run.';
    end if;
    if p_as_of < v_run.as_of then
        raise invalid_parameter_value using
            message = format(
                'the run of %s is of %s, later than %s', to_char(p_period_start, 'YYYY-MM'), v_run.as_of, p_as_of
            );
    end if;
    v_released := array(
        select documents.invoice_id
        from billing.documents
        inner join billing.invoices on documents.invoice_id = invoices.invoice_id
        where
            invoices.billing_run_id = v_run.billing_run_id
            and documents.held_at is not null
        order by documents.document_id
        for update of documents
    );
    if cardinality(v_released) = 0 then
        return;
    end if;
    update billing.documents
    set
        held_at = null,
        held_by = null
    where documents.invoice_id = any(v_released);
    perform billing.append_audit_entry(
        p_business_date => p_as_of,
        p_topic => 'run',
        p_subject => to_char(p_period_start, 'YYYY-MM'),
        p_from_state => 'held',
        p_to_state => 'released',
        p_reason => format('invoices released: %s', cardinality(v_released))
    );
    return query
    select
        invoices.currency,
        count(*),
        billing.shown_amount(sum(invoices.total), invoices.currency),
        (array_agg(invoices.invoice_number order by length(invoices.invoice_number), invoices.invoice_number))[1],
        (array_agg(
            invoices.invoice_number
            order by length(invoices.invoice_number) desc, invoices.invoice_number desc
        ))[1],
        min(invoices.issued_on),
        max(invoices.issued_on),
        min(invoices.due_on) filter (where invoices.collection_method = 'send_invoice' and invoices.total > 0),
        count(*) filter (
            where
            invoices.due_on < p_as_of
            and invoices.collection_method = 'send_invoice'
            and invoices.total > 0
        )
    from billing.invoices
    where invoices.invoice_id = any(v_released)
    group by invoices.currency
    order by invoices.currency;
end;
$$;

comment on function billing.release_run (date, date)
is 'Lets what is held of a month''s run go out with the next delivery; returns what that is, by currency, and how much of it goes out after its due date; nothing if nothing was held.';
