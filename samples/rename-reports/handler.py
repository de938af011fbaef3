"""Copies each object of an S3 Batch Operations job under a name computed from its own key.

The built-in Copy operation keeps the source key whole, so a rename needs a function.
"""

import os
from urllib.parse import unquote_plus

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")

# Failures that a later attempt may not see again. Everything else is final: a redrive would only cost more.
TRANSIENT = {"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "503", "500"}


def destination_key(key):
    """report/.../test_A1.snappy.parquet becomes report/.../test_B1.snappy.parquet."""
    folder, _, name = key.rpartition("/")
    return f"{folder}/{name.replace('A', 'B', 1)}" if folder else name.replace("A", "B", 1)


def lambda_handler(event, context):
    # One task per invocation. The key arrives form-encoded: a space is "+", so unquote() alone would get it wrong.
    task = event["tasks"][0]
    key = unquote_plus(task["s3Key"])
    # Schema 2.0 sends the bucket's name, schema 1.0 its ARN.
    bucket = task.get("s3Bucket") or task["s3BucketArn"].split(":::")[-1]
    source = {"Bucket": bucket, "Key": key}
    if task.get("s3VersionId"):
        source["VersionId"] = task["s3VersionId"]

    new_key = destination_key(key)
    try:
        s3.copy(source, os.environ["DESTINATION_BUCKET"], new_key)
        code, message = "Succeeded", new_key
    except ClientError as error:
        reason = error.response["Error"]
        code = "TemporaryFailure" if reason["Code"] in TRANSIENT else "PermanentFailure"
        message = f"{reason['Code']}: {reason['Message']}"

    return {
        "invocationSchemaVersion": event["invocationSchemaVersion"],
        "treatMissingKeysAs": "PermanentFailure",
        "invocationId": event["invocationId"],
        "results": [{"taskId": task["taskId"], "resultCode": code, "resultString": message}],
    }
