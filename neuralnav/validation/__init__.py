"""Validation: benchmark tables and the catalog to what contradicts physics, itself, or the simulation."""
