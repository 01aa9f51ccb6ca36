"""A press: a Markdown manuscript in, EPUB, PDF and HTML editions out.

The way of the data, one room a stage: read -> resolve -> galleys -> editions -> check. See README.md beside this file.
"""
