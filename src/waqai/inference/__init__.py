"""Extraction: a bundle, an engine, and articles in, records out."""
