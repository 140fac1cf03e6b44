-- Idempotent: the same company.toml changes nothing. A new time zone, possible until the first invoice is numbered,
-- empties the daily roll-up.
create or replace function billing.load_seller()
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
declare
    v_timezone text := (select billing_timezone from billing.seller_profiles);
    v_written bigint;
begin
    perform billing._check_seller();
    perform billing._refuse_seller_changes();
    bad := (select count(*) from pg_temp.incoming_problems);
    if bad > 0 then
        return next;
        return;
    end if;
    v_written := billing._write_seller();
    if v_written > 0 and v_timezone <> billing.billing_timezone() then
        perform billing._reset_roll_up();
    end if;
    perform billing._resend_refused_emails();
    added := case when v_timezone is null then v_written else 0 end;
    changed := v_written - added;
    unchanged := 1 - v_written;
    return next;
end;
$$;

comment on function billing.load_seller ()
is 'Loads the staged company.toml as the seller. Nothing changes if file_problems() has any.';
