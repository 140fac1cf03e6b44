-- What providers of payments tell is translated before it comes: SQL reads a kind of our own list, opaque ids, an
-- amount and a code, whoever told it. What became of an event has a kind, too; its sentence is for people. What came
-- before is translated here, so that it is known and what waits can be processed.
-- depends: 0043_tie_letters_to_payments

set local role billing_owner;

create table billing.providers (
    provider text not null,
    name text not null,
    constraint providers_pkey primary key (provider)
);

comment on table billing.providers is 'Who charges cards for us. Each has an adapter that translates what it tells.';
comment on column billing.providers.name is 'What people call it.';
insert into billing.providers (provider, name) values ('stripe', 'Stripe');

create type billing.webhook_outcome as (
    kind text,
    told text
);

comment on type billing.webhook_outcome is 'What became of an event: of what kind that is, and the sentence for people.';

alter table billing.webhook_events
rename column stripe_payment_intent_id to provider_intent_id;

alter table billing.webhook_events
rename column stripe_customer_id to provider_customer_id;

alter table billing.webhook_events
add column provider text not null default 'stripe',
add column kind text not null default 'other',
add column provider_charge_id text,
add column provider_refund_id text,
add column provider_dispute_id text,
add column provider_payment_method_id text,
add column provider_page_id text,
add column amount bigint,
add column currency text,
add column code text,
add column failure_kind text,
add column dispute_status text,
add column invoice_number text,
add column attempt_key text,
add column refund_key text,
add column outcome_kind text;

update billing.webhook_events
set
    kind = case
        when event_type = 'payment_intent.succeeded' then 'payment_succeeded'
        when event_type = 'payment_intent.payment_failed' then 'payment_failed'
        when event_type in ('checkout.session.expired', 'checkout.session.async_payment_failed') then 'page_expired'
        when event_type in ('checkout.session.completed', 'checkout.session.async_payment_succeeded')
            then case when thing ->> 'payment_status' = 'paid' then 'page_paid' else 'page_processing' end
        when event_type = 'charge.refunded' then 'refund_made'
        when event_type in ('refund.failed', 'refund.updated', 'charge.refund.updated')
            then case when thing ->> 'status' in ('failed', 'canceled') then 'refund_failed' else 'refund_pending' end
        when event_type in ('charge.dispute.created', 'charge.dispute.funds_withdrawn') then 'dispute_opened'
        when event_type = 'charge.dispute.closed' then 'dispute_closed'
        when event_type in ('payment_method.attached', 'customer.updated') then 'card_replaced'
        else 'other'
    end,
    provider_charge_id = thing ->> case when thing ->> 'object' = 'charge' then 'id' else 'charge' end,
    provider_refund_id = case
        when event_type in ('refund.failed', 'refund.updated', 'charge.refund.updated') then thing ->> 'id'
    end,
    provider_dispute_id = case when event_type like 'charge.dispute.%' then thing ->> 'id' end,
    provider_payment_method_id = case event_type
        when 'payment_method.attached' then thing ->> 'id'
        when 'customer.updated' then thing #>> '{invoice_settings,default_payment_method}'
    end,
    provider_page_id = case when event_type like 'checkout.session.%' then thing ->> 'id' end,
    amount = case when jsonb_typeof(told.amount) = 'number' then told.amount::bigint end,
    currency = upper(thing ->> 'currency'),
    code = case
        when event_type = 'payment_intent.payment_failed'
            then
                coalesce(
                    nullif(thing #>> '{last_payment_error,decline_code}', 'generic_decline'),
                    thing #>> '{last_payment_error,code}',
                    'card_declined'
                )
        when event_type like 'charge.dispute.%' then thing ->> 'reason'
        when event_type in ('refund.failed', 'refund.updated', 'charge.refund.updated')
            then coalesce(thing ->> 'failure_reason', thing ->> 'status')
    end,
    failure_kind = case
        when event_type <> 'payment_intent.payment_failed' then null
        when thing #>> '{last_payment_error,advice_code}' in ('do_not_try_again', 'confirm_card_data') then 'hard'
        when thing #>> '{last_payment_error,advice_code}' = 'try_again_later' then 'soft'
    end,
    dispute_status = case
        when event_type not like 'charge.dispute.%' then null
        when thing ->> 'status' in ('won', 'lost', 'warning_closed') then thing ->> 'status'
        when thing ->> 'status' like 'warning%' then 'warning'
        else 'open'
    end,
    invoice_number = thing #>> '{metadata,invoice_number}',
    attempt_key = thing #>> '{metadata,attempt}',
    refund_key = thing #>> '{metadata,refund}',
    outcome_kind = case
        when outcome like 'failed:%' then 'failed'
        when outcome like 'ignored: % before' then 'known'
        when outcome like 'ignored%' then 'ignored'
        when outcome is not null then 'done'
    end
from (
    select
        events.webhook_event_id as event_id,
        events.payload #> '{data,object}' as thing,
        events.payload #> array['data', 'object', case
            when events.event_type = 'payment_intent.succeeded' then 'amount_received'
            when events.event_type in ('checkout.session.completed', 'checkout.session.async_payment_succeeded')
                then 'amount_total'
            when events.event_type = 'charge.refunded' then 'amount_refunded'
            else 'amount'
        end] as amount
    from billing.webhook_events as events
) as told
where webhook_events.webhook_event_id = told.event_id;

