-- An e-mail that became obsolete while it was under way is not in the queue any more, but its last attempt still has
-- its result: taken, it was sent, and else it stays obsolete. Its key is not locked: who claims it refers to it.
create or replace function billing.record_email_result(
    p_email_id bigint,
    p_claim integer,
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
    select * into strict v_email from billing.emails where email_id = p_email_id for no key update;
    if v_email.state = 'queued' then
        perform billing.require_claim('email', p_email_id, p_claim);
    end if;
    if p_result not in ('sent', 'refused', 'failed', 'unknown') then
        raise invalid_parameter_value using message = format('unknown result %L', p_result);
    end if;
    update billing.email_attempts
    set
        finished_at = clock_timestamp(),
        result = p_result
    where
        email_id = p_email_id
        and attempt = p_claim
        and result is null
        and not exists (
            select from billing.email_attempts as later
            where later.email_id = p_email_id and later.attempt > p_claim
        );
    if not found then
        perform billing.refuse_lost_claim('email', p_email_id);
    end if;
    if p_result in ('sent', 'refused') then
        update billing.emails
        set
            state = p_result,
            sent_at = case when p_result = 'sent' then clock_timestamp() end,
            refusal = case when p_result = 'refused' then left(p_error, 2000) end
        where email_id = p_email_id;
    elsif v_email.state = 'queued' then
        perform billing.give_back_work(
            p_kind => 'email',
            p_subject_id => p_email_id,
            p_claim => p_claim,
            p_error => coalesce(p_error, p_result)
        );
    end if;
end;
$$;

comment on function billing.record_email_result (bigint, integer, text, text)
is 'Records what became of an attempt: sent, refused for good, failed for now, or unknown (sent again under the same Message-ID).';
