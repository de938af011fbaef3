"""A handler with the classic slip: a name that was never assigned.

Python finds it only when the line runs, which on the service is after the job was paid for. Rehearse rename-slip.s3job.json.
"""

from urllib.parse import unquote_plus


def lambda_handler(event, context):
    task = event["tasks"][0]
    key = unquote_plus(task["s3Key"])
    renamed = key.replace("A", "B", 1)
    return {
        "invocationSchemaVersion": event["invocationSchemaVersion"],
        "treatMissingKeysAs": "PermanentFailure",
        "invocationId": event["invocationId"],
        "results": [{"taskId": task["taskId"], "resultCode": "Succeeded", "resultString": new_key}],
    }
