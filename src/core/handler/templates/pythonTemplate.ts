import type { SchemaVersion } from '../handlerTypes.js';
import type { HandlerTemplateOptions, TemplateFile } from './templateFile.js';
import { readmeText, sampleBucket, sampleEventText, sampleKey, samTemplateText } from './sharedFiles.js';

export function pythonFiles({ name, schema }: HandlerTemplateOptions): readonly TemplateFile[] {
  return [
    { path: 'handler.py', text: handlerText(schema) },
    { path: 'batch_types.py', text: typesText },
    { path: 'test_handler.py', text: testText(schema) },
    { path: 'events/event.json', text: sampleEventText(schema) },
    { path: 'template.yaml', text: samTemplateText({ name, handler: 'handler.lambda_handler', runtime: 'python3.12' }) },
    { path: 'requirements-dev.txt', text: '# Lambda supplies boto3; this is for tests and rehearsals on your machine.\nboto3\n' },
    { path: '.gitignore', text: '__pycache__/\n.venv/\n.aws-sam/\n.s3batch/\n' },
    {
      path: 'README.md',
      text: readmeText({
        name,
        schema,
        handlerFile: 'handler.py',
        typesFile: 'batch_types.py',
        testCommands: 'pip install -r requirements-dev.txt\npython3 -m unittest',
        eventCode: 'process_object',
      }),
    },
  ];
}

function handlerText(schema: SchemaVersion): string {
  const isV1 = schema === '1.0';
  const [event, task] = isV1 ? ['BatchEventV1', 'BatchTaskV1'] : ['BatchEventV2', 'BatchTaskV2'];
  const bucket = isV1 ? 'task["s3BucketArn"].split(":")[-1]' : 'task["s3Bucket"]';
  const parameter = isV1 ? '' : ', user_arguments: Dict[str, str]';
  const value = isV1 ? '' : ', event["job"].get("userArguments") or {}';
  const pass = isV1 ? '' : ', user_arguments';
  const result = isV1
    ? 'f\'{head["ContentLength"]} bytes\''
    : 'f\'{head["ContentLength"]} bytes, mode {user_arguments.get("mode", "none")}\'';
  return `"""A function for S3 Batch Operations jobs, invocation schema ${schema}."""

from typing import ${isV1 ? '' : 'Dict, '}Optional
from urllib.parse import unquote_plus

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from batch_types import ${event}, BatchResponse, BatchResult, ${task}

# Made once and used by every invocation of this environment.
s3 = boto3.client("s3")

# Errors that a later attempt may not see again. Every other failure is final: another attempt would only cost more.
TRANSIENT_ERRORS = {"InternalError", "RequestTimeout", "ServiceUnavailable", "SlowDown", "ThrottlingException", "500", "503"}


def process_object(bucket: str, key: str, version_id: Optional[str]${parameter}) -> str:
    """The work for one object. What it returns goes into the completion report; what it raises fails the task."""
    # Put your own work here. A task may run more than once, so it must be safe to repeat.
    request = {"Bucket": bucket, "Key": key}
    if version_id is not None:
        request["VersionId"] = version_id
    head = s3.head_object(**request)
    return ${result}


def run_task(task: ${task}${parameter}) -> BatchResult:
    """Runs one task and says what became of it."""
    # In the event a space is "+" and other characters are "%XX"; unquote() alone would leave the "+".
    #
    # To give every row a parameter, put URL-encoded JSON without spaces, such as {"key":"a.jpg","width":200}, into the key column
    # of the manifest and read it here: row = json.loads(unquote_plus(task["s3Key"])).
    key = unquote_plus(task["s3Key"])
    bucket = ${bucket}
    try:
        code, message = "Succeeded", process_object(bucket, key, task["s3VersionId"]${pass})
    except ClientError as error:
        reason = error.response["Error"]
        code = "TemporaryFailure" if reason["Code"] in TRANSIENT_ERRORS else "PermanentFailure"
        message = f'{reason["Code"]}: {reason["Message"]}'
    except BotoCoreError as error:
        # No answer came: a broken connection, a timeout.
        code, message = "TemporaryFailure", f"{type(error).__name__}: {error}"
    except Exception as error:
        code, message = "PermanentFailure", f"{type(error).__name__}: {error}"
    return {"taskId": task["taskId"], "resultCode": code, "resultString": message}


def lambda_handler(event: ${event}, context: object) -> BatchResponse:
    """Answers one invocation of an S3 Batch Operations job."""
    return {
        "invocationSchemaVersion": event["invocationSchemaVersion"],
        # A task that is missing from the results has not been worked on: it counts as failed, for good.
        "treatMissingKeysAs": "PermanentFailure",
        "invocationId": event["invocationId"],
        "results": [run_task(task${value}) for task in event["tasks"]],
    }
`;
}

