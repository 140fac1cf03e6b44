{# What commands read is made in the schemas that the models name; whoever tries something makes it all in his own. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name if custom_schema_name and target.name == 'billing' else target.schema }}
{%- endmacro %}
