-- Reports show the bank's reference, the list of unmatched entries both.
create or replace function billing.find_bank_transaction(p_entry text)
returns bigint
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_ids bigint[];
begin
    select array_agg(entries.bank_transaction_id order by entries.bank_transaction_id)
    into v_ids
    from billing.bank_transactions as entries
    where
        entries.entry_id = btrim(p_entry)
        or entries.bank_transaction_id::text = btrim(p_entry);
    if v_ids is null then
        raise no_data_found using
            message = format('there is no bank entry %s', p_entry),
            hint = 'Give its id or the bank''s reference, as billing bank unmatched shows them.';
    elsif cardinality(v_ids) > 1 then
        raise invalid_parameter_value using
            message = format('%s names several bank entries: the ids %s', p_entry, array_to_string(v_ids, ', ')),
            hint = 'Give the id of one.';
    end if;
    return v_ids[1];
end;
$$;

comment on function billing.find_bank_transaction (text)
is 'The key of the bank entry with that id or that reference of the bank; refuses what names none or several.';
