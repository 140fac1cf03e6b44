create or replace function billing._subscription_names(p_customer_id bigint, p_on date)
returns table (
    subscription_id bigint,
    name text,
    plan_code text,
    state integer,
    distance integer
)
language sql
stable
security invoker
as $$
select
    subscriptions.subscription_id,
    coalesce(subscriptions.subscription, format('%s@%s', plans.plan_code, billing.iso_day(subscriptions.starts_on))),
    plans.plan_code,
    case
        when subscriptions.subscription is not null then 0
        when spans.starts_on > p_on then 3
        when spans.ends_on <= p_on then 2
        else 1
    end,
    case
        when spans.starts_on > p_on then spans.starts_on - p_on
        when spans.ends_on <= p_on then p_on - spans.ends_on
    end
from billing.subscriptions
inner join billing.subscription_spans as spans using (subscription_id)
left join billing.pricing_plans as plans on subscriptions.plan_id = plans.plan_id
where subscriptions.customer_id = p_customer_id
$$;

comment on function billing._subscription_names (bigint, date)
is 'How people name the subscriptions of a customer: those with a code (state 0); by plan and first day those with days on p_on (1), before (2) and after (3), and how far away.';

-- By its code; without one by its plan, or plan@first day. Of several of one plan the one with days on p_on is meant,
-- else the one that ended last before it, else the one that begins next.
create or replace function billing._named_subscription(p_account_number text, p_subscription text, p_on date)
returns bigint
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_customer_id constant bigint := (
        select customers.customer_id from billing.customers where customers.account_number = p_account_number
    );
    v_found bigint[];
    v_names text;
begin
    if v_customer_id is null then
        raise no_data_found using message = format('there is no account %s', p_account_number);
    end if;
    select
        array_agg(meant.subscription_id),
        string_agg(meant.name, ', ' order by meant.name)
    into v_found, v_names
    from (
        select
            names.subscription_id,
            names.name,
            rank() over (order by names.state, names.distance) as place
        from billing._subscription_names(v_customer_id, p_on) as names
        where p_subscription in (names.name, names.plan_code)
    ) as meant
    where meant.place = 1;
    if v_found is null then
        raise no_data_found using
            message = format('account %s has no subscription %s', p_account_number, p_subscription),
            detail = 'It has ' || coalesce(
                (
                    select string_agg(names.name, ', ' order by names.name)
                    from billing._subscription_names(v_customer_id, p_on) as names
                ),
                'none'
            );
    elsif cardinality(v_found) > 1 then
        raise invalid_parameter_value using
            message = format('account %s has several subscriptions of %s', p_account_number, p_subscription),
            hint = format('Name one of them: %s', v_names);
    end if;
    return v_found[1];
end;
$$;

comment on function billing._named_subscription (text, text, date)
is 'The subscription of an account that a person means.';

create or replace function billing.service_period_end(p_account_number text, p_subscription text, p_on date)
returns date
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select bounds.period_end
from billing.subscription_spans as spans
cross join lateral billing.service_periods(
    p_anchor_on => spans.anchor_on,
    p_interval_months => spans.interval_months,
    p_from => p_on,
    p_until => p_on
) as bounds
where spans.subscription_id = billing._named_subscription(p_account_number, p_subscription, p_on)
$$;

comment on function billing.service_period_end (text, text, date)
is 'First day after the service period of a subscription that contains a day.';

create or replace function billing._phase_on(p_subscription_id bigint, p_on date)
returns billing.subscription_phases
language sql
stable
security invoker
as $$
select phases.*
from billing.subscription_phases as phases
where
    phases.subscription_id = p_subscription_id
    and phases.starts_on <= p_on
    and coalesce(phases.ends_on, 'infinity') > p_on
$$;

comment on function billing._phase_on (bigint, date) is 'The phase of a subscription that covers a day.';

create or replace function billing._phase_text(p_phase billing.subscription_phases)
returns text
language sql
stable
security invoker
as $$
select format('%s, quantity %s', plans.plan_code, trim_scale(p_phase.quantity))
from billing.pricing_plans as plans
where plans.plan_id = p_phase.plan_id
$$;

