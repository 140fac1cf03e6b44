{# Accounts in the order invoices are numbered: shorter account numbers first, then by bytes. #}
{% macro account_order(account_number) -%}
    length({{ account_number }}), {{ account_number }} collate "C"
{%- endmacro %}
