"""Files that arrive in parts, over a line that may be cut: announced, sent, asked where they are, and received once.

Whoever asks opens a row (`models.Upload`) and is given, call by call, the right to one call of the S3 protocol
(`transport`): to the bucket itself when there is one (`bucket`), otherwise to a small endpoint of ours that speaks the
same calls (`folder`, `views`). Who may is the business of the applications, which ask for each signature.
"""
