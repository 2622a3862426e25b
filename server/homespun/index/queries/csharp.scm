(class_declaration) @class
(struct_declaration) @class
(record_declaration) @class
(interface_declaration) @interface
(enum_declaration) @type
(delegate_declaration) @type
(method_declaration) @method
(constructor_declaration) @method
(local_function_statement) @function
(property_declaration) @constant
(enum_member_declaration) @constant
(field_declaration (modifier) (variable_declaration (variable_declarator) @constant))

(using_directive) @import
(namespace_declaration) @space
(file_scoped_namespace_declaration) @space

(invocation_expression function: (identifier) @use)
(invocation_expression function: (generic_name (identifier) @use))
(member_access_expression name: (identifier) @use)
(member_access_expression name: (generic_name (identifier) @use))
(member_access_expression expression: (identifier) @use)
(member_binding_expression name: (identifier) @use)
(object_creation_expression type: (identifier) @use)
(generic_name (identifier) @use)
(type_argument_list (identifier) @use)
(base_list (identifier) @use)
(parameter type: (identifier) @use)
(variable_declaration type: (identifier) @use)
(method_declaration returns: (identifier) @use)
(property_declaration type: (identifier) @use)
(nullable_type (identifier) @use)
(array_type (identifier) @use)
(attribute name: (identifier) @use)
(argument (identifier) @use)
(typeof_expression (identifier) @use)
(cast_expression type: (identifier) @use)
