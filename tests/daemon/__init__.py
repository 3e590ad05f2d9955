"""The runner: what is written before what is done."""
