create or replace function billing._failure_kind(p_advice_code text, p_decline_code text)
returns text
language sql
stable
security invoker
as $$
select case
    when p_advice_code in ('do_not_try_again', 'confirm_card_data') then 'hard'
    when p_advice_code = 'try_again_later' then 'soft'
    else coalesce(
        (
            select failure_kind
            from billing.decline_codes
            where decline_code = p_decline_code
        ),
        'soft'
    )
end
$$;

comment on function billing._failure_kind (text, text)
is 'hard (another card is needed) or soft (the same may work later): by Stripe''s advice, else by the reason; a reason we do not know is soft.';
