{# dbt takes the materialization of a package only where the project says so. This one replaces views in place, and never
   drops what somebody else has built upon them. #}
{% materialization view, adapter='postgres' -%}
    {{ return(dbt_billing.materialization_view_postgres()) }}
{%- endmaterialization %}
