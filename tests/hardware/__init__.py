"""The real drivers over mock pins, a modelled I2C bus and a small box."""
