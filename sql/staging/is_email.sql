create or replace function billing.is_email(p_value text)
returns boolean
language sql
immutable
parallel safe
security invoker
return length(p_value) <= 254
and p_value ~ (
    '^[A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+)*'
    || '@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$'
);

comment on function billing.is_email (text)
is 'Whether a text is one bare e-mail address that can stand in a mail header as it is: ASCII, by the rule of the mailer (orchestrator/mail/headers.py).';
