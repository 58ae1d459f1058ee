"""Open one file as a reader would, and say what is found: a program of its own, which nothing it reads may take along.

    python -I opening KIND FILE PICTURE

It bounds its own memory and time before it touches the file, imports nothing of the portal, and answers with one line
of JSON: the code of what is wrong (empty when nothing is), the pages, what deserves a remark; PICTURE receives what the
first page looks like. Killed or silent, it has answered too: see `bounded.py`.
"""
