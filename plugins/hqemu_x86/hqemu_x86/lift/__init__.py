"""What instructions mean. Helper functions are in the modules' ``HELPERS``."""
