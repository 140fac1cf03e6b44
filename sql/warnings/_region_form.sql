-- Codes are told from names by ASCII letters, so that the answer does not depend on the locale of the server.
create or replace function billing._region_form(p_region text)
returns text
language sql
immutable
parallel safe
security invoker
return case
    when p_region ~ '^[A-Z0-9]{1,3}$' then 'code'
    when p_region ~ '^[A-Z]{2}-[A-Z0-9]{1,3}$' then 'code with country'
    when p_region ~ '^[a-z]' then 'lower case'
    when p_region ~ '[a-z]' then 'name'
    else 'other'
end;

comment on function billing._region_form (text)
is 'How a region is written: code (NY), code with country (US-NY), name (New York), lower case (ny), or other.';
