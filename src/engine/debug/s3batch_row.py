"""Where the debugger stops before a handler is called for a row, as s3batch-row.js is for JavaScript."""

import debugpy


def handler_is_called_next(handler, row, object, event, context):
    debugpy.breakpoint()
    # The handler is about to be called for this row. Step into it with F11, or continue to a breakpoint with F5.
    return handler(event, context)
