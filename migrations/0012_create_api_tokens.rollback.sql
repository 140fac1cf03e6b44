drop table billing.payment_links;
drop table billing.api_tokens;
