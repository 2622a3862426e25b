(function_definition) @function
(method_declaration) @method
(class_declaration) @class
(interface_declaration) @interface
(trait_declaration) @class
(enum_declaration) @class
(const_declaration (const_element) @constant)
(enum_case) @constant

(namespace_use_declaration) @import
(require_once_expression) @import
(require_expression) @import
(include_expression) @import
(include_once_expression) @import
(namespace_definition) @space

(function_call_expression function: (name) @use)
(function_call_expression function: (qualified_name (name) @use))
(member_call_expression name: (name) @use)
(nullsafe_member_call_expression name: (name) @use)
(scoped_call_expression name: (name) @use)
(scoped_call_expression scope: (name) @use)
(member_access_expression name: (name) @use)
(class_constant_access_expression (name) @use)
(object_creation_expression (name) @use)
(object_creation_expression (qualified_name (name) @use))
(named_type (name) @use)
(named_type (qualified_name (name) @use))
(base_clause (name) @use)
(class_interface_clause (name) @use)
(use_declaration (name) @use)
(binary_expression right: (name) @use)
(attribute (name) @use)
(namespace_use_clause (qualified_name (name) @use))
