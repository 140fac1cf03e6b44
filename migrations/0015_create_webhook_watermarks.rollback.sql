drop table billing.webhook_watermarks;
