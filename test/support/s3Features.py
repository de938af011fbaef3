"""Uses versions, tags, object lock and restore of an engine with boto3, as a script of a user would.

Reads {"endpoint", "region", "accessKeyId", "secretAccessKey"} from standard input and prints what boto3 saw.
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

given = json.load(sys.stdin)
session = boto3.Session(given["accessKeyId"], given["secretAccessKey"], region_name=given["region"])
s3 = session.client("s3", endpoint_url=given["endpoint"], config=Config(retries={"max_attempts": 1}))


def code_of(call, **arguments):
    try:
        call(**arguments)
        return "no error"
    except ClientError as error:
        return error.response["Error"]["Code"]


s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
at = {"Bucket": "locked", "Key": "a"}
one = s3.put_object(**at, Body=b"one", Tagging="x=1")["VersionId"]
s3.put_object(**at, Body=b"two", StorageClass="GLACIER")
s3.put_object_legal_hold(**at, VersionId=one, LegalHold={"Status": "ON"})
pages = s3.get_paginator("list_object_versions").paginate(Bucket="locked", PaginationConfig={"PageSize": 1})
print(
    json.dumps(
        {
            "old": s3.get_object(**at, VersionId=one)["Body"].read().decode(),
            "tags": s3.get_object_tagging(**at, VersionId=one)["TagSet"],
            "versions": [version["IsLatest"] for page in pages for version in page.get("Versions", [])],
            "held": code_of(s3.delete_object, **at, VersionId=one),
            "archived": code_of(s3.get_object, **at),
            "restored": s3.restore_object(**at, RestoreRequest={"Days": 1})["ResponseMetadata"]["HTTPStatusCode"],
            "ongoing": s3.head_object(**at)["Restore"],
            "acl": code_of(s3.put_object_acl, **at, ACL="public-read"),
        }
    )
)
