-- Letters and digits of every script, whatever the locale of the database: only ASCII punctuation, and what Unicode
-- sets apart as punctuation and spaces, is left out. A name of another script must never become an empty text, which
-- would be equal to the next one.
create or replace function billing._plain_name(p_name text)
returns text
language sql
immutable
parallel safe
security invoker
return nullif(
    regexp_replace(
        upper(normalize(p_name, nfkc)),
        '[\u0001-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u00BF\u2000-\u206F\u3000-\u3004\u3008-\u3020]',
        '',
        'g'
    ),
    ''
);

comment on function billing._plain_name (text)
is 'A name without case, punctuation and spaces: what is left to recognise a payer by; null where nothing is left.';
