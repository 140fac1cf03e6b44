create or replace function billing.give_back_work(
    p_kind text,
    p_subject_id bigint,
    p_claim integer,
    p_error text
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.require_claim(p_kind, p_subject_id, p_claim);
    update billing.work_items
    set
        claimed_by = null,
        claimed_pid = null,
        claim_expires_at = null,
        failed_at = case when p_error is not null then clock_timestamp() end,
        last_error = left(p_error, 2000)
    where kind = p_kind and subject_id = p_subject_id;
end;
$$;

comment on function billing.give_back_work (text, bigint, integer, text)
is 'Ends the claim on a piece of work that stays open, with the reason it failed, if it did. Raises UB003 if the claim was lost.';
