(function_definition) @function
(declaration declarator: (function_declarator)) @function
(declaration declarator: (pointer_declarator declarator: (function_declarator))) @function
(declaration declarator: (reference_declarator (function_declarator))) @function
(field_declaration declarator: (function_declarator)) @function
(field_declaration declarator: (pointer_declarator declarator: (function_declarator))) @function
(field_declaration declarator: (reference_declarator (function_declarator))) @function
(class_specifier name: (_) body: (_)) @class
(struct_specifier name: (_) body: (_)) @class
(union_specifier name: (_) body: (_)) @class
(enum_specifier name: (_) body: (_)) @type
(enumerator) @constant
(type_definition) @type
(alias_declaration) @type
(concept_definition) @type
(namespace_definition name: (_)) @module
(preproc_def) @constant
(preproc_function_def) @function
(translation_unit (declaration declarator: (init_declarator)) @constant)

(preproc_include) @import

(call_expression function: (identifier) @use)
(call_expression function: (qualified_identifier name: (identifier) @use))
(template_function name: (identifier) @use)
(field_expression field: (field_identifier) @use)
(type_identifier) @use
(qualified_identifier name: (identifier) @use)
(qualified_identifier scope: (namespace_identifier) @use)
(argument_list (identifier) @use)
(initializer_list (identifier) @use)
(init_declarator value: (identifier) @use)
(assignment_expression right: (identifier) @use)
(return_statement (identifier) @use)
(pointer_expression argument: (identifier) @use)
(binary_expression (identifier) @use)
(preproc_ifdef name: (identifier) @use)
(preproc_defined (identifier) @use)
(case_statement value: (identifier) @use)
