-- Two codes that look alike are one to whoever reads them and two to the database. So what cannot be seen has no place
-- in a code: format characters (Unicode Cf), fillers, blanks other than the space; nor has a letter in two parts that
-- could be one (NFC). Plain ASCII, nearly always the case, is asked first.
create or replace function billing.code_problem(p_value text)
returns text
language sql
immutable
parallel safe
security invoker
return case
    when p_value ~ '^[\u0001-\u007F]*$' then null
    else coalesce(
        'a code without the invisible character U+' || regexp_replace(regexp_replace(upper(to_hex(ascii(substring(
            p_value from
            '[\u00A0\u00AD\u034F\u0600-\u0605\u061C\u06DD\u070F\u0890\u0891\u08E2\u115F\u1160\u1680\u17B4\u17B5'
            || '\u180B-\u180F\u2000-\u200F\u202A-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0'
            || '\uFFF0-\uFFFB\U000110BD\U000110CD\U00013430-\U0001343F\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A'
            || '\U000E0000-\U000E0FFF]'
        )))), '^(..)$', '0\1'), '^(...)$', '0\1'),
        case when p_value is not nfc normalized then 'a code in composed letters (Unicode NFC)' end
    )
end;

comment on function billing.code_problem (text)
is 'What a code must be that this one is not, because it could be mistaken for another; null: it could not.';
