"""Everybody's writing to SQLite, in order of arrival and many works in one transaction.

    worker ─ writer ──socket──► loop ─ rounds ─► SQLite

One thread writes. In a server it has a process of its own (``process``), so that neither the
workers' event loops nor each other's writing take the interpreter's lock or the file's pages from
it; whoever opens a database by itself has it in its own process (``thread``).
"""
