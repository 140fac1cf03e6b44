-- At the end of a load: what the files said that is allowed but probably not meant, then what the catalog as a whole
-- now lacks, whichever file was to bring it.
create or replace function billing.load_warnings(p_as_of date)
returns table (
    file text,
    line bigint,
    column_name text,
    value text,
    warning text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.require_staging(array['incoming_warnings']);
    return query
    select w.file, w.line, w.column_name, w.value, w.warning
    from pg_temp.incoming_warnings as w
    order by w.file, w.line, w.column_name;

    return query
    select null, null::bigint, null, null, format(
        '%s (%s%s): %s',
        case cardinality(places.accounts)
            when 1 then '1 customer'
            else cardinality(places.accounts) || ' customers'
        end,
        array_to_string(places.accounts[:5], ', '),
        case when cardinality(places.accounts) > 5 then ', …' end,
        places.reason
    )
    from (
        select country, accounts, 'billed without tax, because ' || reason as reason
        from billing._untaxed_places(p_as_of)
        union all
        select country, accounts, reason from billing._misplaced_customers()
        union all
        select null, unpayable.accounts, 'to pay by transfer, but company.toml has no iban'
        from (select billing.unpayable_by_transfer(null) as accounts) as unpayable
        where unpayable.accounts is not null
        union all
        select null, accounts, reason from billing._inexact_card_customers()
    ) as places
    order by places.country, places.reason;
end;
$$;

comment on function billing.load_warnings (date)
is 'What a person should know about the files just loaded: where it stands (file null: nowhere in particular), and what it may mean.';
