"""The program that a Python environment runs: python -c CODE FUNCTION_JSON. Invocations come as lines of JSON on
file descriptor 3. Outcomes are lines too (R result as JSON, B other result, E error; in lower case, with the bytes
printed so far, when the handler has printed something), each written before the next invocation begins, so that
whatever the handler does to its process loses none. They go into the file of descriptor 5, a ring that is mapped
into memory; too long ones go to descriptor 4, and L into the ring. 4 also says S (ready) and W (look into the
ring). Standard input is a line to the parent: when it closes, the parent is gone, and so is this process. stdout
and stderr belong to the handler. It behaves as Lambda's own client, awslambdaric, does (bootstrap.py), but for NaN,
which is no JSON.
"""

import decimal
import importlib
import importlib.util
import io
import json
import mmap
import os
import signal
import sys
import threading
import time
import traceback

function = json.loads(sys.argv[1])
sys.argv[:] = ["bootstrap"]
code_directory = function["codeDirectory"]
sys.path[0:1] = [code_directory]

lifeline = os.dup(0)
os.set_inheritable(lifeline, False)
null = os.open(os.devnull, os.O_RDONLY)
os.dup2(null, 0)
os.close(null)
for descriptor in (3, 4, 5):
    os.set_inheritable(descriptor, False)
try:
    import fcntl
    import termios
except ImportError:
    fcntl = None


def watch_parent():
    while True:
        try:
            if not os.read(lifeline, 64):
                break
        except InterruptedError:
            continue
        except OSError:
            break
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


# An interrupt from the terminal is the parent's to answer.
signal.signal(signal.SIGINT, signal.SIG_IGN)
threading.Thread(target=watch_parent, daemon=True).start()


has_printed = False


class Output(io.TextIOWrapper):
    """Notes what was printed: only then there is something to flush and to wait for, and by the bytes the parent knows whose output it has."""

    printed = 0

    def write(self, text):
        global has_printed
        has_printed = True
        count = super().write(text)
        self.printed += len(text.encode(self.encoding, self.errors))
        return count


def output(stream):
    return Output(stream.detach(), encoding="utf-8", errors="backslashreplace", newline="\n", line_buffering=True)


stdout = sys.stdout = sys.__stdout__ = output(sys.stdout)
stderr = sys.stderr = sys.__stderr__ = output(sys.stderr)

HEAD = 24
ring = mmap.mmap(5, 0)
capacity = len(ring) - HEAD
longest = capacity // 8
numbers = memoryview(ring)[:HEAD].cast("Q")
written = 0
read = 0
waiting = 0
woken_at = 0.0


def tell(text):
    data = (text + "\n").encode("ascii")
    while data:
        data = data[os.write(4, data):]


def wake():
    global waiting, woken_at
    waiting = 0
    woken_at = time.perf_counter()
    tell("W")


def put(data):
    """Adds a line to the ring. The numbers that make it count are written last: two, so that the parent sees when it looks in between."""
    global written, read
    end = written + len(data)
    while end - read > capacity:
        read = numbers[2]
        if end - read > capacity:
            wake()
            time.sleep(0.001)
    start = HEAD + written % capacity
    rest = HEAD + capacity - start
    if len(data) <= rest:
        ring[start:start + len(data)] = data
    else:
        ring[start:] = data[:rest]
        ring[HEAD:HEAD + len(data) - rest] = data[rest:]
    numbers[0] = end
    numbers[1] = end
    written = end


def send(kind, text):
    """An outcome. The parent is woken at once for one with output, and later for others, see `main`. One with output says in a small letter
    what it is, and how many bytes this process has printed so far on stdout and stderr."""
    global has_printed, waiting
    if has_printed:
        flush()
        await_output()
        kind = "%s%d,%d " % (kind.lower(), stdout.printed, stderr.printed)
    data = (kind + text + "\n").encode("ascii")
    if len(data) > longest:
        put(b"L\n")
        tell(kind + text)
    else:
        put(data)
    waiting += 1
    if has_printed:
        has_printed = False
        wake()


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass


def await_output():
    """Waits until the parent has read what was printed, so that it knows whose output it is. Only where that can be asked."""
    if fcntl is None or not sys.platform.startswith("linux"):
        return
    limit = time.perf_counter() + 0.05
    unread = bytearray(4)
    for descriptor in (1, 2):
        while time.perf_counter() < limit:
            try:
                fcntl.ioctl(descriptor, termios.TIOCOUTQ, unread)
            except OSError:
                break
            if not any(unread):
                break
            time.sleep(0.0001)


def frames_of(error_traceback):
    lines = []
    for frame in traceback.extract_tb(error_traceback):
        if frame.filename == "<string>" or frame.filename.startswith("<frozen") or frame.filename == importlib.__file__:
            continue
        lines.append('  File "%s", line %d, in %s\n    %s\n' % (frame.filename, frame.lineno, frame.name, frame.line))
    return lines


def function_error(error_type, message, lines=()):
    return {"errorType": error_type, "errorMessage": message, "trace": list(lines)}


