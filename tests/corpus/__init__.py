"""Files of every origin, hostile, odd and honest, each judged as an upload is: `make corpus` (see `__main__`)."""