comment on function billing._phase_text (billing.subscription_phases) is 'Quantity and plan of a phase.';

-- Who changes or pauses what is not active means another day, or another subscription.
create or replace function billing._active_phase(p_subscription_id bigint, p_subscription text, p_on date)
returns billing.subscription_phases
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_phase constant billing.subscription_phases := billing._phase_on(p_subscription_id, p_on);
begin
    if v_phase.subscription_id is null then
        raise object_not_in_prerequisite_state using
            message = format('subscription %s is not active on %s', p_subscription, p_on),
            detail = 'It is active ' || coalesce(
                (
                    select string_agg(
                        billing.until_text(phases.starts_on, phases.ends_on), ', ' order by phases.starts_on
                    )
                    from billing.subscription_phases as phases
                    where
                        phases.subscription_id = p_subscription_id
                        and phases.ends_on is distinct from phases.starts_on
                ),
                'on no day'
            );
    end if;
    return v_phase;
end;
$$;

comment on function billing._active_phase (bigint, text, date)
is 'The phase of a subscription that covers a day; raises, with the days that it has, where there is none.';

-- Another thing (metric, interval, when it is billed) is another subscription.
create or replace function billing._like_plan(p_plan_id bigint, p_plan_code text)
returns bigint
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_plan_id bigint;
    v_terms text;
    v_present_terms text;
begin
    select
        plans.plan_id,
        billing._plan_terms(metrics.metric, plans.interval_months, plans.billed_in)
    into v_plan_id, v_terms
    from billing.pricing_plans as plans
    left join billing.metrics using (metric_id)
    where plans.plan_code = p_plan_code;
    if not found then
        raise no_data_found using message = format('there is no plan %s', p_plan_code);
    end if;
    select billing._plan_terms(metrics.metric, plans.interval_months, plans.billed_in) into strict v_present_terms
    from billing.pricing_plans as plans
    left join billing.metrics using (metric_id)
    where plans.plan_id = p_plan_id;
    if v_terms <> v_present_terms then
        raise invalid_parameter_value using
            message = format('plan %s is %s; the subscription is %s', p_plan_code, v_terms, v_present_terms),
            hint = 'Cancel it, and load another subscription from that day on.';
    end if;
    return v_plan_id;
end;
$$;

comment on function billing._like_plan (bigint, text)
is 'The plan of a code, which must be one that a subscription can have after the other plan.';

-- As far as the period after the one of that day, so that a change shows once in full: when is that one due? And as far
-- as the next run bills, so that it is told in whole.
-- The phase before counts, too: whether another follows it decides when its last period is due, at the earliest the day
-- before it ends.
create or replace function billing._scope_of_change(p_subscription_id bigint, p_on date)
returns jsonb
language sql
stable
security invoker
as $$
select jsonb_build_array(jsonb_build_object(
    'customer_id', spans.customer_id,
    'from_on', coalesce(
        (
            select max(phases.ends_on) from billing.subscription_phases as phases
            where phases.subscription_id = spans.subscription_id and phases.ends_on <= p_on
        ),
        p_on
    ) - 1,
    'until', greatest(
        billing.billing_period_end(billing.month_due(
            case spans.billed_in when 'advance' then present.period_end else following.period_end end
        )),
        (select billing.billing_period_end(billing.billing_period_end(max(runs.period_start)))
        from billing.billing_runs as runs)
    )
))
from billing.subscription_spans as spans
cross join lateral billing.service_periods(spans.anchor_on, spans.interval_months, p_on, p_on) as present
cross join lateral billing.service_periods(
    spans.anchor_on, spans.interval_months, present.period_end, present.period_end
) as following
where spans.subscription_id = p_subscription_id
$$;

comment on function billing._scope_of_change (bigint, date)
is 'What note_owed has to rate before a subscription is changed from a day on.';

