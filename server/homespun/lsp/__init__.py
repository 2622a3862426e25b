"""Everything that knows LSP; the only importer of pygls and lsprotocol."""
