"""The operator's side of MQTT: asks many machines, follows what they sell, and reconciles the money.

`amounts`, `statement`, `sales`, `matching` and `outcomes` are pure; `line` has the connection, `asking`,
`rollcall` and `following` speak over it, `sheet` keeps the events in a file.
"""
