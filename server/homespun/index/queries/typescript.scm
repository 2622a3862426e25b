(function_declaration) @function
(function_signature) @function
(generator_function_declaration) @function
(class_declaration) @class
(abstract_class_declaration) @class
(class name: (_)) @class
(interface_declaration) @interface
(type_alias_declaration) @type
(enum_declaration) @type
(internal_module) @module
(method_definition) @function
(method_signature) @function
(abstract_method_signature) @function
(public_field_definition value: [(arrow_function) (function_expression)]) @function
(variable_declarator name: (identifier) value: [(arrow_function) (function_expression) (generator_function)]) @function
(program (lexical_declaration (variable_declarator name: (identifier)) @constant))
(program (variable_declaration (variable_declarator name: (identifier)) @constant))
(export_statement (lexical_declaration (variable_declarator name: (identifier)) @constant))
(pair key: (property_identifier) value: [(arrow_function) (function_expression)]) @function

(import_statement) @import
(export_statement source: (string)) @import
(call_expression function: (identifier) @_call arguments: (arguments . (string)) (#named? @_call "require")) @import
(call_expression function: (import)) @import

(call_expression function: (identifier) @use)
(new_expression constructor: (identifier) @use)
(member_expression property: (property_identifier) @use)
(type_identifier) @use
(arguments (identifier) @use)
(pair value: (identifier) @use)
(shorthand_property_identifier) @use
(import_specifier name: (identifier) @use)
(import_clause (identifier) @use)
(export_specifier name: (identifier) @use)
(class_heritage (extends_clause value: (identifier) @use))
(return_statement (identifier) @use)
(variable_declarator value: (identifier) @use)
(assignment_expression right: (identifier) @use)
(array (identifier) @use)
(decorator (identifier) @use)
(nested_type_identifier module: (identifier) @use)
(export_statement value: (identifier) @use)
