-- This is asked once more of a row that was locked after another worker claimed it. The server shows a transaction who
-- is connected as of its first look, so it has to look anew: that worker may have connected since.
create or replace function billing.is_free_to_claim(
    p_claimed_by text,
    p_claimed_pid integer,
    p_claim_expires_at timestamptz
)
returns boolean
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_claimed_by is null or p_claim_expires_at < clock_timestamp() then
        return true;
    end if;
    perform pg_stat_clear_snapshot();
    return not exists (select from pg_stat_get_activity(p_claimed_pid));
end;
$$;

comment on function billing.is_free_to_claim (text, integer, timestamptz)
is 'Whether a worker may take a piece of work: nobody claimed it, or the claim ended by its time or with the server process that made it.';