-- The rows that subscriptions.csv would have. A subscription without a code has one phase: the next one is a row of its
-- own, with the anchor of the first where its periods are not the calendar''s months.
create or replace function billing._stage_phases(
    p_subscription_id bigint,
    p_on date,
    p_next billing.subscription_phases,
    p_keeps_later boolean
)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_rows (line, fields)
    select
        row_number() over (order by phases.starts_on, phases.ends_on),
        jsonb_strip_nulls(jsonb_build_object(
            'account_number', customers.account_number,
            'subscription', spans.subscription,
            'plan_code', plans.plan_code,
            'quantity', phases.quantity::text,
            'starts_on', billing.iso_day(phases.starts_on),
            'ends_on', billing.iso_day(phases.ends_on),
            'anchor_on', billing.iso_day(case
                when phases.is_kept or spans.subscription is not null then owner.anchor_on
                when spans.interval_months > 1 or extract(day from spans.anchor_on) > 1 then spans.anchor_on
            end),
            'is_trial', phases.is_trial::text,
            'prices_as_of', billing.iso_day(spans.prices_as_of)
        ))
    from (
        select
            stored.plan_id,
            stored.quantity,
            stored.starts_on,
            case when stored.starts_on <= p_on then least(stored.ends_on, p_on) else stored.ends_on end as ends_on,
            stored.is_trial,
            true as is_kept
        from billing.subscription_phases as stored
        where
            stored.subscription_id = p_subscription_id
            and (stored.starts_on <= p_on or p_keeps_later)
            and (stored.starts_on, stored.plan_id) is distinct from (p_next.starts_on, p_next.plan_id)
        union all
        select
            p_next.plan_id,
            p_next.quantity,
            p_next.starts_on,
            p_next.ends_on,
            p_next.is_trial,
            false
        where p_next.plan_id is not null
    ) as phases
    inner join billing.subscription_spans as spans on spans.subscription_id = p_subscription_id
    inner join billing.subscriptions as owner on spans.subscription_id = owner.subscription_id
    inner join billing.customers on spans.customer_id = customers.customer_id
    inner join billing.pricing_plans as plans on phases.plan_id = plans.plan_id;
end;
$$;

comment on function billing._stage_phases (bigint, date, billing.subscription_phases, boolean)
is 'Stages a subscription as it is before a day, the next phase if there is one, and those that were planned for later.';

-- A change is a file of one subscription, so that whatever a load refuses is refused here.
create or replace function billing._load_change(p_file text)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_refused text;
begin
    if p_file = 'charges.csv' then
        perform billing.load_charges(false);
    else
        perform billing.load_subscriptions(false);
    end if;
    select string_agg(
        format(
            '%s %s: expected %s',
            problems.column_name,
            coalesce(nullif(problems.value, ''), 'is empty'),
            problems.expected
        ),
        '; ' order by problems.line, problems.column_name, problems.expected
    )
    into v_refused
    from pg_temp.incoming_problems as problems;
    if v_refused is not null then
        raise invalid_parameter_value using message = v_refused;
    end if;
end;
$$;

comment on function billing._load_change (text)
is 'Loads the staged rows of a file, and raises with what is wrong with them.';

-- p_next: the phase that follows on p_on; without a plan none does. Long for its columns.
create or replace function billing._change_phases(
    p_subscription_id bigint,
    p_on date,
    p_next billing.subscription_phases,
    p_change text,
    p_as_of date
)
returns table (
    account_number text,
    subscription text,
    plan_code text,
    quantity numeric,
    starts_on date,
    ends_on date,
    is_trial boolean
)
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_former constant text := billing._phase_text(billing._phase_on(p_subscription_id, p_on));
begin
    perform billing.note_owed(billing._scope_of_change(p_subscription_id, p_on));
    perform billing._stage_phases(p_subscription_id, p_on, p_next, p_change <> 'canceled');
    perform billing._load_change('subscriptions.csv');
    perform billing.append_audit_entry(
        p_business_date => p_as_of,
        p_topic => 'contract',
        p_subject => (
            select format(
                'account %s, subscription %s',
                customers.account_number,
                coalesce(stored.subscription, plans.plan_code || '@' || billing.iso_day(stored.starts_on))
            )
            from billing.subscriptions as stored
            inner join billing.customers using (customer_id)
            left join billing.pricing_plans as plans using (plan_id)
            where stored.subscription_id = p_subscription_id
        ),
        p_from_state => v_former,
        p_to_state => concat_ws(' ', p_change, billing._phase_text(p_next), 'from', p_on),
        p_reason => 'by command'
    );
    return query
    select
        phases.account_number,
        phases.subscription,
        phases.plan_code,
        phases.quantity,
        phases.starts_on,
        phases.ends_on,
        phases.is_trial
    from pg_temp.incoming_rows as incoming
    cross join lateral jsonb_to_record(incoming.fields) as phases (
        account_number text, subscription text, plan_code text, quantity numeric, starts_on date, ends_on date,
        is_trial boolean
    )
    where phases.ends_on is null or phases.ends_on >= p_on
    order by phases.starts_on, phases.ends_on;
