delete from billing.countries
where
    country = 'XK'
    and not exists (
        select from billing.customers
        where customers.country = 'XK'
    )
    and not exists (
        select from billing.tax_rates
        where tax_rates.country = 'XK'
    )
    and not exists (
        select from billing.seller_profiles
        where seller_profiles.country = 'XK'
    );
comment on table billing.countries
is 'Countries of ISO 3166-1. is_eu_member marks the 27 states between which VAT reverse charge applies.';
