"""Reads that cross aggregates, annotated and prefetched; never a write."""