end;
$$;

comment on function billing._change_phases (bigint, date, billing.subscription_phases, text, date)
is 'Makes a subscription have another phase from a day on, or none; its phases from there on.';

-- From p_on to where the phase of that day ended. Locks: 'run', as a load does.
create or replace function billing.change_subscription(
    p_account_number text,
    p_subscription text,
    p_on date,
    p_plan_code text,
    p_quantity numeric,
    p_as_of date
)
returns table (
    account_number text,
    subscription text,
    plan_code text,
    quantity numeric,
    starts_on date,
    ends_on date,
    is_trial boolean
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_subscription_id bigint;
    v_next billing.subscription_phases;
    v_former billing.subscription_phases;
begin
    perform billing.begin_file();
    v_subscription_id := billing._named_subscription(p_account_number, p_subscription, p_on);
    v_former := billing._active_phase(v_subscription_id, p_subscription, p_on);
    v_next := v_former;
    v_next.starts_on := p_on;
    v_next.quantity := coalesce(p_quantity, v_former.quantity);
    if v_next.quantity <= 0 then
        raise invalid_parameter_value using
            message = format('%s is no quantity of a subscription', v_next.quantity),
            hint = 'To interrupt it: billing pause. To end it: billing cancel.';
    end if;
    if p_plan_code is not null then
        v_next.plan_id := billing._like_plan(v_former.plan_id, p_plan_code);
    end if;
    if (v_next.plan_id, v_next.quantity) = (v_former.plan_id, v_former.quantity) then
        raise object_not_in_prerequisite_state using
            message = format('subscription %s has that plan and quantity on %s already', p_subscription, p_on);
    end if;
    perform billing._require_free_name(v_next);
    return query select * from billing._change_phases(v_subscription_id, p_on, v_next, 'changed to', p_as_of);
end;
$$;

comment on function billing.change_subscription (text, text, date, text, numeric, date)
is 'Gives a subscription another plan or quantity (null: the one it has) from a day on; its phases from there on. What it bills: changed_charges().';

-- Days without a phase are a pause, until a phase that was planned for later or is added by resume_subscription.
create or replace function billing.pause_subscription(
    p_account_number text,
    p_subscription text,
    p_on date,
    p_as_of date
)
returns table (
    account_number text,
    subscription text,
    plan_code text,
    quantity numeric,
    starts_on date,
    ends_on date,
    is_trial boolean
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_subscription_id bigint;
begin
    perform billing.begin_file();
    v_subscription_id := billing._named_subscription(p_account_number, p_subscription, p_on);
    perform billing._active_phase(v_subscription_id, p_subscription, p_on);
    return query select * from billing._change_phases(v_subscription_id, p_on, null, 'paused', p_as_of);
end;
$$;

comment on function billing.pause_subscription (text, text, date, date)
is 'Ends the phase that a subscription has on a day; its phases from there on. What it bills: changed_charges().';

-- With the plan and quantity that it had last, until a phase that was planned for later. A trial is not resumed.
create or replace function billing.resume_subscription(
    p_account_number text,
    p_subscription text,
    p_on date,
    p_as_of date
)
returns table (
    account_number text,
    subscription text,
    plan_code text,
    quantity numeric,
    starts_on date,
    ends_on date,
    is_trial boolean
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_subscription_id bigint;
    v_next billing.subscription_phases;
begin
    perform billing.begin_file();
    v_subscription_id := billing._named_subscription(p_account_number, p_subscription, p_on);
    select phases.* into v_next
    from billing.subscription_phases as phases
    where
        phases.subscription_id = v_subscription_id
        and phases.starts_on <= p_on
        and phases.ends_on is distinct from phases.starts_on
    order by phases.starts_on desc
    limit 1;
    if not found or coalesce(v_next.ends_on, 'infinity') > p_on then
        raise object_not_in_prerequisite_state using
            message = format(
                case
                    when v_next.starts_on is null then 'subscription %s has not begun on %s'
                    else 'subscription %s is active on %s'
                end,
                p_subscription,
                p_on
            );
    end if;
    v_next.starts_on := p_on;
    v_next.is_trial := false;
    v_next.ends_on := (
        select min(phases.starts_on) from billing.subscription_phases as phases
        where
            phases.subscription_id = v_subscription_id
            and phases.starts_on > p_on
            and phases.ends_on is distinct from phases.starts_on
    );
    perform billing._require_free_name(v_next);
    return query select * from billing._change_phases(v_subscription_id, p_on, v_next, 'resumed with', p_as_of);
end;
$$;

comment on function billing.resume_subscription (text, text, date, date)
is 'Gives a subscription that is paused or has ended its last plan and quantity again from a day on; its phases from there on. What it bills: changed_charges().';

-- What was planned for later goes, too. On its first day it takes the whole subscription back.
create or replace function billing.cancel_subscription(
    p_account_number text,
    p_subscription text,
    p_on date,
    p_as_of date
)
returns table (
    account_number text,
    subscription text,
    plan_code text,
    quantity numeric,
    starts_on date,
    ends_on date,
    is_trial boolean
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_subscription_id bigint;
    v_starts_on date;
    v_ends_on date;
begin
    perform billing.begin_file();
    v_subscription_id := billing._named_subscription(p_account_number, p_subscription, p_on);
    select spans.starts_on, spans.ends_on into strict v_starts_on, v_ends_on
    from billing.subscription_spans as spans
    where spans.subscription_id = v_subscription_id;
    if v_ends_on <= p_on then
        raise object_not_in_prerequisite_state using
            message = format('subscription %s ends on %s already', p_subscription, v_ends_on);
    elsif v_starts_on > p_on then
        raise object_not_in_prerequisite_state using
            message = format('subscription %s begins on %s', p_subscription, v_starts_on),
            hint = 'Cancel it on that day to take it back.';
    end if;
    return query select * from billing._change_phases(v_subscription_id, p_on, null, 'canceled', p_as_of);
end;
$$;

comment on function billing.cancel_subscription (text, text, date, date)
is 'Ends a subscription for good on a day, the first that is not billed; its phases from there on. What it bills: changed_charges().';

-- Without a code the next phase is a subscription named by its plan and first day: one that is there and has days would
-- be overwritten.
create or replace function billing._require_free_name(p_next billing.subscription_phases)
returns void
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from billing.subscriptions as named
        inner join billing.subscription_spans as spans using (subscription_id)
        where
            named.customer_id = p_next.customer_id
            and named.plan_id = p_next.plan_id
            and named.starts_on = p_next.starts_on
            and named.subscription_id <> p_next.subscription_id
    ) and exists (
        select from billing.subscriptions as changed
        where changed.subscription_id = p_next.subscription_id and changed.subscription is null
    ) then
        raise object_not_in_prerequisite_state using
            message = format('another subscription of that plan begins on %s', p_next.starts_on),
            hint = 'Give one of them a code in subscriptions.csv.';
    end if;
end;
$$;

comment on function billing._require_free_name (billing.subscription_phases)
is 'Raises where the next phase of a subscription without a code would be another subscription that there is.';
