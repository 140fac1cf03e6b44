create or replace function billing._tax_notes(p_taxes jsonb)
returns jsonb
language sql
immutable
parallel safe
security invoker
return case
    when p_taxes @> '[{"treatment": "reverse_charge"}]'
        then jsonb_build_array(
            'Reverse charge: VAT is to be accounted for by the recipient '
            '(Articles 44 and 196 of Council Directive 2006/112/EC).'
        )
    else '[]'::jsonb
end;

comment on function billing._tax_notes (jsonb)
is 'What the law wants a document to say for the sake of the taxes it shows.';
