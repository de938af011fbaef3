"""The program that a debugger starts, after the text of handler.py. It runs the handler, and nothing but that: which rows there are,
what came of each and what is said of it is known by debugHost.js, which it starts. From there come lines of JSON: when to load the
handler, what to print, what to invoke it with, and the end. Outcomes go there as lines, as they do in a job; besides them L for a handler
that was loaded, X with the status of one that exits, and O for a line that it writes, when that is wanted.
"""

import subprocess
import threading

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


# A handler's threads write, too.
sending = threading.RLock()
copies = []


def tell(kind, text):
    with sending:
        host.stdin.write(("%s%s\n" % (kind, text)).encode("ascii"))
        host.stdin.flush()


def send(kind, text):
    flush()
    for copy in copies:
        copy.end()
    tell(kind, text)


class Copy:
    """Tells the host of each line that is written to a stream of this process, while that goes its own way."""

    def __init__(self, name):
        self.name, self.held = name, ""
        self.stream = getattr(sys, name)
        self.write_through = self.stream.write
        self.stream.write = self.write

    def write(self, text):
        written = self.write_through(text)
        with sending:
            *lines, self.held = (self.held + str(text)).split("\n")
            for line in lines:
                tell("O", json.dumps([self.name, line]))
        return written

    def end(self):
        with sending:
            rest, self.held = self.held, ""
            if rest:
                tell("O", json.dumps([self.name, rest]))


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


def prepare(request):
    """The handler, or what every invocation answers with."""
    if request["sessionToken"] is not None:
        os.environ["AWS_SESSION_TOKEN"] = request["sessionToken"]
    if request["isOutputTold"]:
        copies.extend((Copy("stdout"), Copy("stderr")))
    try:
        handler, error = load()
        failure = None if error is None else ("E", json.dumps(error))
    except SystemExit as error:
        handler, failure = None, ("X", str(exit_status(error)))
    send(*(failure or ("L", "")))
    return handler, failure


def main():
    handler, failure = None, None
    for line in host.stdout:
        message = unmarshal(line.decode())[0]
        if message["kind"] == "print":
            say(message["stream"], message["line"])
        elif message["kind"] == "load":
            handler, failure = prepare(message)
        elif message["kind"] == "invoke":
            perform(handler, failure, message)
        else:
            flush()
            os._exit(message["status"])
    # It has said why.
    flush()
    os._exit(host.wait() or 1)


main()