function testText(schema: SchemaVersion): string {
  const result = schema === '1.0' ? '3 bytes' : '3 bytes, mode sample';
  return `import json
import os
import unittest
from pathlib import Path
from unittest.mock import patch

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from botocore.exceptions import ClientError, EndpointConnectionError

import handler

EVENT = json.loads((Path(__file__).parent / "events" / "event.json").read_text(encoding="utf-8"))


def refused(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "HeadObject")


class HandlerTest(unittest.TestCase):
    def run_with(self, **behaviour):
        """Answers every call of boto3; nothing reaches AWS."""
        with patch.object(handler, "s3") as s3:
            s3.head_object.configure_mock(**behaviour)
            return handler.lambda_handler(EVENT, None), s3

    def test_works_on_the_object_that_the_event_names(self):
        response, s3 = self.run_with(return_value={"ContentLength": 3})
        s3.head_object.assert_called_once_with(Bucket="${sampleBucket}", Key="${sampleKey}")
        self.assertEqual(
            response,
            {
                "invocationSchemaVersion": "${schema}",
                "treatMissingKeysAs": "PermanentFailure",
                "invocationId": EVENT["invocationId"],
                "results": [
                    {"taskId": EVENT["tasks"][0]["taskId"], "resultCode": "Succeeded", "resultString": "${result}"}
                ],
            },
        )

    def test_asks_for_another_attempt_only_when_it_may_help(self):
        for error, code in (
            (refused("SlowDown"), "TemporaryFailure"),
            (EndpointConnectionError(endpoint_url="https://example.com"), "TemporaryFailure"),
            (refused("AccessDenied"), "PermanentFailure"),
            (KeyError("slip"), "PermanentFailure"),
        ):
            response, _ = self.run_with(side_effect=error)
            self.assertEqual(response["results"][0]["resultCode"], code)


if __name__ == "__main__":
    unittest.main()
`;
}

/** The types of handlerTypes.ts, as Python writes them. */
const typesText = `"""What S3 Batch Operations sends to a Lambda function and what it reads of the answer.

Sources: S3 User Guide, "Invoke AWS Lambda function" (batch-ops-invoke-lambda), for schema 1.0 and the response; AWS Storage Blog,
"Automate object processing in Amazon S3 directory buckets with S3 Batch Operations and AWS Lambda", for schema 2.0.
"""

from typing import Dict, List, Literal, Optional, TypedDict


class BatchTaskV1(TypedDict):
    """One object of the manifest, as schema 1.0 (the default) sends it."""

    taskId: str
    # Form-encoded: "+" is a space and "%XX" a byte of UTF-8. Decode it with unquote_plus.
    s3Key: str
    # None when the manifest names no version.
    s3VersionId: Optional[str]
    # arn:aws:s3:::bucket
    s3BucketArn: str


class BatchJobV1(TypedDict):
    id: str


class BatchEventV1(TypedDict):
    invocationSchemaVersion: Literal["1.0"]
    invocationId: str
    job: BatchJobV1
    # In practice one task an invocation.
    tasks: List[BatchTaskV1]


class BatchTaskV2(TypedDict):
    """One object of the manifest, as schema 2.0 sends it."""

    taskId: str
    # Form-encoded: "+" is a space and "%XX" a byte of UTF-8. Decode it with unquote_plus.
    s3Key: str
    # None when the manifest names no version.
    s3VersionId: Optional[str]
    # The bucket's name, where schema 1.0 has an ARN.
    s3Bucket: str


class BatchJobV2(TypedDict, total=False):
    id: str
    # The job's UserArguments, the same for every task. Absent when the job has none.
    userArguments: Optional[Dict[str, str]]


class BatchEventV2(TypedDict):
    invocationSchemaVersion: Literal["2.0"]
    invocationId: str
    job: BatchJobV2
    # In practice one task an invocation.
    tasks: List[BatchTaskV2]


# Succeeded: done. TemporaryFailure: the service runs the task again before the job ends. PermanentFailure: it does not.
ResultCode = Literal["Succeeded", "TemporaryFailure", "PermanentFailure"]


class BatchResult(TypedDict):
    # Copied from the task.
    taskId: str
    resultCode: ResultCode
    # Goes into the completion report; cut to 1,024 characters.
    resultString: str


class BatchResponse(TypedDict):
    """What the function returns; the same for both schemas."""

    # Copied from the event.
    invocationSchemaVersion: str
    # What a task counts as that results leaves out. The service takes TemporaryFailure when it is absent.
    treatMissingKeysAs: ResultCode
    # Copied from the event.
    invocationId: str
    results: List[BatchResult]
`;
