"""One file for each analysis; every module here is found and registered by its ``ANALYSIS``."""
