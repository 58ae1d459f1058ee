"""The rehearsal."""
def bar(request): return None
