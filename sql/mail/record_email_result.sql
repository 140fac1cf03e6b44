-- An e-mail that became obsolete while it was under way, and was not taken, stays obsolete.
create or replace function billing.record_email_result(
    p_email_id bigint,
    p_attempt integer,
    p_result text,
    p_error text
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_email billing.emails;
begin
    select * into strict v_email from billing.emails where email_id = p_email_id for update;
    if v_email.attempts <> p_attempt or v_email.claimed_by is null then
        perform billing.refuse_lost_claim(format('e-mail %s', p_email_id));
    end if;
    if p_result not in ('sent', 'refused', 'failed', 'unknown') then
        raise invalid_parameter_value using message = format('unknown result %L', p_result);
    end if;
    update billing.email_attempts
    set
        finished_at = clock_timestamp(),
        result = p_result
    where email_id = p_email_id and attempt = p_attempt;
    update billing.emails
    set
        state = case when p_result in ('sent', 'refused') then p_result else state end,
        sent_at = case when p_result = 'sent' then clock_timestamp() end,
        failed_at = case when p_result <> 'sent' then clock_timestamp() end,
        last_error = left(p_error, 2000),
        claimed_by = null,
        claimed_pid = null,
        claim_expires_at = null
    where email_id = p_email_id;
end;
$$;

comment on function billing.record_email_result (bigint, integer, text, text)
is 'Records what became of an attempt: sent, refused for good, failed for now, or unknown (sent again under the same Message-ID).';
