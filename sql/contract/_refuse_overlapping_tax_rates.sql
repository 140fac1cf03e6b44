create or replace function billing._refuse_overlapping_tax_rates()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    loop -- a row that is refused leaves the stored one standing, which the others may overlap
        insert into pg_temp.incoming_problems (line, column_name, value, expected)
        with incoming as (
            select * from billing._incoming_tax_rates()
        ),

        standing as (
            select line, country, region, name, valid_from, valid_to from incoming
            union all
            select null, country, region, name, valid_from, valid_to
            from billing.tax_rates as t
            where not exists (
                select from incoming
                where incoming.tax_rate_id = t.tax_rate_id
            )
        )

        select distinct on (i.line) i.line, 'valid_from', i.valid_from::text, format(
            'no other rate there at the time: %s from %s until %s%s',
            other.name, other.valid_from, coalesce(other.valid_to::text, 'further notice'),
            ' (line ' || other.line || ')'
        )
        from incoming as i
        inner join standing as other
            on i.country = other.country and coalesce(i.region, '') = coalesce(other.region, '')
        where
            (other.line is null or other.line < i.line)
            and daterange(i.valid_from, i.valid_to) && daterange(other.valid_from, other.valid_to)
        order by i.line, other.line nulls first;
        exit when not found;
    end loop;
end;
$$;

comment on function billing._refuse_overlapping_tax_rates ()
is 'Refuses a second tax rate for a country and region at the same time, naming the other one.';
