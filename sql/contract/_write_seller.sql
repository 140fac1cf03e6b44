create or replace function billing._write_seller()
returns bigint
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_written bigint;
begin
    insert into billing.seller_profiles as s (
        name, address_line1, postal_code, city, region, country, tax_registration_number, email, website, iban, bic,
        bank_name, billing_timezone, payment_terms_days, invoice_prefix, logo, logo_media_type
    )
    select
        i.name, i.address_line1, i.postal_code, i.city, i.region, i.country, i.tax_registration_number, i.email,
        i.website, i.iban, i.bic, i.bank_name, i.billing_timezone, i.payment_terms_days, i.invoice_prefix,
        decode(good.fields ->> 'logo_base64', 'base64'), i.logo_media_type
    from billing._good_rows() as good
    cross join lateral jsonb_populate_record(null::billing.seller_profiles, good.fields - 'logo') as i
    on conflict (is_only_row) do update
    set
        name = excluded.name, address_line1 = excluded.address_line1, postal_code = excluded.postal_code,
        city = excluded.city, region = excluded.region, country = excluded.country,
        tax_registration_number = excluded.tax_registration_number, email = excluded.email,
        website = excluded.website, iban = excluded.iban, bic = excluded.bic, bank_name = excluded.bank_name,
        billing_timezone = excluded.billing_timezone, payment_terms_days = excluded.payment_terms_days,
        invoice_prefix = excluded.invoice_prefix, logo = excluded.logo, logo_media_type = excluded.logo_media_type
    where (
        s.name, s.address_line1, s.postal_code, s.city, s.region, s.country, s.tax_registration_number, s.email,
        s.website, s.iban, s.bic, s.bank_name, s.billing_timezone, s.payment_terms_days, s.invoice_prefix, s.logo,
        s.logo_media_type
    ) is distinct from (
        excluded.name, excluded.address_line1, excluded.postal_code, excluded.city, excluded.region, excluded.country,
        excluded.tax_registration_number, excluded.email, excluded.website, excluded.iban, excluded.bic,
        excluded.bank_name, excluded.billing_timezone, excluded.payment_terms_days, excluded.invoice_prefix,
        excluded.logo, excluded.logo_media_type
    );
    get diagnostics v_written = row_count;
    return v_written;
end;
$$;

comment on function billing._write_seller ()
is 'Stores the staged seller; returns 0 where that is what is stored already.';
