-- JSON text is the same whatever the session has set and whichever PostgreSQL it is: numbers with their digits, days as
-- ISO says. Instants and bytes are not: who calls makes numbers and hexadecimal digits of them.
create or replace function billing._content_hash(p_content text)
returns text
language sql
immutable
parallel safe
security invoker
return encode(sha256(convert_to(p_content, 'UTF8')), 'hex');

comment on function billing._content_hash (text)
is 'SHA-256 of a text in UTF-8, in hexadecimal digits.';
