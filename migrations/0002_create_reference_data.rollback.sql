drop table billing.seller_profiles;
drop table billing.countries;
drop table billing.currencies;
