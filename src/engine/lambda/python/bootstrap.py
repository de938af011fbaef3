"""The program that a Python environment runs: python -c CODE FUNCTION_JSON. Invocations come as lines of JSON on
file descriptor 3, outcomes go as lines to 4 (S ready, R result as JSON, B other result, E error), each
written at once, so that whatever the handler does to its process loses no outcome. Standard input is a line
to the parent: when it closes, the parent is gone, and so is this process. stdout and stderr belong to the
handler. It behaves as Lambda's own client, awslambdaric, does (bootstrap.py), but for NaN, which is no JSON.
"""

import decimal
import importlib
import importlib.util
import json
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
for descriptor in (3, 4):
    os.set_inheritable(descriptor, False)


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
for stream in (sys.stdout, sys.stderr):
    stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)


def send(kind, text=""):
    data = (kind + text + "\n").encode("ascii")
    while data:
        data = data[os.write(4, data):]


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass


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


class LambdaContext:
    def __init__(self, request_id, deadline_ms):
        self.aws_request_id = request_id
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = function["name"]
        self.memory_limit_in_mb = str(function["memoryMb"])
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


def failed(error, error_type=None, prefix=""):
    outcome = function_error(error_type or type(error).__name__, prefix + str(error), frames_of(error.__traceback__))
    flush()
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
        flush()
        send("B", json.dumps(result.decode("utf-8", "replace")))
        return
    try:
        text = json.dumps(result, default=default)
    except Exception as error:
        failed(error, "Runtime.MarshalError", "Unable to marshal response: ")
        return
    flush()
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
    flush()
    send("S")
    buffered = b""
    while True:
        chunk = os.read(3, 1 << 16)
        if not chunk:
            flush()
            os._exit(0)
        *lines, buffered = (buffered + chunk).split(b"\n")
        for line in lines:
            if failure is not None:
                send("E", json.dumps(failure))
                continue
            try:
                invoke(handler, json.loads(line))
            except SystemExit as error:
                leave(error)
            except BaseException as error:
                failed(error)
                os._exit(1)


main()
