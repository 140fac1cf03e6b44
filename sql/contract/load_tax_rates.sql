-- Idempotent by (country, region, valid_from). Ends are first drawn in and then drawn out, so that a border that moves
-- between two rates never makes them overlap on the way.
create or replace function billing.load_tax_rates(p_skip_bad boolean)
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
    perform billing._check_tax_rates();
    perform billing._refuse_tax_rate_changes();
    perform billing._refuse_overlapping_tax_rates();
    bad := (select count(distinct line) from pg_temp.incoming_problems);
    if billing._is_refused(p_skip_bad) then
        return next;
        return;
    end if;
    create temporary table changing_tax_rates on commit drop as
    select i.tax_rate_id, i.name, i.rate, i.valid_to
    from billing._incoming_tax_rates() as i
    inner join billing.tax_rates as t using (tax_rate_id)
    where (t.name, t.rate, t.valid_to) is distinct from (i.name, i.rate, i.valid_to);
    update billing.tax_rates as t
    set valid_to = least(t.valid_to, i.valid_to)
    from pg_temp.changing_tax_rates as i
    where t.tax_rate_id = i.tax_rate_id;
    update billing.tax_rates as t
    set name = i.name, rate = i.rate, valid_to = i.valid_to
    from pg_temp.changing_tax_rates as i
    where t.tax_rate_id = i.tax_rate_id;
    get diagnostics changed = row_count;
    drop table pg_temp.changing_tax_rates;
    insert into billing.tax_rates (country, region, name, rate, valid_from, valid_to)
    select i.country, i.region, i.name, i.rate, i.valid_from, i.valid_to
    from billing._incoming_tax_rates() as i
    where i.tax_rate_id is null
    order by i.country, i.region, i.valid_from;
    get diagnostics added = row_count;
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    return next;
end;
$$;

comment on function billing.load_tax_rates (boolean)
is 'Loads the staged tax_rates.csv: adds, changes, or leaves alone. Nothing changes if file_problems() has any and p_skip_bad is false.';
