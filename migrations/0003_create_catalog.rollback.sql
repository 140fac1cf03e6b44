drop table billing.tax_rates;
drop table billing.subscriptions;
drop table billing.price_tiers;
drop table billing.pricing_plans;
drop table billing.metrics;
drop table billing.customers;
