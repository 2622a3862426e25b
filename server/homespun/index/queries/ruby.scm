(method) @function
(singleton_method) @function
(class) @class
(module) @module
(assignment left: (constant)) @constant

(call method: (identifier) @_call arguments: (argument_list . (string)) (#named? @_call "require" "require_relative" "load" "autoload")) @import
(call method: (identifier) @_auto arguments: (argument_list (simple_symbol) (string)) (#named? @_auto "autoload")) @import

(call method: [(identifier) (constant)] @use)
(constant) @use
(body_statement (identifier) @use)
(argument_list (identifier) @use)
(assignment right: (identifier) @use)
(superclass (constant) @use)
