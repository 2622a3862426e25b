/**
 * The language client, which is most of what there is to load: bundled into a file of its own that is
 * not read before there is a server to start.
 */
export * from "vscode-languageclient/node";
