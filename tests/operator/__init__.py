"""The operator's tool, most of it against a real mosquitto and light machines."""
