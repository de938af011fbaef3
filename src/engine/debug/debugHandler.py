"""The program that a debugger starts, after the text of handler.py. It runs the handler, and nothing but that: which rows there are,
what came of each and what is said of it is known by debugHost.js, which it starts. From there come lines of JSON: what to print, what to
invoke the handler with, and the end. Outcomes go there as lines, as they do in a job, and X with the status of a handler that exits.
"""

import subprocess

row_file = function["rowFile"]
hidden_files.update((row_file, "<s3batch>"))
plan_variable = function["planVariable"]
close_input()
for stream in (sys.stdout, sys.stderr):
    stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
descriptors = {"stdout": sys.stdout.fileno(), "stderr": sys.stderr.fileno()}


def start_host():
    """Not with the function's variables: the libraries of its layers are none of Node's."""
    variables = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    variables[plan_variable] = os.environ.pop(plan_variable)
    variables["ELECTRON_RUN_AS_NODE"] = "1"
    return subprocess.Popen(function["host"], env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


host = start_host()


def send(kind, text):
    flush()
    host.stdin.write(("%s%s\n" % (kind, text)).encode("ascii"))
    host.stdin.flush()


def say(name, text):
    """Past the handler's streams, which it may have closed or replaced, and after what they hold."""
    flush()
    data = (text + "\n").encode("utf-8", "backslashreplace")
    while data:
        data = data[os.write(descriptors[name], data):]


def stopping(handler, request):
    """The handler, to be called where the debugger has stopped."""
    row = {}
    with open(row_file, encoding="utf-8") as file:
        exec(compile(file.read(), row_file, "exec"), row)
    return lambda event, context: row["handler_is_called_next"](handler, request["row"], request["object"], event, context)


def perform(handler, failure, request):
    if failure is not None:
        send(*failure)
        return
    try:
        invoke(stopping(handler, request) if request["isStop"] else handler, request)
    except SystemExit as error:
        send("X", str(exit_status(error)))
    except BaseException as error:
        failed(error)


def main():
    handler, failure = None, None
    try:
        handler, error = load()
        if error is not None:
            failure = "E", json.dumps(error)
    except SystemExit as error:
        failure = "X", str(exit_status(error))
    for line in host.stdout:
        message = unmarshal(line.decode())[0]
        if message["kind"] == "print":
            say(message["stream"], message["line"])
        elif message["kind"] == "invoke":
            perform(handler, failure, message)
        else:
            flush()
            os._exit(message["status"])
    # It has said why.
    flush()
    os._exit(host.wait() or 1)


main()
