create or replace function billing.counts_as_billed(p_status text, p_waived_on date)
returns boolean
language sql
immutable
parallel safe
security invoker
return p_status <> 'void' or p_waived_on is not null;

comment on function billing.counts_as_billed (text, date)
is 'Whether what an invoice bills is billed: it stands, or it was waived. What any other void one billed is to be billed again.';
