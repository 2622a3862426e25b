(class_declaration) @class
(record_declaration) @class
(enum_declaration) @class
(interface_declaration) @interface
(annotation_type_declaration) @interface
(method_declaration) @method
(constructor_declaration) @method
(compact_constructor_declaration) @method
(field_declaration (modifiers "static") declarator: (variable_declarator) @constant)
(enum_constant) @constant

(import_declaration) @import
(package_declaration) @space

(method_invocation name: (identifier) @use)
(method_reference (identifier) @use)
(object_creation_expression type: (type_identifier) @use)
(type_identifier) @use
(field_access field: (identifier) @use)
(method_invocation object: (identifier) @use)
(field_access object: (identifier) @use)
(marker_annotation name: (identifier) @use)
(annotation name: (identifier) @use)
(argument_list (identifier) @use)
(import_declaration (scoped_identifier name: (identifier) @use))
