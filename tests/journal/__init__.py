"""The journal: real files, real power cuts of a process, real damage."""
