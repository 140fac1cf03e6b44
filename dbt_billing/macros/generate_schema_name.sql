{# What commands read is made in the schemas that the models name, and there another project that has this one as a
   package finds it. Whoever tries something in this project makes it all in his own schema. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set is_read_by_commands = target.name == 'billing' or project_name != 'dbt_billing' -%}
    {{ custom_schema_name if custom_schema_name and is_read_by_commands else target.schema }}
{%- endmacro %}
