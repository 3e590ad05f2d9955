"""The operator's side: topics, messages and signatures are pure values; only `client` talks to a broker."""
