"""What every program does that runs a Python handler here: the text of one of them, bootstrap.py or debugHandler.py, follows this
text, and both are one program, python -c CODE FUNCTION_JSON. It behaves as Lambda's own client, awslambdaric, does (bootstrap.py),
but for NaN, which is no JSON. What follows provides send(kind, text), which takes an outcome: R result as JSON, B other result, E error.
"""

import decimal
import importlib
import importlib.util
import json
import os
import sys
import time
import traceback

function = json.loads(sys.argv[1])
sys.argv[:] = ["bootstrap"]
code_directory = function["codeDirectory"]
sys.path[0:1] = [code_directory]
# Of the frames of an error, those of these files are none of the handler's.
hidden_files = {"<string>", importlib.__file__}


def frames_of(error_traceback):
    lines = []
    for frame in traceback.extract_tb(error_traceback):
        if frame.filename in hidden_files or frame.filename.startswith("<frozen"):
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


def close_input():
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass


def exit_status(error):
    """What the interpreter ends with for a SystemExit. Like the interpreter, it prints what is no number."""
    flush()
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    sys.stderr.write("%s\n" % (code,))
    flush()
    return 1


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
