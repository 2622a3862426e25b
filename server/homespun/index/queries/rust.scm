(function_item) @function
(function_signature_item) @function
(struct_item) @class
(enum_item) @class
(union_item) @class
(trait_item) @interface
(type_item) @type
(associated_type) @type
(mod_item) @module
(macro_definition) @function
(const_item) @constant
(static_item) @constant
(impl_item) @scope

(use_declaration) @import
(mod_item !body) @import
(extern_crate_declaration) @import

(call_expression function: (identifier) @use)
(call_expression function: (scoped_identifier name: (identifier) @use))
(generic_function function: (identifier) @use)
(field_expression field: (field_identifier) @use)
(macro_invocation macro: (identifier) @use)
(macro_invocation macro: (scoped_identifier name: (identifier) @use))
(type_identifier) @use
(scoped_identifier path: (identifier) @use)
(scoped_identifier name: (identifier) @use)
(use_list (identifier) @use)
(use_as_clause path: (identifier) @use)
(arguments (identifier) @use)
(reference_expression value: (identifier) @use)
(token_tree (identifier) @use)
