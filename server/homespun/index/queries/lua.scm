(function_declaration) @function
(assignment_statement (variable_list . name: (_)) (expression_list . value: (function_definition))) @function
(chunk (variable_declaration (assignment_statement (variable_list . name: (identifier)))) @constant)
(field name: (identifier) value: (function_definition)) @function

(function_call name: (identifier) @_call (#named? @_call "require")) @import

(function_call name: (identifier) @use)
(function_call name: (dot_index_expression field: (identifier) @use))
(function_call name: (method_index_expression method: (identifier) @use))
(dot_index_expression field: (identifier) @use)
(arguments (identifier) @use)
(expression_list value: (identifier) @use)
(field value: (identifier) @use)