class LocalEndpoint:
    """botocore before 1.31 does not know AWS_ENDPOINT_URL; without it a handler's client would leave this machine."""

    def find_spec(self, name, path=None, target=None):
        if name != "botocore.session":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            import botocore

            version = tuple(int(part) for part in botocore.__version__.split(".")[:2] if part.isdigit())
            if version >= (1, 31):
                return
            create = module.Session.create_client

            def create_client(self, service_name, region_name=None, api_version=None, use_ssl=True, verify=None, endpoint_url=None, *args, **kwargs):
                return create(
                    self, service_name, region_name, api_version, use_ssl, verify,
                    endpoint_url or os.environ["AWS_ENDPOINT_URL"], *args, **kwargs
                )

            module.Session.create_client = create_client

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, LocalEndpoint())


class CognitoIdentity:
    cognito_identity_id = None
    cognito_identity_pool_id = None


log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
memory_limit_in_mb = str(function["memoryMb"])


class LambdaContext:
    def __init__(self, request_id, deadline_ms):
        self.aws_request_id = request_id
        self.log_group_name = log_group_name
        self.log_stream_name = log_stream_name
        self.function_name = function["name"]
        self.memory_limit_in_mb = memory_limit_in_mb
        self.function_version = "$LATEST"
        self.invoked_function_arn = function["arn"]
        self.client_context = None
        self.identity = CognitoIdentity()
        self._epoch_deadline_time_in_ms = deadline_ms

    def get_remaining_time_in_millis(self):
        if self._epoch_deadline_time_in_ms is None:
            return function["timeoutMs"]
        return max(int(self._epoch_deadline_time_in_ms - time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))


def advice(error, module_name):
    name = getattr(error, "name", None)
    if not isinstance(error, ModuleNotFoundError) or not name:
        return ""
    if name == module_name:
        return "\nThere is no such module in %s. Correct Handler or CodeUri in the template." % code_directory
    package = name.split(".")[0]
    if importlib.util.find_spec(package) is not None:
        return ""
    return '\nThe interpreter is %s (Python %d.%d). Run "%s -m pip install %s", or put the package into %s.' % (
        sys.executable, sys.version_info[0], sys.version_info[1], sys.executable, package, code_directory,
    )


def load():
    """The handler, or the error that every invocation answers with."""
    handler = function["handler"]
    try:
        module_name, function_name = handler.rsplit(".", 1)
    except ValueError as error:
        return None, function_error("Runtime.MalformedHandlerName", "Bad handler '%s': %s" % (handler, error))
    try:
        if module_name.split(".")[0] in sys.builtin_module_names:
            return None, function_error(
                "Runtime.BuiltInModuleConflict",
                "Cannot use built-in module %s as a handler module" % module_name,
            )
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        return None, function_error(
            "Runtime.ImportModuleError",
            "Unable to import module '%s': %s%s" % (module_name, error, advice(error, module_name.replace("/", "."))),
            frames_of(error.__traceback__),
        )
    except SyntaxError as error:
        line = '  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)
        return None, function_error("Runtime.UserCodeSyntaxError", "Syntax error in module '%s': %s" % (module_name, error), [line])
    except Exception as error:
        return None, function_error(type(error).__name__, str(error), frames_of(error.__traceback__))
    if not hasattr(module, function_name):
        return None, function_error(
            "Runtime.HandlerNotFound",
            "Handler '%s' missing on module '%s'" % (function_name, module_name),
        )
    return getattr(module, function_name), None


def default(value):
    if isinstance(value, decimal.Decimal):
        return float(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


# json.dumps and json.loads look for their settings at each call.
marshal = json.JSONEncoder(default=default).encode
unmarshal = json.JSONDecoder().raw_decode


def failed(error, error_type=None, prefix=""):
    outcome = function_error(error_type or type(error).__name__, prefix + str(error), frames_of(error.__traceback__))
    send("E", json.dumps(outcome))


def invoke(handler, request):
    allowance = request["allowanceMs"]
    context = LambdaContext(request["requestId"], None if allowance is None else time.time() * 1000 + allowance)
    try:
        result = handler(request["event"], context)
    except Exception as error:
        failed(error)
        return
    if isinstance(result, bytes):
        send("B", json.dumps(result.decode("utf-8", "replace")))
        return
    try:
        text = marshal(result)
    except Exception as error:
        failed(error, "Runtime.MarshalError", "Unable to marshal response: ")
        return
    send("R", text)


def leave(error):
    flush()
    code = error.code
    if code is None:
        os._exit(0)
    if isinstance(code, int):
        os._exit(code & 0xFF)
    sys.stderr.write("%s\n" % (code,))
    flush()
    os._exit(1)


def main():
    try:
        handler, failure = load()
    except SystemExit as error:
        leave(error)
    global has_printed
    flush()
    has_printed = False
    tell("S")
    buffered = b""
    while True:
        if waiting:
            wake()
        chunk = os.read(3, 1 << 16)
        if not chunk:
            flush()
            os._exit(0)
        *lines, buffered = (buffered + chunk).split(b"\n")
        for line in lines:
            # Seldom enough to let the parent work on many at once, and often enough to have work from it in time.
            if waiting >= 16 or (waiting and time.perf_counter() - woken_at > 0.001):
                wake()
            if failure is not None:
                send("E", json.dumps(failure))
                continue
            try:
                invoke(handler, unmarshal(line.decode())[0])
            except SystemExit as error:
                leave(error)
            except BaseException as error:
                failed(error)
                wake()
                os._exit(1)


main()
