(function_definition) @function
(class_definition) @class
(type_alias_statement) @type
(module (assignment left: (identifier)) @constant)

(import_statement) @import
(import_from_statement) @import
(future_import_statement) @import

(call function: (identifier) @use)
(attribute attribute: (identifier) @use)
(argument_list (identifier) @use)
(keyword_argument value: (identifier) @use)
(decorator (identifier) @use)
(type (identifier) @use)
(type (subscript (identifier) @use))
(type (generic_type (identifier) @use))
(type (binary_operator (identifier) @use))
(import_from_statement name: (dotted_name (identifier) @use))
(import_from_statement name: (aliased_import name: (dotted_name (identifier) @use)))
(return_statement (identifier) @use)
(assignment right: (identifier) @use)
(list (identifier) @use)
(tuple (identifier) @use)
(pair value: (identifier) @use)
(except_clause (identifier) @use)
(default_parameter value: (identifier) @use)
