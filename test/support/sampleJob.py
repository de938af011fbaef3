"""Drives the sample job with boto3 against a local engine: suspended, confirmed, completed, read back.

Reads one JSON document from standard input: {"endpoint", "accountId", "region", "accessKeyId", "secretAccessKey", "functionArn",
"manifest": text}. Prints one JSON document: what boto3 saw.
"""

import json
import sys
import time

import boto3
from botocore.config import Config

given = json.load(sys.stdin)
session = boto3.Session(given["accessKeyId"], given["secretAccessKey"], region_name=given["region"])
# The proxy is the one way that works for every version: the client keeps its host prefix and signature, the engine gets the request.
proxied = Config(proxies={"http": given["endpoint"]}, retries={"max_attempts": 1})
control = session.client("s3control", endpoint_url="http://s3-control.local.test", config=proxied)
s3 = session.client("s3", endpoint_url=given["endpoint"], config=Config(retries={"max_attempts": 1}))
account = given["accountId"]

seen = {"version": boto3.__version__, "caller": session.client("sts", endpoint_url=given["endpoint"]).get_caller_identity()["Account"]}
etag = s3.put_object(Bucket="test", Key="manifests/boto3.csv", Body=given["manifest"].encode())["ETag"]
job_id = control.create_job(
    AccountId=account,
    ConfirmationRequired=True,
    Description="Sample by boto3",
    Operation={"LambdaInvoke": {"FunctionArn": given["functionArn"]}},
    Manifest={
        "Spec": {"Format": "S3BatchOperations_CSV_20180820", "Fields": ["Bucket", "Key"]},
        "Location": {"ObjectArn": "arn:aws:s3:::test/manifests/boto3.csv", "ETag": etag},
    },
    Report={
        "Enabled": True,
        "Bucket": "arn:aws:s3:::report-dest",
        "Prefix": "reports",
        "Format": "Report_CSV_20180820",
        "ReportScope": "AllTasks",
    },
    Priority=10,
    RoleArn=f"arn:aws:iam::{account}:role/s3-batch-local",
    ClientRequestToken="boto3-sample",
)["JobId"]


def wait_for(*statuses):
    for _ in range(300):
        job = control.describe_job(AccountId=account, JobId=job_id)["Job"]
        if job["Status"] in statuses:
            return job
        if job["Status"] in ("Complete", "Failed", "Cancelled"):
            raise SystemExit(f"ended as {job['Status']}: {job.get('FailureReasons')}")
        time.sleep(0.1)
    raise SystemExit(f"never reached {statuses}")


suspended = wait_for("Suspended")
seen["suspendedTotal"] = suspended["ProgressSummary"]["TotalNumberOfTasks"]
seen["suspendedCause"] = suspended["SuspendedCause"]
seen["confirmed"] = control.update_job_status(AccountId=account, JobId=job_id, RequestedJobStatus="Ready")["Status"]
done = wait_for("Complete")
seen["succeeded"] = done["ProgressSummary"]["NumberOfTasksSucceeded"]
seen["failed"] = done["ProgressSummary"]["NumberOfTasksFailed"]
seen["listed"] = [job["Status"] for job in control.list_jobs(AccountId=account)["Jobs"] if job["JobId"] == job_id]
seen["copies"] = sorted(item["Key"] for item in s3.list_objects_v2(Bucket="report-dest", Prefix="report/")["Contents"])
report = json.loads(s3.get_object(Bucket="report-dest", Key=f"reports/job-{job_id}/manifest.json")["Body"].read())
seen["report"] = [s3.get_object(Bucket=part["Bucket"], Key=part["Key"])["Body"].read().decode() for part in report["Results"]]
try:
    control.describe_job(AccountId=account, JobId="00000000-0000-0000-0000-000000000000")
except control.exceptions.ClientError as error:
    seen["unknownJob"] = error.response["Error"]["Code"]
json.dump(seen, sys.stdout)
