"""gunicorn behind nginx: a few processes of a few threads, each handed whole requests only."""

bind = "0.0.0.0:8000"  # inside the private network of docker-compose.yml; nothing else reaches it
worker_class = "gthread"
workers = 2  # WEB_CONCURRENCY prevails
threads = 8
preload_app = True

# The longest a request may take, well under the minute that the closing of a call waits (docs/deadline.md).
timeout = 45
graceful_timeout = 45
keepalive = 75  # longer than nginx keeps its own side open

# A worker is renewed now and then, so that what a library leaks stays small; not all at the same moment.
max_requests = 5000
max_requests_jitter = 1000
worker_tmp_dir = "/dev/shm"  # noqa: S108 - the heartbeat file must not wait for a disk

# Only nginx talks to us, and it overwrites what clients claim.
forwarded_allow_ips = "*"
control_socket_disable = True  # it would be made in the home folder, which the portal's user does not have
accesslog = None  # nginx writes one
