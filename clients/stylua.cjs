// StyLua over Lua files: node stylua.cjs PACKAGE check|write FILE...
// Names the files that are not in its format, or rewrites them. Ends with 1 where one was not.
const fs = require("fs");
const [, , folder, mode, ...files] = process.argv;
const stylua = require(`${folder}/stylua_lib_node.cjs`);

// Each call uses its configuration up.
function format(text) {
  const config = stylua.Config.new();
  config.column_width = 100;
  config.indent_type = stylua.IndentType.Spaces;
  config.indent_width = 2;
  config.quote_style = stylua.QuoteStyle.AutoPreferSingle;
  config.collapse_simple_statement = stylua.CollapseSimpleStatement.FunctionOnly;
  return stylua.formatCode(text, config, undefined, stylua.OutputVerification.Full);
}

let wrong = 0;
for (const file of files) {
  const text = fs.readFileSync(file, "utf8");
  const formatted = format(text);
  if (formatted !== text) {
    wrong += 1;
    console.log(`${mode === "write" ? "rewritten" : "not in StyLua's format"}: ${file}`);
    if (mode === "write") fs.writeFileSync(file, formatted);
  }
}
process.exit(mode === "check" && wrong ? 1 : 0);
