"""The bucket, as the threads of a process share it."""

import threading
from typing import Any

import boto3
from boto3.s3.transfer import TransferConfig
from storages.backends.s3 import S3Storage


class BucketStorage(S3Storage):  # type: ignore[misc] # the library is not typed
    """What boto3 knows of S3 is read once a process: by default each thread reads it again, and keeps 13 MB of it."""

    _making = threading.Lock()
    _sessions: dict[tuple[str, str], boto3.Session] = {}

    def get_default_settings(self) -> dict[str, Any]:
        """A file goes and comes in the thread that asked: ten more for each would hold 8 MB apiece."""
        return {**super().get_default_settings(), "transfer_config": TransferConfig(use_threads=False)}

    @property
    def connection(self) -> Any:
        """The thread's own; a session makes one at a time."""
        with self._making:
            return super().connection

    def _create_session(self) -> boto3.Session:
        key = (self.access_key, self.secret_key)
        if key not in self._sessions:
            self._sessions[key] = super()._create_session()
        return self._sessions[key]
