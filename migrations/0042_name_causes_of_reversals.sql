-- What took money back, as columns: nothing is read from the spelling of a reference any more, which stays the name
-- under which a reversal is booked once.
-- depends: 0041_seal_what_is_numbered

set local role billing_owner;

alter table billing.payment_reversals
disable trigger user,
add column bank_transaction_id bigint,
add column refund_id bigint,
add column dispute_id text,
add column provider_charge_id text,
add column refunded_so_far bigint,
add column undoes_reversal_id bigint;

alter table billing.payments
disable trigger user,
add column payment_reversal_id bigint;

update billing.payment_reversals
set bank_transaction_id = debits.bank_transaction_id
from billing.bank_transactions as debits
where
    payment_reversals.kind = 'bank_return'
    and payment_reversals.amount > 0
    and debits.bank_transaction_id
    = substring(payment_reversals.reference from '^bank-transaction-([0-9]{1,18})-')::bigint;

update billing.payment_reversals
set undoes_reversal_id = returns.payment_reversal_id
from billing.payment_reversals as returns
where
    payment_reversals.kind = 'bank_return'
    and payment_reversals.amount < 0
    and returns.kind = 'bank_return'
    and payment_reversals.reference = returns.reference || '-undone';

update billing.payment_reversals
set refund_id = refunds.refund_id
from billing.refunds
where payment_reversals.kind = 'refund' and payment_reversals.reference = refunds.stripe_refund_id;

update billing.payment_reversals
set
    provider_charge_id = said.parts[1],
    refunded_so_far = said.parts[2]::bigint
from (
    select
        reversals.payment_reversal_id,
        regexp_match(reversals.reference, '^(.+)-refunded-([0-9]{1,18})(-[0-9]+)*$') as parts
    from billing.payment_reversals as reversals
    where reversals.kind = 'refund'
) as said
where payment_reversals.payment_reversal_id = said.payment_reversal_id and said.parts is not null;

update billing.payment_reversals
set dispute_id = disputes.dispute_id
from billing.disputes
where
    payment_reversals.kind = 'chargeback'
    and (
        payment_reversals.reference = disputes.dispute_id
        or starts_with(payment_reversals.reference, disputes.dispute_id || '-')
    );

update billing.payments
set payment_reversal_id = reversals.payment_reversal_id
from billing.payment_reversals as reversals
where
    payments.method = 'card'
    and reversals.kind in ('chargeback', 'refund')
    and payments.reference = reversals.reference;

alter table billing.payment_reversals
enable trigger user,
add constraint payment_reversals_bank_transaction_id_fkey
foreign key (bank_transaction_id) references billing.bank_transactions (bank_transaction_id),
add constraint payment_reversals_refund_id_fkey foreign key (refund_id) references billing.refunds (refund_id),
add constraint payment_reversals_dispute_id_fkey foreign key (dispute_id) references billing.disputes (dispute_id),
add constraint payment_reversals_undoes_reversal_id_fkey
foreign key (undoes_reversal_id) references billing.payment_reversals (payment_reversal_id),
add constraint a_reversal_is_undone_once unique (undoes_reversal_id),
add constraint undoing_gives_back check (undoes_reversal_id is null or amount < 0),
add constraint only_bank_returns_have_a_debit check (bank_transaction_id is null or kind = 'bank_return'),
add constraint only_chargebacks_have_a_dispute check (dispute_id is null or kind = 'chargeback'),
add constraint only_refunds_are_of_a_refund_or_charge check (
    kind = 'refund' or num_nonnulls(refund_id, provider_charge_id) = 0
),
add constraint refunded_so_far_is_of_a_charge check ((refunded_so_far is null) = (provider_charge_id is null));

alter table billing.payments
enable trigger user,
add constraint payments_payment_reversal_id_fkey
foreign key (payment_reversal_id) references billing.payment_reversals (payment_reversal_id),
add constraint only_cards_get_money_back check (payment_reversal_id is null or method = 'card');

comment on column billing.payment_reversals.bank_transaction_id is 'The debit by which the bank took the money back.';
comment on column billing.payment_reversals.refund_id is 'Our own refund.';
comment on column billing.payment_reversals.dispute_id is 'The dispute that took the money.';
comment on column billing.payment_reversals.provider_charge_id
is 'The charge that was refunded at the provider, not by us.';
comment on column billing.payment_reversals.refunded_so_far
is 'What the provider told to be refunded of that charge until then, in its smallest unit: the parts of one refund have it in common.';
comment on column billing.payment_reversals.undoes_reversal_id is 'The return by the bank that was none.';
comment on column billing.payments.payment_reversal_id
is 'The chargeback or refund whose money came back as this payment: of a dispute that was won, a refund that failed.';
create index payment_reversals_bank_transaction_id_idx on billing.payment_reversals (bank_transaction_id)
where bank_transaction_id is not null;
create index payment_reversals_refund_id_idx on billing.payment_reversals (refund_id) where refund_id is not null;
create index payment_reversals_dispute_id_idx on billing.payment_reversals (dispute_id) where dispute_id is not null;
create index payment_reversals_provider_charge_id_idx on billing.payment_reversals (provider_charge_id)
where provider_charge_id is not null;
create index payments_payment_reversal_id_idx on billing.payments (payment_reversal_id)
where payment_reversal_id is not null;
