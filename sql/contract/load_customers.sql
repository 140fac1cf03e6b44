-- Idempotent: a row that says what is stored already is not touched; of ids from Stripe only what is new in the file
-- counts, and is charged with what is open, as a new card is. Locks the accounts whose ids change.
create or replace function billing.load_customers(p_skip_bad boolean)
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
    v_on date := billing.reporting_date();
    v_recharged bigint[];
begin
    perform billing._check_customers();
    perform billing._refuse_customer_changes();
    bad := (select count(distinct line) from pg_temp.incoming_problems);
    if billing._is_refused(p_skip_bad) then
        return next;
        return;
    end if;
    perform billing._warn_of_moves(v_on);
    perform billing._warn_of_renewed_cards();
    v_recharged := array(
        select c.customer_id
        from billing._incoming_stripe_ids() as ids
        inner join billing.customers as c on ids.customer_id = c.customer_id
        where
            ids.new_customer_id <> coalesce(c.stripe_customer_id, '')
            or ids.new_card_id <> coalesce(c.stripe_payment_method_id, '')
    );
    perform billing.lock_accounts(v_recharged, '{}');
    update billing.customers as c
    set
        name = i.name, billing_email = i.billing_email, country = i.country, region = i.region,
        postal_code = i.postal_code, city = i.city, address_line1 = i.address_line1, tax_id = i.tax_id,
        is_tax_id_valid = i.is_tax_id_valid, currency = i.currency, collection_method = i.collection_method,
        segment = i.segment, signed_up_on = i.signed_up_on,
        stripe_customer_id = coalesce(ids.new_customer_id, c.stripe_customer_id),
        stripe_payment_method_id = coalesce(ids.new_card_id, c.stripe_payment_method_id),
        updated_at = now()
    from billing._incoming_customers() as i
    inner join billing.customers as stored on i.account_number = stored.account_number
    inner join billing._incoming_stripe_ids() as ids on stored.customer_id = ids.customer_id
    where
        c.customer_id = ids.customer_id
        and (
            c.name, c.billing_email, c.country, c.region, c.postal_code, c.city, c.address_line1, c.tax_id,
            c.is_tax_id_valid, c.currency, c.collection_method, c.segment, c.signed_up_on,
            c.stripe_customer_id, c.stripe_payment_method_id
        ) is distinct from (
            i.name, i.billing_email, i.country, i.region, i.postal_code, i.city, i.address_line1, i.tax_id,
            i.is_tax_id_valid, i.currency, i.collection_method, i.segment, i.signed_up_on,
            coalesce(ids.new_customer_id, c.stripe_customer_id),
            coalesce(ids.new_card_id, c.stripe_payment_method_id)
        );
    get diagnostics changed = row_count;
    perform billing._note_loaded_stripe_ids();
    perform billing.charge_new_card(recharged.customer_id, v_on)
    from unnest(v_recharged) as recharged (customer_id);
    added := billing._add_customers();
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    perform billing._resend_refused_emails();
    return next;
end;
$$;

comment on function billing.load_customers (boolean)
is 'Loads the staged customers.csv: adds, changes, or leaves alone. Nothing changes if file_problems() has any and p_skip_bad is false.';