alter table billing.webhook_events
alter column provider drop default,
alter column kind drop default,
add constraint webhook_events_provider_fkey foreign key (provider) references billing.providers (provider),
add constraint event_kind_is_known check (
    kind in (
        'payment_succeeded', 'payment_failed', 'page_paid', 'page_processing', 'page_expired', 'refund_made',
        'refund_failed', 'refund_pending', 'dispute_opened', 'dispute_closed', 'card_replaced', 'other'
    )
),
add constraint advised_failure_kind_is_known check (failure_kind in ('hard', 'soft')),
add constraint told_dispute_status_is_known check (
    dispute_status in ('open', 'warning', 'warning_closed', 'won', 'lost')
),
add constraint outcome_kind_is_known check (outcome_kind in ('done', 'known', 'ignored', 'failed')),
add constraint outcomes_have_a_kind check ((outcome_kind is null) = (outcome is null));

comment on column billing.webhook_events.event_type is 'What the provider calls it, for people.';
comment on column billing.webhook_events.payload is 'As it came, for people: nothing is computed from it.';
comment on column billing.webhook_events.kind is 'What it tells, of our own list; other is nothing that concerns us.';
comment on column billing.webhook_events.amount
is 'In the provider''s smallest unit of the currency: what came, is disputed, could not be refunded; of refund_made, all that was refunded of the charge so far.';
comment on column billing.webhook_events.code
is 'Why: a decline code of ours (payment_failed), or the provider''s word for a dispute or a refund that failed.';
comment on column billing.webhook_events.failure_kind
is 'What the provider advises after a decline: hard (another card is needed) or soft; null: nothing.';
comment on column billing.webhook_events.dispute_status
is 'open, warning (an inquiry that takes no money), or final: warning_closed, won, lost.';
comment on column billing.webhook_events.invoice_number is 'The invoice that we had named to the provider.';
comment on column billing.webhook_events.attempt_key is 'The attempt to charge (its idempotency key) that we had named.';
comment on column billing.webhook_events.refund_key is 'The refund (its idempotency key) that we had named.';
comment on column billing.webhook_events.outcome_kind
is 'done, known (an event before it told the same), ignored (nothing of ours), failed.';

create index webhook_events_provider_refund_id_idx on billing.webhook_events (provider_refund_id)
where provider_refund_id is not null;

alter table billing.disputes
rename column stripe_payment_intent_id to provider_intent_id;

update billing.disputes
set status = case when status like 'warning%' then 'warning' else 'open' end
where status not in ('won', 'lost', 'warning_closed');

alter table billing.disputes
add constraint dispute_status_is_known check (status in ('open', 'warning', 'warning_closed', 'won', 'lost'));

comment on table billing.disputes is 'Disputed charges (chargebacks) and inquiries.';
comment on column billing.disputes.status
is 'won, lost and warning_closed are final. All but won and warning_closed stop the dunning of what the charge had paid.';
