(function_declaration) @function
(generator_function_declaration) @function
(class_declaration) @class
(class name: (_)) @class
(method_definition) @function
(field_definition value: [(arrow_function) (function_expression)]) @function
(variable_declarator name: (identifier) value: [(arrow_function) (function_expression) (generator_function)]) @function
(program (lexical_declaration (variable_declarator name: (identifier)) @constant))
(program (variable_declaration (variable_declarator name: (identifier)) @constant))
(export_statement (lexical_declaration (variable_declarator name: (identifier)) @constant))
(pair key: (property_identifier) value: [(arrow_function) (function_expression)]) @function
(assignment_expression left: (member_expression property: (property_identifier)) right: [(arrow_function) (function_expression)]) @function

(import_statement) @import
(export_statement source: (string)) @import
(call_expression function: (identifier) @_call arguments: (arguments . (string)) (#named? @_call "require")) @import
(call_expression function: (import)) @import

(call_expression function: (identifier) @use)
(new_expression constructor: (identifier) @use)
(member_expression property: (property_identifier) @use)
(arguments (identifier) @use)
(pair value: (identifier) @use)
(shorthand_property_identifier) @use
(import_specifier name: (identifier) @use)
(import_clause (identifier) @use)
(export_specifier name: (identifier) @use)
(class_heritage (identifier) @use)
(return_statement (identifier) @use)
(variable_declarator value: (identifier) @use)
(assignment_expression right: (identifier) @use)
(array (identifier) @use)
(jsx_opening_element name: (identifier) @use)
(jsx_self_closing_element name: (identifier) @use)
(jsx_expression (identifier) @use)
(export_statement value: (identifier) @use)
