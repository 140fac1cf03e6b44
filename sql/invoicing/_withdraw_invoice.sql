-- Who got it gets a letter; who did not, because no mail about it ever left, is told nothing. A mail whose answer never
-- came may have arrived.
create or replace function billing._withdraw_invoice(p_invoice_id bigint, p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_was_mailed boolean;
begin
    select exists(
        select from billing.emails
        where
            emails.invoice_id = p_invoice_id
            and emails.template <> 'manual_review'
            and (
                emails.state = 'sent'
                or exists (
                    select from billing.email_attempts
                    where
                        email_attempts.email_id = emails.email_id
                        and coalesce(email_attempts.result, 'unknown') = 'unknown'
                )
            )
    )
    into v_was_mailed;
    perform billing.end_collection(p_invoice_id);
    update billing.dunning_cases
    set
        next_day = null,
        next_action_on = null
    where invoice_id = p_invoice_id;
    insert into billing.documents (voided_invoice_id) values (p_invoice_id);
    if v_was_mailed then
        perform billing.write_email(
            p_invoice_id => p_invoice_id,
            p_template => 'invoice_void',
            p_on => p_on,
            p_occasion => null,
            p_details => '{}'
        );
    end if;
end;
$$;

comment on function billing._withdraw_invoice (bigint, date)
is 'Ends the collection of an issued invoice that is void now, queues the sheet that says so, and the letter to whoever got it.';
