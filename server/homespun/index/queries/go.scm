(function_declaration) @function
(method_declaration) @method
(type_spec type: (interface_type)) @interface
(type_spec type: (struct_type)) @class
(type_spec) @type
(type_alias) @type
(source_file (const_declaration (const_spec) @constant))
(source_file (var_declaration (var_spec) @constant))
(source_file (var_declaration (var_spec_list (var_spec) @constant)))
(method_elem) @method

(import_spec) @import

(call_expression function: (identifier) @use)
(selector_expression field: (field_identifier) @use)
(type_identifier) @use
(argument_list (identifier) @use)
(literal_element (identifier) @use)
(expression_list (identifier) @use)
(unary_expression operand: (identifier) @use)
